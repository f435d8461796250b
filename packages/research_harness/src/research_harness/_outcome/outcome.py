"""The value that a condition gives for one item."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeAlias

from .._core.errors import OutcomeError

Source: TypeAlias = Literal["live", "recorded", "simulated"]


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


def checked(outcome: Outcome) -> Outcome:
    """The outcome, if every number in it is a finite number.

    Raises:
        OutcomeError: One is not.
    """
    for name in ("latency_ms", "cost_usd", "confidence", "consensus"):
        _number(name, getattr(outcome, name))
    for name, number in outcome.values.items():
        _number(name, number)
    if isinstance(outcome.prediction, float) and not math.isfinite(outcome.prediction):
        raise OutcomeError(
            f"the prediction is {outcome.prediction}; return text, a finite number or None"
        )
    return outcome


def _number(name: str, value: object) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise OutcomeError(f"{name!r} is {value!r}; return a number or None")
    if not math.isfinite(value):
        raise OutcomeError(f"{name!r} is {value}; return a finite number or None")
