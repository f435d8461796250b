"""Clients of providers, asked against a server of our own: what is recorded is what it counted."""

import asyncio
import gc
import json
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from telemetry_research import Event, Recording, instrument, record, recording, span

CHAT: dict[str, Any] = {
    "id": "c1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-x-1",
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hi"}}
    ],
    "usage": {
        "prompt_tokens": 11,
        "completion_tokens": 2,
        "total_tokens": 13,
        "prompt_tokens_details": {"cached_tokens": 4},
    },
}
RESPONSE: dict[str, Any] = {
    "id": "r1",
    "object": "response",
    "created_at": 1,
    "model": "gpt-x-1",
    "status": "completed",
    "output": [
        {
            "id": "m",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": "hi", "annotations": []}],
        }
    ],
    "usage": {
        "input_tokens": 12,
        "output_tokens": 5,
        "total_tokens": 17,
        "output_tokens_details": {"reasoning_tokens": 3},
        "input_tokens_details": {"cached_tokens": 0},
    },
}
EMBEDDING: dict[str, Any] = {
    "object": "list",
    "model": "e-1",
    "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}],
    "usage": {"prompt_tokens": 7, "total_tokens": 7},
}
MESSAGE: dict[str, Any] = {
    "id": "m1",
    "type": "message",
    "role": "assistant",
    "model": "claude-x-1",
    "content": [{"type": "text", "text": "hi"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 9, "output_tokens": 3, "cache_read_input_tokens": 100},
}
GEMINI: dict[str, Any] = {
    "candidates": [
        {"content": {"role": "model", "parts": [{"text": "hi"}]}, "finishReason": "STOP"}
    ],
    "modelVersion": "gemini-x-1",
    "responseId": "g1",
    "usageMetadata": {"promptTokenCount": 8, "candidatesTokenCount": 2, "thoughtsTokenCount": 6},
}


def chat_chunks(body: Any) -> Iterator[Any]:
    common = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-x-1"}
    for text, reason in (("h", None), ("i", None), (None, "stop")):
        delta = {"content": text} if text else {}
        yield {**common, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
    if (body.get("stream_options") or {}).get("include_usage"):
        yield {**common, "choices": [], "usage": CHAT["usage"]}


def message_events() -> Iterator[Any]:
    start: dict[str, Any] = {**MESSAGE, "content": [], "stop_reason": None}
    start["usage"] = {"input_tokens": 9, "output_tokens": 1, "cache_read_input_tokens": 100}
    yield {"type": "message_start", "message": start}
    block = {"type": "text", "text": ""}
    yield {"type": "content_block_start", "index": 0, "content_block": block}
    for text in "hi":
        delta = {"type": "text_delta", "text": text}
        yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    end = {"stop_reason": "end_turn", "stop_sequence": None}
    yield {"type": "message_delta", "delta": end, "usage": {"output_tokens": 3}}
    yield {"type": "message_stop"}


def response_events() -> Iterator[Any]:
    yield {
        "type": "response.created",
        "sequence_number": 0,
        "response": {**RESPONSE, "usage": None},
    }
    for number, text in enumerate("hi"):
        yield {
            "type": "response.output_text.delta",
            "sequence_number": number + 1,
            "item_id": "m",
            "output_index": 0,
            "content_index": 0,
            "delta": text,
            "logprobs": [],
        }
    yield {"type": "response.completed", "sequence_number": 3, "response": RESPONSE}


def gemini_chunks() -> Iterator[Any]:
    for text in "hi":
        content = {"role": "model", "parts": [{"text": text}]}
        yield {**GEMINI, "candidates": [{"content": content, "finishReason": "STOP"}]}


def answer_of(path: str, body: Any) -> tuple[int, Any]:
    """Status, and the answer or the events of a stream."""
    if "broken" in str(body.get("model", path)):
        return 400, {"error": {"message": "no such model", "code": 400, "status": "INVALID"}}
    whole = {"/chat/completions": CHAT, "/responses": RESPONSE, "/embeddings": EMBEDDING}
    if "models/" in path:
        return 200, list(gemini_chunks()) if "streamGenerateContent" in path else GEMINI
    if not body.get("stream"):
        return 200, whole.get(path, MESSAGE)
    if path == "/chat/completions":
        return 200, list(chat_chunks(body))
    return 200, list(response_events() if path == "/responses" else message_events())


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, answer = answer_of(self.path, body)
        stream = isinstance(answer, list)
        if stream:
            events = (
                (f"event: {each['type']}\n" if "type" in each else "")
                + f"data: {json.dumps(each)}\n\n"
                for each in answer
            )
            content = "".join(events).encode()
        else:
            content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/event-stream" if stream else "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


# google-genai makes a subclass that aiohttp warns of.
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class:DeprecationWarning")
Asked = AsyncIterator[tuple[str, tuple[int | None, int | None]]]
SAY: Any = [{"role": "user", "content": "say hi"}]


async def openai_ways(url: str, model: str) -> Asked:
    """Each way to ask, and the tokens that the server counts."""
    openai = pytest.importorskip("openai")
    base = {"api_key": "k", "base_url": url, "max_retries": 0}
    usage: Any = {"include_usage": True}
    with openai.OpenAI(**base) as plain:
        client = instrument(plain, texts=True)
        client.chat.completions.create(model=model, messages=SAY, temperature=0.5, seed=3)
        yield "chat", (11, 2)
        list(
            client.chat.completions.create(
                model=model, messages=SAY, stream=True, stream_options=usage
            )
        )
        yield "streamed chat", (11, 2)
        list(client.chat.completions.create(model=model, messages=SAY, stream=True))
        yield "streamed chat without usage", (None, None)
        client.chat.completions.with_raw_response.create(model=model, messages=SAY).parse()
        yield "raw chat", (11, 2)
        client.with_options(timeout=30).chat.completions.create(model=model, messages=SAY)
        yield "chat of a copy", (11, 2)
        client.responses.create(model=model, input="say hi")
        yield "response", (12, 5)
        list(client.responses.create(model=model, input="say hi", stream=True))
        yield "streamed response", (12, 5)
        client.embeddings.create(model=model, input="hi")
        yield "embedding", (7, None)
    async with openai.AsyncOpenAI(**base) as plain:
        client = instrument(plain)
        await client.chat.completions.create(model=model, messages=SAY)
        yield "asynchronous chat", (11, 2)
        async for _ in await client.responses.create(model=model, input="say hi", stream=True):
            pass
        yield "asynchronous streamed response", (12, 5)


async def anthropic_ways(url: str, model: str) -> Asked:
    anthropic = pytest.importorskip("anthropic")
    base = {"api_key": "k", "base_url": url, "max_retries": 0}
    with anthropic.Anthropic(**base) as plain:
        client = instrument(plain)
        client.messages.create(model=model, messages=SAY, max_tokens=5)
        yield "message", (9, 3)
        list(client.messages.create(model=model, messages=SAY, max_tokens=5, stream=True))
        yield "streamed message", (9, 3)
        with client.messages.stream(model=model, messages=SAY, max_tokens=5) as stream:
            assert stream.get_final_text() == "hi"
        yield "message stream", (9, 3)
    async with anthropic.AsyncAnthropic(**base) as plain:
        client = instrument(plain)
        await client.messages.create(model=model, messages=SAY, max_tokens=5)
        yield "asynchronous message", (9, 3)
        async with client.messages.stream(model=model, messages=SAY, max_tokens=5) as later:
            assert await later.get_final_text() == "hi"
        yield "asynchronous message stream", (9, 3)


async def google_ways(url: str, model: str) -> Asked:
    genai = pytest.importorskip("google.genai")
    plain = genai.Client(api_key="k", http_options={"base_url": url})
    client = instrument(plain)
    client.models.generate_content(model=model, contents="say hi", config={"temperature": 0.5})
    yield "content", (8, 8)
    list(client.models.generate_content_stream(model=model, contents="say hi"))
    yield "streamed content", (8, 8)
    client.chats.create(model=model).send_message("say hi")
    yield "chat", (8, 8)
    await client.aio.models.generate_content(model=model, contents="say hi")
    yield "asynchronous content", (8, 8)
    async for _ in await client.aio.models.generate_content_stream(model=model, contents="say hi"):
        pass
    yield "asynchronous streamed content", (8, 8)
    await client.aio.aclose()


WAYS = {"openai": openai_ways, "anthropic": anthropic_ways, "gcp.gemini": google_ways}


@pytest.mark.parametrize("provider", WAYS)
async def test_tokens_of_every_way_to_ask_are_those_of_the_provider(
    url: str, provider: str
) -> None:
    with recording("ways") as experiment:
        expected = [each async for each in WAYS[provider](url, "some-model")]

    starts, ends = experiment.events("llm.request.start"), experiment.events("llm.request.stop")
    found = [(event.input_tokens, event.output_tokens) for event in ends]
    assert dict(zip((way for way, _ in expected), found, strict=True)) == dict(expected)
    assert [event.span_id for event in starts] == [event.span_id for event in ends]
    assert {event.attributes["provider"] for event in ends} == {provider}
    assert {event.model for event in ends} == {"some-model"}
    assert all(event.success and event.duration_ns for event in ends)
    assert not experiment.handler_errors


@pytest.mark.parametrize("provider", WAYS)
async def test_a_refused_call_is_a_failure_and_its_error_reaches_the_caller(
    url: str, provider: str
) -> None:
    with recording("refused") as experiment, pytest.raises(Exception, match="no such model"):
        async for _ in WAYS[provider](url, "broken-model"):
            pass

    (event,) = experiment.events("llm.request.exception")
    assert event.success is False
    assert event.attributes["status"] == 400
    assert "no such model" in event.attributes["message"]


def first_chat(url: str, **options: Any) -> tuple[Recording, Event]:
    openai = pytest.importorskip("openai")
    with recording("one") as experiment, openai.OpenAI(api_key="k", base_url=url) as plain:
        client = instrument(instrument(plain, **options))
        client.chat.completions.create(model="m", messages=SAY, temperature=0.5, seed=3)
    (event,) = experiment.events("llm.request.stop")
    return experiment, event


def test_a_call_has_its_parameters_and_no_texts_unless_asked_for(url: str) -> None:
    _, event = first_chat(url)

    assert event.attributes == {
        "provider": "openai",
        "operation": "chat",
        "temperature": 0.5,
        "seed": 3,
        "api_model_id": "gpt-x-1",
        "request_id": "c1",
        "finish_reason": "stop",
        "cached_tokens": 4,
    }


def test_texts_are_recorded_when_they_are_asked_for(url: str) -> None:
    _, event = first_chat(url, texts=True)

    assert event.attributes["prompt"] == SAY
    assert event.attributes["answer"] == "hi"


def test_a_price_gives_costs_and_a_faulty_one_is_counted(url: str) -> None:
    experiment, event = first_chat(url, price=lambda call: call["output_tokens"] * 0.25)
    assert event.cost_usd == 0.5
    assert experiment.metrics().level("model").cost_usd == 0.5

    experiment, event = first_chat(url, price=lambda call: call["no such field"])
    assert event.cost_usd is None
    assert experiment.handler_errors == 1


def test_a_call_is_inside_of_the_span_around_it(url: str) -> None:
    openai = pytest.importorskip("openai")
    with recording("one") as experiment, openai.OpenAI(api_key="k", base_url=url) as plain:
        client = instrument(plain)
        with span("agent.turn") as turn:
            client.chat.completions.create(model="m", messages=SAY)
            record("after")
    (event,) = experiment.events("llm.request.stop")
    (after,) = experiment.events("after")

    assert event.parent_id == after.span_id == turn.span_id


@pytest.mark.slow
@pytest.mark.parametrize("way", ["closed", "dropped", "left"])
def test_a_stream_that_is_not_read_to_its_end_ends_its_span(url: str, way: str) -> None:
    openai = pytest.importorskip("openai")
    with recording("one") as experiment, openai.OpenAI(api_key="k", base_url=url) as plain:
        stream = instrument(plain).chat.completions.create(model="m", messages=SAY, stream=True)
        if way == "left":
            for _ in stream:
                break
        if way == "closed":
            stream.close()
        del stream
        gc.collect()
    (event,) = experiment.events("llm.request.stop")

    assert event.attributes["abandoned"] is True


def test_without_an_experiment_calls_go_on_and_other_values_are_refused(url: str) -> None:
    openai = pytest.importorskip("openai")
    with openai.OpenAI(api_key="k", base_url=url) as plain:
        answer = instrument(plain).chat.completions.create(model="m", messages=SAY)

    assert answer.choices[0].message.content == "hi"
    for wrong in ("gpt-5", openai.OpenAI, None):
        with pytest.raises(TypeError, match="give a client"):
            instrument(wrong)


@pytest.mark.slow
def test_calls_of_interleaved_tasks_do_not_mix(url: str) -> None:
    openai = pytest.importorskip("openai")

    async def ask(client: Any, number: int) -> None:
        with span("turn", number=number):
            stream = await client.chat.completions.create(
                model=f"m{number}", messages=SAY, stream=True
            )
            async for _ in stream:
                await asyncio.sleep(0)

    async def every() -> None:
        async with openai.AsyncOpenAI(api_key="k", base_url=url) as plain:
            await asyncio.gather(*(ask(instrument(plain), number) for number in range(10)))

    with recording("tasks") as experiment:
        asyncio.run(every())

    turns = {event.span_id: event for event in experiment.events("turn.stop")}
    ends = experiment.events("llm.request.stop")
    assert len(ends) == 10
    for event in ends:
        assert event.model == f"m{turns[event.parent_id].attributes['number']}"
