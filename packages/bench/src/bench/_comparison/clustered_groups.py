"""Several systems whose items come in clusters: every pair, with max-T p-values and intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._core.arithmetic import unit_of
from .._core.lazy import FloatArray, np
from .._core.notes import note
from .._core.options import Alternative
from .._core.results import Comparison, Interval, Note
from .._core.tails import tail_of
from .._data.summaries import DataSummary
from .._data.values import cluster_codes
from .._intervals.clusters import FEW, adjusted_sums
from .._multiplicity.adjust import Correction
from .._multiplicity.pairwise import Pair, PairwiseTable, pair_of
from .._multiplicity.simultaneous import SmallestP, corrected_table, max_t_table, smallest_p
from .._tests.constructors import comparison
from .._tests.means.t_tests import paired_t, welch_t
from .clustered_ordinal import SUPERIORITY
from .clustered_rates import widened_groups, widened_pairs


def clustered_pairs(
    arrays: Mapping[str, FloatArray],
    labels: Mapping[str, Sequence[Any]],
    pairs: Sequence[tuple[str, str]],
    *,
    paired: bool,
    correction: Correction | None,
    level: float,
    seed: int,
) -> tuple[PairwiseTable, SmallestP]:
    """Every pair by a t test with CR2 standard errors, corrected together (max-T by default)."""

    def test(first: str, second: str, level: float) -> Comparison:
        x, y, side = arrays[first], arrays[second], _TWO_SIDED
        if paired:
            found = paired_t(x, y, level=level, alternative=side, clusters=labels[first])
            return widened_pairs(found, (x, y), labels[first], level)
        both = (labels[first], labels[second])
        found = welch_t(x, y, level=level, alternative=side, clusters=both)
        return widened_groups(found, (x, y), both, level)

    return held_together(
        test,
        pairs,
        (_covariance(arrays, labels), contrasts_of(tuple(arrays), pairs)),
        name="clustered paired t tests" if paired else "clustered t tests",
        correction=correction,
        level=level,
        seed=seed,
    )


PairTest = Callable[[str, str, float], Comparison]
"""The test of two groups by name, at a level."""


def held_together(
    test: PairTest,
    pairs: Sequence[tuple[str, str]],
    shared: tuple[FloatArray, FloatArray],
    *,
    name: str,
    correction: Correction | None,
    level: float,
    seed: int,
) -> tuple[PairwiseTable, SmallestP]:
    """The table of ``test`` for all pairs, corrected together (max-T by default).

    ``shared`` is the covariance of some estimates, and the pairs as contrasts of them.
    """

    def again(row: Pair, level: float) -> Interval:
        return test(row.first, row.second, level).interval

    rows = [pair_of(first, second, test(first, second, level)) for first, second in pairs]
    df = min((row.df for row in rows if row.df is not None), default=math.inf)
    family = smallest_p(*shared, df, seed)
    if correction is None:
        return max_t_table(rows, family, level, again), family
    return corrected_table(name, rows, correction, level, again), family


def largest_t(
    table: PairwiseTable, family: SmallestP, data: DataSummary, clusters: int, seed: int
) -> Comparison:
    """The test over all groups: the pair whose p-value is smallest, by the max-T method."""
    known = [row for row in table.rows if not math.isnan(row.p_value)]
    best = min(known, key=lambda row: row.p_value) if known else table.rows[0]
    warnings: list[Note] = [] if known else [note("ZERO_VARIANCE")]
    if clusters < FEW:
        warnings.append(note("FEW_CLUSTERS", f"{clusters} clusters"))
    return comparison(
        "max_t",
        "max-T test of all pairs",
        data,
        method="correlated normal scores of clustered tests",
        statistic=abs(best.statistic),
        statistic_name="max |t|",
        tail=tail_of(family.adjusted(best.p_value)),
        direction="any difference between the groups",
        estimate=best.estimate,
        estimate_name=_NAMES.get(best.estimate_name, best.estimate_name).format(best),
        interval=best.interval_adjusted,
        details={"clusters": clusters, "pairs": len(table.rows)},
        warnings=warnings,
        seed=seed,
        resamples=len(family.draws),
    )


def _covariance(
    arrays: Mapping[str, FloatArray], labels: Mapping[str, Sequence[Any]]
) -> FloatArray:
    """The covariance (CR2) of the groups' means, over the clusters of all groups together."""
    every = [label for name in arrays for label in labels[name]]
    codes, count = cluster_codes(every, len(every))
    unit = unit_of(*arrays.values())
    sums, start = [], 0
    for values in arrays.values():
        here = codes[start : start + len(values)]
        start += len(values)
        sums.append(adjusted_sums(values / unit, here, count)[0])
    matrix = np.array(sums)
    found = matrix @ matrix.T
    groups = len(found)
    # Few clusters know little of the correlations: towards those of equally correlated systems.
    own = float(np.trace(found)) / groups
    shared = (float(found.sum()) - groups * own) / (groups * (groups - 1))
    weight = min(1.0, 2 * groups / count)
    blended: FloatArray = (1 - weight) * found + weight * max(own - shared, 0.0) * np.eye(groups)
    return blended


def contrasts_of(names: tuple[str, ...], pairs: Sequence[tuple[str, str]]) -> FloatArray:
    """One row per pair: the second group minus the first."""
    found = np.zeros((len(pairs), len(names)))
    for row, (first, second) in enumerate(pairs):
        found[row, names.index(first)] -= 1.0
        found[row, names.index(second)] += 1.0
    return found


_TWO_SIDED: Alternative = "two-sided"
_NAMES = {
    "mean difference": "mean difference of {0.second} and {0.first}",
    SUPERIORITY: "P({0.second} > {0.first})",
}
