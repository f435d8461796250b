"""Standardised mean differences with exact intervals.

Intervals invert the noncentral t distribution (Steiger and Fouladi 1997). Hedges' correction is the
exact one with gamma functions (Hedges 1981), not 1 - 3/(4 df - 1).
"""

from __future__ import annotations

import math
from typing import Literal, get_args

from .._core.arithmetic import is_constant, mean, variance
from .._core.errors import UnequalLengthsError
from .._core.lazy import FloatArray
from .._core.noncentral import t_ncp
from .._core.notes import note
from .._core.options import check_choice, check_share
from .._core.results import EffectSize, Interval
from .._data.values import Values, clean

D_WORDS = ((0.2, "negligible"), (0.5, "small"), (0.8, "medium"), (1.2, "large"))
D_CONVENTION = "Cohen 1988, Sawilowsky 2009"


def magnitude_of_d(value: float) -> str | None:
    """Cohen's words; very large from 1.2 (Sawilowsky 2009)."""
    if math.isnan(value):
        return None
    return next((word for limit, word in D_WORDS if abs(value) < limit), "very large")


def hedges_correction(df: float) -> float:
    return math.exp(math.lgamma(df / 2) - 0.5 * math.log(df / 2) - math.lgamma((df - 1) / 2))


def _size(
    kind: str, value: float, *, scale: float, df: float, level: float, factor: float = 1.0
) -> EffectSize:
    """``scale`` turns the effect size into the t statistic that tests it."""
    name, symbol = _NAMES[kind]
    low, high = t_ncp(value / scale, df, level)
    return EffectSize(
        name=name,
        symbol=symbol,
        value=value * factor,
        interval=Interval(
            low=low * scale * factor,
            high=high * scale * factor,
            level=level,
            method="noncentral t",
            estimate=value * factor,
        ),
        magnitude=magnitude_of_d(value * factor),
        convention=D_CONVENTION,
    )


def _undefined(name: str, symbol: str, difference: float) -> EffectSize:
    """Without spread the effect is infinite, or undefined when the means agree too."""
    value = math.nan if difference == 0.0 else math.copysign(math.inf, difference)
    return EffectSize(name=name, symbol=symbol, value=value, warnings=(note("ZERO_VARIANCE"),))


def independent_d(
    control: FloatArray, treatment: FloatArray, level: float, kind: str
) -> EffectSize:
    """Cohen's d, Hedges' g, d with the unpooled spread, or Glass' delta."""
    name, symbol = _NAMES[kind]
    n1, n2 = len(treatment), len(control)
    v1, v2 = variance(treatment), variance(control)
    difference = mean(treatment) - mean(control)
    if (is_constant(treatment) and is_constant(control)) or (
        kind == "glass_delta" and is_constant(control)
    ):
        return _undefined(name, symbol, difference)
    df = float(n1 + n2 - 2)
    if kind in ("cohens_d", "hedges_g"):
        pooled = math.sqrt(((n1 - 1) * v1 + (n2 - 1) * v2) / df)
        factor = hedges_correction(df) if kind == "hedges_g" else 1.0
        scale = math.sqrt(1 / n1 + 1 / n2)
        return _size(kind, difference / pooled, scale=scale, df=df, level=level, factor=factor)
    if kind == "glass_delta":
        scale = math.sqrt(1 / n2 + v1 / (n1 * v2))
        return _size(kind, difference / math.sqrt(v2), scale=scale, df=n2 - 1.0, level=level)
    e1, e2 = v1 / n1, v2 / n2
    welch = (e1 + e2) ** 2 / (e1**2 / (n1 - 1) + e2**2 / (n2 - 1))
    scale = math.sqrt(2 * (n2 * v1 + n1 * v2) / (n1 * n2 * (v1 + v2)))
    return _size(kind, difference / math.sqrt((v1 + v2) / 2), scale=scale, df=welch, level=level)


def paired_d(control: FloatArray, treatment: FloatArray, level: float, kind: str) -> EffectSize:
    """d_z, g_z, d_av or d_rm of pairs; they answer different questions, so the name says which."""
    name, symbol = _NAMES[kind]
    size = len(control)
    gaps = treatment - control
    difference = mean(gaps)
    v1, v2, spread = variance(treatment), variance(control), variance(gaps)
    if (kind == "d_av" and v1 + v2 == 0.0) or (kind != "d_av" and is_constant(gaps)):
        return _undefined(name, symbol, difference)
    if kind in ("d_z", "g_z"):
        factor = hedges_correction(size - 1.0) if kind == "g_z" else 1.0
        value = difference / math.sqrt(spread)
        return _size(
            kind, value, scale=1 / math.sqrt(size), df=size - 1.0, level=level, factor=factor
        )
    if kind == "d_av":
        value = difference / ((math.sqrt(v1) + math.sqrt(v2)) / 2)
    else:
        # 2(1 - r), the factor that puts d_z on the scale of independent groups (Morris 2002).
        correlation = (v1 + v2 - spread) / (2 * math.sqrt(v1 * v2)) if v1 * v2 > 0 else 0.0
        value = difference / math.sqrt(spread) * math.sqrt(max(0.0, 2 * (1 - correlation)))
    return EffectSize(
        name=name,
        symbol=symbol,
        value=value,
        magnitude=magnitude_of_d(value),
        convention=D_CONVENTION,
    )


_NAMES = {
    "cohens_d": ("Cohen's d", "d"),
    "hedges_g": ("Hedges' g", "g"),
    "glass_delta": ("Glass' delta (SD of control)", "delta"),
    "d_unpooled": ("d with the average variance", "d"),
    "d_z": ("d_z (SD of differences)", "d_z"),
    "g_z": ("g_z (d_z, corrected)", "g_z"),
    "d_av": ("d_av (average SD)", "d_av"),
    "d_rm": ("d_rm (repeated measures)", "d_rm"),
}
IndependentKind = Literal["cohens_d", "hedges_g", "glass_delta", "d_unpooled"]
PairedKind = Literal["d_z", "g_z", "d_av", "d_rm"]
INDEPENDENT_KINDS: tuple[IndependentKind, ...] = get_args(IndependentKind)
PAIRED_KINDS: tuple[PairedKind, ...] = get_args(PairedKind)


def cohens_d(control: Values, treatment: Values, *, level: float = 0.95) -> EffectSize:
    """The difference of means in pooled standard deviations, with its noncentral-t interval.

    Args:
        control: One value per item.
        treatment: One value per item.
        level: The level of the interval.

    Returns:
        The effect size with its interval.

    Raises:
        NotEnoughDataError: Fewer than two values in a group.
    """
    return standardized_difference(control, treatment, kind="cohens_d", level=level)


def hedges_g(control: Values, treatment: Values, *, level: float = 0.95) -> EffectSize:
    """Cohen's d without its bias in small samples (exact correction, Hedges 1981).

    Args:
        control: One value per item.
        treatment: One value per item.
        level: The level of the interval.

    Returns:
        The effect size with its interval.

    Raises:
        NotEnoughDataError: Fewer than two values in a group.
    """
    return standardized_difference(control, treatment, kind="hedges_g", level=level)


def standardized_difference(
    control: Values,
    treatment: Values,
    *,
    kind: IndependentKind | PairedKind = "cohens_d",
    level: float = 0.95,
) -> EffectSize:
    """Treatment minus control in standard deviations.

    Args:
        control: One number per item.
        treatment: One number per item, in the order of ``control`` for the paired kinds.
        kind: ``cohens_d``, ``hedges_g``, ``glass_delta`` or ``d_unpooled`` for independent groups;
            ``d_z``, ``g_z``, ``d_av`` or ``d_rm`` for pairs.
        level: The level of the interval.

    Returns:
        The effect size with its interval.

    Raises:
        UnequalLengthsError: Pairs that do not match.
        NotEnoughDataError: Fewer than two values in a group.
    """
    check_choice("kind", kind, (*INDEPENDENT_KINDS, *PAIRED_KINDS))
    check_share("level", level)
    first, _ = clean(control, "control", min_count=2)
    second, _ = clean(treatment, "treatment", min_count=2)
    if kind in INDEPENDENT_KINDS:
        return independent_d(first, second, level, kind)
    if len(first) != len(second):
        raise UnequalLengthsError(len(first), len(second))
    return paired_d(first, second, level, kind)
