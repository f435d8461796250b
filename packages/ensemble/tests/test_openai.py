"""The client against a real server on loopback that behaves as badly as providers do."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from ensemble import (
    AuthenticationError,
    BadRequestError,
    ConnectionFailedError,
    MalformedResponseError,
    OpenAIModel,
    Price,
    RateLimitError,
    Response,
    ServerError,
    ask,
    predict,
)

GOOD = {
    "id": "chat-1",
    "model": "gpt-4o-mini-2024-07-18",
    "choices": [{"message": {"role": "assistant", "content": "4"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1000, "completion_tokens": 500},
}


class Server:
    """Answers each request as the next step of its script says; the last step goes on."""

    def __init__(self) -> None:
        self.script: list[Any] = [GOOD]
        self.requests: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.asked = asyncio.Event()
        self.gone = asyncio.Event()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")
                headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
                body = json.loads(await reader.readexactly(int(headers["content-length"])))
                self.requests.append((headers, body))
                self.asked.set()
                step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                if not await self.answer(writer, reader, step):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(
        self, writer: asyncio.StreamWriter, reader: asyncio.StreamReader, step: Any
    ) -> bool:
        if step == "hang":
            await reader.read(1)
            self.gone.set()
            return False
        if step == "cut":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{")
            await writer.drain()
            return False
        status, extra = step if isinstance(step, tuple) else (200, "")
        text = json.dumps(step) if isinstance(step, dict) else step
        text = (
            text
            if isinstance(text, str)
            else f"error for {self.requests[-1][0].get('authorization')}"
        )
        payload = text.encode()
        writer.write(
            f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{extra}"
            f"content-length: {len(payload)}\r\n\r\n".encode()
            + payload
        )
        await writer.drain()
        return True


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    yield made
    listening.close()


class Waits(list[float]):
    """Remembers how long it should have waited, and does not."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


def model(server: Server, waits: Waits | None = None, **options: Any) -> OpenAIModel:
    return OpenAIModel(
        "gpt-4o-mini",
        base_url=server.url,
        api_key="sk-secret",
        sleep=waits if waits is not None else Waits(),
        chance=lambda: 1.0,
        **options,
    )


async def answer(server: Server, waits: Waits | None = None, **options: Any) -> Response:
    async with model(server, waits, **options) as client:
        return await ask(client, "2+2?", temperature=0.0, max_tokens=5, seed=7)


async def test_a_question_is_sent_as_chat_and_the_answer_is_read(server: Server) -> None:
    response = await answer(server)

    headers, body = server.requests[0]
    assert headers["authorization"] == "bearer sk-secret"
    assert body == {
        "model": "gpt-4o-mini",
        "messages": [{"role": "user", "content": "2+2?"}],
        "temperature": 0.0,
        "max_tokens": 5,
        "seed": 7,
    }
    assert (response.text, response.finish_reason, response.request_id) == ("4", "stop", "chat-1")
    assert response.model_version == "gpt-4o-mini-2024-07-18"
    assert response.cost_usd == pytest.approx(1000 * 0.15e-6 + 500 * 0.6e-6)
    assert response.latency_ms is not None
    assert response.source == "live"


async def test_of_a_question_only_the_prompt_leaves_the_house(
    server: Server, make_item: Callable[..., Any]
) -> None:
    async with model(server) as client:
        await predict(make_item(0, "2+2?", "the secret answer"), models=[client])

    assert "secret answer" not in json.dumps(server.requests[0][1])


async def test_a_busy_provider_is_asked_again_when_it_says(server: Server) -> None:
    server.script = [(429, "retry-after: 7\r\n"), (503, ""), GOOD]
    waits = Waits()

    response = await answer(server, waits)

    assert (response.text, response.attempts) == ("4", 3)
    assert waits == [7.0, 1.0]


@pytest.mark.parametrize(
    ("status", "error", "tries"),
    [
        (400, BadRequestError, 1),
        (401, AuthenticationError, 1),
        (404, BadRequestError, 1),
        (429, RateLimitError, 4),
        (500, ServerError, 4),
        (529, ServerError, 4),
    ],
)
async def test_a_failure_is_told_by_its_kind_and_repeated_only_where_that_may_help(
    server: Server, status: int, error: type[Exception], tries: int
) -> None:
    server.script = [(status, "")]

    with pytest.raises(error) as caught:
        await answer(server)

    assert len(server.requests) == tries
    assert caught.value.status == status  # type: ignore[attr-defined]  # of all model errors


async def test_no_try_begins_after_the_deadline(server: Server) -> None:
    server.script = [(429, "retry-after: 3600\r\n")]

    with pytest.raises(RateLimitError):
        await answer(server, deadline_ms=1000)

    assert len(server.requests) == 1


async def test_the_key_is_in_no_error_and_no_repr(server: Server) -> None:
    server.script = [(400, "")]
    client = model(server)

    with pytest.raises(BadRequestError) as caught:
        await ask(client, "?")
    await client.close()

    assert "sk-secret" not in str(caught.value)
    assert "[key]" in str(caught.value)
    assert "sk-secret" not in repr(client)


@pytest.mark.parametrize(
    "body", ["<html>", '{"choices": []}', '{"choices": [{"message": null}]}', "[]"]
)
async def test_an_answer_that_is_none_is_malformed(server: Server, body: str) -> None:
    server.script = [body]

    with pytest.raises(MalformedResponseError):
        await answer(server)

    assert len(server.requests) == 1


async def test_an_empty_content_is_an_empty_answer(server: Server) -> None:
    server.script = [{**GOOD, "choices": [{"message": {"content": None}}]}]

    assert (await answer(server)).text == ""


async def test_a_cut_connection_is_tried_again(server: Server) -> None:
    server.script = ["cut", GOOD]

    response = await answer(server)

    assert (response.text, response.attempts) == ("4", 2)


async def test_a_provider_that_is_not_there_is_an_error(server: Server) -> None:
    client = OpenAIModel("m", base_url="http://127.0.0.1:9/v1", api_key="", max_retries=0)

    with pytest.raises(ConnectionFailedError):
        await ask(client, "?")
    await client.close()


async def test_a_stalled_provider_is_given_up(server: Server) -> None:
    server.script = ["hang"]

    with pytest.raises(ConnectionFailedError, match="no answer in time"):
        await answer(server, timeout_ms=30, max_retries=0)


async def test_cancelling_closes_the_connection(server: Server) -> None:
    server.script = ["hang"]
    async with model(server) as client:
        task = asyncio.create_task(ask(client, "?"))
        async with asyncio.timeout(5):
            await server.asked.wait()

        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        async with asyncio.timeout(5):
            await server.gone.wait()


async def test_without_a_key_it_is_said_where_to_put_one(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    with pytest.raises(AuthenticationError, match="set OPENAI_API_KEY"):
        await ask(OpenAIModel("gpt-4o", base_url=server.url), "?")


async def test_the_price_of_ones_own_goes_before_the_table(server: Server) -> None:
    response = await answer(
        server, price=Price(input_per_million=1.0, output_per_million=1.0), name="mine"
    )

    assert response.cost_usd == pytest.approx(1500e-6)
    assert response.model == "mine"
