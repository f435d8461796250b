"""The matched-pairs rank-biserial correlation, also of pairs that come in clusters.

W+ counts the pairs of items (an item with itself included) whose differences have a positive sum,
so what a cluster adds to it, and the estimate without a cluster, follow from counts.
"""

from __future__ import annotations

import math
from typing import Literal

from .._core.errors import InvalidOptionError
from .._core.lazy import FloatArray, IntArray, np
from .._core.notes import note
from .._core.options import check_choice, check_share, checked_options
from .._core.ranks import midranks
from .._core.results import EffectSize, Interval, Note
from .._core.tails import normal_quantile, t_quantile
from .._data.pairs import clean_pairs
from .._data.values import ClusterLabels, ValuesByItem, cluster_codes
from .._intervals.cluster_df import satterthwaite
from .._intervals.clusters import FEW
from .._intervals.proportions import wilson
from .dominance import fisher_ends

R_WORDS = ((0.1, "negligible"), (0.3, "small"), (0.5, "medium"))


@checked_options
def rank_biserial(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    level: float = 0.95,
    interval: Literal["wilson", "fisher-z"] = "wilson",
    clusters: ClusterLabels | None = None,
) -> EffectSize:
    """For pairs: (W+ - W-) / (W+ + W-), with its sign (Kerby 2014).

    Args:
        control: One value per item.
        treatment: The same items in the same order, or by item id.
        level: The level of the interval.
        interval: ``wilson`` (with the effective sample size of the jackknife), or ``fisher-z`` with
            the variance under no effect, as R's effectsize has it.
        clusters: The cluster of every item, in order or by item id; the jackknife then leaves out
            whole clusters.

    Returns:
        The effect size with its interval.

    Raises:
        UnequalLengthsError: The two sides do not match.
        NotEnoughDataError: Fewer than two clusters.
        InvalidOptionError: ``fisher-z`` with clusters.
    """
    check_share("level", level)
    check_choice("interval", interval, ("wilson", "fisher-z"))
    if clusters is not None and interval != "wilson":
        raise InvalidOptionError("interval", interval, "'wilson' with clusters")
    pairs = clean_pairs(control, treatment, min_count=1, clusters=clusters)
    differ = pairs.gaps != 0
    gaps = pairs.gaps[differ]
    size = len(gaps)
    notes: list[Note] = []
    if size == 0:
        return EffectSize(
            name="rank-biserial correlation",
            symbol="r",
            value=0.0,
            warnings=(note("ALL_TIED"),),
        )
    ranks = midranks(np.abs(gaps))
    value = float((ranks * np.sign(gaps)).sum() / ranks.sum())
    if pairs.clusters is not None:
        codes, _ = cluster_codes(pairs.clusters, len(pairs.gaps))
        codes = np.unique(codes[differ], return_inverse=True)[1].reshape(-1)
        low, high, notes = _clustered_ends(gaps, codes, value, level)
    elif interval == "fisher-z":
        reach = normal_quantile(0.5 + level / 2) * math.sqrt((2 * size**3 + 3 * size**2 + size) / 6)
        low, high = fisher_ends(value, reach / ((size**2 + size) / 2))
    else:
        spread = _jackknife_of_share(gaps) if size > 2 else 0.0
        low, high = _wilson_ends(value, spread, float(size), (size - 1.0, 2.0 * size), level)
    if abs(value) == 1.0:
        notes.append(note("COMPLETE_SEPARATION"))
    return EffectSize(
        name="rank-biserial correlation",
        symbol="r",
        value=value,
        interval=Interval(low=low, high=high, level=level, method=interval, estimate=value),
        magnitude=next((word for limit, word in R_WORDS if abs(value) < limit), "large"),
        convention="Cohen 1988",
        warnings=tuple(notes),
    )


def _wilson_ends(
    value: float, spread: float, units: float, limits: tuple[float, float], level: float
) -> tuple[float, float]:
    """Wilson's ends for (r + 1)/2 with the sample size that the variance of that share implies.

    Args:
        value: The correlation.
        spread: The variance of the share; without one, that of ``units`` under no effect counts.
        units: How many independent items or clusters there are.
        limits: The degrees of freedom, and the most that the items can be worth.
        level: The level of the interval.
    """
    share = (value + 1) / 2
    df, most = limits
    worth = 1.5 * units * (units + 1) / (2 * units + 1)
    inner = share * (1 - share)
    if inner > 0 and spread > 0:
        worth = min(max(inner / spread, 1.0), most)
    low, high = wilson(share * worth, worth, t_quantile(0.5 + level / 2, max(1.0, df)))
    return 2 * low - 1, 2 * high - 1


def _clustered_ends(
    gaps: FloatArray, codes: IntArray, value: float, level: float
) -> tuple[float, float, list[Note]]:
    sizes = np.bincount(codes).astype(float)
    count, size = len(sizes), len(gaps)
    notes = [note("FEW_CLUSTERS", f"{count} clusters")] if count < FEW else []
    equal = size**2 / float((sizes**2).sum())
    alone = count == 1  # the items of all other clusters are tied
    spread = 0.0 if alone else _jackknife_of_clusters(gaps, codes, count)
    df = 1.0 if alone else satterthwaite(sizes, size)
    return *_wilson_ends(value, spread, equal, (df, 2.0 * size), level), notes


def _jackknife_of_clusters(gaps: FloatArray, codes: IntArray, count: int) -> float:
    """The jackknife variance, over clusters, of the share of the rank sum that is positive."""
    size = len(gaps)
    rows = _partners(gaps, gaps)
    own = (gaps > 0).astype(float)
    plus = float((rows.sum() + own.sum()) / 2)
    order = np.argsort(codes, kind="stable")
    left = np.empty(count)
    for code, members in enumerate(np.split(order, np.cumsum(np.bincount(codes))[:-1])):
        inside = _partners(gaps[members], gaps[members])
        touching = float(rows[members].sum() - (inside.sum() - own[members].sum()) / 2)
        rest = size - len(members)
        left[code] = (plus - touching) / (rest * (rest + 1) / 2)
    # Around the estimate rather than their mean: for clusters of unequal size.
    share = plus / (size * (size + 1) / 2)
    return (count - 1) / count * float(((left - share) ** 2).sum())


def _partners(gaps: FloatArray, others: FloatArray) -> FloatArray:
    """For each difference: with how many others its sum is positive, sums of zero as half."""
    ordered = np.sort(others)
    above = len(others) - np.searchsorted(ordered, -gaps, side="right")
    found: FloatArray = above + 0.5 * (len(others) - np.searchsorted(ordered, -gaps) - above)
    return found


def _jackknife_of_share(gaps: FloatArray) -> float:
    """The same over single items: without one, the pairs that it is in are gone."""
    size = len(gaps)
    rows = _partners(gaps, gaps)
    plus = float((rows.sum() + (gaps > 0).sum()) / 2)
    left = (plus - rows) / (size * (size - 1) / 2)
    found: float = (size - 1) / size * float(((left - left.mean()) ** 2).sum())
    return found
