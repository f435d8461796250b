"""t tests: one sample, Student, Welch, paired, trimmed (Yuen), and clustered."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..._core.arithmetic import data_hash, is_constant, mean, same_differences, variance
from ..._core.lazy import np
from ..._core.notes import dropped_notes, group_notes, note
from ..._core.options import ALTERNATIVES, Alternative, NanPolicy, check_choice, check_share
from ..._core.results import Comparison, Interval
from ..._core.tails import t_p, t_quantile
from ..._data.groups import group_of
from ..._data.pairs import clean_pairs
from ..._data.values import Values, clean
from ..._effects.standardised import independent_d, paired_d
from ..._intervals.clusters import clustered_mean


def t_interval(
    estimate: float, se: float, df: float, *, level: float, alternative: str, method: str
) -> Interval:
    """Two-sided, or one-sided with an infinite end, to match the alternative."""
    if math.isnan(se) or se == 0.0:
        return Interval(
            low=estimate,
            high=estimate,
            level=level,
            method="no spread in the values",
            estimate=estimate,
            warnings=(note("ZERO_VARIANCE"),),
        )
    tail = (1 - level) / 2 if alternative == "two-sided" else 1 - level
    half = t_quantile(1 - tail, df) * se
    return Interval(
        low=-math.inf if alternative == "less" else estimate - half,
        high=math.inf if alternative == "greater" else estimate + half,
        level=level,
        method=method,
        estimate=estimate,
    )


def t_outcome(
    estimate: float,
    se: float,
    df: float,
    *,
    level: float,
    alternative: Alternative,
    null_value: float = 0.0,
    interval_method: str = "t",
) -> dict[str, Any]:
    """The fields of a Comparison that any t test shares; undefined where nothing varies."""
    check_choice("alternative", alternative, ALTERNATIVES)
    check_share("level", level)
    flat = math.isnan(se) or se == 0.0
    statistic = math.nan if flat else (estimate - null_value) / se
    p_value, log_p = t_p(statistic, df, alternative)
    return {
        "statistic": statistic,
        "statistic_name": "t",
        "df": () if flat else (df,),
        "p_value": p_value,
        "log_p": log_p,
        "alternative": alternative,
        "null_value": null_value,
        "estimate": estimate,
        "se": math.nan if flat else se,
        "interval": t_interval(
            estimate, se, df, level=level, alternative=alternative, method=interval_method
        ),
    }


def one_sample_t(
    values: Values,
    null_value: float = 0.0,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    nan: NanPolicy = "error",
) -> Comparison:
    """Whether a mean differs from a number (Student 1908).

    Raises:
        NotEnoughDataError: Fewer than two values.
    """
    array, dropped = clean(values, "values", nan=nan, least=2)
    flat = is_constant(array)
    average = mean(array)
    se = math.nan if flat else math.sqrt(variance(array) / len(array))
    outcome = t_outcome(
        average, se, len(array) - 1.0, level=level, alternative=alternative, null_value=null_value
    )
    return Comparison(
        test="one_sample_t",
        title="one-sample t test",
        method="t distribution",
        estimate_name="mean",
        direction=f"mean, tested against {null_value:g}",
        effect_sizes={"d_z": paired_d(np.full(len(array), null_value), array, level, "d_z")},
        n={"values": len(array)},
        n_dropped=dropped,
        groups=(group_of("values", array),),
        warnings=(*([note("ZERO_VARIANCE")] if flat else []), *dropped_notes(dropped)),
        data_hash=data_hash(array),
        **outcome,
    )


def _independent(
    control: Values,
    treatment: Values,
    *,
    pooled: bool,
    level: float,
    alternative: Alternative,
    null_value: float,
    nan: NanPolicy,
) -> Comparison:
    least = 1 if pooled else 2
    first, lost1 = clean(control, "control", nan=nan, least=least)
    second, lost2 = clean(treatment, "treatment", nan=nan, least=least)
    n1, n2 = len(second), len(first)
    if pooled and n1 + n2 < 3:  # one degree of freedom at least
        clean(control, "control", nan=nan, least=2)
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
    outcome = t_outcome(
        estimate,
        math.nan if flat else se,
        df,
        level=level,
        alternative=alternative,
        null_value=null_value,
        interval_method="t" if pooled else "Welch t",
    )
    sizes = {}
    if min(n1, n2) > 1:
        sizes = {
            kind: independent_d(first, second, level, kind)
            for kind in ("cohens_d", "hedges_g", "glass_delta")
        }
    notes = [note("ZERO_VARIANCE")] if flat else group_notes(first, second)
    return Comparison(
        test="student_t" if pooled else "welch_t",
        title="Student's t test" if pooled else "Welch's t test",
        method="t distribution",
        estimate_name="mean difference",
        effect_sizes=sizes,
        n={"control": n2, "treatment": n1},
        n_dropped=lost1 + lost2,
        groups=(group_of("treatment", second), group_of("control", first)),
        warnings=(*notes, *dropped_notes(lost1 + lost2)),
        data_hash=data_hash(first, second),
        **outcome,
    )


def welch_t(
    control: Values,
    treatment: Values,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    null_value: float = 0.0,
    nan: NanPolicy = "error",
) -> Comparison:
    """Whether two means differ, without assuming equal spread (Welch 1947).

    Raises:
        NotEnoughDataError: Fewer than two values in a group.
    """
    return _independent(
        control,
        treatment,
        pooled=False,
        level=level,
        alternative=alternative,
        null_value=null_value,
        nan=nan,
    )


def student_t(
    control: Values,
    treatment: Values,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    null_value: float = 0.0,
    nan: NanPolicy = "error",
) -> Comparison:
    """Whether two means differ, given that both groups have the same spread (Student 1908).

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
        nan=nan,
    )


def paired_t(
    control: Values,
    treatment: Values,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    null_value: float = 0.0,
    nan: NanPolicy = "error",
    ids: tuple[Sequence[Any], Sequence[Any]] | None = None,
    clusters: Sequence[Any] | None = None,
) -> Comparison:
    """Whether the mean difference of pairs is zero.

    With ``clusters`` the standard error is CR2 with Satterthwaite degrees of freedom.

    Raises:
        UnequalLengthsError: The two sides do not match.
        NotEnoughDataError: Fewer than two pairs or clusters.
    """
    pairs = clean_pairs(control, treatment, nan=nan, ids=ids, clusters=clusters)
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
    outcome = t_outcome(
        estimate,
        math.nan if flat else se,
        df,
        level=level,
        alternative=alternative,
        null_value=null_value,
        interval_method=name,
    )
    return Comparison(
        test="paired_t" if pairs.clusters is None else "clustered_paired_t",
        title="paired t test" if pairs.clusters is None else "clustered paired t test",
        method="t distribution",
        estimate_name="mean difference",
        effect_sizes={
            kind: paired_d(first, second, level, kind) for kind in ("d_z", "d_av", "d_rm")
        },
        n={"pairs": len(gaps)},
        n_dropped=pairs.dropped,
        groups=(group_of("treatment", second), group_of("control", first)),
        details=details,
        warnings=(*([note("ZERO_VARIANCE")] if flat else notes), *dropped_notes(pairs.dropped)),
        data_hash=data_hash(first, second),
        **outcome,
    )
