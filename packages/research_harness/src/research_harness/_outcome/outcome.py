"""The value that a condition gives for one item."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal, TypeAlias

from .._core.errors import OutcomeError
from .._core.text import safe_text, type_name
from .plain import PlainValues, in_range

Source: TypeAlias = Literal["live", "recorded", "simulated"]
SOURCES: tuple[Source, ...] = ("live", "recorded", "simulated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One answer of one condition to one item, with what it cost.

    Attributes:
        prediction: The answer, as text, number or JSON-like value; None without an answer.
        latency_ms: How long the answer took; None lets the harness measure it.
        cost_usd: What it cost; None when unknown, never a guess.
        confidence: The probability in [0, 1] that the answer is right, if the condition states one.
        consensus: The share in [0, 1] of the voters behind the answer, for ensembles.
        values: Further numbers by name; each can be used as a metric.
        metadata: Anything JSON-like worth keeping beside the row.
        source: Where the answer came from: ``live``, ``recorded`` or ``simulated``.
        trace: A ``causal_trace.Chain`` to be stored with the run.
        latency_known: False for a recording without a latency, so that the harness does not
            measure the replay instead.
    """

    prediction: Any = None
    latency_ms: float | None = None
    cost_usd: float | None = None
    confidence: float | None = None
    consensus: float | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    source: Source | None = None
    trace: Any = None
    latency_known: bool = True

    def to_dict(self) -> dict[str, object]:
        """The outcome as plain values, without its trace."""
        names = [each.name for each in fields(self) if each.name != "trace"]
        values = {name: getattr(self, name) for name in names}
        return {**values, "values": dict(self.values), "metadata": dict(self.metadata)}


class BareOutcome:
    """The outcome of a condition that returned a bare value; to make it costs next to nothing.

    Args:
        prediction: The value, in plain form.
    """

    __slots__ = ("prediction",)

    latency_ms: ClassVar[float | None] = None
    cost_usd: ClassVar[float | None] = None
    confidence: ClassVar[float | None] = None
    consensus: ClassVar[float | None] = None
    values: ClassVar[Mapping[str, float]] = {}  # a dict, since others take long to be copied
    metadata: ClassVar[Mapping[str, Any]] = {}
    source: ClassVar[Source | None] = None
    trace: ClassVar[Any] = None
    latency_known: ClassVar[bool] = True

    def __init__(self, prediction: Any) -> None:
        self.prediction: Any = prediction


def checked(outcome: Outcome) -> Outcome:
    """The outcome in plain values, with every number in its range.

    Raises:
        OutcomeError: A number is not finite or out of its range, or a value cannot be written.
    """
    values = PlainValues()
    for name, kind in (("values", outcome.values), ("metadata", outcome.metadata)):
        if not isinstance(kind, Mapping):
            raise OutcomeError(f"{name!r} is a {type_name(kind)}, not a mapping")
    if outcome.source not in (None, *SOURCES):
        raise OutcomeError(
            f"'source' is {safe_text(outcome.source, limit=80)!r}; return one of"
            f" {', '.join(SOURCES)}, or None"
        )
    return Outcome(
        prediction=values.plain(outcome.prediction, "the prediction"),
        latency_ms=in_range("latency_ms", outcome.latency_ms),
        cost_usd=in_range("cost_usd", outcome.cost_usd),
        confidence=in_range("confidence", outcome.confidence, most=1.0),
        consensus=in_range("consensus", outcome.consensus, most=1.0),
        values=_numbers(outcome.values),
        metadata=values.plain(outcome.metadata, "the metadata"),
        source=outcome.source,
        trace=outcome.trace,
        latency_known=bool(outcome.latency_known),
    )


def _numbers(given: Mapping[str, object]) -> dict[str, float]:
    """Further numbers by name; those that are unknown are left out."""
    found = {
        safe_text(name, limit=200): in_range(safe_text(name, limit=80), value, least=-math.inf)
        for name, value in given.items()
    }
    return {name: value for name, value in found.items() if value is not None}
