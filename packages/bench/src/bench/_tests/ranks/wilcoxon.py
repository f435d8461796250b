"""Wilcoxon's signed-rank test of pairs."""

from __future__ import annotations

import math
from typing import Literal

from ..._core.arithmetic import is_constant
from ..._core.deprecated import renamed_arguments
from ..._core.lazy import FloatArray, np
from ..._core.notes import note
from ..._core.options import Alternative, MissingPolicy, RankMethod, check_choice, checked_options
from ..._core.ranks import (
    exact_tail,
    mass_quantile,
    midranks,
    sign_distribution,
    walsh_averages,
)
from ..._core.results import Comparison, Interval
from ..._core.tails import normal_p, normal_quantile, tail_of
from ..._data.pairs import clean_pairs
from ..._data.summaries import of_pairs
from ..._data.values import Labels, ValuesByItem
from ..._effects.signed_ranks import rank_biserial
from ..constructors import comparison
from .two_groups import check_rank_options, continuity_corrected

_EXACT_SIGNS = 50
_MAX_WALSH = 2000


@renamed_arguments(nan="missing")
@checked_options
def wilcoxon(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    method: RankMethod = "auto",
    zeros: Literal["wilcox", "pratt"] = "wilcox",
    tidy_ties: bool = True,
    continuity: bool = True,
    missing: MissingPolicy = "error",
    ids: tuple[Labels, Labels] | None = None,
) -> Comparison:
    """Whether the differences of pairs are symmetric around zero (Wilcoxon 1945).

    Differences are rounded to twelve digits before they are ranked, so that .78 - .72 and .81 - .75
    tie. The statistic is V, the sum of the positive ranks.

    Args:
        control: One value per item.
        treatment: The same items in the same order.
        level: The level of the interval of the pseudomedian.
        alternative: ``greater``: the treatment is larger.
        method: ``exact`` (ties included), ``asymptotic``, or ``auto``: exact up to 50 differences.
        zeros: ``wilcox`` drops pairs without a difference; ``pratt`` ranks them first (Pratt 1959).
        tidy_ties: Round differences to twelve digits; R does not, and breaks some ties by noise.
        continuity: Half a unit of correction for the asymptotic p-value.
        missing: ``omit`` leaves out pairs with a missing side and says how many.
        ids: The item ids of both sides, to pair by id rather than by position.

    Returns:
        The test with its estimate, interval and effect sizes, treatment minus control.

    Raises:
        UnequalLengthsError: The two sides do not match.

    Example:
        >>> bench.wilcoxon([1, 2, 3, 4, 5], [2, 4, 3, 6, 9]).p_value
        0.125
    """
    check_rank_options(alternative, method, level)
    check_choice("zeros", zeros, ("wilcox", "pratt"))
    pairs = clean_pairs(control, treatment, missing=missing, ids=ids, min_count=1)
    gaps = pairs.gaps if tidy_ties else pairs.treatment - pairs.control
    kept = gaps[gaps != 0]
    size, dropped = len(kept), int((gaps == 0).sum())
    notes = []
    if dropped:
        notes.append(note("ZEROS_DROPPED", f"{dropped}, {zeros}"))
    ranks = midranks(np.abs(kept), exactly=True) if size else kept
    if zeros == "pratt":
        ranks = midranks(np.abs(gaps), exactly=True)[gaps != 0]
    v, total = float(ranks[kept > 0].sum()), float(ranks.sum())
    sigma = math.sqrt(float((ranks**2).sum()) / 4)
    exact = method == "exact" or (method == "auto" and size <= _EXACT_SIGNS)
    if size and is_constant(gaps):
        notes.append(note("CONSTANT_GROUPS", "every difference is the same"))
    if size == 0:
        tail = (1.0, 0.0)
        notes.append(note("ALL_TIED"))
    elif exact:
        tail = tail_of(exact_tail(*sign_distribution(ranks), v, total / 2, alternative))
    else:
        z = continuity_corrected(v - total / 2, alternative, continuity=continuity) / sigma
        tail = normal_p(z, alternative)
    estimate, low, high = _pseudomedian(kept if size else gaps, level, alternative)
    if low == high:
        notes.append(note("TIED_ENDS"))
    return comparison(
        "wilcoxon",
        "Wilcoxon signed-rank test",
        of_pairs(pairs, {"nonzero": size}),
        method="exact" if exact else "asymptotic",
        statistic=v,
        statistic_name="V",
        tail=tail,
        alternative=alternative,
        estimate=estimate,
        estimate_name="pseudomedian of differences",
        interval=Interval(
            low=low, high=high, level=level, method="inverted rank test", estimate=estimate
        ),
        effect_sizes={"rank_biserial": rank_biserial(pairs.control, pairs.treatment, level=level)},
        details={
            "w_plus": v,
            "w_minus": total - v,
            "n_zero": dropped,
            "zeros": zeros,
            "z": (v - total / 2) / sigma if sigma > 0 else math.nan,
        },
        warnings=notes,
    )


def _pseudomedian(gaps: FloatArray, level: float, alternative: str) -> tuple[float, float, float]:
    size = len(gaps)
    if size > _MAX_WALSH:
        return float(np.median(gaps)), math.nan, math.nan
    averages = walsh_averages(gaps)
    tail = (1 - level) / 2 if alternative == "two-sided" else 1 - level
    count = len(averages)
    if size <= _EXACT_SIGNS:
        depth = int(mass_quantile(*sign_distribution(np.arange(1.0, size + 1)), tail))
    else:
        sigma = math.sqrt(size * (size + 1) * (2 * size + 1) / 24)
        depth = math.floor(count / 2 + normal_quantile(tail) * sigma)
    depth = max(1, depth)
    return (
        float(np.median(averages)),
        -math.inf if alternative == "less" else float(averages[depth - 1]),
        math.inf if alternative == "greater" else float(averages[count - depth]),
    )
