"""Read a provider's message, and make a chain of its parts."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Literal, get_args

from .._core.errors import InvalidTraceError, TraceParseError
from .._core.ids import new_id
from .._core.parse_warning import ParseWarning
from .._core.times import now
from .._core.warnings import warning
from .._model.chain import Chain, announce_chain
from .._model.event import TraceEvent
from .._model.evidence import EvidenceKind
from .._read.json_events import TOOL_NAME, event_objects
from .._read.parse import parse_events, parse_objects
from . import anthropic, chat_completions, gemini, openai_responses
from .parts import MessagePart

MessageForm = Literal["anthropic", "openai_responses", "chat_completions", "gemini"]
_READERS = {
    "openai_responses": openai_responses,
    "gemini": gemini,
    "anthropic": anthropic,
    "chat_completions": chat_completions,
}
_NATIVE: dict[str, tuple[str, EvidenceKind]] = {
    "reasoning": ("reasoning", "native_reasoning"),
    "summary": ("reasoning_summary", "summary"),
    "redacted": ("reasoning_redacted", "redacted"),
}


def read_message(
    payload: Mapping[str, Any], *, form: MessageForm | None = None
) -> tuple[MessagePart, ...]:
    """Return the parts of a message, in the order the provider gave them.

    Args:
        payload: The decoded JSON of a response, or a message of it.
        form: Whose form it has; None finds it from its keys.

    Returns:
        Reasoning, summaries, redacted blocks, texts and tool calls.

    Raises:
        InvalidTraceError: The payload is not a mapping, or has none of the known forms.

    Example:
        >>> message = {"reasoning_content": "weigh", "content": "Answer A"}
        >>> [part.kind for part in read_message(message)]
        ['reasoning', 'text']
    """
    if not isinstance(payload, Mapping):
        raise InvalidTraceError("message", f"{payload!r:.40} is not a decoded JSON object")
    if form is not None and form not in _READERS:
        known = ", ".join(get_args(MessageForm))
        raise InvalidTraceError("message", f"form {form!r} is unknown; use one of {known}")
    for name, reader in _READERS.items():
        if form == name or (form is None and reader.fits(payload)):
            return tuple(reader.read(payload))
    keys = ", ".join(map(str, list(payload)[:8]))
    raise InvalidTraceError("message", f"no known form has the keys {keys}; give form=")


def parse_message(
    payload: Mapping[str, Any],
    name: str,
    *,
    form: MessageForm | None = None,
    metadata: Mapping[str, Any] | None = None,
    strict: bool = False,
    id: str | None = None,  # the name of the field
    timestamp: str | None = None,
) -> Chain:
    """Return the chain of a message: native reasoning and stated events, in order.

    Args:
        payload: The decoded JSON of a response, or a message of it.
        name: The name of the chain.
        form: Whose form it has; None finds it from its keys.
        metadata: Values to store with the chain; ``parse_warnings`` is added when there are any.
        strict: Raise an error for malformed markup.
        id: The id of the chain, from which those of its events follow; None makes a random one.
        timestamp: The time of the answer, ISO 8601; None takes the present time.

    Returns:
        The chain.

    Raises:
        InvalidTraceError: The payload has none of the known forms.
        TraceParseError: ``strict`` is set and the markup is malformed.
    """
    origin, time = id or new_id(), timestamp or now()
    events, warnings = part_events(read_message(payload, form=form), origin, time)
    if strict and warnings:
        raise TraceParseError(warnings)
    about = dict(metadata or {})
    if warnings:
        about["parse_warnings"] = [str(each) for each in warnings]
    return announce_chain(
        Chain(name=name, events=events, metadata=about, created_at=time, updated_at=time, id=origin)
    )


def part_events(
    parts: Sequence[MessagePart], origin: str, timestamp: str
) -> tuple[tuple[TraceEvent, ...], tuple[ParseWarning, ...]]:
    """Return the events of the parts of a message, and the warnings of their texts.

    Args:
        parts: The parts.
        origin: A text from which, with the number of the part, the ids of the events follow.
        timestamp: The time of the parts without one.
    """
    events: list[TraceEvent] = []
    warnings: list[ParseWarning] = []
    for number, part in enumerate(parts):
        made, noted = _events(part, f"{origin}/{number}", part.timestamp or timestamp)
        events += (replace(event, metadata={**event.metadata, "part": number}) for event in made)
        warnings += noted
    return tuple(events), tuple(warnings)


def _events(
    part: MessagePart, origin: str, timestamp: str
) -> tuple[Sequence[TraceEvent], Sequence[ParseWarning]]:
    if part.kind in _NATIVE:
        return [_native(part, origin, timestamp)], []
    if part.kind == "text":
        parsed = parse_events(part.text, origin=origin, timestamp=timestamp)
        return parsed.events, parsed.warnings
    if part.kind == "tool_call" and part.name == TOOL_NAME:
        try:
            objects = event_objects(json.loads(part.text))
        except (ValueError, RecursionError):
            return [], [warning("json_malformed", 0)]
        return parse_objects(objects, origin=origin, timestamp=timestamp)
    return [_tool_event(part, origin, timestamp)], []


def _native(part: MessagePart, origin: str, timestamp: str) -> TraceEvent:
    kind, evidence = _NATIVE[part.kind]
    return TraceEvent(
        type=kind,
        decision="",
        reasoning=part.text,
        evidence=evidence,
        metadata=dict(_about(part)),
        output_tokens=part.output_tokens,
        timestamp=timestamp,
        id=_id(origin),
    )


def _tool_event(part: MessagePart, origin: str, timestamp: str) -> TraceEvent:
    called = part.kind == "tool_call"
    return TraceEvent(
        type="tool_called" if called else "tool_answered",
        decision=part.name or ("a tool call" if called else "a tool result"),
        reasoning="",
        metadata={**dict(_about(part)), "arguments" if called else "result": part.text},
        evidence="observed",
        output_tokens=part.output_tokens,
        timestamp=timestamp,
        id=_id(origin),
    )


def _about(part: MessagePart) -> Iterator[tuple[str, str]]:
    for name in ("signature", "encrypted"):
        value = getattr(part, name)
        if value is not None:
            yield name, value
    if part.id is not None:
        yield "provider_id", part.id


def _id(origin: str) -> str:
    return blake2b(f"{origin}/native".encode("utf-8", "replace"), digest_size=16).hexdigest()
