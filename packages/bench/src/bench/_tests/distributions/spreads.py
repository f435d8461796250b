"""Tests of equal spread and of equal distribution."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal, get_args

from ..._core.arithmetic import is_constant, mean, unit_of, variance, without_offset
from ..._core.deprecated import renamed_arguments
from ..._core.lazy import FloatArray, np, special, stats
from ..._core.notes import note
from ..._core.options import (
    ALTERNATIVES,
    RANK_METHODS,
    Alternative,
    MissingPolicy,
    RankMethod,
    check_above,
    check_choice,
    check_number,
    check_share,
    checked_options,
)
from ..._core.results import ANY_DIFFERENCE, Comparison, Interval
from ..._core.tails import tail_of
from ..._core.wording import printed
from ..._data.groups import Samples, clean_groups, clean_two
from ..._data.summaries import of_column, of_samples, of_two
from ..._data.values import Groups, Values, clean
from ..constructors import comparison
from ..means.anova import anova

_MAX_EXACT = 10_000
SpreadMethod = Literal["brown-forsythe", "levene", "levene-trimmed", "bartlett", "fligner"]
SPREAD_METHODS: tuple[SpreadMethod, ...] = get_args(SpreadMethod)


@renamed_arguments(nan="missing")
@checked_options
def equal_spread(
    groups: Groups,
    *,
    method: SpreadMethod = "brown-forsythe",
    trim: float = 0.1,
    missing: MissingPolicy = "error",
) -> Comparison:
    """Whether groups have the same spread.

    Args:
        groups: Values by group.
        method: ``brown-forsythe`` (distances from the median, 1974; the robust default),
            ``levene`` (from the mean, 1960), ``levene-trimmed``, ``bartlett`` (for normal data) or
            ``fligner`` (ranks; Fligner and Killeen 1976).
        trim: The share cut at each end for ``levene-trimmed``.
        missing: ``omit`` leaves missing values out.

    Returns:
        The test; its estimate is NaN.

    Raises:
        NotEnoughDataError: Fewer than two groups, or fewer than two values in one.
    """
    trim = check_number("trim", trim)
    check_choice("method", method, SPREAD_METHODS)
    samples = clean_groups(groups, missing=missing, min_count=2)
    if method in ("bartlett", "fligner"):
        return _by_scipy(samples, method)
    centres: dict[str, Callable[[FloatArray], float]] = {
        "brown-forsythe": lambda each: float(np.median(each)),
        "levene": mean,
        "levene-trimmed": lambda each: _trimmed_mean(each, trim),
    }
    centre = centres[method]
    moved = {name: without_offset(each) for name, each in samples.arrays.items()}
    distances = {name: np.abs(each - centre(each)) for name, each in moved.items()}
    found = anova(distances)
    return comparison(
        method.replace("-", "_"),
        f"{printed(method)} of equal spread",
        replace(of_samples(samples), groups=()),
        statistic=found.statistic,
        statistic_name="F",
        df=found.df,
        tail=(found.p_value, found.log_p),
        direction=ANY_DIFFERENCE,
        warnings=found.warnings,
    )


def _trimmed_mean(array: FloatArray, trim: float) -> float:
    cut = int(trim * len(array))
    return float(np.sort(array)[cut : len(array) - cut].mean())


_OFFSET = 1e6  # times the spread: nearer to 0 distances keep the ties that R finds


def _less_offset(array: FloatArray) -> FloatArray:
    """Without an offset that would cost digits; subtracting it is exact."""
    low, high = float(array.min()), float(array.max())
    far = (high - low) * _OFFSET < max(abs(low), abs(high))
    return without_offset(array) if far else array


def _by_scipy(samples: Samples, method: str) -> Comparison:
    arrays = list(samples.arrays.values())
    flat = any(is_constant(each) for each in arrays)
    arrays = [_less_offset(each) for each in arrays]
    unit = unit_of(*arrays)
    arrays = [each / unit for each in arrays]
    statistic, p_value = math.nan, math.nan
    if not flat:
        found = stats.bartlett(*arrays) if method == "bartlett" else stats.fligner(*arrays)
        statistic, p_value = float(found.statistic), float(found.pvalue)
    return comparison(
        method,
        f"{printed(method)} of equal spread",
        replace(of_samples(samples), groups=()),
        statistic=statistic,
        statistic_name="χ²",
        df=(len(arrays) - 1.0,),
        tail=tail_of(p_value),
        direction=ANY_DIFFERENCE,
        warnings=[note("ZERO_VARIANCE")] if flat else [],
    )


@renamed_arguments(nan="missing")
@checked_options
def variance_ratio(
    control: Values, treatment: Values, *, level: float = 0.95, missing: MissingPolicy = "error"
) -> Comparison:
    """The F test of two variances, treatment over control; for normal data only.

    Args:
        control: One value per item.
        treatment: One value per item.
        level: The level of the interval.
        missing: ``omit`` leaves missing values out and counts them.

    Returns:
        The test with the ratio of variances as its estimate.

    Raises:
        NotEnoughDataError: Fewer than two values in a group.
    """
    check_share("level", level)
    groups = clean_two(control, treatment, missing=missing, min_count=2)
    first, second = groups.control, groups.treatment
    df1, df2 = len(second) - 1.0, len(first) - 1.0
    flat = is_constant(first) or is_constant(second)
    unit = unit_of(first, second)
    first, second = first / unit, second / unit
    ratio = math.nan if flat else variance(second) / variance(first)
    tails = [float(special.fdtr(df1, df2, ratio)), float(special.fdtrc(df1, df2, ratio))]
    alpha = (1 - level) / 2
    return comparison(
        "variance_ratio",
        "F test of two variances",
        replace(of_two(groups), groups=()),
        method="F distribution",
        statistic=ratio,
        statistic_name="F",
        df=(df1, df2),
        tail=tail_of(math.nan if flat else 2 * min(tails)),
        null_value=1.0,
        direction="treatment over control",
        estimate=ratio,
        estimate_name="ratio of variances",
        interval=Interval(
            low=ratio / float(special.fdtri(df1, df2, 1 - alpha)),
            high=ratio / float(special.fdtri(df1, df2, alpha)),
            level=level,
            method="F distribution",
            estimate=ratio,
        ),
        warnings=[note("ZERO_VARIANCE" if flat else "NORMAL_ASSUMED")],
    )


@renamed_arguments(nan="missing")
@checked_options
def kolmogorov_smirnov(
    control: Values,
    treatment: Values,
    *,
    alternative: Alternative = "two-sided",
    method: RankMethod = "auto",
    missing: MissingPolicy = "error",
) -> Comparison:
    """Whether two distributions differ anywhere (Smirnov 1939).

    The exact p-value is conditional on ties, unlike scipy's. ``greater`` asks whether the
    distribution function of the treatment lies above the control's: whether its values are smaller.

    Args:
        control: One value per item.
        treatment: One value per item.
        alternative: On distribution functions, not on values.
        method: ``exact``, ``asymptotic``, or ``auto``: exact up to 10,000 pairs of values.
        missing: ``omit`` leaves missing values out.

    Returns:
        The test; its estimate is NaN.

    Raises:
        NotEnoughDataError: An empty group.
    """
    check_choice("alternative", alternative, ALTERNATIVES)
    check_choice("method", method, RANK_METHODS)
    groups = clean_two(control, treatment, missing=missing)
    first, second = groups.control, groups.treatment
    n1, n2 = len(second), len(first)
    points = np.unique(np.concatenate([first, second]))
    treatment_below = np.searchsorted(np.sort(second), points, side="right") / n1
    control_below = np.searchsorted(np.sort(first), points, side="right") / n2
    above, below = (
        max(0.0, float((treatment_below - control_below).max())),
        max(0.0, float((control_below - treatment_below).max())),
    )
    d = {"greater": above, "less": below, "two-sided": max(above, below)}[alternative]
    exact = method == "exact" or (method == "auto" and n1 * n2 <= _MAX_EXACT)
    if exact:
        counts = np.rint(treatment_below * n1 + control_below * n2).astype(int)
        ends = np.isin(np.arange(1, n1 + n2 + 1), counts)
        p_value = _smirnov(n1, n2, d, ends, alternative)
    elif alternative == "two-sided":
        p_value = float(special.kolmogorov(math.sqrt(n1 * n2 / (n1 + n2)) * d))
    else:
        p_value = math.exp(-2 * d * d * n1 * n2 / (n1 + n2))
    return comparison(
        "kolmogorov_smirnov",
        "two-sample Kolmogorov-Smirnov test",
        replace(of_two(groups), groups=()),
        statistic=d,
        statistic_name="D",
        tail=tail_of(p_value),
        method="exact" if exact else "asymptotic",
        alternative=alternative,
        direction="distribution function of the treatment against the control's",
        details={"d_plus": above, "d_minus": below},
    )


def _smirnov(n1: int, n2: int, d: float, ends: Any, alternative: str) -> float:
    """The share of orders whose largest gap, at the ends of ties, is ``d`` or more."""
    if d <= 0:
        return 1.0
    slack = 1e-9
    # Chances of staying below d along lattice paths, row by row; each step keeps them as shares.
    row = np.zeros(n2 + 1)
    for i in range(n1 + 1):
        previous = row
        row = np.zeros(n2 + 1)
        for j in range(n2 + 1):
            if i == j == 0:
                row[0] = 1.0
                continue
            gap = i / n1 - j / n2
            reach = {"greater": gap, "less": -gap}.get(alternative, abs(gap))
            if ends[i + j - 1] and reach >= d - slack:
                continue
            up = previous[j] * i / (i + j) if i else 0.0
            across = row[j - 1] * j / (i + j) if j else 0.0
            row[j] = up + across
    return max(0.0, 1.0 - float(row[n2]))


@checked_options
def kolmogorov_smirnov_normal(values: Values, *, mean: float, sd: float) -> Comparison:
    """Whether values come from one given normal distribution (Kolmogorov 1933, exact).

    Args:
        values: Numbers.
        mean: The mean of the given normal distribution.
        sd: Its standard deviation.

    Returns:
        The test; its estimate is NaN.

    Raises:
        NotEnoughDataError: No values.
        InvalidOptionError: A standard deviation that is not above 0.
    """
    mean = check_number("mean", mean)
    sd = check_above("sd", sd)
    array, _ = clean(values, "values")
    n = len(array)
    p = special.ndtr((np.sort(array) - mean) / sd)
    steps = np.arange(1.0, n + 1)
    d = max(float((steps / n - p).max()), float((p - (steps - 1) / n).max()))
    return comparison(
        "kolmogorov_smirnov_normal",
        "Kolmogorov-Smirnov test of a given normal distribution",
        replace(of_column(array), groups=()),
        statistic=d,
        statistic_name="D",
        tail=tail_of(float(stats.kstwo.sf(d, n))),
        method="exact",
        direction="departure from the given distribution",
    )
