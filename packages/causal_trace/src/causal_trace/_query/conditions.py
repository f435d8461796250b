"""Conditions on events, which combine by ``&``, ``|`` and ``~``."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

from .._core.errors import InvalidTraceError
from .._core.times import read_time
from .._model.chain import Chain
from .._model.checks import check_share
from .._model.event import TraceEvent
from .._model.event_types import EVENT_TYPES
from .._model.evidence import EVIDENCE_KINDS, EvidenceKind

_MAX_PATTERN = 1000


class Where(TypedDict, total=False):
    """The conditions of ``where``; all that are given must hold."""

    id: str | Iterable[str]
    text: str
    regex: str
    type: str | Iterable[str]
    category: str | Iterable[str]
    evidence: EvidenceKind | Iterable[EvidenceKind]
    min_confidence: float
    max_confidence: float
    stated: bool
    since: str | datetime
    until: str | datetime
    stage_id: str
    experiment_id: str
    branch: str
    code_section: str


@dataclass(frozen=True, slots=True)
class EventQuery:
    """A condition on events.

    Attributes:
        test: Returns whether an event meets it.

    Example:
        >>> query = where(text="redis") & ~where(type="synthesis")
        >>> query(TraceEvent(type="decision_made", decision="Use Redis"))
        True
    """

    test: Callable[[TraceEvent], bool]

    def __call__(self, event: TraceEvent) -> bool:
        """Return whether an event meets the condition."""
        return self.test(event)

    def __and__(self, other: "EventQuery") -> "EventQuery":
        return EventQuery(lambda event: self(event) and other(event))

    def __or__(self, other: "EventQuery") -> "EventQuery":
        return EventQuery(lambda event: self(event) or other(event))

    def __invert__(self) -> "EventQuery":
        return EventQuery(lambda event: not self(event))


def where(**conditions: Unpack[Where]) -> EventQuery:
    """Return the condition that an event meets all that is given.

    Args:
        **conditions: ``text`` (in any case, in the decision, the reasoning or an alternative),
            ``regex`` (in any case), ``type``, ``category``, ``evidence``, ``min_confidence``,
            ``max_confidence`` (events without a stated confidence meet neither), ``stated``
            (whether a confidence is stated), ``since``, ``until``, ``id``, ``stage_id``,
            ``experiment_id``, ``branch`` and ``code_section``.

    Raises:
        InvalidTraceError: A condition, category or evidence is unknown, a confidence is outside of
            0 to 1, or a regular expression or time is not valid.
    """
    unknown = conditions.keys() - Where.__annotations__.keys()
    if unknown:
        known = ", ".join(sorted(Where.__annotations__))
        raise InvalidTraceError("query", f"unknown: {', '.join(sorted(unknown))}; known: {known}")
    tests = [_TESTS[name](value) for name, value in conditions.items()]
    return EventQuery(lambda event: all(test(event) for test in tests))


def search_events(
    chain: Chain, *filters: EventQuery, **conditions: Unpack[Where]
) -> tuple[TraceEvent, ...]:
    """Return the events of a chain that meet all conditions.

    Args:
        chain: The chain.
        *filters: Conditions made by ``where``.
        **conditions: Those of ``where``.

    Example:
        >>> chain = Chain(name="c", events=(TraceEvent(type="x", decision="Use Redis"),))
        >>> len(search_events(chain, text="redis")), len(search_events(chain, stated=True))
        (1, 0)
    """
    tests = (*filters, where(**conditions))
    return tuple(event for event in chain if all(test(event) for test in tests))


def said(event: TraceEvent) -> str:
    """Return all texts of an event in which a search looks."""
    return "\n".join((event.decision, event.reasoning, *event.alternatives))


def _text(value: str) -> Callable[[TraceEvent], bool]:
    wanted = value.casefold()
    return lambda event: wanted in said(event).casefold()


def _regex(value: str) -> Callable[[TraceEvent], bool]:
    if len(value) > _MAX_PATTERN:
        raise InvalidTraceError("query", f"regex has more than {_MAX_PATTERN} characters")
    try:
        pattern = re.compile(value, re.IGNORECASE)
    except re.error as error:
        raise InvalidTraceError("query", f"regex {value!r:.60} is not valid: {error}") from None
    return lambda event: pattern.search(said(event)) is not None


def _one_of(
    name: str, known: Collection[str] = ()
) -> Callable[[str | Iterable[str]], Callable[[TraceEvent], bool]]:
    def make(value: str | Iterable[str]) -> Callable[[TraceEvent], bool]:
        allowed = {value} if isinstance(value, str) else set(value)
        if known and not allowed <= set(known):
            unknown, names = ", ".join(sorted(allowed - set(known))), ", ".join(sorted(known))
            raise InvalidTraceError("query", f"{name} {unknown} is unknown; known: {names}")
        return lambda event: getattr(event, name) in allowed

    return make


def _at_least(value: float) -> Callable[[TraceEvent], bool]:
    check_share("min_confidence", value)
    return lambda event: event.confidence is not None and event.confidence >= value


def _at_most(value: float) -> Callable[[TraceEvent], bool]:
    check_share("max_confidence", value)
    return lambda event: event.confidence is not None and event.confidence <= value


def _time(value: str | datetime) -> datetime:
    try:
        return read_time(value)
    except (ValueError, AttributeError):
        raise InvalidTraceError("query", f"{value!r:.40} is not an ISO 8601 time") from None


def _since(value: str | datetime) -> Callable[[TraceEvent], bool]:
    limit = _time(value)
    return lambda event: read_time(event.timestamp) >= limit


def _until(value: str | datetime) -> Callable[[TraceEvent], bool]:
    limit = _time(value)
    return lambda event: read_time(event.timestamp) <= limit


def _stated(value: bool) -> Callable[[TraceEvent], bool]:  # the value of a condition
    return lambda event: (event.confidence is not None) == value


_TESTS: dict[str, Callable[..., Callable[[TraceEvent], bool]]] = {
    "text": _text,
    "regex": _regex,
    "min_confidence": _at_least,
    "max_confidence": _at_most,
    "stated": _stated,
    "since": _since,
    "until": _until,
    **{name: _one_of(name) for name in ("id", "type", "stage_id", "experiment_id", "branch")},
    "code_section": _one_of("code_section"),
    "category": _one_of("category", {*EVENT_TYPES.values(), "custom"}),
    "evidence": _one_of("evidence", EVIDENCE_KINDS),
}
