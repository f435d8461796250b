"""OpenTelemetry ``gen_ai`` spans and OpenInference spans, as OTLP JSON or as plain dictionaries.

Sources: https://opentelemetry.io/docs/specs/semconv/gen-ai/ and
https://github.com/Arize-ai/openinference, spec/semantic_conventions.md.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .._core.errors import InvalidTraceError
from .._messages.message import read_message
from .._messages.parts import (
    MessagePart,
    PartKind,
    kind_of,
    mapping,
    mappings,
    optional_text,
    text_of,
    whole,
)
from .._model.chain import Chain
from .turns import Turn, chain_of, nanoseconds, stated_time

_REASONING = {"reasoning", "summary", "redacted"}
_MESSAGE = re.compile(r"llm\.output_messages\.([0-9]{1,9})\.message\.(.+)")
_CONTENT = re.compile(r"contents\.([0-9]{1,9})\.message_content\.(\w+)")
_TOOL = re.compile(r"tool_calls\.([0-9]{1,9})\.tool_call\.(.+)")


def fits(payload: Any) -> bool:
    """Return whether a decoded file holds spans."""
    if isinstance(payload, Mapping):
        return "resourceSpans" in payload or "resource_spans" in payload or "attributes" in payload
    return any("attributes" in each for each in mappings(payload))


def read(payload: Any, origin: str) -> Iterator[Chain]:
    """Yield one chain for each trace, its spans in the order of their times."""
    traces: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for span in _spans(payload):
        context = mapping(span.get("context"))
        trace = span.get("traceId", span.get("trace_id", context.get("trace_id")))
        traces[text_of(trace)].append(span)
    for trace, spans in traces.items():
        ordered = sorted(spans, key=_begin)
        turns = [turn for span in ordered for turn in _turns(span)]
        yield chain_of(
            turns,
            name=text_of(ordered[0].get("name")),
            origin=f"{origin}/{trace}",
            metadata={"source_form": "spans", "trace_id": trace or None, "spans": len(spans)},
        )


def _spans(payload: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(payload, Mapping) and ("resourceSpans" in payload or "resource_spans" in payload):
        for resource in mappings(payload.get("resourceSpans", payload.get("resource_spans"))):
            for scope in mappings(resource.get("scopeSpans", resource.get("scope_spans"))):
                yield from mappings(scope.get("spans"))
    elif isinstance(payload, Mapping):
        yield payload
    else:
        yield from mappings(payload)


def _attributes(span: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes by name; OTLP holds them as a list of keys and typed values."""
    given = span.get("attributes")
    if isinstance(given, Mapping):
        return dict(given)
    return {text_of(each.get("key")): _plain(each.get("value")) for each in mappings(given)}


def _plain(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    for kind, inner in value.items():
        if kind == "arrayValue":
            values = mapping(inner).get("values")
            return [_plain(each) for each in values] if isinstance(values, list) else []
        if kind == "kvlistValue":
            pairs = mappings(mapping(inner).get("values"))
            return {text_of(each.get("key")): _plain(each.get("value")) for each in pairs}
        if kind == "intValue":
            return _whole(inner)
        return inner
    return None


def _whole(value: Any) -> int | None:
    """Return a whole number that OTLP holds as text; None for what is none."""
    try:
        return int(str(value))
    except ValueError:
        return None


def _begin(span: Mapping[str, Any]) -> str:
    return _time(span, "start") or ""


def _time(span: Mapping[str, Any], which: str) -> str | None:
    nano = span.get(f"{which}TimeUnixNano", span.get(f"{which}_time_unix_nano"))
    return nanoseconds(nano) if nano is not None else stated_time(span.get(f"{which}_time"))


def _turns(span: Mapping[str, Any]) -> Iterator[Turn]:
    values = {**_attributes(span), **_event_attributes(span)}
    messages = _decoded(values.get("gen_ai.output.messages"))
    parts = [part for message in mappings(messages) for part in _gen_ai(message)]
    parts = parts or _response(values) or list(_open_inference(values))
    if not parts:
        return
    yield Turn(
        role="assistant",
        parts=parts,
        timestamp=_time(span, "end") or _time(span, "start"),
        model=optional_text(
            values.get(
                "gen_ai.response.model",
                values.get("gen_ai.request.model", values.get("llm.model_name")),
            )
        ),
        input_tokens=whole(
            values.get("gen_ai.usage.input_tokens", values.get("llm.token_count.prompt"))
        ),
        output_tokens=whole(
            values.get("gen_ai.usage.output_tokens", values.get("llm.token_count.completion"))
        ),
        metadata=dict(_reasoning_tokens(values)),
    )


def _reasoning_tokens(values: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield the tokens of reasoning, also under the deprecated name."""
    for key in (
        "gen_ai.usage.reasoning.output_tokens",
        "gen_ai.usage.output_tokens.reasoning",
        "llm.token_count.completion_details.reasoning",
    ):
        found = whole(values.get(key))
        if found is not None:
            yield "reasoning_tokens", found
            return


def _event_attributes(span: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of the events of a span, where some instrumentations put messages."""
    found: dict[str, Any] = {}
    for event in mappings(span.get("events")):
        found |= {k: v for k, v in _attributes(event).items() if k.startswith("gen_ai.")}
    return found


def _decoded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _gen_ai(message: Mapping[str, Any]) -> Iterator[MessagePart]:
    for part in mappings(message.get("parts")):
        kind = kind_of(part)
        content = text_of(part.get("content"))
        if kind == "reasoning":
            yield MessagePart(kind="reasoning" if content.strip() else "redacted", text=content)
        elif kind == "tool_call":
            yield MessagePart(
                kind="tool_call",
                text=text_of(part.get("arguments")),
                name=optional_text(part.get("name")),
                id=optional_text(part.get("id")),
            )
        elif kind == "tool_call_response":
            text = text_of(part.get("response", part.get("result")))
            yield MessagePart(kind="tool_result", text=text, id=optional_text(part.get("id")))
        elif kind == "text":
            yield MessagePart(kind="text", text=content)


def _response(values: Mapping[str, Any]) -> list[MessagePart]:
    """Return the parts of the provider's own response, where the span has it with its reasoning.

    The attributes of OpenInference leave out ``reasoning_content`` of chat completions, and have
    one name for reasoning and its summaries.
    """
    payload = _decoded(values.get("output.value"))
    if values.get("output.mime_type") != "application/json" or not isinstance(payload, Mapping):
        return []
    try:
        parts = read_message(payload)
    except InvalidTraceError:
        return []
    return list(parts) if any(part.kind in _REASONING for part in parts) else []


def _open_inference(values: Mapping[str, Any]) -> Iterator[MessagePart]:
    messages: dict[int, dict[str, Any]] = defaultdict(dict)
    for key, value in values.items():
        found = _MESSAGE.fullmatch(key)
        if found:
            messages[int(found[1])][found[2]] = value
    for _, fields in sorted(messages.items()):
        contents, calls = _grouped(fields, _CONTENT), _grouped(fields, _TOOL)
        yield from (_content(each) for each in contents)
        if not contents and text_of(fields.get("content")):
            yield MessagePart(kind="text", text=text_of(fields["content"]))
        for call in calls:
            yield MessagePart(
                kind="tool_call",
                text=text_of(call.get("function.arguments")),
                name=optional_text(call.get("function.name")),
                id=optional_text(call.get("id")),
            )


def _grouped(fields: Mapping[str, Any], pattern: re.Pattern[str]) -> Sequence[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for key, value in fields.items():
        match = pattern.fullmatch(key)
        if match:
            found[int(match[1])][match[2]] = value
    return [each for _, each in sorted(found.items())]


def _content(part: Mapping[str, Any]) -> MessagePart:
    text = text_of(part.get("text"))
    if kind_of(part) != "reasoning":
        return MessagePart(kind="text", text=text)
    encrypted = _first(part, ("encrypted_content", "data"))
    kind: PartKind = "reasoning" if text.strip() else "redacted"
    if text.strip() and encrypted is not None:
        kind = "summary"  # OpenAI encrypts the reasoning itself and shows a summary
    return MessagePart(
        kind=kind, text=text, signature=optional_text(part.get("signature")), encrypted=encrypted
    )


def _first(part: Mapping[str, Any], keys: Iterable[str]) -> str | None:
    return next((found for key in keys if (found := optional_text(part.get(key)))), None)
