"""t tests: one sample, Student, Welch, paired, trimmed (Yuen), and clustered."""

from __future__ import annotations

import math

from ..._core.arithmetic import (
    difference_of_means,
    is_constant,
    mean,
    same_differences,
    standard_deviation,
    unit_of,
    variance,
)
from ..._core.deprecated import renamed_arguments
from ..._core.lazy import FloatArray, np
from ..._core.notes import group_notes, note
from ..._core.options import Alternative, MissingPolicy, check_number, check_share, checked_options
from ..._core.results import Comparison, EffectSize
from ..._data.groups import clean_two
from ..._data.pairs import clean_pairs
from ..._data.summaries import of_column, of_pairs, of_two
from ..._data.values import ClusterLabels, Labels, TwoClusters, ValuesByItem, clean
from ..._effects.standardized import independent_d, moments, paired_d, paired_moments
from ..._intervals.clusters import clustered_difference, clustered_mean
from ..._intervals.means_and_quantiles import shape_notes
from ..constructors import in_unit, t_comparison


@renamed_arguments(nan="missing")
@checked_options
def one_sample_t(
    values: ValuesByItem,
    null_value: float = 0.0,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    missing: MissingPolicy = "error",
) -> Comparison:
    """Whether a mean differs from a number (Student 1908).

    Args:
        values: Numbers.
        null_value: The mean under the null hypothesis.
        level: The level of the interval.
        alternative: ``two-sided``, ``less``, or ``greater``: the mean is larger.
        missing: ``omit`` leaves missing values out and counts them.

    Returns:
        The test with the mean as its estimate.

    Raises:
        NotEnoughDataError: Fewer than two values.
    """
    check_share("level", level)
    null_value = check_number("null_value", null_value)
    given, dropped = clean(values, "values", missing=missing, min_count=2)
    unit = unit_of(given, np.array([null_value]))
    array, null = given / unit, null_value / unit
    flat = is_constant(array)
    average = mean(array)
    se = math.nan if flat else standard_deviation(array) / math.sqrt(len(array))
    of_values = paired_moments(np.full(len(array), null), array)
    result = t_comparison(
        "one_sample_t",
        "one-sample t test",
        of_column(given, dropped),
        estimate=average,
        estimate_name="mean",
        se=se,
        df=len(array) - 1.0,
        level=level,
        alternative=alternative,
        null_value=null,
        gap=mean(array - null),
        direction=f"mean, tested against {null_value:g}",
        effect_sizes={"d_z": paired_d(of_values, level, "d_z")},
        warnings=[note("ZERO_VARIANCE")] if flat else shape_notes(array),
    )
    return in_unit(result, unit)


def _independent(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    pooled: bool,
    level: float,
    alternative: Alternative,
    null_value: float,
    missing: MissingPolicy,
    clusters: TwoClusters | None = None,
) -> Comparison:
    check_share("level", level)
    null_value = check_number("null_value", null_value)
    groups = clean_two(
        control, treatment, missing=missing, min_count=1 if pooled else 2, clusters=clusters
    )
    unit = unit_of(groups.control, groups.treatment)
    first, second = groups.control / unit, groups.treatment / unit
    if pooled and len(first) + len(second) < 3:  # at least one degree of freedom
        clean(control, "control", missing=missing, min_count=2)
    flat = is_constant(first) and is_constant(second)
    centres = mean(first), mean(second)
    spreads, counts = (_spread(first), _spread(second)), (len(first), len(second))
    estimate = raw = difference_of_means(first, second)
    if flat and abs(estimate) <= 1e-12 * max(map(abs, centres)):
        estimate = 0.0
    notes = [note("ZERO_VARIANCE")] if flat else group_notes(first, second)
    details: dict[str, object] = {}
    if groups.clusters is None:
        se, df = (_pooled_error if pooled else _welch_error)(spreads, counts)
        test, title, name = (
            ("student_t", "Student's t test", "t")
            if pooled
            else ("welch_t", "Welch's t test", "Welch t")
        )
    else:
        found = clustered_difference(first, second, groups.clusters)
        se, df, name = found.se, found.df, "t, CR2 with Satterthwaite df"
        test, title = "clustered_t", "clustered t test"
        details = {"clusters": found.n_clusters, "se_iid": _welch_error(spreads, counts)[0] * unit}
        notes += [each for each in found.warnings if not flat]
    sizes: dict[str, EffectSize] = {}
    if min(len(first), len(second)) > 1:
        kinds = ("cohens_d", "hedges_g", "glass_delta")
        error = None if groups.clusters is None or flat else (se, df)
        of_both = moments(first, second, difference=raw, variances=spreads[::-1])
        sizes = {kind: independent_d(of_both, level, kind, error=error) for kind in kinds}
    result = t_comparison(
        test,
        title,
        of_two(groups, means=centres, variances=spreads) if unit == 1.0 else of_two(groups),
        estimate=estimate,
        estimate_name="mean difference",
        se=math.nan if flat else se,
        df=math.nan if flat else df,
        level=level,
        alternative=alternative,
        interval_method=name,
        null_value=null_value / unit,
        effect_sizes=sizes,
        details=details,
        warnings=notes,
    )
    return in_unit(result, unit)


def _spread(array: FloatArray) -> float:
    """The variance; one value alone adds nothing to a pooled one."""
    return variance(array) if len(array) > 1 else 0.0


def _pooled_error(variances: tuple[float, float], n: tuple[int, int]) -> tuple[float, float]:
    df = float(sum(n) - 2)
    pooled = sum((size - 1) * each for size, each in zip(n, variances, strict=True)) / df
    return math.sqrt(pooled * (1 / n[0] + 1 / n[1])), df


def _welch_error(variances: tuple[float, float], n: tuple[int, int]) -> tuple[float, float]:
    e1, e2 = (each / size for size, each in zip(n, variances, strict=True))
    total = e1 + e2
    if total == 0.0:
        return 0.0, math.nan
    share1, share2 = e1 / total, e2 / total
    return math.sqrt(total), 1 / (share1**2 / (n[0] - 1) + share2**2 / (n[1] - 1))


@renamed_arguments(nan="missing")
@checked_options
def welch_t(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    null_value: float = 0.0,
    missing: MissingPolicy = "error",
    clusters: TwoClusters | None = None,
) -> Comparison:
    """Whether two means differ, without assuming equal spread (Welch 1947).

    Args:
        control: One value per item.
        treatment: One value per item.
        level: The level of the interval.
        alternative: ``two-sided``, ``less``, or ``greater``: the treatment is larger.
        null_value: The difference under the null hypothesis.
        missing: ``omit`` leaves missing values out and counts them.
        clusters: The clusters of both groups, as a pair, or one mapping by item id: then the
            standard error is CR2 with Satterthwaite degrees of freedom. A cluster with values in
            both groups counts as one.

    Returns:
        The test with its estimate, interval and effect sizes, treatment minus control.

    Raises:
        NotEnoughDataError: Fewer than two values or clusters in a group.

    Example:
        >>> result = bench.welch_t([1.0, 2.0, 3.0, 4.0], [3.0, 4.0, 6.0, 7.0])
        >>> round(result.statistic, 3), round(result.p_value, 3)
        (2.236, 0.072)
    """
    return _independent(
        control,
        treatment,
        pooled=False,
        level=level,
        alternative=alternative,
        null_value=null_value,
        missing=missing,
        clusters=clusters,
    )


@renamed_arguments(nan="missing")
@checked_options
def student_t(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    null_value: float = 0.0,
    missing: MissingPolicy = "error",
) -> Comparison:
    """Whether two means differ, given that both groups have the same spread (Student 1908).

    Args:
        control: One value per item.
        treatment: One value per item.
        level: The level of the interval.
        alternative: ``two-sided``, ``less``, or ``greater``: the treatment is larger.
        null_value: The difference under the null hypothesis.
        missing: ``omit`` leaves missing values out and counts them.

    Returns:
        The test with its estimate, interval and effect sizes, treatment minus control.

    Raises:
        NotEnoughDataError: Fewer than three values in all.
    """
    return _independent(
        control,
        treatment,
        pooled=True,
        level=level,
        alternative=alternative,
        null_value=null_value,
        missing=missing,
    )


@renamed_arguments(nan="missing")
@checked_options
def paired_t(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    null_value: float = 0.0,
    missing: MissingPolicy = "error",
    ids: tuple[Labels, Labels] | None = None,
    clusters: ClusterLabels | None = None,
) -> Comparison:
    """Whether the mean difference of pairs is zero.

    With ``clusters`` the standard error is CR2 with Satterthwaite degrees of freedom.

    Args:
        control: One value per item.
        treatment: The same items in the same order.
        level: The level of the interval.
        alternative: ``two-sided``, ``less``, or ``greater``: the treatment is larger.
        null_value: The difference under the null hypothesis.
        missing: ``omit`` leaves missing values out and counts them.
        ids: The item ids of both sides, to pair by id rather than by position.
        clusters: The cluster of every pair.

    Returns:
        The test with its estimate, interval and effect sizes, treatment minus control.

    Raises:
        UnequalLengthsError: The two sides do not match.
        NotEnoughDataError: Fewer than two pairs or clusters.

    Example:
        >>> result = bench.paired_t([1.0, 2.0, 3.0, 4.0], [1.5, 2.8, 3.4, 5.1])
        >>> round(result.estimate, 2), round(result.p_value, 3)
        (0.7, 0.021)
    """
    check_share("level", level)
    null_value = check_number("null_value", null_value)
    pairs = clean_pairs(control, treatment, missing=missing, ids=ids, clusters=clusters)
    unit = unit_of(pairs.control, pairs.treatment)
    first, second = pairs.control, pairs.treatment
    if unit != 1.0:
        first, second = first / unit, second / unit
    flat = same_differences(pairs.control, pairs.treatment)
    notes = [] if flat else group_notes(first, second)
    raw = second - first  # ties do not matter to a mean, so the differences as they are
    details: dict[str, object] = {}
    error = None
    if pairs.clusters is None:
        se, df, name = standard_deviation(raw) / math.sqrt(len(raw)), len(raw) - 1.0, "t"
    else:
        found = clustered_mean(raw, pairs.clusters)
        se, df, name = found.se_cr2, found.df, "t, CR2 with Satterthwaite df"
        error = None if flat else (se, df)
        details = {"clusters": found.n_clusters, "se_iid": found.se_iid * unit}
        notes += [each for each in found.warnings if each.id != "ZERO_VARIANCE"]
    kinds: tuple[str, ...] = ("d_z", "d_av", "d_rm")
    of_both = paired_moments(first, second)
    result = t_comparison(
        "paired_t" if pairs.clusters is None else "clustered_paired_t",
        "paired t test" if pairs.clusters is None else "clustered paired t test",
        of_pairs(pairs),
        estimate=mean(raw),
        estimate_name="mean difference",
        se=math.nan if flat else se,
        df=df,
        level=level,
        alternative=alternative,
        interval_method=name,
        null_value=null_value / unit,
        effect_sizes={kind: paired_d(of_both, level, kind, error=error) for kind in kinds},
        details=details,
        warnings=[note("ZERO_VARIANCE")] if flat else notes,
    )
    return in_unit(result, unit)
