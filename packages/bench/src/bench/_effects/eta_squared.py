"""Effect sizes of several groups: eta squared and its relatives, with noncentral F intervals."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal, get_args

from .._core.lazy import FloatArray
from .._core.noncentral import f_below, f_ncp
from .._core.notes import note, tail_notes
from .._core.results import EffectSize, Interval, Note

ETA_WORDS = ((0.01, "negligible"), (0.06, "small"), (0.14, "medium"))
_LARGE = 0.14
EtaConvention = Literal["n", "df_error"]
ETA_CONVENTIONS: tuple[EtaConvention, ...] = get_args(EtaConvention)


def eta_interval(
    f: float, df1: float, df2: float, level: float, convention: EtaConvention = "n"
) -> tuple[float, float]:
    """lambda/(lambda + N) (Steiger 2004) or, as ``df_error``, lambda/(lambda + df of the error)."""
    low, high = f_ncp(f, df1, df2, level)
    extra = df1 + df2 + 1 if convention == "n" else df2
    return low / (low + extra), high / (high + extra)


def eta_size(
    name: str,
    value: float,
    f: float,
    df: tuple[float, float],
    *,
    level: float,
    residuals: FloatArray,
) -> EffectSize:
    """The share of variance that an effect explains; ``residuals`` show whether tails are heavy."""
    large = value >= _LARGE
    warnings = (*tail_notes(residuals, large=large), *below_notes(f, df, level))
    low, high = eta_interval(f, *df, level)
    return EffectSize(
        name=name,
        symbol=name,
        value=value,
        interval=Interval(
            low=low,
            high=high,
            level=level,
            method="noncentral F (Steiger 2004)",
            estimate=value,
            warnings=warnings,
        ),
        warnings=warnings,
        magnitude=_eta_word(value),
        convention="Cohen 1988",
    )


def below_notes(f: float, df: tuple[float, float], level: float) -> tuple[Note, ...]:
    """The warning of an effect that is smaller than chance alone leaves it."""
    below = not math.isnan(f) and min(df) > 0 and f_below(f, *df, level)
    return (note("BELOW_CHANCE"),) if below else ()


def with_value(name: str, value: float, eta: EffectSize) -> EffectSize:
    """Another estimate of the share that eta squared estimates, so with the same interval."""
    interval = replace(eta.interval, estimate=value) if eta.interval is not None else None
    return replace(
        eta, name=name, symbol=name, value=value, interval=interval, magnitude=_eta_word(value)
    )


def cohens_f(eta: EffectSize) -> EffectSize:
    def f(share: float) -> float:
        return math.sqrt(share / (1 - share)) if share < 1 else math.inf

    if math.isnan(eta.value) or eta.interval is None:
        return EffectSize(name="Cohen's f", symbol="f", value=math.nan)
    low, high = f(eta.interval.low), f(eta.interval.high)
    interval = replace(eta.interval, low=low, high=high, estimate=f(eta.value))
    return EffectSize(name="Cohen's f", symbol="f", value=f(eta.value), interval=interval)


def _eta_word(value: float) -> str | None:
    if math.isnan(value):
        return None
    return next((word for limit, word in ETA_WORDS if value < limit), "large")
