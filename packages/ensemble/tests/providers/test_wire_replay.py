"""Every response of the corpus, served over loopback, is read as the corpus says."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from aiohttp.compression_utils import HAS_BROTLI, HAS_ZSTD

from ensemble import (
    AnthropicModel,
    AuthenticationError,
    BadRequestError,
    ConnectionFailedError,
    GeminiModel,
    MalformedResponseError,
    OpenAIModel,
    OpenAIResponsesModel,
    OverloadedError,
    Price,
    RateLimitError,
    ServerError,
    ask,
    stream,
)

FOLDER = Path(__file__).parent / "wire"
KINDS: dict[str, Any] = {
    "openai_chat": OpenAIModel,
    "openai_responses": OpenAIResponsesModel,
    "anthropic": AnthropicModel,
    "gemini": GeminiModel,
}
ERRORS: dict[str, type[Exception]] = {
    "connection": ConnectionFailedError,
    "timeout": ConnectionFailedError,
    "rate_limit": RateLimitError,
    "overloaded": OverloadedError,
    "server": ServerError,
    "authentication": AuthenticationError,
    "bad_request": BadRequestError,
    "malformed": MalformedResponseError,
}
ENTRIES = [
    entry
    for dialect in KINDS
    for entry in json.loads((FOLDER / f"{dialect}.json").read_text(encoding="utf-8"))
]


class WireServer:
    """Sends the bytes of one entry to every client."""

    def __init__(self) -> None:
        self.entry: dict[str, Any] = {}
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            await self.send(writer)
            if self.entry.get("ends") == "stall":
                await reader.read(1)
            if self.entry.get("ends") == "reset":
                writer.transport.abort()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def send(self, writer: asyncio.StreamWriter) -> None:
        entry = self.entry
        if "head" in entry:  # the answer as it is, framed by itself
            writer.write(entry["head"].encode() + body_of(entry))
            await writer.drain()
            return
        headers = dict(entry["headers"])
        chunked = "content-length" not in headers and entry["status"] != 204
        if chunked:
            headers["transfer-encoding"] = "chunked"
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {entry['status']} X\r\nconnection: close\r\n{lines}\r\n".encode())
        body = body_of(entry)
        ends = [0, *entry.get("chunks", []), len(body)]
        for begin, end in pairwise(ends):
            piece = body[begin:end]
            if piece:
                writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                await writer.drain()
                await asyncio.sleep(0)
        if chunked and entry.get("ends", "complete") == "complete":
            writer.write(b"0\r\n\r\n")
            await writer.drain()


def body_of(entry: dict[str, Any]) -> bytes:
    if "body_base64" in entry:
        return base64.b64decode(entry["body_base64"])
    return str(entry["body"]).encode("utf-8", "surrogatepass")


@pytest.fixture
async def wire() -> AsyncIterator[WireServer]:
    server = WireServer()
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0) as listening:
        server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        yield server


async def reading(entry: dict[str, Any], url: str) -> tuple[str, Any]:
    """The text that came in pieces, and the response or the error."""
    silence_ms = 300 if entry.get("ends") == "stall" else 60_000
    options = {"base_url": url, "api_key": "k", "max_retries": 0, "timeout_ms": silence_ms}
    async with KINDS[entry["dialect"]]("m", price=Price(), **options) as model:
        if not entry["stream"]:
            try:
                return "", await ask("q", model=model)
            except Exception as error:  # what comes out is what is tested  # noqa: BLE001
                return "", error
        pieces = stream("q", model=model)
        try:
            async for _ in pieces:
                pass
        except Exception as error:  # same  # noqa: BLE001
            return pieces.text, error
        return pieces.text, pieces.response


def said_by(expected: dict[str, Any]) -> dict[str, Any]:
    """What the corpus says of a response, without its kind."""
    found = {name: each for name, each in expected.items() if name != "kind"}
    found["tool_calls"] = [{"arguments_text": None, **call} for call in expected["tool_calls"]]
    return found


def read_from(got: Any, expected: dict[str, Any]) -> dict[str, Any]:
    """The same fields of the response that was read."""
    found: dict[str, Any] = {name: getattr(got, name, None) for name in expected if name != "kind"}
    found["finish"] = got.finish_reason
    found["tool_calls"] = [
        {
            "id": wanted["id"] and call.id,
            "name": call.name,
            "arguments": call.arguments,
            "arguments_text": call.arguments_text if call.arguments is None else None,
        }
        for call, wanted in zip(got.tool_calls, expected["tool_calls"], strict=False)
    ]
    found["tool_calls"] += list(got.tool_calls[len(expected["tool_calls"]) :])
    return found


def fits(expected: dict[str, Any], partial: str, got: Any) -> bool:
    if expected["kind"] == "response":
        return not isinstance(got, Exception) and read_from(got, expected) == said_by(expected)
    return (
        isinstance(got, ERRORS[expected["error"]])
        and expected["message_contains"].lower() in str(got).lower()
        and partial == expected.get("partial_text", partial)
        and expected.get("retry_after_s") in (None, getattr(got, "retry_after_s", None))
    )


@pytest.mark.slow
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
async def test_a_response_is_read_as_the_corpus_says(
    wire: WireServer, entry: dict[str, Any]
) -> None:
    wire.entry = entry

    partial, got = await reading(entry, wire.url)

    readings = [entry["expect"], *entry.get("expect_also", [])]
    assert any(fits(each, partial, got) for each in readings), (readings[0], partial, repr(got))


@pytest.mark.parametrize(
    ("form", "can_read"), [("br", HAS_BROTLI), ("zstd", HAS_ZSTD)], ids=["br", "zstd"]
)
@pytest.mark.parametrize("dialect", KINDS)
async def test_a_compressed_body_is_read_with_the_extra_and_else_names_it(
    wire: WireServer, dialect: str, form: str, can_read: bool
) -> None:
    ids = [f"{dialect}/{way}-{form}" for way in ("plain", "stream")]
    for wire.entry in (entry for entry in ENTRIES if entry["id"] in ids):
        partial, got = await reading(wire.entry, wire.url)

        if can_read:
            assert fits(wire.entry["expect"], partial, got)
        else:
            assert isinstance(got, MalformedResponseError)
            assert "[compression]" in str(got)
            assert not got.retryable
