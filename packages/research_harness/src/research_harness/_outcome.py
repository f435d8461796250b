"""What a condition gives back for one item, whatever form it returned it in."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ._errors import OutcomeError

# The spellings that a mapping may use, as the original's examples do.
_ALIASES = {
    "prediction": ("prediction", "answer", "predicted"),
    "latency_ms": ("latency_ms", "latency"),
    "cost_usd": ("cost_usd", "cost"),
}
_FIELDS = ("prediction", "latency_ms", "cost_usd", "confidence", "consensus", "metadata", "trace")


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


def to_outcome(value: object) -> Outcome:
    """Read what a condition returned.

    Args:
        value: An ``Outcome``; a mapping with ``prediction`` (or ``answer``) and optionally
            ``latency_ms`` (``latency``), ``cost_usd`` (``cost``), ``confidence``, ``consensus``,
            ``metadata`` and further numbers; an ensemble's result or a model's response; a hedged
            result wrapping any of these; or a bare prediction.

    Raises:
        OutcomeError: The value is none of these, or a number in it is not finite.
    """
    if isinstance(value, Outcome):
        return _checked(value)
    if value is None or isinstance(value, str | int | float):
        return _checked(Outcome(prediction=value))
    if isinstance(value, Mapping):
        return _checked(_from_mapping(value))
    return _checked(_from_result(value))


def _from_mapping(value: Mapping[Any, Any]) -> Outcome:
    taken: dict[str, Any] = {}
    used = set(_FIELDS)
    for name, spellings in _ALIASES.items():
        used.update(spellings)
        for spelling in spellings:
            if spelling in value:
                taken[name] = value[spelling]
                break
    if "prediction" not in taken:
        raise OutcomeError(
            f"the mapping has no 'prediction' (it has {', '.join(map(str, value)) or 'no keys'});"
            " return the answer under 'prediction', or None there if there is no answer"
        )
    for name in ("confidence", "consensus", "trace"):
        taken[name] = value.get(name)
    metadata = value.get("metadata") or {}
    if not isinstance(metadata, Mapping):
        raise OutcomeError(f"'metadata' is {type(metadata).__name__}, not a mapping")
    rest = {str(key): entry for key, entry in value.items() if key not in used}
    numbers = {key: float(entry) for key, entry in rest.items() if isinstance(entry, int | float)}
    others = {key: entry for key, entry in rest.items() if key not in numbers}
    return Outcome(**taken, values=numbers, metadata={**others, **metadata})


def _from_result(value: object) -> Outcome:
    """An ensemble's result, a model's response, or a hedged result around one."""
    if hasattr(value, "hedge_won") and hasattr(value, "value"):
        return _from_hedged(value)
    if hasattr(value, "answer") and hasattr(value, "consensus"):
        return Outcome(
            prediction=value.answer,
            latency_ms=value.latency_ms,  # type: ignore[attr-defined]  # read by shape
            cost_usd=value.cost_usd,  # type: ignore[attr-defined]  # read by shape
            confidence=getattr(value, "confidence", None),
            consensus=value.consensus,
            metadata={"votes": dict(getattr(value, "votes", {}))},
            source=getattr(value, "source", None),
            trace=getattr(value, "trace", None),
            latency_known=value.latency_ms is not None,  # type: ignore[attr-defined]  # by shape
        )
    if hasattr(value, "text") and hasattr(value, "cost_usd"):
        return Outcome(
            prediction=value.text,
            latency_ms=getattr(value, "latency_ms", None),
            cost_usd=value.cost_usd,
            confidence=getattr(value, "confidence", None),
            source=getattr(value, "source", None),
            latency_known=getattr(value, "latency_ms", None) is not None,
        )
    if isinstance(value, list | tuple):
        return Outcome(prediction=list(value))
    raise OutcomeError(
        f"a condition returned {type(value).__name__}; return an Outcome, a mapping with"
        " 'prediction', an ensemble or hedging result, or a bare prediction"
    )


def _from_hedged(value: Any) -> Outcome:
    inner = to_outcome(value.value)
    known = [each.cost_usd for each in value.attempts if each.cost_usd is not None]
    if known:
        cost: float | None = sum(known)
    elif inner.cost_usd is None or value.cost_factor is None:
        cost = inner.cost_usd
    else:
        cost = inner.cost_usd * value.cost_factor  # the loser is paid for as well
    return Outcome(
        prediction=inner.prediction,
        latency_ms=value.latency_ms,
        cost_usd=cost,
        confidence=inner.confidence,
        consensus=inner.consensus,
        values={**inner.values, "hedged": float(value.hedged), "hedge_won": float(value.hedge_won)},
        metadata=inner.metadata,
        source=inner.source,
        trace=inner.trace,
    )


def _checked(outcome: Outcome) -> Outcome:
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
