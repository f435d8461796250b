"""Degrees of freedom of a mean whose values come in clusters.

Satterthwaite's for CR2 need a working model of the values (Pustejovsky and Tipton 2018). Under
independence they are too many where clusters of unequal size are alike inside, because large
clusters then err most; under equally correlated values, with the intraclass correlation of the data
at hand, they are too few. Measured with 5 to 100 clusters of log-normal sizes (up to 300) and
intraclass correlations of 0 to .95, a nominal 5 % is up to 6.7 % with the first and 2 to 5 % with
the second. Their geometric mean has 3 to 5.4 %.
"""

from __future__ import annotations

import math

from .._core.lazy import FloatArray, np


def satterthwaite(sizes: FloatArray, n: int) -> float:
    """The degrees of freedom of CR2 for a mean of independent values, from the cluster sizes."""
    off = sizes**2 / (n * (1 - sizes / n))
    pairs = float(off.sum()) ** 2 - float((off**2).sum())
    return n**2 / (float((sizes**2).sum()) + pairs)


def cluster_df(sizes: FloatArray, sums: FloatArray, squares: float) -> float:
    """The degrees of freedom of tests and intervals.

    Args:
        sizes: How many values each cluster has.
        sums: The sum of the residuals of each cluster, about the mean of all.
        squares: The sum of all squared residuals.
    """
    apart = satterthwaite(sizes, int(sizes.sum()))
    alike = _correlated_df(sizes, _intraclass(sizes, sums, squares))
    return math.sqrt(apart * min(alike, apart))


def _intraclass(sizes: FloatArray, sums: FloatArray, squares: float) -> float:
    """The share of the variance that lies between clusters, from an analysis of variance."""
    n, count = float(sizes.sum()), len(sizes)
    between = float((sums**2 / sizes).sum())
    within = max(0.0, squares - between) / (n - count) if n > count else 0.0
    typical = (n - float((sizes**2).sum()) / n) / (count - 1)
    extra = max(0.0, between / (count - 1) - within) / typical
    return extra / (extra + within) if n > count and extra > 0 else 0.0


def _correlated_df(sizes: FloatArray, icc: float) -> float:
    """Satterthwaite's for CR2 where the values of a cluster are equally correlated.

    The variance of the estimator is a quadratic form in the cluster sums; their covariance is
    diagonal but for the mean that is taken off, a matrix of rank two.
    """
    share = sizes / sizes.sum()
    spread = sizes * (1 - icc) + sizes**2 * icc
    spread = spread / spread.sum()
    weight = 1 / (1 - share)
    own = spread - 2 * share * spread + share**2
    diagonal = float((weight**2 * spread**2).sum())
    crossed = 2 * float((weight**2 * spread * (share**2 - 2 * share * spread)).sum())
    ss, sd, dd = (
        float((weight * a * b).sum())
        for a, b in ((share, share), (share, spread), (spread, spread))
    )
    core = np.array([[1.0, -1.0], [-1.0, 0.0]]) @ np.array([[ss, sd], [sd, dd]])
    low_rank = float(np.trace(core @ core))
    return float((weight * own).sum()) ** 2 / (diagonal + crossed + low_rank)
