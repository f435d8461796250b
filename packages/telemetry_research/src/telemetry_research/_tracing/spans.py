"""Spans made of events: a start and its end, what happened in between, and what is around it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .._core.catalogue import event_info
from .._core.event import Event
from .trace_context import parse_traceparent, trace_id

_ENDS = (".stop", ".exception")
_FIELDS = ("condition", "item_id", "repeat", "cost_usd", "input_tokens", "output_tokens", "model",
           "error_type")  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Span:
    """Something that took time.

    Attributes:
        name: The name of its events without the last word.
        level: Their level.
        span_id: 16 hexadecimal digits.
        parent_id: The span around it; None outermost.
        trace_id: Shared by all below one outermost span, 32 hexadecimal digits.
        start_ns: Wall clock, nanoseconds since the epoch.
        end_ns: The same.
        success: How it ended; None when it did not.
        fields: What is known about it.
        points: Events without a duration that came inside: name, time and attributes.
    """

    name: str
    level: str
    span_id: str
    parent_id: str | None
    trace_id: str
    start_ns: int
    end_ns: int
    success: bool | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    points: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)


def spans_of(events: Iterable[Event], experiment_id: str) -> list[Span]:
    """The spans of an experiment by start; one that has no end has no duration."""
    found: dict[str, Span] = {}
    points: list[Event] = []
    for event in events:
        if event.span_id is None or not event.name.endswith((".start", *_ENDS)):
            points.append(event)
            continue
        _add(found, event.span_id, event)
    for event in points:
        span = found.get(event.span_id or "")
        if span is not None:
            attributes = {**_known(event), **event.attributes}
            span.points.append((event.name, event.timestamp_us * 1000, attributes))
    for span in found.values():
        _trace(span, found, experiment_id)
    return sorted(found.values(), key=lambda span: (span.start_ns, span.span_id))


def _add(found: dict[str, Span], span_id: str, event: Event) -> None:
    at = event.timestamp_us * 1000
    begins = event.name.endswith(".start")
    span = found.get(span_id)
    if span is None:
        span = found[span_id] = Span(
            name=event.name.rpartition(".")[0],
            level=event_info(event.name).level,
            span_id=span_id,
            parent_id=event.parent_id,
            trace_id="",
            start_ns=at if begins else at - (event.duration_ns or 0),
            end_ns=at,
        )
    span.fields |= {**_known(event), **event.attributes}
    if not begins:
        span.end_ns = max(at, span.start_ns + (event.duration_ns or 0))
        span.success = event.success


def _known(event: Event) -> dict[str, Any]:
    values = {name: getattr(event, name) for name in _FIELDS}
    return {name: value for name, value in values.items() if value is not None}


def _trace(span: Span, every: dict[str, Span], experiment_id: str) -> None:
    """The trace of the outermost span around this one, or the one that came from outside."""
    root, seen = span, {span.span_id}
    while root.parent_id in every and root.parent_id not in seen:
        root = every[root.parent_id]
        seen.add(root.span_id)
    given = parse_traceparent(str(root.fields.get("traceparent", "")))
    if given is not None:
        span.trace_id = given[0]
        root.parent_id = root.parent_id or given[1]
    else:
        span.trace_id = trace_id(experiment_id, root.parent_id or root.span_id)
