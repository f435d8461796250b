"""One decision as a model stated it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import InvalidTraceError
from .._core.ids import new_id
from .._core.json_values import Value
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
class TraceEvent(Value):
    """One decision as the model stated it: its own report, not evidence of a cause.

    Attributes:
        type: A key of ``EVENT_TYPES``, or a type of your own.
        decision: What was decided.
        reasoning: The reason, in the model's words.
        alternatives: The other options that were considered.
        confidence: The stated confidence in [0, 1]; None when the model stated none.
        code_section: The part of the code that it concerns.
        spec_reference: The part of the specification that it follows.
        metadata: Any other values.
        parent_id: The id of the event that it follows from.
        depends_on: The ids of the events that it depends on.
        stage_id: The stage of a pipeline.
        experiment_id: The experiment.
        position: Its position in the text, in characters from the beginning; None when it was not
            read from a text.
        timestamp: The time of the answer, or of parsing; ISO 8601, UTC.
        id: 32 hexadecimal digits.

    Raises:
        InvalidTraceError: The confidence is outside [0, 1], decision and reasoning are both empty,
            the timestamp is not an ISO 8601 time, or a value has the wrong type.

    Example:
        >>> event = TraceEvent(type="decision_made", decision="Use a cache", confidence=0.8)
        >>> event.category
        'decision making'
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
            raise InvalidTraceError("event", "decision and reasoning are both empty; give one")

    @property
    def category(self) -> str:
        """The category of its type; ``custom`` for a type of your own."""
        return EVENT_TYPES.get(self.type, "custom")


def event_from_dict(values: Mapping[str, Any]) -> TraceEvent:
    """Return the event that plain values describe, as from ``TraceEvent.to_dict``.

    Args:
        values: The fields by name. Unknown keys go into the metadata.

    Returns:
        The event.

    Raises:
        InvalidTraceError: A value is missing or has the wrong type.

    Example:
        >>> event_from_dict({"type": "synthesis", "decision": "d", "model": "m"}).metadata
        {'model': 'm'}
    """
    if not isinstance(values, Mapping):
        raise InvalidTraceError("event", f"{values!r:.40} is not a mapping of fields by name")
    names = TraceEvent.__slots__
    known = {name: values[name] for name in names if values.get(name) is not None}
    extra = {key: value for key, value in values.items() if key not in names}
    if extra:
        check_metadata("event", known.get("metadata", {}))
        known["metadata"] = {**known.get("metadata", {}), **extra}
    if "type" not in known:
        raise InvalidTraceError("event", "type is missing")
    known.setdefault("decision", "")
    return TraceEvent(**known)
