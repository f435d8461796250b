"""t tests: one sample, Student, Welch, paired, trimmed (Yuen), and clustered."""

from __future__ import annotations

import math

from ..._core.arithmetic import is_constant, mean, same_differences, variance
from ..._core.deprecated import renamed_arguments
from ..._core.lazy import np
from ..._core.notes import group_notes, note
from ..._core.options import Alternative, MissingPolicy
from ..._core.results import Comparison
from ..._data.groups import clean_two
from ..._data.pairs import clean_pairs
from ..._data.summaries import of_column, of_pairs, of_two
from ..._data.values import Labels, Values, ValuesByItem, clean
from ..._effects.standardized import independent_d, paired_d
from ..._intervals.clusters import clustered_mean
from ..constructors import t_comparison


@renamed_arguments(nan="missing")
def one_sample_t(
    values: Values,
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
    array, dropped = clean(values, "values", missing=missing, min_count=2)
    flat = is_constant(array)
    average = mean(array)
    se = math.nan if flat else math.sqrt(variance(array) / len(array))
    return t_comparison(
        "one_sample_t",
        "one-sample t test",
        of_column(array, dropped),
        estimate=average,
        estimate_name="mean",
        se=se,
        df=len(array) - 1.0,
        level=level,
        alternative=alternative,
        null_value=null_value,
        direction=f"mean, tested against {null_value:g}",
        effect_sizes={"d_z": paired_d(np.full(len(array), null_value), array, level, "d_z")},
        warnings=[note("ZERO_VARIANCE")] if flat else [],
    )


def _independent(
    control: Values,
    treatment: Values,
    *,
    pooled: bool,
    level: float,
    alternative: Alternative,
    null_value: float,
    missing: MissingPolicy,
) -> Comparison:
    min_count = 1 if pooled else 2
    groups = clean_two(control, treatment, missing=missing, min_count=min_count)
    first, second = groups.control, groups.treatment
    n1, n2 = len(second), len(first)
    if pooled and n1 + n2 < 3:  # at least one degree of freedom
        clean(control, "control", missing=missing, min_count=2)
    v1, v2 = (0.0 if len(each) == 1 else variance(each) for each in (second, first))
    flat = is_constant(first) and is_constant(second)
    estimate = mean(second) - mean(first)
    if flat and abs(estimate) <= 1e-12 * max(abs(mean(first)), abs(mean(second))):
        estimate = 0.0
    if pooled:
        df = float(n1 + n2 - 2)
        se = math.sqrt(((n1 - 1) * v1 + (n2 - 1) * v2) / df * (1 / n1 + 1 / n2))
    else:
        e1, e2 = v1 / n1, v2 / n2
        se = math.sqrt(e1 + e2)
        df = math.nan if flat else (e1 + e2) ** 2 / (e1**2 / (n1 - 1) + e2**2 / (n2 - 1))
    sizes = {}
    if min(n1, n2) > 1:
        sizes = {
            kind: independent_d(first, second, level, kind)
            for kind in ("cohens_d", "hedges_g", "glass_delta")
        }
    notes = [note("ZERO_VARIANCE")] if flat else group_notes(first, second)
    return t_comparison(
        "student_t" if pooled else "welch_t",
        "Student's t test" if pooled else "Welch's t test",
        of_two(groups),
        estimate=estimate,
        estimate_name="mean difference",
        se=math.nan if flat else se,
        df=df,
        level=level,
        alternative=alternative,
        interval_method="t" if pooled else "Welch t",
        null_value=null_value,
        effect_sizes=sizes,
        warnings=notes,
    )


@renamed_arguments(nan="missing")
def welch_t(
    control: Values,
    treatment: Values,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    null_value: float = 0.0,
    missing: MissingPolicy = "error",
) -> Comparison:
    """Whether two means differ, without assuming equal spread (Welch 1947).

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
        NotEnoughDataError: Fewer than two values in a group.

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
    )


@renamed_arguments(nan="missing")
def student_t(
    control: Values,
    treatment: Values,
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
def paired_t(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    null_value: float = 0.0,
    missing: MissingPolicy = "error",
    ids: tuple[Labels, Labels] | None = None,
    clusters: Labels | None = None,
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
    pairs = clean_pairs(control, treatment, missing=missing, ids=ids, clusters=clusters)
    first, second, gaps = pairs.control, pairs.treatment, pairs.gaps
    flat = same_differences(first, second)
    notes = [] if flat else group_notes(first, second)
    estimate = mean(gaps)
    details: dict[str, object] = {}
    if pairs.clusters is None:
        se, df, name = math.sqrt(variance(gaps) / len(gaps)), len(gaps) - 1.0, "t"
    else:
        found = clustered_mean(gaps, pairs.clusters)
        se, df, name = found.se_cr2, found.df_cr2, "t, CR2 with Satterthwaite df"
        details = {"clusters": found.n_clusters, "se_iid": found.se_iid}
        notes += [each for each in found.warnings if each.id != "ZERO_VARIANCE"]
    return t_comparison(
        "paired_t" if pairs.clusters is None else "clustered_paired_t",
        "paired t test" if pairs.clusters is None else "clustered paired t test",
        of_pairs(pairs),
        estimate=estimate,
        estimate_name="mean difference",
        se=math.nan if flat else se,
        df=df,
        level=level,
        alternative=alternative,
        interval_method=name,
        null_value=null_value,
        effect_sizes={
            kind: paired_d(first, second, level, kind) for kind in ("d_z", "d_av", "d_rm")
        },
        details=details,
        warnings=[note("ZERO_VARIANCE")] if flat else notes,
    )
