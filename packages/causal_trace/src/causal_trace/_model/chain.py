"""A chain of decisions in the order they were taken."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict

from .._core.errors import InvalidTraceError
from .._core.events import emit, listened
from .._core.ids import new_id
from .._core.intervals import fmean
from .._core.json_values import Value, json_value
from .._core.shown import shown
from .._core.times import now, read_time
from .checks import (
    TOO_DEEP,
    check_list,
    check_metadata,
    check_optional_texts,
    check_repeat,
    check_share,
    check_texts,
    check_time,
)
from .event import TraceEvent
from .evidence import EVIDENCE_KINDS, EvidenceKind
from .html_table import events_table
from .markdown import chain_page


class ChainStatistics(TypedDict):
    """Counts and means of a chain, as ``Chain.statistics`` returns them.

    Attributes:
        total_events: The number of events.
        event_type_counts: The number of events of each type.
        evidence_counts: The number of events of each kind of evidence.
        avg_confidence: The mean of the confidences stated in self-reported events; None when none
            was stated.
        stated_confidences: The number of self-reported events with a stated confidence.
        duration_seconds: The time between the first and the last event.
    """

    total_events: int
    event_type_counts: dict[str, int]
    evidence_counts: dict[str, int]
    avg_confidence: float | None
    stated_confidences: int
    duration_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain(Value):
    """Decisions in the order they were taken.

    Attributes:
        name: The subject of the chain.
        events: The decisions.
        description: A longer description.
        metadata: Any other values, such as the model and the item.
        created_at: When the chain was made; ISO 8601, UTC.
        updated_at: When it was last changed.
        experiment: The experiment it belongs to; set by whatever runs the experiment.
        condition: The condition of the experiment.
        item: The id of the item.
        repeat: The number of the repeat.
        id: 32 hexadecimal digits, or the id of its row; also the name of its file.

    Raises:
        InvalidTraceError: A value has the wrong type, or a time is not an ISO 8601 time.

    Example:
        >>> event = TraceEvent(type="decision_made", decision="Use a cache", confidence=0.8)
        >>> print(Chain(name="session cache").add(event))
        session cache: 1 decision, mean stated confidence 0.80
    """

    name: str
    events: tuple[TraceEvent, ...] = ()
    description: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    created_at: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)
    experiment: str | None = None
    condition: str | None = None
    item: str | None = None
    repeat: int | None = None
    id: str = field(default_factory=new_id)

    def __post_init__(self) -> None:
        check_texts("chain", self, "name", "id", "created_at", "updated_at")
        check_optional_texts("chain", self, "description", "experiment", "condition", "item")
        check_repeat(self.repeat)
        check_list("chain", self, "events", TraceEvent)
        check_metadata("chain", self.metadata)
        check_time("chain", "created_at", self.created_at)
        check_time("chain", "updated_at", self.updated_at)

    def __len__(self) -> int:
        return len(self.events)

    def __bool__(self) -> bool:
        return True  # also without events

    def __iter__(self) -> Iterator[TraceEvent]:
        return iter(self.events)

    def add(self, *events: TraceEvent) -> "Chain":
        """Return a chain with these events after the others.

        Args:
            *events: The events.
        """
        longer = replace(self, events=(*self.events, *events), updated_at=now())
        if listened():
            emit_event_created(self.id, events)
        return longer

    def of_type(self, *types: str) -> tuple[TraceEvent, ...]:
        """Return the events of these types or categories.

        Args:
            *types: Types or categories of ``EVENT_TYPES``, or types of your own.
        """
        return tuple(each for each in self.events if each.type in types or each.category in types)

    def low_confidence(self, threshold: float = 0.7) -> tuple[TraceEvent, ...]:
        """Return the events with a stated confidence below a threshold.

        Args:
            threshold: In [0, 1]. Events without a stated confidence are left out.

        Raises:
            InvalidTraceError: ``threshold`` is outside of 0 to 1.
        """
        check_share("threshold", threshold)
        return tuple(
            each
            for each in self.self_reported()
            if each.confidence is not None and each.confidence < threshold
        )

    def of_evidence(self, *kinds: EvidenceKind) -> tuple[TraceEvent, ...]:
        """Return the events of these kinds of evidence.

        Args:
            *kinds: Such as ``native_reasoning``.
        """
        return tuple(each for each in self.events if each.evidence in kinds)

    def self_reported(self) -> tuple[TraceEvent, ...]:
        """Return the events that the model was asked to state, without its native reasoning."""
        return self.of_evidence("self_reported")

    def for_row(
        self, row_id: str, *, experiment: str, condition: str, item: str, repeat: int = 0
    ) -> "Chain":
        """Return the chain under the id and with the keys of a row of an experiment.

        Args:
            row_id: The id of the row; it becomes the id of the chain.
            experiment: The experiment.
            condition: The condition.
            item: The id of the item.
            repeat: The number of the repeat.
        """
        return replace(
            self, id=row_id, experiment=experiment, condition=condition, item=item, repeat=repeat
        )

    def statistics(self) -> ChainStatistics:
        """Return counts by type, the mean stated confidence, and the time between the events."""
        stated = [each.confidence for each in self.self_reported() if each.confidence is not None]
        kinds = Counter(each.evidence for each in self.events)
        times = sorted(read_time(each.timestamp) for each in self.events)
        return {
            "total_events": len(self.events),
            "event_type_counts": dict(sorted(Counter(each.type for each in self.events).items())),
            "evidence_counts": {kind: kinds[kind] for kind in EVIDENCE_KINDS},
            "avg_confidence": fmean(stated) if stated else None,
            "stated_confidences": len(stated),
            "duration_seconds": (times[-1] - times[0]).total_seconds() if times else 0.0,
        }

    def to_dict(self) -> dict[str, object]:
        """Return the chain and its statistics as plain values for JSON.

        Raises:
            InvalidTraceError: Metadata hold themselves, or are nested too deeply.
        """
        try:
            metadata = json_value(self.metadata)
        except RecursionError:
            raise InvalidTraceError("chain", TOO_DEEP) from None
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "events": [event.to_dict() for event in self.events],
            "metadata": metadata,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "experiment": self.experiment,
            "condition": self.condition,
            "item": self.item,
            "repeat": self.repeat,
            "statistics": self.statistics(),
        }

    def to_json(self) -> str:
        """Return ``to_dict`` as JSON, as in a stored file."""
        text = json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        # Halves of surrogate pairs become escapes: UTF-8 can hold them, and JSON reads them back.
        return text.encode("utf-8", "backslashreplace").decode("utf-8")

    def to_markdown(self) -> str:
        """Return a page with the facts of the chain and one section for each decision."""
        statistics = self.statistics()
        average = statistics["avg_confidence"]
        facts = {
            "Chain ID": self.id,
            "Created": self.created_at,
            "Updated": self.updated_at,
            "Total Events": str(len(self)),
            "Average Confidence": "none stated" if average is None else f"{average:.2f}",
            "Duration": f"{statistics['duration_seconds']:g} s",
        }
        return chain_page(self.name, self.description, facts, self.events)

    def _repr_html_(self) -> str:
        return events_table(str(self), self.events)

    @shown
    def __str__(self) -> str:
        statistics = self.statistics()
        counts, stated = statistics["evidence_counts"], statistics["avg_confidence"]
        reasoning = sum(counts[kind] for kind in ("native_reasoning", "summary", "redacted"))
        parts = [
            *_counted(counts["self_reported"], "decision"),
            *_counted(reasoning, "block", " of reasoning"),
            *_counted(counts["observed"], "observed event"),
        ]
        confidence = "" if stated is None else f", mean stated confidence {stated:.2f}"
        return f"{self.name}: {', '.join(parts) or '0 decisions'}{confidence}"


def _counted(count: int, one: str, rest: str = "") -> list[str]:
    """Such as ``2 decisions``; nothing for none."""
    return [f"{count} {one}{'' if count == 1 else 's'}{rest}"] if count else []


def merge(first: Chain, second: Chain) -> Chain:
    """Return the first chain with the events and the metadata of the second added.

    Args:
        first: The chain that gives the id, the name and the description.
        second: The chain whose metadata replace those of the first with the same key.
    """
    return replace(
        first,
        events=(*first.events, *second.events),
        metadata={**first.metadata, **second.metadata},
        updated_at=now(),
    )


def to_markdown(chain: Chain) -> str:
    """Return a chain as a Markdown page, as ``chain.to_markdown()`` does.

    Args:
        chain: The chain.
    """
    return chain.to_markdown()


def announce_chain(chain: Chain) -> Chain:
    """Emit ``trace.chain.created`` and one ``trace.event.created`` for each event."""
    if listened():
        about: dict[str, object] = {"chain_id": chain.id, "name": chain.name}
        emit("trace.chain.created", {"events": len(chain)}, about)
        emit_event_created(chain.id, chain.events)
    return chain


def emit_event_created(chain_id: str, events: Iterable[TraceEvent]) -> None:
    """Emit ``trace.event.created`` for each event."""
    for event in events:
        about: dict[str, object] = {
            "chain_id": chain_id,
            "event_id": event.id,
            "type": event.type,
        }
        emit("trace.event.created", {"confidence": event.confidence}, about)
