"""The value that a condition gives for one item."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import OutcomeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One answer of one condition to one item, with what it cost.

    Attributes:
        prediction: The answer, as text, number or JSON-like value; None when there is none.
        latency_ms: How long the answer took; None lets the harness measure it.
        cost_usd: What it cost; None when unknown, never a guess.
        confidence: The probability in [0, 1] that the answer is right, if the condition states one.
        consensus: The share in [0, 1] of the voters behind the answer, for ensembles.
        values: Further numbers by name; each can be used as a metric.
        metadata: Anything JSON-like worth keeping beside the row.
        source: Where the answer came from: ``live``, ``recorded`` or ``simulated``.
        trace: A ``causal_trace.Chain`` to be stored with the run.
        latency_known: False when the latency is known to be unknowable (a recording without it),
            so that the harness does not put its own measurement in its place.
    """

    prediction: Any = None
    latency_ms: float | None = None
    cost_usd: float | None = None
    confidence: float | None = None
    consensus: float | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    source: str | None = None
    trace: Any = None
    latency_known: bool = True


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
        raise OutcomeError(f"the prediction is {outcome.prediction}, which is no answer")
    return outcome


def _number(name: str, value: object) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise OutcomeError(f"{name!r} is {value!r}, not a number")
    if not math.isfinite(value):
        raise OutcomeError(f"{name!r} is {value}, not a finite number")
