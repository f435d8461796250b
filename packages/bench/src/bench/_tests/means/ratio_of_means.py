"""The ratio of two arithmetic means, by Fieller's theorem (Fieller 1954)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from ..._core.arithmetic import mean, unit_of, variance
from ..._core.errors import InvalidDataError
from ..._core.lazy import FloatArray, np
from ..._core.notes import note
from ..._core.options import Alternative
from ..._core.results import Comparison, EffectSize, Interval
from ..._core.tails import t_quantile
from ..._data.values import cluster_codes
from ..._intervals.clusters import clustered_mean
from .t_tests import paired_t, welch_t


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Two means with their squared standard errors and covariance."""

    control: float
    treatment: float
    squared_control: float
    squared_treatment: float
    covariance: float


def ratio_of_means(
    first: FloatArray,
    second: FloatArray,
    *,
    paired: bool,
    labels: Any,
    level: float,
    alternative: Alternative,
    null_value: float,
) -> Comparison:
    """The t test of treatment minus ``null_value`` times control, and Fieller's interval.

    Raises:
        InvalidDataError: A value below 0, or a control of zeros only.
    """
    if min(float(first.min()), float(second.min())) < 0 or not first.any():
        raise InvalidDataError("values", "a ratio of means needs values from 0 up, not all 0")
    unit = unit_of(first, second)
    first, second = first / unit, second / unit
    test = paired_t if paired else welch_t
    found = test(null_value * first, second, level=level, alternative=alternative, clusters=labels)
    ratio = mean(second) / mean(first)
    at_ratio = test(ratio * first, second, clusters=labels)  # for the df at the estimate
    df = at_ratio.df[0] if at_ratio.df else math.nan
    tail = (1 - level) / 2 if alternative == "two-sided" else 1 - level
    spread = _paired_means(first, second, labels) if paired else _two_means(first, second, labels)
    low, high = _fieller(spread, t_quantile(1 - tail, df)) if df > 0 else (ratio, ratio)
    bounded = math.isfinite(high)
    interval = Interval(
        low=0.0 if alternative == "less" else low,
        high=math.inf if alternative == "greater" else high,
        level=level,
        method="Fieller" if df > 0 else "no spread in the values",
        estimate=ratio,
        warnings=() if bounded else (note("RATIO_UNBOUNDED"),),
    )
    clustered = "clustered " if labels is not None else ""
    return replace(
        found,
        test=f"{'paired' if paired else 'welch'}_t_of_means",
        title=f"{clustered}{'paired' if paired else 'Welch'} t test of a ratio of means",
        null_value=null_value,
        direction="treatment over control",
        estimate=ratio,
        estimate_name="ratio of means",
        se=at_ratio.se / mean(first),
        interval=interval,
        effect_sizes={
            "ratio": EffectSize(name="ratio of means", value=ratio, interval=interval),
            **({} if null_value != 1.0 else found.effect_sizes),
        },
        warnings=(*found.warnings, *interval.warnings),
    )


def _paired_means(first: FloatArray, second: FloatArray, labels: Any) -> Means:
    """Squared errors and covariance of paired means; CR2 where the pairs come in clusters."""
    n = len(first)
    x, y = first - mean(first), second - mean(second)
    share = np.full(n, 1 / n)
    if labels is not None:
        codes, count = cluster_codes(labels, n)
        share = np.bincount(codes, minlength=count).astype(float) / n
        x = np.bincount(codes, weights=x, minlength=count).astype(float)
        y = np.bincount(codes, weights=y, minlength=count).astype(float)
    weights = 1 / (1 - share) / n**2
    return Means(
        control=mean(first),
        treatment=mean(second),
        squared_control=float((x * x * weights).sum()),
        squared_treatment=float((y * y * weights).sum()),
        covariance=float((x * y * weights).sum()),
    )


def _two_means(first: FloatArray, second: FloatArray, labels: Any) -> Means:
    if labels is not None and set(labels[0]) & set(labels[1]):
        raise InvalidDataError(
            "clusters", "a cluster has values in both groups: pass paired values"
        )
    if labels is None:
        squares = [variance(each) / len(each) for each in (first, second)]
    else:
        parts = zip((first, second), labels, strict=True)
        squares = [clustered_mean(values, given).se_cr2 ** 2 for values, given in parts]
    squares = [0.0 if math.isnan(each) else each for each in squares]
    return Means(
        control=mean(first),
        treatment=mean(second),
        squared_control=squares[0],
        squared_treatment=squares[1],
        covariance=0.0,
    )


def _fieller(means: Means, reach: float) -> tuple[float, float]:
    """All ratios r at which treatment minus r times control is within ``reach`` errors of zero."""
    a = means.control**2 - reach**2 * means.squared_control
    b = means.control * means.treatment - reach**2 * means.covariance
    c = means.treatment**2 - reach**2 * means.squared_treatment
    inside = b * b - a * c
    if a <= 0 or inside < 0:  # the control's mean is not certain to be above 0
        return 0.0, math.inf
    root = math.sqrt(inside)
    return max(0.0, (b - root) / a), (b + root) / a
