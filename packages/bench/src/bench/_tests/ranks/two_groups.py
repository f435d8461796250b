"""Rank tests of two groups: Mann-Whitney, Brunner-Munzel, Wilcoxon and the sign test."""

from __future__ import annotations

import math
from dataclasses import replace

from ..._core.deprecated import renamed_arguments
from ..._core.lazy import FloatArray, np
from ..._core.notes import constant_notes, note
from ..._core.options import (
    ALTERNATIVES,
    RANK_METHODS,
    Alternative,
    MissingPolicy,
    RankMethod,
    check_choice,
    check_share,
    checked_options,
)
from ..._core.ranks import (
    exact_tail,
    kth_differences,
    mass_quantile,
    median_positions,
    midranks,
    subset_distribution,
    tie_term,
)
from ..._core.results import Comparison, Interval
from ..._core.tails import normal_p, normal_quantile, tail_of
from ..._data.groups import clean_two
from ..._data.summaries import of_two
from ..._data.values import Values
from ..._effects.dominance import cliffs_delta, probability_of_superiority
from ..constructors import comparison, t_comparison
from .exact_superiority import EXACT_SPLITS, exact_brunner_munzel

_EXACT_PAIRS = 400
_ROUGH_T = 15  # values in a group below which sizes are above 5.6 %

_APART = "the groups do not overlap; p is that of their split"


def check_rank_options(alternative: str, method: RankMethod, level: float) -> None:
    check_choice("alternative", alternative, ALTERNATIVES)
    check_choice("method", method, RANK_METHODS)
    check_share("level", level)


def continuity_corrected(gap: float, alternative: str, *, continuity: bool) -> float:
    if not continuity:
        return gap
    if alternative == "two-sided":
        return gap - math.copysign(0.5, gap) if gap else 0.0
    return gap - 0.5 if alternative == "greater" else gap + 0.5


@renamed_arguments(nan="missing")
@checked_options
def mann_whitney(
    control: Values,
    treatment: Values,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    method: RankMethod = "auto",
    continuity: bool = True,
    missing: MissingPolicy = "error",
) -> Comparison:
    """Whether values of one group tend to be larger (Mann and Whitney 1947).

    It asks whether P(X > Y) is one half, not whether the means agree. The statistic is U of the
    treatment. The estimate is the Hodges-Lehmann shift with the interval that inverts the test.

    Args:
        control: One value per item.
        treatment: One value per item.
        level: The level of the interval.
        alternative: ``greater``: the treatment is larger.
        method: ``exact`` (ties included), ``asymptotic`` (tie-corrected), or ``auto``: exact up to
            400 pairs of values.
        continuity: Half a unit of correction for the asymptotic p-value.
        missing: ``omit`` leaves missing values out and says how many.

    Returns:
        The test with its estimate, interval and effect sizes, treatment minus control.

    Raises:
        NotEnoughDataError: An empty group.

    Example:
        >>> round(bench.mann_whitney([1, 2, 3, 4], [3, 5, 6, 7]).p_value, 3)
        0.086
    """
    check_rank_options(alternative, method, level)
    groups = clean_two(control, treatment, missing=missing)
    first, second = groups.control, groups.treatment
    n1, n2 = len(second), len(first)
    every = np.concatenate([second, first])
    ranks = midranks(every)
    u = float(ranks[:n1].sum()) - n1 * (n1 + 1) / 2
    centre, size, ties = n1 * n2 / 2, n1 + n2, tie_term(every)
    notes = constant_notes(first, second)
    exact = method == "exact" or (method == "auto" and n1 * n2 <= _EXACT_PAIRS)
    sigma = math.sqrt(n1 * n2 / 12 * (size + 1 - ties / (size * (size - 1))))
    details: dict[str, object] = {"u_treatment": u, "u_control": n1 * n2 - u}
    details["z"] = (u - centre) / sigma if sigma > 0 else math.nan
    if sigma == 0.0:
        tail = (1.0, 0.0)
        notes.append(note("ALL_TIED"))
    elif exact:
        sums, mass = subset_distribution(ranks, n1)
        sums = sums - n1 * (n1 + 1) / 2
        tail = tail_of(exact_tail(sums, mass, u, centre, alternative))
        sides = [exact_tail(sums, mass, u, centre, side) for side in ("less", "greater")]
        details["p_doubled"] = min(1.0, 2 * min(sides))
    else:
        z = continuity_corrected(u - centre, alternative, continuity=continuity) / sigma
        tail = normal_p(z, alternative)
        if ties:
            notes.append(note("TIES_ASYMPTOTIC"))
    estimate, low, high = _shift(first, second, sigma if not exact else None, level, alternative)
    if low == high:
        notes.append(note("TIED_ENDS"))
    return comparison(
        "mann_whitney",
        "Mann-Whitney U test",
        of_two(groups),
        method="exact" if exact else "asymptotic",
        statistic=u,
        statistic_name="U",
        tail=tail,
        alternative=alternative,
        estimate=estimate,
        estimate_name="Hodges-Lehmann shift",
        interval=Interval(
            low=low, high=high, level=level, method="inverted rank test", estimate=estimate
        ),
        effect_sizes={
            "cliffs_delta": cliffs_delta(first, second, level=level),
            "probability_of_superiority": probability_of_superiority(first, second, level=level),
        },
        details=details,
        warnings=notes,
    )


def _shift(
    first: FloatArray, second: FloatArray, sigma: float | None, level: float, alternative: str
) -> tuple[float, float, float]:
    n1, n2 = len(second), len(first)
    pairs = n1 * n2
    tail = (1 - level) / 2 if alternative == "two-sided" else 1 - level
    if sigma is None:
        sums, mass = subset_distribution(np.arange(1.0, n1 + n2 + 1), n1)
        depth = int(mass_quantile(sums - n1 * (n1 + 1) / 2, mass, tail))
    else:
        depth = math.floor(pairs / 2 + normal_quantile(tail) * sigma)
    depth = max(1, depth)
    middle = median_positions(pairs)
    found = kth_differences(second, first, [*middle, depth, pairs - depth + 1])
    return (
        (found[0] + found[1]) / 2,
        -math.inf if alternative == "less" else found[2],
        math.inf if alternative == "greater" else found[3],
    )


@renamed_arguments(nan="missing")
@checked_options
def brunner_munzel(
    control: Values,
    treatment: Values,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    method: RankMethod = "asymptotic",
    missing: MissingPolicy = "error",
) -> Comparison:
    """Whether P(treatment > control) + P(equal)/2 is one half (Brunner and Munzel 2000).

    Unlike Mann-Whitney it does not assume equal shapes.

    Args:
        control: One value per item.
        treatment: One value per item.
        level: The level of the interval.
        alternative: ``two-sided``, ``less``, or ``greater``: the treatment is larger.
        method: ``asymptotic`` (t), or ``exact``: all splits of the values into two such groups, by
            the same statistic (Neubert and Brunner 2007); ``auto`` is exact up to 20,000 splits.
        missing: ``omit`` leaves missing values out and counts them.

    Returns:
        The test with its estimate, interval and effect sizes, treatment minus control.

    Raises:
        NotEnoughDataError: Fewer than two values in a group.
        InvalidOptionError: ``exact`` for more than 50,000 splits.
    """
    check_rank_options(alternative, method, level)
    groups = clean_two(control, treatment, missing=missing, min_count=2)
    first, second = groups.control, groups.treatment
    n1, n2 = len(first), len(second)
    ranks = midranks(np.concatenate([first, second]))
    r1, r2 = ranks[:n1], ranks[n1:]
    share = (float(r2.mean()) - (n2 + 1) / 2) / n1
    v1 = float(((r1 - midranks(first) - r1.mean() + (n1 + 1) / 2) ** 2).sum()) / (n1 - 1)
    v2 = float(((r2 - midranks(second) - r2.mean() + (n2 + 1) / 2) ** 2).sum()) / (n2 - 1)
    se = math.sqrt(v1 / (n1 * n2**2) + v2 / (n2 * n1**2))
    flat = v1 + v2 == 0.0
    apart = flat and share in (0.0, 1.0)
    df = math.nan
    if not flat:
        df = (n1 * v1 + n2 * v2) ** 2 / ((n1 * v1) ** 2 / (n1 - 1) + (n2 * v2) ** 2 / (n2 - 1))
    result = t_comparison(
        "brunner_munzel",
        "Brunner-Munzel test",
        of_two(groups),
        estimate=share,
        estimate_name="P(treatment > control)",
        se=math.nan if flat else se,
        df=df,
        level=level,
        alternative=alternative,
        interval_method="Brunner-Munzel t",
        null_value=0.5,
        direction="probability that treatment exceeds control",
        effect_sizes={"cliffs_delta": cliffs_delta(first, second, level=level)},
        warnings=[note("ZERO_VARIANCE", _APART if apart else "")] if flat else [],
    )
    if method == "exact" or (method == "auto" and math.comb(n1 + n2, n1) <= EXACT_SPLITS):
        p, log_p = tail_of(exact_brunner_munzel(ranks, n1, alternative))
        return replace(result, p_value=p, log_p=log_p, method="exact permutation")
    if apart:  # one split of all does this: the t has no spread to go by
        p, log_p = _separated(n1, n2, alternative, above=share == 1.0)
        return replace(result, p_value=p, log_p=log_p, method="exact permutation")
    if min(n1, n2) < _ROUGH_T and not flat:
        few = note("RANKS_APPROXIMATE", "method='exact' holds its level, up to 50,000 splits")
        return replace(result, warnings=(*result.warnings, few))
    return result


def _separated(n1: int, n2: int, alternative: Alternative, *, above: bool) -> tuple[float, float]:
    """The chance, and its logarithm, that a random split puts all of one group above the other."""
    if alternative != "two-sided" and (alternative == "greater") != above:
        return 1.0, 0.0
    splits = math.lgamma(n1 + n2 + 1) - math.lgamma(n1 + 1) - math.lgamma(n2 + 1)
    log_p = (math.log(2) if alternative == "two-sided" else 0.0) - splits
    return math.exp(log_p), log_p
