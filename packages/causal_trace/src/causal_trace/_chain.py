"""Decisions and the chain they form."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from statistics import fmean
from typing import Any
from uuid import uuid4

from ._events import emit, signal
from ._types import EVENT_TYPES


def _new_id() -> str:
    return uuid4().hex


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


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
        ValueError: The confidence is outside [0, 1], or decision and reasoning are both empty.
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
    timestamp: str = field(default_factory=_now)
    id: str = field(default_factory=_new_id)

    def __post_init__(self) -> None:
        if self.confidence is not None and not 0 <= self.confidence <= 1:
            raise ValueError(f"confidence must be between 0 and 1, got {self.confidence!r}")
        if not self.decision.strip() and not self.reasoning.strip():
            raise ValueError("an event needs a decision or a reasoning")

    @property
    def category(self) -> str:
        """The category of its type; ``custom`` for a type of your own."""
        return EVENT_TYPES.get(self.type, "custom")

    def to_dict(self) -> dict[str, Any]:
        """The event as plain values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {
            **values,
            "alternatives": list(self.alternatives),
            "depends_on": list(self.depends_on),
            "metadata": dict(self.metadata),
        }


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
    """

    name: str
    events: tuple[Event, ...] = ()
    description: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    created_at: str = field(default_factory=_now)
    updated_at: str = field(default_factory=_now)
    id: str = field(default_factory=_new_id)

    def __len__(self) -> int:
        return len(self.events)

    def __bool__(self) -> bool:
        return True  # also without events

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def add(self, *events: Event) -> "Chain":
        """A chain with these events behind the others."""
        if signal.receivers:
            for event in events:
                about: dict[str, object] = {"chain_id": self.id, "type": event.type}
                emit("trace.event.created", {"confidence": event.confidence}, about)
        return replace(self, events=(*self.events, *events), updated_at=_now())

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
        times = sorted(datetime.fromisoformat(each.timestamp) for each in self.events)
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
            "metadata": dict(self.metadata),
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
        updated_at=_now(),
    )


def event_from_dict(values: Mapping[str, Any]) -> Event:
    """An event from plain values; unknown keys go into its metadata.

    Raises:
        ValueError: A value is missing or of the wrong kind.
    """
    known = {name: values[name] for name in Event.__slots__ if values.get(name) is not None}
    extra = {key: value for key, value in values.items() if key not in Event.__slots__}
    if extra:
        known["metadata"] = {**known.get("metadata", {}), **extra}
    for name in ("alternatives", "depends_on"):
        if name in known:
            known[name] = tuple(str(each) for each in known[name])
    if not isinstance(known.get("type"), str) or not isinstance(known.get("decision", ""), str):
        raise ValueError("an event needs the texts 'type' and 'decision'")  # noqa: TRY004  # bad data, not bad code
    known.setdefault("decision", "")
    return Event(**known)


def chain_from_dict(values: Mapping[str, Any]) -> Chain:
    """A chain from plain values, as ``Chain.to_dict`` gives them.

    Raises:
        ValueError: A value is missing or of the wrong kind.
    """
    names = [name for name in Chain.__slots__ if name != "events"]
    known = {name: values[name] for name in names if values.get(name) is not None}
    events: Iterable[Any] = values.get("events") or ()
    if not isinstance(known.get("name"), str) or not isinstance(known.get("id", ""), str):
        raise ValueError("a chain needs the texts 'name' and 'id'")  # noqa: TRY004  # bad data, not bad code
    return Chain(**known, events=tuple(event_from_dict(each) for each in events))
