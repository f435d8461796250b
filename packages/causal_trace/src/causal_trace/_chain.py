"""Decisions and the chain they form."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import Any
from uuid import uuid4

from ._check import (
    check_confidence,
    check_list,
    check_metadata,
    check_optional_texts,
    check_position,
    check_texts,
    check_time,
)
from ._errors import InvalidTraceError
from ._events import emit, signal
from ._plain import plain
from ._times import now, read_time
from ._types import EVENT_TYPES


def _new_id() -> str:
    return uuid4().hex


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One decision as the model stated it: its own report, not a proven cause.

    Attributes:
        type: One of ``EVENT_TYPES``, or a type of your own.
        decision: What was decided.
        reasoning: Why, in the model's words.
        alternatives: What else was considered.
        confidence: The stated confidence in [0, 1]; None when none was stated.
        code_section: The part of the code it is about.
        spec_reference: The part of the specification it follows.
        metadata: Anything else.
        parent_id: The id of the event it follows from.
        depends_on: The ids of the events it rests on.
        stage_id: The stage of a pipeline.
        experiment_id: The experiment.
        position: Where in the text it was found, in characters from the begin; None when it was
            not.
        timestamp: When it was made or parsed, ISO 8601, UTC.
        id: 32 hexadecimal digits.

    Raises:
        InvalidTraceError: The confidence is outside [0, 1], decision and reasoning are both empty,
            the timestamp is no time, or a value is of the wrong kind.
    """

    type: str
    decision: str
    reasoning: str = ""
    alternatives: tuple[str, ...] = ()
    confidence: float | None = None
    code_section: str | None = None
    spec_reference: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    parent_id: str | None = None
    depends_on: tuple[str, ...] = ()
    stage_id: str | None = None
    experiment_id: str | None = None
    position: int | None = None
    timestamp: str = field(default_factory=now)
    id: str = field(default_factory=_new_id)

    def __post_init__(self) -> None:
        check_texts("event", self, "type", "decision", "reasoning", "id", "timestamp")
        check_optional_texts(
            "event",
            self,
            "code_section",
            "spec_reference",
            "parent_id",
            "stage_id",
            "experiment_id",
        )
        check_list("event", self, "alternatives", str)
        check_list("event", self, "depends_on", str)
        check_metadata("event", self.metadata)
        check_time("event", "timestamp", self.timestamp)
        check_confidence(self.confidence)
        check_position(self.position)
        if not self.type.strip():
            raise InvalidTraceError("event", "type is empty; use one of EVENT_TYPES or your own")
        if not self.decision.strip() and not self.reasoning.strip():
            raise InvalidTraceError("event", "it needs a decision or a reasoning")

    @property
    def category(self) -> str:
        """The category of its type; ``custom`` for a type of your own."""
        return EVENT_TYPES.get(self.type, "custom")

    def to_dict(self) -> dict[str, Any]:
        """The event as plain values."""
        return {name: plain(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Decisions in the order they were taken.

    Attributes:
        name: What the chain is about.
        events: The decisions.
        description: More about it.
        metadata: Anything else, such as the model and the item.
        created_at: When it was made, ISO 8601, UTC.
        updated_at: When it was last changed.
        id: 32 hexadecimal digits; also the name of its file.

    Raises:
        InvalidTraceError: A value is of the wrong kind, or a time is none.
    """

    name: str
    events: tuple[Event, ...] = ()
    description: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    created_at: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)
    id: str = field(default_factory=_new_id)

    def __post_init__(self) -> None:
        check_texts("chain", self, "name", "id", "created_at", "updated_at")
        check_optional_texts("chain", self, "description")
        check_list("chain", self, "events", Event)
        check_metadata("chain", self.metadata)
        check_time("chain", "created_at", self.created_at)
        check_time("chain", "updated_at", self.updated_at)

    def __len__(self) -> int:
        return len(self.events)

    def __bool__(self) -> bool:
        return True  # also without events

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def add(self, *events: Event) -> "Chain":
        """A chain with these events behind the others."""
        longer = replace(self, events=(*self.events, *events), updated_at=now())
        if signal.receivers:
            announce(self.id, events)
        return longer

    def of_type(self, *types: str) -> tuple[Event, ...]:
        """The events of these types or categories."""
        return tuple(each for each in self.events if each.type in types or each.category in types)

    def low_confidence(self, threshold: float = 0.7) -> tuple[Event, ...]:
        """The events with a stated confidence below the threshold."""
        return tuple(
            each
            for each in self.events
            if each.confidence is not None and each.confidence < threshold
        )

    def statistics(self) -> dict[str, Any]:
        """Counts by type, mean stated confidence, and the time between the first and last event."""
        stated = [each.confidence for each in self.events if each.confidence is not None]
        times = sorted(read_time(each.timestamp) for each in self.events)
        return {
            "total_events": len(self.events),
            "event_type_counts": dict(sorted(Counter(each.type for each in self.events).items())),
            "avg_confidence": fmean(stated) if stated else None,
            "stated_confidences": len(stated),
            "duration_seconds": (times[-1] - times[0]).total_seconds() if times else 0.0,
        }

    def to_dict(self) -> dict[str, Any]:
        """The chain as plain values."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "events": [event.to_dict() for event in self.events],
            "metadata": plain(self.metadata),
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "statistics": self.statistics(),
        }

    def __str__(self) -> str:
        stated = self.statistics()["avg_confidence"]
        confidence = "" if stated is None else f", mean stated confidence {stated:.2f}"
        return f"{self.name}: {len(self.events)} decisions{confidence}"


def merge(first: Chain, second: Chain) -> Chain:
    """One chain with the events and the metadata of both; of equal keys the second's counts."""
    return replace(
        first,
        events=(*first.events, *second.events),
        metadata={**first.metadata, **second.metadata},
        updated_at=now(),
    )


def announce(chain_id: str, events: Iterable[Event]) -> None:
    """Say on the bus that these events are now part of a chain."""
    for event in events:
        about: dict[str, object] = {
            "chain_id": chain_id,
            "event_id": event.id,
            "type": event.type,
        }
        emit("trace.event.created", {"confidence": event.confidence}, about)


def event_from_dict(values: Mapping[str, Any]) -> Event:
    """An event from plain values; unknown keys go into its metadata.

    Raises:
        InvalidTraceError: A value is missing or of the wrong kind.
    """
    if not isinstance(values, Mapping):
        raise InvalidTraceError("event", f"{values!r:.40} is no object with named values")
    known = {name: values[name] for name in Event.__slots__ if values.get(name) is not None}
    extra = {key: value for key, value in values.items() if key not in Event.__slots__}
    if extra:
        check_metadata("event", known.get("metadata", {}))
        known["metadata"] = {**known.get("metadata", {}), **extra}
    if "type" not in known:
        raise InvalidTraceError("event", "type is missing")
    known.setdefault("decision", "")
    return Event(**known)


def chain_from_dict(values: Mapping[str, Any]) -> Chain:
    """A chain from plain values, as ``Chain.to_dict`` gives them.

    Raises:
        InvalidTraceError: A value is missing or of the wrong kind.
    """
    if not isinstance(values, Mapping):
        raise InvalidTraceError("chain", f"{values!r:.40} is no object with named values")
    names = [name for name in Chain.__slots__ if name != "events"]
    known = {name: values[name] for name in names if values.get(name) is not None}
    if "name" not in known:
        raise InvalidTraceError("chain", "name is missing")
    events = values.get("events") or []
    if not isinstance(events, list | tuple):
        raise InvalidTraceError("chain", f"events is {type(events).__name__}, not a list")
    return Chain(**known, events=tuple(event_from_dict(each) for each in events))
