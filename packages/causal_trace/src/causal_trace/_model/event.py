"""One decision as a model stated it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import InvalidTraceError
from .._core.ids import new_id
from .._core.json_values import plain
from .._core.times import now
from .checks import (
    check_confidence,
    check_list,
    check_metadata,
    check_optional_texts,
    check_position,
    check_texts,
    check_time,
)
from .event_types import EVENT_TYPES


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
    id: str = field(default_factory=new_id)

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
