"""P(treatment > control) + P(equal)/2 of two groups whose values come in clusters.

The placement of a value is the share of the other group below it. The estimate is a difference of
mean placements, so its error is that of a clustered difference (Obuchowski 1997, with CR2). The
interval is Wilson's with the effective sample size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from .._core.lazy import FloatArray, np
from .._core.notes import note
from .._core.results import Interval, Note
from .._core.tails import t_quantile
from .._data.values import cluster_codes
from .._intervals.clusters import clustered_difference
from .._intervals.proportions import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusteredSuperiority:
    """The interval of the estimate, and its error if the truth were one half.

    That error goes with Wilson's interval, which leaves out one half where the test rejects.
    """

    null_se: float
    df: float
    n_clusters: int
    interval: Interval


def placements(values: FloatArray, others: FloatArray) -> FloatArray:
    """For each value the share of the others below it, ties as half."""
    ordered = np.sort(others)
    low = np.searchsorted(ordered, values, side="left")
    high = np.searchsorted(ordered, values, side="right")
    found: FloatArray = (low + high) / (2 * len(ordered))
    return found


def clustered_superiority(
    control: FloatArray,
    treatment: FloatArray,
    clusters: tuple[list[Any], list[Any]],
    level: float,
    alternative: str = "two-sided",
) -> ClusteredSuperiority:
    """The clustered error and interval of P(treatment > control) + P(equal)/2."""
    above, below = placements(treatment, control), placements(control, treatment)
    found = clustered_difference(below, above, clusters)
    share = float(above.mean())
    m, n = (_worth(labels) for labels in clusters)
    size = 3 * m * n / (m + n + 1)
    inner, spread = share * (1 - share), found.se**2
    separated = inner <= 0 or not spread > 0
    if not separated:
        most = 6.0 * len(control) * len(treatment) / (len(control) + len(treatment) + 1)
        size = min(max(inner / spread, 1.0), most)
    df = found.df if found.df >= 1 else max(1.0, min(m, n) - 1)
    tail = (1 - level) / 2 if alternative == "two-sided" else 1 - level
    low, high = wilson(share * size, size, t_quantile(1 - tail, df))
    warnings: list[Note] = [note("COMPLETE_SEPARATION")] if separated else []
    interval = Interval(
        low=0.0 if alternative == "less" else low,
        high=1.0 if alternative == "greater" else high,
        level=level,
        method="Wilson, effective sample of clusters",
        estimate=share,
        warnings=(*warnings, *found.warnings),
    )
    return ClusteredSuperiority(
        null_se=0.5 / math.sqrt(size), df=df, n_clusters=found.n_clusters, interval=interval
    )


def _worth(labels: list[Any]) -> float:
    """How many clusters of equal size these are worth."""
    codes, _ = cluster_codes(labels, len(labels))
    share = np.bincount(codes) / len(labels)
    return 1 / float((share**2).sum())
