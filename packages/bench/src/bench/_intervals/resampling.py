"""The bootstrap as counts: how often each value was drawn, in batches that stay in the cache."""

from __future__ import annotations

from collections.abc import Iterator

from .._core.lazy import FloatArray, IntArray, np
from .._core.streams import stream
from .._data.values import ClusterLabels, cluster_codes

_BATCH_VALUES = 1_000_000


def bootstrap_counts(
    size: int, clusters: ClusterLabels | None, resamples: int, seed: int, *label: object
) -> Iterator[IntArray]:
    """Batches of rows that say how often each of ``size`` values is in a resample.

    With clusters whole clusters are drawn, so that the values of one stay together.
    """
    generator = stream(seed, "bootstrap", *label)
    codes, units = (None, size) if clusters is None else cluster_codes(clusters, size)
    rows = max(1, min(resamples, _BATCH_VALUES // max(size, 1)))
    for start in range(0, resamples, rows):
        batch = min(rows, resamples - start)
        drawn = generator.integers(0, units, size=(batch, units), dtype=np.int64)
        drawn += (np.arange(batch) * units)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=batch * units).reshape(batch, units)
        yield counts if codes is None else counts[:, codes]


def count_quantiles(values: FloatArray, counts: IntArray, quantile: float) -> FloatArray:
    """The quantile (linear) of every resample, from counts and one sort of the values."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    reached = np.cumsum(counts[:, order], axis=1, dtype=np.int64)
    index = (reached[:, -1] - 1) * quantile
    below = np.floor(index)
    first = (reached <= below[:, None]).sum(axis=1)
    second = (reached <= (below + 1)[:, None]).sum(axis=1)
    low = ordered[first]
    high = ordered[np.minimum(second, len(values) - 1)]
    found: FloatArray = low + (high - low) * (index - below)
    return found
