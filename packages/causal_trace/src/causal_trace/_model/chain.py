"""A chain of decisions in the order they were taken."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import Any

from .._core.errors import InvalidTraceError
from .._core.events import emit, signal
from .._core.ids import new_id
from .._core.json_values import plain
from .._core.times import now, read_time
from .checks import check_list, check_metadata, check_optional_texts, check_texts, check_time
from .event import Event, event_from_dict


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
    id: str = field(default_factory=new_id)

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
