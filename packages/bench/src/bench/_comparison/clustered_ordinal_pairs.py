"""Several systems with ordered values in clusters: every pair of systems, held together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._core.lazy import FloatArray, np
from .._core.options import Alternative
from .._core.results import Comparison
from .._data.pairs import clean_pairs
from .._data.values import cluster_codes
from .._effects.clustered_dominance import placements
from .._intervals.clusters import adjusted_sums
from .._multiplicity.adjust import Correction
from .._multiplicity.pairwise import PairwiseTable
from .._multiplicity.simultaneous import SmallestP
from .clustered_groups import contrasts_of, held_together
from .clustered_ordinal import compare_clustered_graded_pairs, compare_clustered_grades

_TWO_SIDED: Alternative = "two-sided"


def clustered_ordinal_pairs(
    arrays: Mapping[str, FloatArray],
    labels: Mapping[str, Sequence[Any]],
    pairs: Sequence[tuple[str, str]],
    *,
    paired: bool,
    correction: Correction | None,
    level: float,
    seed: int,
) -> tuple[PairwiseTable, SmallestP]:
    """Every pair of groups by P(second > first) with its error between clusters.

    Corrected together: by max-T, with the correlation of the pairs that their clusters show.
    """

    def test(first: str, second: str, level: float) -> Comparison:
        x, y = arrays[first], arrays[second]
        if paired:
            graded = clean_pairs(x, y, clusters=labels[first])
            return compare_clustered_graded_pairs(graded, level=level, alternative=_TWO_SIDED)
        both = (list(labels[first]), list(labels[second]))
        return compare_clustered_grades(
            x, y, clusters=both, level=level, alternative=_TWO_SIDED, missing="error"
        )

    return held_together(
        test,
        pairs,
        (_covariance(arrays, labels, pairs, paired=paired), np.eye(len(pairs))),
        name="clustered sign tests" if paired else "clustered Brunner-Munzel tests",
        correction=correction,
        level=level,
        seed=seed,
    )


def _covariance(
    arrays: Mapping[str, FloatArray],
    labels: Mapping[str, Sequence[Any]],
    pairs: Sequence[tuple[str, str]],
    *,
    paired: bool,
) -> FloatArray:
    """The correlation of the pairs' estimates, over the clusters of all groups together."""
    every = [label for name in arrays for label in labels[name]]
    codes, count = cluster_codes(every, len(every))
    ends = np.cumsum([len(each) for each in arrays.values()])[:-1]
    here = dict(zip(arrays, np.split(codes, ends), strict=True))
    rows = []
    for first, second in pairs:
        x, y = arrays[first], arrays[second]
        if paired:
            rows.append(adjusted_sums((np.sign(y - x) + 1) / 2, here[first], count)[0])
            continue
        above = adjusted_sums(placements(y, x), here[second], count)[0]
        rows.append(above - adjusted_sums(placements(x, y), here[first], count)[0])
    matrix = np.array(rows)
    size = np.sqrt((matrix**2).sum(axis=1))
    matrix = matrix / np.where(size > 0, size, 1.0)[:, None]
    # Few clusters know little of the correlations: towards those of equally correlated systems.
    alike = _equally_correlated(tuple(arrays), pairs)
    weight = min(1.0, 2 * len(arrays) / count)
    found: FloatArray = (1 - weight) * (matrix @ matrix.T) + weight * alike
    return found


def _equally_correlated(names: tuple[str, ...], pairs: Sequence[tuple[str, str]]) -> FloatArray:
    """The correlation of the pairs where any two systems are equally correlated."""
    contrasts = contrasts_of(names, pairs)
    found: FloatArray = contrasts @ contrasts.T / 2
    return found
