"""One event: a decision that a model stated, or a piece of its native reasoning."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from .._core.errors import InvalidTraceError
from .._core.ids import new_id
from .._core.json_values import Value, draft_of
from .._core.times import now
from .checks import (
    TOO_DEEP,
    check_confidence,
    check_list,
    check_metadata,
    check_optional_texts,
    check_quantities,
    check_span,
    check_texts,
    check_time,
)
from .event_types import EVENT_TYPES
from .evidence import EvidenceKind, check_evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceEvent(Value):
    """One decision as the model stated it, or a piece of its native reasoning.

    Both are the model's own report, not evidence of a cause.

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
        evidence: What kind of report it is; kinds are never mixed in a statistic.
        branch: The branch it belongs to; None for the trunk.
        position: Its position in the text, in characters from the beginning; None when it was not
            read from a text.
        end: The position after its last character; None when it is not known.
        input_tokens: The tokens read to produce it; None when they are not known.
        output_tokens: The tokens it took; None when they are not known.
        latency_ms: The time it took; None when it is not known.
        cost_usd: Its cost; None when it is not known.
        timestamp: The time of the answer, or of parsing; ISO 8601, UTC.
        id: 32 hexadecimal digits.

    Raises:
        InvalidTraceError: The confidence is outside [0, 1], decision and reasoning are both empty,
            the timestamp is not an ISO 8601 time, or a value has the wrong type. Redacted reasoning
            may be empty.

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
    evidence: EvidenceKind = "self_reported"
    branch: str | None = None
    position: int | None = None
    end: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    latency_ms: float | None = None
    cost_usd: float | None = None
    timestamp: str = field(default_factory=now)
    id: str = field(default_factory=new_id)

    def __post_init__(self) -> None:
        if not self._has_plain_fields():
            self._check_fields()
        check_list("event", self, "alternatives", str)
        check_list("event", self, "depends_on", str)
        check_time("event", "timestamp", self.timestamp)
        check_confidence(self.confidence)
        check_evidence(self.evidence)
        check_span(self.position, self.end)
        if not self.type.strip():
            raise InvalidTraceError("event", "type is empty; use one of EVENT_TYPES or your own")
        empty = not self.decision.strip() and not self.reasoning.strip()
        if empty and self.evidence != "redacted":
            raise InvalidTraceError("event", "decision and reasoning are both empty; give one")

    def _has_plain_fields(self) -> bool:
        """Return whether the texts are texts, and what an answer rarely states is not given.

        A reader makes tens of thousands of such events, and finds it out at once.
        """
        return (
            type(self.type) is type(self.decision) is type(self.reasoning) is str
            and type(self.id) is type(self.timestamp) is str
            and type(self.metadata) is dict
            and self.code_section is self.spec_reference is self.parent_id is None
            and self.stage_id is self.experiment_id is self.branch is None
            and self.input_tokens is self.output_tokens is None
            and self.latency_ms is self.cost_usd is None
        )

    def _check_fields(self) -> None:
        check_texts("event", self, "type", "decision", "reasoning", "id", "timestamp")
        check_optional_texts(
            "event",
            self,
            "code_section",
            "spec_reference",
            "parent_id",
            "stage_id",
            "experiment_id",
            "branch",
        )
        check_metadata("event", self.metadata)
        check_quantities(self, "input_tokens", "output_tokens", "latency_ms", "cost_usd")

    def to_dict(self) -> dict[str, object]:
        """Return the fields as plain values for JSON.

        Raises:
            InvalidTraceError: Metadata hold themselves, or are nested too deeply.
        """
        try:
            return Value.to_dict(self)
        except RecursionError:
            raise InvalidTraceError("event", TOO_DEEP) from None

    @property
    def category(self) -> str:
        """The category of its type; ``custom`` for a type of your own."""
        return EVENT_TYPES.get(self.type, "custom")

    @property
    def span(self) -> tuple[int, int] | None:
        """The characters of the text that it was read from; None when they are not known."""
        if self.position is None or self.end is None:
            return None
        return self.position, self.end


_Draft = draft_of(TraceEvent)
_new_draft = _Draft.__new__


def draft_event(
    kind: str, decision: str, reasoning: str, span: tuple[int, int], timestamp: str
) -> Any:
    """Return an event of values that the reader of an answer has checked itself, not yet frozen.

    An answer of a megabyte can hold tens of thousands of events. Without the checks, and with the
    fields set before the event is frozen, one takes about a sixth of the time. ``frozen_event``
    freezes it when its id and what else it states are set.

    Args:
        kind: The type.
        decision: What was decided.
        reasoning: The reason.
        span: The position and the end.
        timestamp: The time.
    """
    event = _new_draft(_Draft)
    event.type = kind
    event.decision = decision
    event.reasoning = reasoning
    event.position, event.end = span
    event.timestamp = timestamp
    event.metadata = {}
    event.alternatives = event.depends_on = ()
    event.confidence = event.code_section = event.spec_reference = event.parent_id = None
    event.stage_id = event.experiment_id = event.branch = None
    event.input_tokens = event.output_tokens = event.latency_ms = event.cost_usd = None
    event.evidence = "self_reported"
    return event


def frozen_event(draft: Any) -> TraceEvent:
    """Freeze a draft; it must not be changed through another name."""
    draft.__class__ = TraceEvent
    return cast("TraceEvent", draft)
