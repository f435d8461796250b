"""SDKs of providers over a server of our own: hedged, closed, and counted as the server counts."""

import asyncio
import importlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hedging import Fixed, HedgedTransport, Hedger, Policy

pytest.importorskip("httpx")

CHAT = {
    "id": "c",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "four"}}
    ],
}
MESSAGE = {
    "id": "m",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [{"type": "text", "text": "four"}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 1},
}
GEMINI = {
    "candidates": [
        {"content": {"role": "model", "parts": [{"text": "four"}]}, "finishReason": "STOP"}
    ]
}


def _chat_chunk(text: str) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    about = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return {**about, "choices": [choice]}


def _message_events() -> list[dict[str, Any]]:
    delta = {"type": "text_delta", "text": "four"}
    return [
        {"type": "message_start", "message": {**MESSAGE, "content": []}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_stop"},
    ]


ANSWERS: dict[str, Any] = {"openai": CHAT, "anthropic": MESSAGE, "google.genai": GEMINI}
EVENTS: dict[str, Any] = {
    "openai": [_chat_chunk("fo"), _chat_chunk("ur")],
    "anthropic": _message_events(),
    "google.genai": [GEMINI],
}


class Provider:
    """Never answers its first request, and answers the others.

    Attributes:
        asked: The number of the attempt of each request, by its header.
        left: Has a place for each client that hung up before its answer.
    """

    def __init__(self, sdk: str) -> None:
        self.sdk = sdk
        self.asked: list[int] = []
        self.left = asyncio.Semaphore(0)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            lines = head.decode().lower().split("\r\n")
            fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
            body = await reader.readexactly(int(fields.get("content-length", 0)))
            self.asked.append(int(fields["x-attempt"]))
            if len(self.asked) == 1:
                await reader.read(1)  # the end of its connection is all that comes
                self.left.release()
                return
            streamed = b'"stream":true' in body.replace(b" ", b"") or "streamgenerate" in lines[0]
            writer.write(self._events() if streamed else self._answer())
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _answer(self) -> bytes:
        body = json.dumps(ANSWERS[self.sdk]).encode()
        head = f"content-type: application/json\r\ncontent-length: {len(body)}"
        return f"HTTP/1.1 200 OK\r\nconnection: close\r\n{head}\r\n\r\n".encode() + body

    def _events(self) -> bytes:
        named = self.sdk == "anthropic"
        parts = [
            (f"event: {each['type']}\n" if named else "") + f"data: {json.dumps(each)}\n\n"
            for each in EVENTS[self.sdk]
        ]
        if self.sdk == "openai":
            parts.append("data: [DONE]\n\n")
        head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/event-stream\r\n\r\n"
        return (head + "".join(parts)).encode()


@asynccontextmanager
async def serving(sdk: str) -> AsyncIterator[tuple[Provider, str]]:
    provider = Provider(sdk)
    listening = await asyncio.start_server(provider.serve, "127.0.0.1", 0)
    try:
        yield provider, f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        listening.close()


async def openai_says(url: str, transport: Any, *, stream: bool) -> str:
    sdk, httpx = pytest.importorskip("openai"), importlib.import_module("httpx")
    async with httpx.AsyncClient(transport=transport, timeout=120) as http:
        client = sdk.AsyncOpenAI(api_key="k", base_url=url, http_client=http, max_retries=0)
        answer = await client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "2+2"}], stream=stream
        )
        if not stream:
            return str(answer.choices[0].message.content)
        return "".join([part.choices[0].delta.content or "" async for part in answer])


async def anthropic_says(url: str, transport: Any, *, stream: bool) -> str:
    sdk = pytest.importorskip("anthropic")
    base = sdk.AsyncAnthropic(api_key="k")._client.__class__.__mro__
    library = "httpx2" if any(each.__module__.startswith("httpx2") for each in base) else "httpx"
    httpx = importlib.import_module(library)
    async with httpx.AsyncClient(transport=transport, timeout=120) as http:
        client = sdk.AsyncAnthropic(api_key="k", base_url=url, http_client=http, max_retries=0)
        asked = {"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": "2+2"}]}
        if not stream:
            return str((await client.messages.create(**asked)).content[0].text)
        async with client.messages.stream(**asked) as answer:
            return "".join([text async for text in answer.text_stream])


async def genai_says(url: str, transport: Any, *, stream: bool) -> str:
    sdk = pytest.importorskip("google.genai")
    httpx = importlib.import_module("httpx")
    async with httpx.AsyncClient(transport=transport, timeout=120) as http:
        options = sdk.types.HttpOptions(base_url=url, httpx_async_client=http)
        models = sdk.Client(api_key="k", http_options=options).aio.models
        if not stream:
            return str((await models.generate_content(model="m", contents="2+2")).text)
        parts = await models.generate_content_stream(model="m", contents="2+2")
        return "".join([part.text or "" async for part in parts])


SAYS: dict[str, Any] = {
    "openai": openai_says,
    "anthropic": anthropic_says,
    "google.genai": genai_says,
}


@pytest.mark.slow
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("sdk", SAYS)
async def test_a_call_of_an_sdk_is_hedged_closed_and_counted(sdk: str, stream: bool) -> None:
    hedger = Hedger(Policy(budget=None), strategy=Fixed(20))
    transport = HedgedTransport(hedger, model_calls=True)
    async with serving(sdk) as (provider, url):
        said = await SAYS[sdk](url, transport, stream=stream)
        await asyncio.wait_for(provider.left.acquire(), 60)

    counted = hedger.statistics()
    assert said == "four"
    assert sorted(provider.asked) == [0, 1]
    assert (counted.requests, counted.attempts, counted.hedges) == (1, len(provider.asked), 1)
    assert hedger.in_flight == (0, 0)
