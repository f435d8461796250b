"""Standardised mean differences with exact intervals.

Intervals invert the noncentral t distribution (Steiger and Fouladi 1997). Hedges' correction is the
exact one with gamma functions (Hedges 1981), not 1 - 3/(4 df - 1).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from .._core.arithmetic import (
    centred,
    difference_of_means,
    is_constant,
    mean,
    same_differences,
    unit_of,
    variance,
)
from .._core.lazy import FloatArray, np
from .._core.noncentral import t_ncp
from .._core.notes import note, tail_notes
from .._core.options import check_choice, check_share, checked_options
from .._core.results import EffectSize, Interval, Note
from .._data.groups import clean_two
from .._data.pairs import clean_pairs
from .._data.values import ClusterLabels, TwoClusters, ValuesByItem
from .._intervals.clusters import clustered_difference, clustered_mean

D_WORDS = ((0.2, "negligible"), (0.5, "small"), (0.8, "medium"), (1.2, "large"))
_LARGE = 0.8
D_CONVENTION = "Cohen 1988, Sawilowsky 2009"


def magnitude_of_d(value: float) -> str | None:
    """Cohen's words; very large from 1.2 (Sawilowsky 2009)."""
    if math.isnan(value):
        return None
    return next((word for limit, word in D_WORDS if abs(value) < limit), "very large")


def hedges_correction(df: float) -> float:
    """NaN with one degree of freedom, for which there is no unbiased estimate."""
    if df <= 1:
        return math.nan
    return math.exp(math.lgamma(df / 2) - 0.5 * math.log(df / 2) - math.lgamma((df - 1) / 2))


def _size(
    kind: str, value: float, *, scale: float, df: float, level: float, factor: float = 1.0
) -> EffectSize:
    """``scale`` turns the effect size into the t statistic that tests it."""
    name, symbol = _NAMES[kind]
    if math.isnan(factor):  # the correction needs two degrees of freedom
        few = (note("SMALL_SAMPLE"),)
        return EffectSize(name=name, symbol=symbol, value=math.nan, warnings=few)
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


Error = tuple[float, float]
"""The standard error of the mean difference, and its degrees of freedom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """What the effect sizes of two groups are made of; mean and variances in units of ``unit``."""

    n: tuple[int, int]
    difference: float
    variances: tuple[float, float]
    constant: tuple[bool, bool]
    unit: float
    warnings: tuple[Note, ...]


def moments(
    control: FloatArray,
    treatment: FloatArray,
    *,
    difference: float | None = None,
    variances: tuple[float, float] | None = None,
) -> Moments:
    """The moments of two groups, the treatment first; what is known of them may be given."""
    unit = unit_of(control, treatment)
    x, y = treatment / unit, control / unit
    difference = difference_of_means(y, x) if difference is None else difference / unit
    if variances is None or unit != 1.0:
        variances = variance(x), variance(y)
    large = difference**2 > _LARGE**2 * sum(variances) / 2
    return Moments(
        n=(len(x), len(y)),
        difference=difference,
        variances=variances,
        constant=(is_constant(treatment), is_constant(control)),
        unit=unit,
        warnings=tail_notes(np.concatenate([x - x.mean(), y - y.mean()]), large=large),
    )


def independent_d(
    of: Moments, level: float, kind: str, *, error: Error | None = None
) -> EffectSize:
    """Cohen's d, Hedges' g, d with the unpooled spread, or Glass' delta.

    With ``error`` (of clustered values) the interval follows that standard error.
    """
    name, symbol = _NAMES[kind]
    (n1, n2), (v1, v2), unit, difference = of.n, of.variances, of.unit, of.difference
    if all(of.constant) or (kind == "glass_delta" and of.constant[1]):
        return _undefined(name, symbol, difference * unit)
    df = float(n1 + n2 - 2)
    factor = 1.0
    if kind in ("cohens_d", "hedges_g"):
        spread = math.sqrt(((n1 - 1) * v1 + (n2 - 1) * v2) / df)
        factor = hedges_correction(df) if kind == "hedges_g" else 1.0
        scale = math.sqrt(1 / n1 + 1 / n2)
    elif kind == "glass_delta":
        spread, df = math.sqrt(v2), n2 - 1.0
        scale = math.sqrt(1 / n2 + v1 / (n1 * v2))
    else:
        spread = math.sqrt((v1 + v2) / 2)
        e1, e2 = v1 / n1, v2 / n2
        df = (e1 + e2) ** 2 / (e1**2 / (n1 - 1) + e2**2 / (n2 - 1))
        scale = math.sqrt(2 * (n2 * v1 + n1 * v2) / (n1 * n2 * (v1 + v2)))
    value = difference / spread
    if error is not None:
        size = _clustered_size(kind, value, spread * unit, error, level=level, factor=factor)
    else:
        size = _size(kind, value, scale=scale, df=df, level=level, factor=factor)
    return _warned(size, of.warnings)


def _warned(size: EffectSize, warnings: tuple[Note, ...]) -> EffectSize:
    if not warnings or size.interval is None:
        return size
    interval = replace(size.interval, warnings=(*size.interval.warnings, *warnings))
    return replace(size, interval=interval, warnings=(*size.warnings, *warnings))


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedMoments:
    """What the effect sizes of pairs are made of; all but the flag in units of ``unit``."""

    difference: float
    variances: tuple[float, float, float]
    flat: bool
    unit: float
    gaps: FloatArray
    sides: FloatArray


def paired_moments(control: FloatArray, treatment: FloatArray) -> PairedMoments:
    """The moments of pairs: of the treatment, of the control and of the differences."""
    unit = unit_of(control, treatment)
    x, y = (treatment, control) if unit == 1.0 else (treatment / unit, control / unit)
    gaps = x - y
    return PairedMoments(
        difference=mean(gaps),
        variances=(variance(x), variance(y), variance(gaps)),
        flat=same_differences(control, treatment),
        unit=unit,
        gaps=gaps,
        sides=np.concatenate([centred(x), centred(y)]),
    )


def paired_d(
    of: PairedMoments, level: float, kind: str, *, error: Error | None = None
) -> EffectSize:
    """d_z, g_z, d_av or d_rm of pairs; they answer different questions, so the name says which.

    The interval of d_av is that of Algina and Keselman 2003; that of d_rm is the interval of d_z on
    its scale. With ``error`` (of clustered pairs) the interval follows that standard error.
    """
    name, symbol = _NAMES[kind]
    size, difference = len(of.gaps), of.difference
    v1, v2, spread = of.variances
    if of.flat or (kind == "d_av" and v1 + v2 == 0.0):
        return _undefined(name, symbol, difference)
    df, factor = size - 1.0, 1.0
    if kind == "d_av":
        by = (math.sqrt(v1) + math.sqrt(v2)) / 2
    elif kind == "d_rm":
        # 2(1 - r), the factor that puts d_z on the scale of independent groups (Morris 2002).
        correlation = (v1 + v2 - spread) / (2 * math.sqrt(v1 * v2)) if v1 * v2 > 0 else 0.0
        root = math.sqrt(max(0.0, 2 * (1 - correlation)))
        if root == 0.0:
            return _undefined(name, symbol, difference)
        by = math.sqrt(spread) / root
    else:
        by = math.sqrt(spread)
        factor = hedges_correction(df) if kind == "g_z" else 1.0
    value = difference / by
    # What d_av is measured in is the spread of both sides, that of the others the differences'.
    residuals = of.sides if kind == "d_av" else of.gaps
    warnings = tail_notes(residuals, large=abs(value) > _LARGE)
    if error is not None:
        found = _clustered_size(kind, value, by * of.unit, error, level=level, factor=factor)
    else:
        scale = math.sqrt(spread / size) / by
        found = _size(kind, value, scale=scale, df=df, level=level, factor=factor)
    return _warned(found, warnings)


def _clustered_size(
    kind: str, value: float, spread: float, error: Error, *, level: float, factor: float
) -> EffectSize:
    """The noncentral t interval with the standard error and degrees of freedom of clusters."""
    se, df = error
    if not se > 0 or math.isnan(df):
        return _undefined(*_NAMES[kind], value * spread)
    return _size(kind, value, scale=se / spread, df=df, level=level, factor=factor)


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


@checked_options
def cohens_d(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    level: float = 0.95,
    clusters: TwoClusters | None = None,
) -> EffectSize:
    """The difference of means in pooled standard deviations, with its noncentral-t interval.

    Args:
        control: One value per item.
        treatment: One value per item.
        level: The level of the interval.
        clusters: The clusters of both groups, as a pair, or one mapping by item id.

    Returns:
        The effect size with its interval.

    Raises:
        NotEnoughDataError: Fewer than two values in a group.
    """
    return standardized_difference(
        control, treatment, kind="cohens_d", level=level, clusters=clusters
    )


@checked_options
def hedges_g(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    level: float = 0.95,
    clusters: TwoClusters | None = None,
) -> EffectSize:
    """Cohen's d without its bias in small samples (exact correction, Hedges 1981).

    Args:
        control: One value per item.
        treatment: One value per item.
        level: The level of the interval.
        clusters: The clusters of both groups, as a pair, or one mapping by item id.

    Returns:
        The effect size with its interval.

    Raises:
        NotEnoughDataError: Fewer than two values in a group.
    """
    return standardized_difference(
        control, treatment, kind="hedges_g", level=level, clusters=clusters
    )


@checked_options
def standardized_difference(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    kind: IndependentKind | PairedKind = "cohens_d",
    level: float = 0.95,
    clusters: TwoClusters | ClusterLabels | None = None,
) -> EffectSize:
    """Treatment minus control in standard deviations.

    Args:
        control: One number per item.
        treatment: One number per item, in the order of ``control`` for the paired kinds.
        kind: ``cohens_d``, ``hedges_g``, ``glass_delta`` or ``d_unpooled`` for independent groups;
            ``d_z``, ``g_z``, ``d_av`` or ``d_rm`` for pairs.
        level: The level of the interval.
        clusters: The clusters of both groups, as a pair, or one mapping by item id; for pairs the
            cluster of every pair. The interval follows the CR2 standard error of the difference
            (after Hedges 2007).

    Returns:
        The effect size with its interval.

    Raises:
        UnequalLengthsError: Pairs that do not match.
        NotEnoughDataError: Fewer than two values in a group.
    """
    check_choice("kind", kind, (*INDEPENDENT_KINDS, *PAIRED_KINDS))
    check_share("level", level)
    given: Any = clusters  # two columns for groups, one for pairs
    error: Error | None = None
    warnings: tuple[Note, ...] = ()
    if kind in INDEPENDENT_KINDS:
        groups = clean_two(control, treatment, min_count=2, clusters=given)
        if groups.clusters is not None:
            apart = clustered_difference(groups.control, groups.treatment, groups.clusters)
            error, warnings = (apart.se, apart.df), apart.warnings
        size = independent_d(moments(groups.control, groups.treatment), level, kind, error=error)
    else:
        pairs = clean_pairs(control, treatment, clusters=given)
        if pairs.clusters is not None:
            found = clustered_mean(pairs.treatment - pairs.control, pairs.clusters)
            error, warnings = (found.se_cr2, found.df), found.warnings
        size = paired_d(paired_moments(pairs.control, pairs.treatment), level, kind, error=error)
    known = {each.id: each for each in (*size.warnings, *warnings)}
    return replace(size, warnings=tuple(known.values()))
