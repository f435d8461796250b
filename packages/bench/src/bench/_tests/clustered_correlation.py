"""The error of a correlation whose items come in clusters, by leaving out one cluster at a time.

The jackknife is taken on Fisher's scale, on which the coefficient is closer to normal.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from .._core.lazy import FloatArray, IntArray, np
from .._intervals.cluster_df import satterthwaite

Coefficient = Callable[[FloatArray, FloatArray], float]
_EDGE = 1e-14


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusteredZ:
    """Fisher's z, its standard error (NaN where a coefficient has none) and degrees of freedom."""

    z: float
    se: float
    df: float


def clustered_z(
    x: FloatArray, y: FloatArray, codes: IntArray, value: float, coefficient: Coefficient
) -> ClusteredZ:
    """Fisher's z of a coefficient with its jackknife error over clusters.

    Args:
        x: One number per item.
        y: One number per item.
        codes: The cluster of each item, numbered from 0.
        value: The coefficient of all items.
        coefficient: Computes it; called once without each cluster.
    """
    sizes = np.bincount(codes).astype(float)
    count, size = len(sizes), len(x)
    df = satterthwaite(sizes, size)
    order = np.argsort(codes, kind="stable")
    left = []
    for members in np.split(order, np.cumsum(sizes.astype(int))[:-1]):
        kept = np.ones(size, dtype=bool)
        kept[members] = False
        left.append(coefficient(x[kept], y[kept]))
    known = [each for each in (value, *left) if 1 - each**2 > _EDGE]  # NaN is not
    if len(known) <= count:
        return ClusteredZ(z=math.nan, se=math.nan, df=df)
    z, *without = (math.atanh(each) for each in known)
    spread = math.fsum((each - z) ** 2 for each in without)
    return ClusteredZ(z=z, se=math.sqrt((count - 1) / count * spread), df=df)
