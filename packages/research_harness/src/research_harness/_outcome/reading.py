"""The forms that a condition may return, and how each becomes an outcome."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .._core.errors import OutcomeError
from .._core.text import safe_text, type_name
from .outcome import BareOutcome, Outcome, checked
from .plain import MAX_CHARACTERS, PlainValues, number

# The spellings that a mapping may use: the examples of the Elixir libraries return the short ones.
_ALIASES = {
    "prediction": ("prediction", "answer", "predicted"),
    "latency_ms": ("latency_ms", "latency"),
    "cost_usd": ("cost_usd", "cost"),
}
_FIELDS = ("prediction", "latency_ms", "cost_usd", "confidence", "consensus", "metadata", "trace")


def to_outcome(value: object) -> Outcome:
    """Read what a condition returned.

    Args:
        value: An ``Outcome``; a mapping with ``prediction`` (or ``answer``) and optionally
            ``latency_ms`` (``latency``), ``cost_usd`` (``cost``), ``confidence``, ``consensus``,
            ``metadata`` and further numbers; an ensemble's result or a model's response; a hedged
            result wrapping any of these; or a bare prediction.

    Raises:
        OutcomeError: The value has none of these forms, or a number in it is not finite.
    """
    if type(value) is str:  # as most; nothing else is to be checked
        return Outcome(prediction=PlainValues().plain(value, "the prediction"))
    if isinstance(value, Outcome):
        return checked(value)
    if value is None or isinstance(value, str | int | float | bytes) or _is_scalar(value):
        return checked(Outcome(prediction=value))
    if isinstance(value, Mapping):
        return checked(_from_mapping(value))
    return checked(_from_result(value))


def bare_outcome(value: object) -> Outcome | BareOutcome:
    """``to_outcome`` of a value of an exact built-in type.

    Args:
        value: A text, a number, a truth value or None.

    Raises:
        OutcomeError: It cannot be written.
    """
    if type(value) is str and value.isascii() and len(value) <= MAX_CHARACTERS:
        return BareOutcome(value)
    if value is None or type(value) is bool:
        return BareOutcome(value)
    return to_outcome(value)


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
            f"the mapping has no 'prediction' (it has {_keys(value)});"
            " return the answer under 'prediction', or None without an answer"
        )
    for name in ("confidence", "consensus", "trace"):
        taken[name] = value.get(name)
    metadata = value.get("metadata") or {}
    if not isinstance(metadata, Mapping):
        raise OutcomeError(f"'metadata' is {type_name(metadata)}, not a mapping")
    rest = {safe_text(key): value[key] for key in value if key not in used}
    numbers = {key: found for key, entry in rest.items() if (found := _number(entry)) is not None}
    others = {key: entry for key, entry in rest.items() if key not in numbers}
    return Outcome(**taken, values=numbers, metadata={**others, **metadata})


def _keys(value: Mapping[Any, Any]) -> str:
    return safe_text(", ".join(safe_text(key) for key in value), limit=400) or "no keys"


def _number(value: object) -> float | None:
    """A number or a truth value as a number; None for anything else."""
    if isinstance(value, bool):
        return float(value)
    return number(value)


def _is_scalar(value: object) -> bool:
    """Whether it is a number or a truth value of another library."""
    return number(value) is not None or type_name(value) in ("bool", "bool_")


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
        f"a condition returned {type_name(value)}; return an Outcome, a mapping with"
        " 'prediction', an ensemble or hedging result, or a bare prediction"
    )


def is_measured_here(value: object) -> bool:
    """Whether the latency of a result is the time that passed in this process.

    So it is of a prediction and of a hedged request, and the waits of their calls for admission are
    in it. A response has the time of its own request.

    Args:
        value: What a condition returned.
    """
    try:
        is_prediction = hasattr(value, "answer") and hasattr(value, "consensus")
        is_hedged = hasattr(value, "hedge_won") and hasattr(value, "value")
        return is_hedged or (is_prediction and getattr(value, "source", None) != "recorded")
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001  # foreign attributes may raise anything, also later
        return False


def without_waits(outcome: Outcome, waited_ms: float) -> Outcome:
    """An outcome whose latency does not count the waits for admission.

    Args:
        outcome: The outcome.
        waited_ms: By how much they have delayed it.
    """
    if outcome.latency_ms is None:
        return outcome
    return replace(outcome, latency_ms=max(0.0, outcome.latency_ms - waited_ms))


def _from_hedged(value: Any) -> Outcome:
    inner = to_outcome(value.value)
    costs = [each.cost_usd for each in value.attempts]
    known = [cost for cost in costs if cost is not None]
    if known and len(known) == len(costs):
        cost: float | None = math.fsum(known)
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
