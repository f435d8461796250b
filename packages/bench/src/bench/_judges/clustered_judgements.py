"""What judgements that come in clusters are worth, for the interval of a judged rate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .._core.arithmetic import mean
from .._core.lazy import FloatArray, IntArray, np
from .._data.values import cluster_codes
from .._intervals.cluster_df import satterthwaite
from .._intervals.clusters import adjusted_sums

_ROUNDING = 1e-14


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """How many independent verdicts those of each part are worth, and the error of the rate.

    Attributes:
        sizes: For the verdicts on the other items, on right ones and on wrong ones.
        df: Degrees of freedom of the three errors together, Satterthwaite's.
        variance: Of the corrected rate, times the squared information of the judge.
        clusters: How many there are in all parts together.
        fewest: How many the part with the fewest has.
    """

    sizes: tuple[float, float, float]
    df: float
    variance: float
    clusters: int
    fewest: int


def clustered_worth(
    parts: Sequence[FloatArray], labels: Sequence[Sequence[Any]], pulls: Sequence[float]
) -> Worth:
    """The effective sample sizes of verdicts whose items come in clusters.

    Args:
        parts: Verdicts of 0 and 1 on the other items, on right ones and on wrong ones.
        labels: The cluster of each verdict; one that several parts have ties their errors.
        pulls: What the rate of each part adds to the error of the corrected rate.
    """
    every = [label for part in labels for label in part]
    codes, count = cluster_codes(every, len(every))
    here = np.split(codes, np.cumsum([len(part) for part in parts])[:-1])
    sizes, variances, doubts = [], [], []
    together = np.zeros(count)
    for part, own, pull in zip(parts, here, pulls, strict=True):
        size, df = _size(part, own)
        rate = mean(part)
        sizes.append(size)
        variances.append(pull**2 * rate * (1 - rate) / size)
        # With one verdict of each kind added: a part without errors is not certain.
        rate = (rate * size + 1) / (size + 2)
        doubts.append((pull**2 * rate * (1 - rate) / (size + 2), df))
        together += pull * adjusted_sums(part, own, count)[0]
    apart, joint = math.fsum(variances), float(together @ together)
    # Errors of parts that share clusters add up; where they cancel, few clusters cannot show it.
    counts = [len(np.unique(own)) for own in here]
    tied = max(1.0, joint / apart) if apart > 0 and count < sum(counts) else 1.0
    total = math.fsum(doubt for doubt, _ in doubts)
    return Worth(
        sizes=(sizes[0] / tied, sizes[1] / tied, sizes[2] / tied),
        df=total**2 / math.fsum(doubt**2 / df for doubt, df in doubts),
        variance=apart * tied,
        clusters=count,
        fewest=min(counts),
    )


def _size(verdicts: FloatArray, codes: IntArray) -> tuple[float, float]:
    """The effective sample size (CR3) with its degrees of freedom."""
    sums = np.bincount(codes, weights=verdicts - mean(verdicts))
    sizes = np.bincount(codes).astype(float)
    active = sizes > 0
    share = sizes[active] / len(verdicts)
    equal = 1 / float((share**2).sum())
    count = len(share)
    if count < 2:  # one cluster shows no spread
        return 1.0, 1.0
    spread = float(((sums[active] / (1 - share)) ** 2).sum()) * (count - 1) / count
    spread /= len(verdicts) ** 2
    rate = mean(verdicts)
    inner = rate * (1 - rate)
    df = satterthwaite(sizes[active], len(verdicts))
    if not spread > _ROUNDING * inner or inner == 0:
        return equal, df
    return min(max(inner / spread, 1.0), float(len(verdicts))), df
