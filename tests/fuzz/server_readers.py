"""Readers of what servers send: answers, streams, spans and event files of other processes."""

import asyncio
import base64
import json
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from google.protobuf import json_format  # type: ignore[import-untyped]  # it has no types
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from readers import Reader, as_json, as_text

import causal_trace
import ensemble
import telemetry_research
from ensemble._transport.sse import EventReader
from telemetry_research._stores import frames
from telemetry_research._tracing.otlp_spans import MalformedError, spans_from

FOLDER = Path(tempfile.mkdtemp())
MESSAGES: dict[str, Any] = {
    "anthropic": {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "w", "signature": "s"},
            {"type": "text", "text": "hi"},
            {"type": "tool_use", "id": "t", "name": "run", "input": {"a": 1}},
        ],
    },
    "openai_responses": {
        "output": [
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "s"}]},
            {"type": "message", "content": [{"type": "output_text", "text": "hi"}]},
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        ]
    },
    "chat_completions": {
        "choices": [{"message": {"content": "<think>a</think>hi", "reasoning_content": "w",
                                 "tool_calls": [{"id": "c", "function": {"name": "f"}}]}}]
    },
    "gemini": {
        "candidates": [{"content": {"parts": [{"text": "w", "thought": True}, {"text": "hi"},
                                              {"functionCall": {"name": "f", "args": {}}}]}}]
    },
}  # fmt: skip
WIRE: dict[str, Any] = {
    "OpenAIModel": {
        "model": "m",
        "choices": [{"message": {"content": "4", "tool_calls": [
            {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
            "finish_reason": "stop",
            "logprobs": {"content": [{"token": "4", "logprob": -0.1, "top_logprobs": []}]}}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1,
                  "prompt_tokens_details": {"cached_tokens": 1}},
    },
    "OpenAIResponsesModel": {
        "status": "completed",
        "output": [{"type": "message", "content": [{"type": "output_text", "text": "4"}]}],
        "usage": {"input_tokens": 3, "output_tokens": 1},
    },
    "AnthropicModel": {
        "content": [{"type": "thinking", "thinking": "w", "signature": "s"},
                    {"type": "text", "text": "4"},
                    {"type": "tool_use", "id": "t", "name": "f", "input": {}}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 3, "output_tokens": 1, "cache_read_input_tokens": 0},
    },
    "GeminiModel": {
        "candidates": [{"content": {"parts": [{"text": "4"}]}, "finishReason": "STOP",
                        "logprobsResult": {"chosenCandidates": [
                            {"token": "4", "logProbability": -0.1}]}}],
        "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 1},
    },
}  # fmt: skip
STREAMS: dict[str, list[Any]] = {
    "OpenAIModel": [
        {"choices": [{"index": 0, "delta": {"content": "4"}}]},
        {"choices": [{"delta": {"tool_calls": [{"index": 0, "id": "c", "function": {}}]},
                      "finish_reason": "stop"}], "usage": {"prompt_tokens": 3}},
    ],
    "AnthropicModel": [
        {"type": "message_start", "message": {"usage": {"input_tokens": 3}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "4"}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {}},
    ],
    "OpenAIResponsesModel": [
        {"type": "response.output_text.delta", "delta": "4"},
        {"type": "response.completed", "response": WIRE["OpenAIResponsesModel"]},
    ],
    "GeminiModel": [
        {"candidates": [{"content": {"parts": [{"text": "4"}]}}]},
        WIRE["GeminiModel"],
    ],
}  # fmt: skip
OTLP: dict[str, Any] = {
    "resourceSpans": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "s"}}]},
        "scopeSpans": [{"spans": [{
            "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331",
            "name": "chat m", "startTimeUnixNano": "1", "endTimeUnixNano": "5",
            "attributes": [{"key": "gen_ai.usage.input_tokens", "value": {"intValue": "3"}}],
            "events": [{"timeUnixNano": "2", "name": "e", "attributes": []}],
            "status": {"code": 1}}]}]}]
}  # fmt: skip


def reads(library: str, read: Callable[[Any], object]) -> Callable[[Path], object]:
    """A reader of decoded JSON objects; what is not one is the error of its library."""
    kinds = {"causal_trace": causal_trace.TraceError, "ensemble": ensemble.EnsembleError}

    def decoded(path: Path) -> object:
        try:
            value = json.loads(path.read_bytes())
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise kinds[library]("not a JSON object")
        return read(value)

    return decoded


def _message(form: Any) -> Callable[[Path], object]:
    return reads("causal_trace", lambda value: causal_trace.parse_message(value, "c", form=form))


def _client(name: str) -> Any:
    return getattr(ensemble, name)("m", api_key="k", base_url="http://127.0.0.1:9/v1")


def _wire(name: str) -> Callable[[Path], object]:
    model = _client(name)

    def read(value: Any) -> object:
        response = model.response_of(value)
        return str(response), response.to_dict(), model.usage_of(value)

    return reads("ensemble", read)


def _stream(name: str) -> Callable[[Path], object]:
    model = _client(name)

    def read(path: Path) -> object:
        reader, content = EventReader(), path.read_bytes()
        events = [
            e for at in range(0, len(content), 50) for e in reader.read(content[at : at + 50])
        ]
        events += reader.finish()

        async def pieces() -> list[Any]:
            async def data() -> AsyncIterator[Any]:
                for each in events:
                    yield each.data

            return [piece async for piece in model.read_pieces(data())]

        return asyncio.run(pieces())

    return read


def _as_stream(events: list[Any]) -> bytes:
    return b"".join(b"data: " + as_json(each) + b"\n\n" for each in events) + b"data: [DONE]\n\n"


def _normalize(path: Path) -> None:
    text = as_text(path)
    for name in ("boolean", "choice", "code", "date", "exact", "json", "number", "set", "text"):
        ensemble.read_answer(text, name)


def _recorded() -> telemetry_research.Recording:
    store = telemetry_research.FileStore(FOLDER / "events.arrows")
    with telemetry_research.recording("x", store=store) as experiment:
        for each in range(5):
            telemetry_research.record("llm.stop", {"duration_ns": each}, {"model": "m", "q": "h"})
    return experiment


def _archive() -> bytes:
    path = FOLDER / "archive.parquet"
    telemetry_research.archive_experiment(_recorded(), path)
    return path.read_bytes()


def _restore(path: Path) -> None:
    _use(telemetry_research.restore_experiment(path))


def _continue(path: Path) -> None:
    with telemetry_research.continue_experiment(path) as experiment:
        _use(experiment)


def _use(experiment: telemetry_research.Recording) -> None:
    str(experiment)
    str(experiment.metrics())
    for event in experiment:
        str(event)


def _frames() -> list[frames.Frame]:
    path = FOLDER / "events.arrows"
    if not path.exists():
        _recorded()
    with path.open("rb") as file:
        found = list(frames.read_frames(file, path.stat().st_size))
    return [each for each in found if isinstance(each, frames.Frame)]


def _about() -> bytes:
    return next(each.payload for each in _frames() if each.kind == "about")


def _reframed(path: Path) -> None:
    """Read an event file with another description, whose check sums and hashes fit."""
    content, chain, events = frames.empty_head(), b"", 0
    for each in _frames():
        payload = path.read_bytes() if each.kind == "about" else each.payload
        size = each.raw_size if each.kind == "batch" else len(payload)
        chain = frames.chained(chain, each.kind, payload)
        content += frames.frame_bytes(each.kind, each.rows, payload, size, chain)
        events += each.rows
    counters = frames.Counters(number=2, events=events, before=0, end=len(content), closed=True)
    at, slot = counters.slot(chain)
    whole = path.with_suffix(".arrows")
    whole.write_bytes(content[:at] + slot + content[at + len(slot) :])
    _use(telemetry_research.open_experiment(whole))


def _protobuf() -> bytes:
    values = json.loads(json.dumps(OTLP))
    (span,) = values["resourceSpans"][0]["scopeSpans"][0]["spans"]
    for name in ("traceId", "spanId"):
        span[name] = base64.b64encode(bytes.fromhex(span[name])).decode()
    message = ExportTraceServiceRequest()
    json_format.ParseDict(values, message)
    return bytes(message.SerializeToString())


def _spans(as_json: bool) -> Callable[[Path], object]:
    def read(path: Path) -> None:
        try:
            spans = spans_from(path.read_bytes(), as_json=as_json)
        except MalformedError as error:
            raise telemetry_research.TelemetryError("refused") from error
        with telemetry_research.recording("x") as experiment:
            telemetry_research.import_otel(experiment, spans.read)
        _use(experiment)

    return read


def _held() -> bytes:
    with telemetry_research.held_events() as held:
        telemetry_research.record("x.stop", {"duration_ns": 5}, {"a": "b"})
    return held.to_bytes()


def _keep(path: Path) -> None:
    with telemetry_research.recording("x") as experiment:
        try:
            telemetry_research.keep_held(experiment, path.read_bytes())
        except ValueError as error:
            raise telemetry_research.TelemetryError("refused") from error
    _use(experiment)


def _parent(path: Path) -> None:
    header = as_text(path)
    with telemetry_research.remote_parent({"traceparent": header, "tracestate": header}):
        telemetry_research.traceparent()


SERVER_READERS = (
    *(
        Reader(name=f"causal_trace message {form}", file="a.json", example=as_json(example),
               read=_message(form))
        for form, example in MESSAGES.items()
    ),
    *(
        Reader(name=f"ensemble answer {name}", file="a.json", example=as_json(example),
               read=_wire(name))
        for name, example in WIRE.items()
    ),
    *(
        Reader(name=f"ensemble stream {name}", file="a.txt", example=_as_stream(example),
               read=_stream(name))
        for name, example in STREAMS.items()
    ),
    Reader(name="ensemble text", file="a.txt", example=b'{"answer": 4} \\boxed{4} 2026-01-31 yes',
           read=_normalize),
    Reader(name="telemetry_research archive", file="a.parquet", example=_archive(), read=_restore),
    Reader(name="telemetry_research description", file="a.json", example=_about(), read=_reframed),
    Reader(name="telemetry_research stored", file="a.arrows",
           example=(FOLDER / "events.arrows").read_bytes(),
           read=lambda path: [str(each) for each in telemetry_research.stored_experiments(path)]),
    Reader(name="telemetry_research continued", file="a.arrows",
           example=(FOLDER / "events.arrows").read_bytes(), read=_continue),
    Reader(name="telemetry_research skip", file="a.arrows",
           example=(FOLDER / "events.arrows").read_bytes(),
           read=lambda path: list(telemetry_research.open_experiment(path, damaged="skip"))),
    Reader(name="telemetry_research spans", file="a.json", example=as_json(OTLP),
           read=_spans(True)),
    Reader(name="telemetry_research protobuf", file="a.bin", example=_protobuf(),
           read=_spans(False)),
    Reader(name="telemetry_research held", file="a.bin", example=_held(), read=_keep),
    Reader(name="telemetry_research header", file="a.txt",
           example=b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", read=_parent),
)  # fmt: skip
