"""Analysis of variance: one-way, Welch's, and repeated measures with sphericity corrections."""

from __future__ import annotations

import math

from ..._core.arithmetic import is_constant, mean, unit_of, variance
from ..._core.deprecated import renamed_arguments
from ..._core.lazy import FloatArray, np
from ..._core.notes import note
from ..._core.options import MissingPolicy, check_choice, check_share, checked_options
from ..._core.results import Comparison, EffectSize, Interval
from ..._core.tails import f_p
from ..._data.groups import clean_groups
from ..._data.summaries import of_samples
from ..._data.values import Groups
from ..._effects.eta_squared import (
    ETA_CONVENTIONS,
    EtaConvention,
    below_notes,
    cohens_f,
    eta_interval,
    eta_size,
    with_value,
)
from ..constructors import effect_comparison


@renamed_arguments(level="effect_level", nan="missing")
@checked_options
def eta_squared_interval(
    groups: Groups,
    *,
    effect_level: float = 0.9,
    convention: EtaConvention = "n",
    missing: MissingPolicy = "error",
) -> Interval:
    """The interval of eta squared by the noncentral F distribution.

    Args:
        groups: Values by group.
        effect_level: The level of the interval. 0.9 agrees with an F test at .05 (Steiger 2004).
        convention: ``n`` is lambda/(lambda + N) (Steiger 2004); ``df_error`` is
            lambda/(lambda + df of the error), which some packages print.
        missing: ``omit`` leaves missing values out.

    Returns:
        The interval, with eta squared as its estimate.

    Raises:
        InvalidOptionError: Unknown convention.
    """
    check_choice("convention", convention, ETA_CONVENTIONS)
    check_share("effect_level", effect_level)
    found = anova(groups, missing=missing)
    df = (found.df[0], found.df[1])
    low, high = eta_interval(found.statistic, *df, effect_level, convention)
    known = {each.id: each for each in (*found.warnings, *found.interval.warnings)}
    known.pop("BELOW_CHANCE", None)  # of the level of that test
    notes = (*known.values(), *below_notes(found.statistic, df, effect_level))
    return Interval(
        low=low,
        high=high,
        level=effect_level,
        method=f"noncentral F, {convention}",
        estimate=found.estimate,
        warnings=notes,
    )


@renamed_arguments(nan="missing")
@checked_options
def anova(
    groups: Groups,
    *,
    effect_level: float = 0.9,
    missing: MissingPolicy = "error",
) -> Comparison:
    """One-way analysis of variance (Fisher), which assumes equal spread in all groups.

    Args:
        groups: Values by group.
        effect_level: The level of the interval of eta squared. 0.9 goes with an F test at .05: the
            interval excludes 0 exactly when the test rejects (Steiger 2004).
        missing: ``omit`` leaves missing values out and says how many.

    Returns:
        The test; its estimate is eta squared.

    Raises:
        NotEnoughDataError: Fewer than two groups, or no group with two values.

    Example:
        >>> result = bench.anova({"a": [1, 2, 3], "b": [2, 3, 4], "c": [5, 6, 7]})
        >>> result.df, round(result.statistic, 1)
        ((2.0, 6.0), 13.0)
    """
    check_share("effect_level", effect_level)
    samples = clean_groups(groups, missing=missing)
    arrays = list(samples.arrays.values())
    every = np.concatenate(arrays)
    # Values near 1e6 with a spread of 0.1 lose half their digits otherwise (NIST SmLs07).
    shift, unit = float(every[0]), unit_of(every)
    shifted = [array / unit - shift / unit for array in arrays]
    centre = float(np.mean(every / unit - shift / unit))
    within = math.fsum(float(((each - each.mean()) ** 2).sum()) for each in shifted)
    between = math.fsum(len(each) * (float(each.mean()) - centre) ** 2 for each in shifted)
    df1, df2 = len(arrays) - 1.0, float(len(every) - len(arrays))
    flat = df2 < 1 or all(is_constant(each) for each in arrays)
    ms_between, ms_within = between / df1, within / df2 if df2 > 0 else math.nan
    statistic = math.nan if flat else ms_between / ms_within
    total = between + within
    eta = math.nan if flat else between / total
    omega = math.nan if flat else (between - df1 * ms_within) / (total + ms_within)
    epsilon = math.nan if flat else (between - df1 * ms_within) / total
    residuals = np.concatenate([each - each.mean() for each in shifted])
    size = eta_size("eta²", eta, statistic, (df1, df2), level=effect_level, residuals=residuals)
    return effect_comparison(
        "anova",
        "one-way ANOVA",
        of_samples(samples),
        size,
        method="F distribution",
        statistic=statistic,
        statistic_name="F",
        tail=f_p(statistic, df1, df2),
        df=(df1, df2),
        effect_sizes={
            "eta_squared": size,
            "omega_squared": with_value("omega²", omega, size),
            "epsilon_squared": with_value("epsilon²", epsilon, size),
            "cohens_f": cohens_f(size),
        },
        details={
            "ss_between": between * unit * unit,
            "ss_within": within * unit * unit,
            "ms_between": ms_between * unit * unit,
            "ms_within": ms_within * unit * unit,
        },
        warnings=[note("ZERO_VARIANCE")] if flat else size.warnings,
    )


@renamed_arguments(nan="missing")
@checked_options
def welch_anova(
    groups: Groups, *, effect_level: float = 0.9, missing: MissingPolicy = "error"
) -> Comparison:
    """One-way analysis of variance without assuming equal spread (Welch 1951).

    Args:
        groups: Values by group.
        effect_level: The level of the interval of eta squared.
        missing: ``omit`` leaves missing values out and counts them.

    Returns:
        The test; its estimate is eta squared.

    Raises:
        NotEnoughDataError: Fewer than two groups, or fewer than two values in one.
    """
    samples = clean_groups(groups, missing=missing, min_count=2)
    arrays = list(samples.arrays.values())
    plain = anova(samples.arrays, effect_level=effect_level)
    flat = any(is_constant(array) for array in arrays)
    statistic = df2 = math.nan
    df1 = len(arrays) - 1.0
    if not flat:
        unit = unit_of(*arrays)
        statistic, df2 = _welch([array / unit for array in arrays])
    omega = math.nan
    if not flat:
        # Adjusted omega squared from Welch's F (Hays; Kirk 1996).
        omega = df1 * (statistic - 1) / (df1 * (statistic - 1) + sum(map(len, arrays)))
    eta = plain.effect_sizes["eta_squared"]
    return effect_comparison(
        "welch_anova",
        "Welch's ANOVA",
        of_samples(samples),
        eta,
        method="F distribution",
        statistic=statistic,
        statistic_name="F",
        tail=f_p(statistic, df1, df2),
        df=() if flat else (df1, df2),
        effect_sizes={
            "eta_squared": eta,
            "omega_squared": EffectSize(name="omega² (Welch)", value=omega),
        },
        warnings=[note("ZERO_VARIANCE")] if flat else eta.warnings,
    )


def _welch(arrays: list[FloatArray]) -> tuple[float, float]:
    count = len(arrays)
    weights = np.array([len(each) / variance(each) for each in arrays])
    shift = float(arrays[0][0])
    means = np.array([mean(each - shift) for each in arrays])
    total = float(weights.sum())
    centre = float(weights @ means) / total
    lack = float((((1 - weights / total) ** 2) / np.array([len(e) - 1 for e in arrays])).sum())
    top = float((weights * (means - centre) ** 2).sum()) / (count - 1)
    return top / (1 + 2 * (count - 2) / (count**2 - 1) * lack), (count**2 - 1) / (3 * lack)
