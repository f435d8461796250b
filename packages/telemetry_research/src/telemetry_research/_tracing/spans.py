"""Spans made from events: a start with its end, and the events in between."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .._core.catalogue import Level, event_info
from .._core.event import Event
from .trace_context import parse_traceparent, trace_id

_ENDS = (".stop", ".exception")
_FIELDS = ("condition", "item_id", "repeat", "cost_usd", "input_tokens", "output_tokens", "model",
           "error_type")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """An operation with a start and an end.

    Attributes:
        name: The name of its events without the last word.
        level: Their level.
        span_id: 16 hexadecimal digits.
        parent_id: The enclosing span; None for the outermost.
        trace_id: The same for all spans below one outermost span, 32 hexadecimal digits.
        start_ns: Wall clock, nanoseconds since the epoch.
        end_ns: The same.
        success: Whether it succeeded; None without an end.
        fields: The fields and attributes of its events.
        points: Events inside without a duration: name, time and attributes.
    """

    name: str
    level: Level
    span_id: str
    parent_id: str | None
    trace_id: str
    start_ns: int
    end_ns: int
    success: bool | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    points: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)

    def to_dict(self) -> dict[str, object]:
        """The span as plain values."""
        return asdict(self)


def spans_of(events: Iterable[Event], experiment_id: str) -> list[Span]:
    """The spans of an experiment by start; a span without an end has no duration.

    Args:
        events: Its events, such as the experiment itself.
        experiment_id: Its id, from which trace ids are derived.

    Returns:
        The spans, ordered by start.

    Example:
        >>> with recording("traced") as experiment:
        ...     record("work.start")
        ...     record("work.stop", {"duration_ns": 5})
        >>> [span.name for span in spans_of(experiment, experiment.id)]
        ['work']
    """
    drafts: dict[str, _Draft] = {}
    points: list[Event] = []
    for event in events:
        if event.span_id is None or not event.name.endswith((".start", *_ENDS)):
            points.append(event)
        elif event.span_id in drafts:
            drafts[event.span_id].add(event)
        else:
            drafts[event.span_id] = _Draft(event.span_id, event)
    for event in points:
        draft = drafts.get(event.span_id or "")
        if draft is not None:
            attributes = {**event.attributes, **_known(event)}
            draft.points.append((event.name, event.timestamp_us * 1000, attributes))
    traces = {span_id: _trace(draft, drafts, experiment_id) for span_id, draft in drafts.items()}
    spans = (draft.span(traces[span_id]) for span_id, draft in drafts.items())
    return sorted(spans, key=lambda span: (span.start_ns, span.span_id))


class _Draft:
    """A span whose events are still being read."""

    def __init__(self, span_id: str, event: Event) -> None:
        self.name = event.name.rpartition(".")[0]
        self.level = event_info(event.name).level
        self.span_id = span_id
        self.parent_id = event.parent_id
        end = event.timestamp_us * 1000
        self.start_ns = end if _starts(event) else end - (event.duration_ns or 0)
        self.end_ns = end
        self.success: bool | None = None
        self.fields: dict[str, Any] = {}
        self.points: list[tuple[str, int, dict[str, Any]]] = []
        self.add(event)

    def add(self, event: Event) -> None:
        """Add the start or the end of the span."""
        self.fields |= {**event.attributes, **_known(event)}
        if not _starts(event):
            self.end_ns = max(event.timestamp_us * 1000, self.start_ns + (event.duration_ns or 0))
            self.success = event.success

    def span(self, trace: str) -> Span:
        """The span, as a part of a trace."""
        return Span(
            name=self.name,
            level=self.level,
            span_id=self.span_id,
            parent_id=self.parent_id,
            trace_id=trace,
            start_ns=self.start_ns,
            end_ns=self.end_ns,
            success=self.success,
            fields=self.fields,
            points=self.points,
        )


def _starts(event: Event) -> bool:
    return event.name.endswith(".start")


def _known(event: Event) -> dict[str, Any]:
    values = {name: getattr(event, name) for name in _FIELDS}
    return {name: value for name, value in values.items() if value is not None}


def _trace(draft: _Draft, drafts: Mapping[str, _Draft], experiment_id: str) -> str:
    """The trace of the outermost span around this one, or the one of a remote caller."""
    root, seen = draft, {draft.span_id}
    while root.parent_id is not None and root.parent_id not in seen:
        outer = drafts.get(root.parent_id)
        if outer is None:
            break
        root = outer
        seen.add(root.span_id)
    remote = parse_traceparent(str(root.fields.get("traceparent", "")))
    if remote is None:
        return trace_id(experiment_id, root.parent_id or root.span_id)
    root.parent_id = root.parent_id or remote[1]
    return remote[0]
