"""Analysis of variance: one-way, Welch's, and repeated measures with sphericity corrections."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ._descriptives import group_of
from ._groups import clean_blocks, clean_groups
from ._lazy import FloatArray, np
from ._noncentral import f_ncp
from ._notes import note
from ._numbers import (
    NanPolicy,
    Values,
    check_choice,
    check_share,
    data_hash,
    is_constant,
    mean,
    variance,
)
from ._results import Comparison, EffectSize, Interval
from ._sphericity import sphericity
from ._t_tests import dropped_notes
from ._tails import f_p

ANY_DIFFERENCE = "any difference between the groups"
ETA_WORDS = ((0.01, "negligible"), (0.06, "small"), (0.14, "medium"))


def eta_interval(
    f: float, df1: float, df2: float, level: float, convention: str = "n"
) -> tuple[float, float]:
    """lambda/(lambda + N) (Steiger 2004) or, as ``df_error``, lambda/(lambda + df of the error)."""
    low, high = f_ncp(f, df1, df2, level)
    extra = df1 + df2 + 1 if convention == "n" else df2
    return low / (low + extra), high / (high + extra)


def eta_squared_interval(
    groups: Mapping[str, Values] | Sequence[Values],
    *,
    level: float = 0.9,
    convention: str = "n",
    nan: NanPolicy = "error",
) -> Interval:
    """The interval of eta squared by the noncentral F distribution.

    Args:
        groups: Values by group.
        level: 0.9 agrees with an F test at .05.
        convention: ``n`` is lambda/(lambda + N) (Steiger 2004); ``df_error`` is
            lambda/(lambda + df of the error), which some packages print.
        nan: ``omit`` leaves missing values out.

    Raises:
        InvalidOptionError: Unknown convention.
    """
    check_choice("convention", convention, ("n", "df_error"))
    check_share("level", level)
    found = anova(groups, nan=nan)
    low, high = eta_interval(found.statistic, found.df[0], found.df[1], level, convention)
    return Interval(
        low=low,
        high=high,
        level=level,
        method=f"noncentral F, {convention}",
        estimate=found.estimate,
    )


def eta_size(
    name: str, value: float, f: float, df: tuple[float, float], level: float
) -> EffectSize:
    low, high = eta_interval(f, *df, level)
    return EffectSize(
        name=name,
        symbol=name,
        value=value,
        interval=Interval(
            low=low, high=high, level=level, method="noncentral F (Steiger 2004)", estimate=value
        ),
        magnitude=_eta_word(value),
        convention="Cohen 1988",
    )


def _of_the_same(name: str, value: float, eta: EffectSize) -> EffectSize:
    """Another estimate of the share that eta squared estimates, so with the same interval."""
    interval = replace(eta.interval, estimate=value) if eta.interval is not None else None
    return replace(
        eta, name=name, symbol=name, value=value, interval=interval, magnitude=_eta_word(value)
    )


def _cohens_f(eta: EffectSize) -> EffectSize:
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


def anova(
    groups: Mapping[str, Values] | Sequence[Values],
    *,
    effect_level: float = 0.9,
    nan: NanPolicy = "error",
) -> Comparison:
    """One-way analysis of variance (Fisher), which assumes equal spread in all groups.

    Args:
        groups: Values by group.
        effect_level: The level of the interval of eta squared. 0.9 goes with an F test at .05: the
            interval excludes 0 exactly when the test rejects (Steiger 2004).
        nan: ``omit`` leaves missing values out and says how many.

    Raises:
        NotEnoughDataError: Fewer than two groups, or no group with two values.
    """
    check_share("effect_level", effect_level)
    samples = clean_groups(groups, nan=nan)
    arrays = list(samples.arrays.values())
    every = np.concatenate(arrays)
    # Values near 1e6 with a spread of 0.1 lose half their digits otherwise (NIST SmLs07).
    shift = float(every[0])
    shifted = [array - shift for array in arrays]
    centre = float(np.mean(every - shift))
    within = math.fsum(float(((each - each.mean()) ** 2).sum()) for each in shifted)
    between = math.fsum(len(each) * (float(each.mean()) - centre) ** 2 for each in shifted)
    df1, df2 = len(arrays) - 1.0, float(len(every) - len(arrays))
    flat = df2 < 1 or all(is_constant(each) for each in arrays)
    ms_between, ms_within = between / df1, within / df2 if df2 > 0 else math.nan
    statistic = math.nan if flat else ms_between / ms_within
    p_value, log_p = f_p(statistic, df1, df2)
    total = between + within
    eta = math.nan if flat else between / total
    omega = math.nan if flat else (between - df1 * ms_within) / (total + ms_within)
    epsilon = math.nan if flat else (between - df1 * ms_within) / total
    size = eta_size("eta²", eta, statistic, (df1, df2), effect_level)
    return Comparison(
        test="anova",
        title="one-way ANOVA",
        method="F distribution",
        statistic=statistic,
        statistic_name="F",
        df=(df1, df2),
        p_value=p_value,
        log_p=log_p,
        alternative="two-sided",
        direction=ANY_DIFFERENCE,
        estimate=eta,
        estimate_name="eta²",
        se=math.nan,
        interval=size.interval or Interval(low=math.nan, high=math.nan, level=0.9, method=""),
        effect_sizes={
            "eta_squared": size,
            "omega_squared": _of_the_same("omega²", omega, size),
            "epsilon_squared": _of_the_same("epsilon²", epsilon, size),
            "cohens_f": _cohens_f(size),
        },
        n={name: len(array) for name, array in samples.arrays.items()},
        n_dropped=samples.dropped,
        groups=tuple(group_of(name, array) for name, array in samples.arrays.items()),
        details={
            "ss_between": between,
            "ss_within": within,
            "ms_between": ms_between,
            "ms_within": ms_within,
        },
        warnings=(*([note("ZERO_VARIANCE")] if flat else []), *dropped_notes(samples.dropped)),
        data_hash=data_hash(*arrays),
    )


def welch_anova(
    groups: Mapping[str, Values] | Sequence[Values], *, nan: NanPolicy = "error"
) -> Comparison:
    """One-way analysis of variance without assuming equal spread (Welch 1951).

    Raises:
        NotEnoughDataError: Fewer than two groups, or fewer than two values in one.
    """
    samples = clean_groups(groups, nan=nan, least=2)
    arrays = list(samples.arrays.values())
    plain = anova(samples.arrays)
    flat = any(is_constant(array) for array in arrays)
    statistic = df2 = math.nan
    df1 = len(arrays) - 1.0
    if not flat:
        statistic, df2 = _welch(arrays)
    p_value, log_p = f_p(statistic, df1, df2)
    omega = math.nan
    if not flat:
        # Adjusted omega squared from Welch's F (Hays; Kirk 1996).
        omega = df1 * (statistic - 1) / (df1 * (statistic - 1) + sum(map(len, arrays)))
    return Comparison(
        test="welch_anova",
        title="Welch's ANOVA",
        method="F distribution",
        statistic=statistic,
        statistic_name="F",
        df=(df1, df2),
        p_value=p_value,
        log_p=log_p,
        alternative="two-sided",
        direction=ANY_DIFFERENCE,
        estimate=plain.estimate,
        estimate_name="eta²",
        se=math.nan,
        interval=plain.interval,
        effect_sizes={
            "eta_squared": plain.effect_sizes["eta_squared"],
            "omega_squared": EffectSize(name="omega² (Welch)", value=omega),
        },
        n=plain.n,
        n_dropped=samples.dropped,
        groups=plain.groups,
        warnings=(*([note("ZERO_VARIANCE")] if flat else []), *dropped_notes(samples.dropped)),
        data_hash=plain.data_hash,
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


def repeated_anova(
    groups: Mapping[str, Values] | Sequence[Values],
    *,
    correction: str = "greenhouse-geisser",
    effect_level: float = 0.9,
    nan: NanPolicy = "error",
) -> Comparison:
    """Repeated-measures analysis of variance: the same items under every condition.

    Unequal covariances (no sphericity) are corrected always, not after a test, by Greenhouse and
    Geisser 1959 or Huynh and Feldt 1976. Mauchly's test is in the details.

    Args:
        groups: Values by condition, one per item and in the same order.
        correction: ``greenhouse-geisser``, ``huynh-feldt`` or ``none``.
        effect_level: The level of the interval of partial eta squared.
        nan: ``omit`` leaves out items with a missing value and says how many.

    Raises:
        UnequalLengthsError: Conditions with different numbers of items.
        NotEnoughDataError: Fewer than two items or conditions.
    """
    check_share("effect_level", effect_level)
    blocks = clean_blocks(groups, nan=nan)
    matrix = blocks.matrix - float(blocks.matrix[0, 0])
    n, k = matrix.shape
    columns, rows, centre = matrix.mean(axis=0), matrix.mean(axis=1), float(matrix.mean())
    ss_effect = n * float(((columns - centre) ** 2).sum())
    ss_subject = k * float(((rows - centre) ** 2).sum())
    rest = matrix - columns[None, :] - rows[:, None] + centre
    ss_error = float((rest**2).sum())
    df1, df2 = k - 1.0, (k - 1.0) * (n - 1)
    flat = ss_error <= 1e-24 * max(1.0, float((blocks.matrix**2).sum()))
    statistic = math.nan if flat else (ss_effect / df1) / (ss_error / df2)
    shape = sphericity(matrix, correction)
    epsilon = shape.epsilon
    p_value, log_p = f_p(statistic, df1 * epsilon, df2 * epsilon)
    partial = math.nan if flat else ss_effect / (ss_effect + ss_error)
    size = eta_size("partial eta²", partial, statistic, (df1, df2), effect_level)
    return Comparison(
        test="repeated_anova",
        title="repeated-measures ANOVA" + ("" if correction == "none" else f" ({correction})"),
        method="F distribution",
        statistic=statistic,
        statistic_name="F",
        df=(df1 * epsilon, df2 * epsilon),
        p_value=p_value,
        log_p=log_p,
        alternative="two-sided",
        direction=ANY_DIFFERENCE,
        estimate=partial,
        estimate_name="partial eta²",
        se=math.nan,
        interval=size.interval or Interval(low=math.nan, high=math.nan, level=0.9, method=""),
        effect_sizes={
            "partial_eta_squared": size,
            "generalized_eta_squared": EffectSize(
                name="generalised eta²",
                value=math.nan if flat else ss_effect / (ss_effect + ss_subject + ss_error),
            ),
        },
        n={"items": n, "conditions": k},
        n_dropped=blocks.dropped,
        groups=tuple(
            group_of(name, blocks.matrix[:, place]) for place, name in enumerate(blocks.names)
        ),
        details={
            "ss_effect": ss_effect,
            "ss_subject": ss_subject,
            "ss_error": ss_error,
            "df_uncorrected": (df1, df2),
            "p_uncorrected": f_p(statistic, df1, df2)[0],
            "p_greenhouse_geisser": f_p(
                statistic, df1 * shape.greenhouse_geisser, df2 * shape.greenhouse_geisser
            )[0],
            "p_huynh_feldt": f_p(statistic, df1 * shape.huynh_feldt, df2 * shape.huynh_feldt)[0],
            "p_lower_bound": f_p(statistic, 1.0, n - 1.0)[0],
            "greenhouse_geisser": shape.greenhouse_geisser,
            "huynh_feldt": shape.huynh_feldt,
            "huynh_feldt_unclipped": shape.huynh_feldt_unclipped,
            "mauchly_w": shape.mauchly_w,
            "mauchly_p": shape.mauchly_p,
        },
        warnings=(*([note("ZERO_VARIANCE")] if flat else []), *dropped_notes(blocks.dropped)),
        data_hash=data_hash(blocks.matrix.ravel()),
    )
