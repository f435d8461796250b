"""Spans of real instrumentations, received and imported, next to what a server was asked.

Run by hand: the tools come from the package index, and call a server on the loopback.

    uv run --with "pydantic-ai-slim[openai]" --with logfire --with anthropic --with google-genai
        --with openinference-instrumentation-openai --with opentelemetry-instrumentation-openai
        python tests/benchmarks/bench_spans_of_tools.py

Each tool runs in a process of its own, since it changes its clients. A row is one check: the model
calls, tokens and failures that the server counted, the times, parents and points of the spans.
It ends with 1 where one differs. With `--keep FOLDER`, what each tool sent is kept there for the
tests of the receiver, beside what its spans and the server say.
"""

import asyncio
import importlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from _spans_of_tools_sent import KEEP, Sent, keep

from telemetry_research import Recording, import_otel, instrument, otlp_receiver, recording

IN, OUT = 11, 7


class Provider(BaseHTTPRequestHandler):
    """Answers like the providers, and counts the calls and tokens that it has answered."""

    protocol_version = "HTTP/1.1"
    calls = failures = 0

    def log_message(self, *_: object) -> None:
        """No lines for requests."""

    def do_POST(self) -> None:
        """Answer one request; a prompt with ``fail`` gets an error."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = json.loads(body or b"{}")
        if b"fail" in body:
            Provider.failures += 1
            self._send(400, {"error": {"message": "refused", "type": "invalid_request_error"}})
            return
        Provider.calls += 1
        if "embeddings" in self.path:
            item = {"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}
            usage = {"prompt_tokens": IN, "total_tokens": IN}
            self._send(200, {"object": "list", "model": "e", "data": [item], "usage": usage})
        elif "messages" in self.path:
            self._send(200, _anthropic())
        elif "generateContent" in self.path:
            self._send(200, _google())
        elif asked.get("stream"):
            self._stream(asked)
        else:
            self._send(200, _openai(asked))

    def _send(self, status: int, answer: object) -> None:
        data = json.dumps(answer).encode()
        self._head(status, "application/json", data)

    def _head(self, status: int, kind: str, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, asked: dict[str, Any]) -> None:
        base = {"id": "s", "object": "chat.completion.chunk", "created": 1, "model": asked["model"]}
        delta = {"role": "assistant", "content": "word"}
        pieces = [
            {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
            {**base, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
            {**base, "choices": [], "usage": _usage()},
        ]
        lines = [f"data: {json.dumps(piece)}\n\n" for piece in pieces]
        self._head(200, "text/event-stream", "".join([*lines, "data: [DONE]\n\n"]).encode())


def _usage() -> dict[str, int]:
    return {"prompt_tokens": IN, "completion_tokens": OUT, "total_tokens": IN + OUT}


def _openai(asked: dict[str, Any]) -> dict[str, Any]:
    """A call of a tool while one is offered and none was called; then a text."""
    message: dict[str, Any] = {"role": "assistant", "content": "It is sunny.", "refusal": None}
    reason = "stop"
    called = any(each["role"] == "tool" for each in asked.get("messages", []))
    if asked.get("tools") and not called:
        function = {"name": "weather", "arguments": '{"city":"Oslo"}'}
        call = {"id": "c1", "type": "function", "function": function}
        message, reason = {"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls"
    choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": None}
    return {"id": "r", "object": "chat.completion", "created": 1, "model": asked["model"],
            "choices": [choice], "usage": _usage()}  # fmt: skip


def _anthropic() -> dict[str, Any]:
    usage = {"input_tokens": IN, "output_tokens": OUT}
    return {"id": "m", "type": "message", "role": "assistant", "model": "claude-x",
            "content": [{"type": "text", "text": "Sunny."}], "stop_reason": "end_turn",
            "stop_sequence": None, "usage": usage}  # fmt: skip


def _google() -> dict[str, Any]:
    content = {"role": "model", "parts": [{"text": "Sunny."}]}
    usage = {"promptTokenCount": IN, "candidatesTokenCount": OUT, "totalTokenCount": IN + OUT}
    return {"candidates": [{"content": content, "finishReason": "STOP", "index": 0}],
            "usageMetadata": usage, "modelVersion": "gemini-x"}  # fmt: skip


@contextmanager
def provider() -> Iterator[str]:
    """A server on the loopback; yields its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def chats(client: Any) -> None:
    """Two chats, a stream, an embedding and a refused chat."""

    def ask(text: str, **more: Any) -> Any:
        messages = [{"role": "user", "content": text}]
        return client.chat.completions.create(model="gpt-4o-mini", messages=messages, **more)

    ask("one")
    ask("two", temperature=0.5)
    list(ask("three", stream=True, stream_options={"include_usage": True}))
    client.embeddings.create(model="e", input="four", encoding_format="float")
    try:
        ask("fail")
    except Exception as error:  # noqa: BLE001  # each package has its own
        print("refused as planned:", type(error).__name__)


def load(name: str) -> Any:
    """A module of a tool, which the types of this repository do not know."""
    return importlib.import_module(name)


def openai_client(address: str) -> Any:
    """A client of the real package."""
    from openai import OpenAI

    return OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)


def run_openinference(address: str, tracers: Any) -> None:
    """The OpenAI client as openinference sees it, in a span of an agent."""
    load("openinference.instrumentation.openai").OpenAIInstrumentor().instrument(
        tracer_provider=tracers
    )
    with tracers.get_tracer("t").start_as_current_span("turn") as turn:
        turn.set_attribute("openinference.span.kind", "AGENT")
        turn.add_event("thought", {"about": "weather"})
        chats(openai_client(address))


def run_openllmetry(address: str, tracers: Any) -> None:
    """The OpenAI client as openllmetry sees it."""
    load("opentelemetry.instrumentation.openai").OpenAIInstrumentor().instrument(
        tracer_provider=tracers
    )
    with tracers.get_tracer("t").start_as_current_span("turn") as turn:
        turn.set_attribute("traceloop.span.kind", "workflow")
        turn.add_event("thought", {"about": "weather"})
        chats(openai_client(address))


def run_pydantic_ai(address: str, tracers: Any) -> None:
    """An agent that calls a tool between two model calls."""
    tools, models = load("pydantic_ai"), load("pydantic_ai.models.openai")
    served = load("pydantic_ai.providers.openai").OpenAIProvider(
        base_url=f"{address}/v1", api_key="none"
    )
    model = models.OpenAIChatModel("gpt-4o-mini", provider=served)
    tools.Agent.instrument_all(tools.InstrumentationSettings(tracer_provider=tracers))

    def weather(city: str) -> str:
        """The weather of a city."""
        return f"sun in {city}"

    agent = tools.Agent(model, name="forecaster", tools=[weather])
    with tracers.get_tracer("t").start_as_current_span("turn") as turn:
        turn.add_event("thought", {"about": "weather"})
        agent.run_sync("What is the weather in Oslo?")


def run_logfire(address: str, tracers: Any) -> None:
    """The OpenAI client as logfire sees it, in a span of its own."""
    logfire = load("logfire")
    client = openai_client(address)
    logfire.instrument_openai(client)
    with logfire.span("turn"):
        logfire.info("thought", about="weather")
        chats(client)


TOOLS: dict[str, Callable[[str, Any], None]] = {
    "openinference": run_openinference,
    "openllmetry": run_openllmetry,
    "pydantic-ai": run_pydantic_ai,
    "logfire": run_logfire,
}


def traced(tool: str, address: str, receiver: str) -> Sequence[Any]:
    """The spans of a tool, which are also sent to a receiver."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    kept = InMemorySpanExporter()
    exporter = OTLPSpanExporter(receiver, session=Sent())
    processors = [BatchSpanProcessor(exporter), SimpleSpanProcessor(kept)]
    if tool == "logfire":
        logfire = load("logfire")
        logfire.configure(
            send_to_logfire=False, console=False, additional_span_processors=processors
        )
        TOOLS[tool](address, None)
        logfire.force_flush()
    else:
        tracers = TracerProvider()
        for each in processors:
            tracers.add_span_processor(each)
        TOOLS[tool](address, tracers)
        tracers.force_flush()
    return kept.get_finished_spans()


async def observe(tool: str) -> int:
    """Run a tool, and compare what was recorded in both ways; returns how many checks failed."""
    with provider() as address:
        async with recording("received") as received, otlp_receiver(received) as receiver:
            spans = await asyncio.to_thread(traced, tool, address, receiver)
        with recording("imported") as imported:
            import_otel(imported, spans)
    ended = [s for s in spans if (s.attributes or {}).get("logfire.span_type") != "pending_span"]
    if KEEP in os.environ:
        counted = {"calls": Provider.calls, "failures": Provider.failures}
        tokens = {"input_tokens": IN, "output_tokens": OUT}
        keep(Path(os.environ[KEEP]), tool, ended, counted | tokens)
    bad = 0
    for way, found in (("received", received), ("imported", imported)):
        for label, got, wanted in checks(found, ended):
            bad += shown(f"{tool:14} {way}: {label}", got, wanted)
    return bad


def shown(label: str, got: object, wanted: object) -> bool:
    """Print one check; whether it failed."""
    print(f"{'ok ' if got == wanted else 'BAD'} {label}: {got} of {wanted}", flush=True)
    return got != wanted


def checks(found: Recording, spans: Sequence[Any]) -> Iterator[tuple[str, object, object]]:
    """What was recorded, and what it has to be."""
    events = {
        event.attributes["otel_span_id"]: event
        for event in found
        if "otel_span_id" in event.attributes
    }
    yield "spans", len(events), len(spans)
    model = found.metrics().level("model")
    yield "model calls that returned", model.succeeded, Provider.calls
    yield "model calls that were refused", model.failed, Provider.failures
    tokens = {"input": sum(e.input_tokens or 0 for e in found.events(level="model")),
              "output": sum(e.output_tokens or 0 for e in found.events(level="model"))}  # fmt: skip
    embedded = sum("embedding" in str(e.attributes).lower() for e in found.events(level="model"))
    yield "tokens in", tokens["input"], IN * Provider.calls
    yield "tokens out", tokens["output"] % OUT, 0
    yield "tokens out of all chats", tokens["output"] // OUT + min(embedded, 1), Provider.calls
    costs = [float((each.attributes or {}).get("operation.cost") or 0) for each in spans]
    spent = sum(event.cost_usd or 0 for event in found)
    yield "costs that the spans state", round(spent, 9), round(sum(costs), 9)
    wrong = parents = 0
    for each in spans:
        event = events.get(f"{each.context.span_id:016x}")
        if event is None:
            continue
        if (each.attributes or {}).get("logfire.span_type") != "log":
            wrong += event.duration_ns != each.end_time - each.start_time
        wrong += abs(event.timestamp_us - each.end_time // 1000) > 1000
        wanted = None if each.parent is None else f"{each.parent.span_id & (2**63 - 1):016x}"
        parents += event.parent_id != wanted
    yield "durations and ends that differ", wrong, 0
    yield "parents that differ", parents, 0
    points = sum(len(each.events) for each in spans)
    yield "events of spans", len(found) - len(events), points
    yield "errors of capture", found.handler_errors, 0


def clients() -> int:
    """Calls of the real clients through ``instrument``: tokens are those of the provider."""
    import anthropic
    from google import genai

    bad = 0
    with provider() as address, recording("clients") as found:
        openai = instrument(openai_client(address))
        chats(openai)
        answer = instrument(anthropic.Anthropic(base_url=address, api_key="none", max_retries=0))
        answer.messages.create(
            model="claude-x", max_tokens=9, messages=[{"role": "user", "content": "a"}]
        )
        options = genai.types.HttpOptions(base_url=address)
        google = instrument(genai.Client(api_key="none", http_options=options))
        google.models.generate_content(model="gemini-x", contents="a")
    model = found.metrics().level("model")
    calls = [event for event in found if event.name.startswith("llm.request.stop")]
    rows = [
        ("calls that returned", model.succeeded, Provider.calls),
        ("calls that were refused", model.failed, Provider.failures),
        ("tokens in", sum(e.input_tokens or 0 for e in calls), IN * Provider.calls),
        ("tokens out", sum(e.output_tokens or 0 for e in calls), OUT * (Provider.calls - 1)),
    ]
    for label, got, wanted in rows:
        bad += shown(f"instrument(): {label}", got, wanted)
    return bad


def main() -> int:
    """Each tool in a process of its own."""
    given = sys.argv[1:]
    if given[:1] == ["--keep"]:
        os.environ[KEEP] = given[1]
        given = given[2:]
    if given:
        (chosen,) = given
        return clients() if chosen == "clients" else asyncio.run(observe(chosen))
    codes = [subprocess.run([sys.executable, __file__, tool], check=False).returncode
             for tool in (*TOOLS, "clients")]  # fmt: skip
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(min(main(), 1))
