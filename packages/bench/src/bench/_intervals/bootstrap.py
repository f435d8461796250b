"""Bootstrap intervals: percentile, basic and BCa, of any statistic.

Means of numbers are gathered in batches that stay in the cache, means of right and wrong answers
are binomial draws, and clustered means need only the sums of the clusters. BCa is Efron 1987, with
ties counted half in the bias (as R's and scipy's implementations do) and the jackknife of the mean
in closed form.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal, get_args

from .._core.arithmetic import is_binary, is_constant, mean, variance
from .._core.errors import InvalidOptionError
from .._core.lazy import FloatArray, np, special
from .._core.notes import note
from .._core.options import check_choice, check_share, checked_options
from .._core.results import Interval, Note
from .._core.streams import stream
from .._data.values import ClusterLabels, Labels, ValuesByItem, clean_clustered, cluster_codes
from .resampling import bootstrap_counts, count_quantiles

Statistic = Callable[[FloatArray], float]

StatisticName = Literal["mean", "median", "sd", "variance"]
NAMED: dict[StatisticName, Statistic] = {
    "mean": mean,
    "median": lambda array: float(np.median(array)),
    "sd": lambda array: math.sqrt(variance(array)),
    "variance": variance,
}
_ROWS = 128
_FEW_VALUES = 5
BootstrapMethod = Literal["bca", "percentile", "basic"]
BOOTSTRAP_METHODS: tuple[BootstrapMethod, ...] = get_args(BootstrapMethod)


@checked_options
def bootstrap_interval(
    values: ValuesByItem,
    statistic: StatisticName | Statistic = "mean",
    *,
    method: BootstrapMethod = "bca",
    level: float = 0.95,
    resamples: int = 10_000,
    clusters: ClusterLabels | None = None,
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> Interval:
    """The interval of any statistic by resampling.

    Args:
        values: One number per item.
        statistic: ``mean``, ``median``, ``sd``, ``variance``, or a function of an array.
        method: ``bca`` (bias-corrected and accelerated), ``percentile`` or ``basic``.
        level: The share of such intervals that hold the true value, about.
        resamples: How many bootstrap samples.
        clusters: The cluster of every value; whole clusters are resampled (means only, and not
            with ``bca``).
        seed: The same seed gives the same interval; global random state is left alone.
        on_progress: Called with how many resamples are done and how many there are, after every
            batch. Only a slow function of your own needs it.

    Returns:
        The interval, with the observed statistic as its estimate.

    Raises:
        InvalidOptionError: Unknown statistic or method.
        NotEnoughDataError: Fewer than two values or clusters.

    Example:
        >>> low, high = bench.bootstrap_interval([1, 2, 3, 4, 8], "median", resamples=500)
        >>> low, high
        (1.0, 8.0)
    """
    check_choice("method", method, BOOTSTRAP_METHODS)
    check_share("level", level)
    if isinstance(statistic, str):
        check_choice("statistic", statistic, NAMED)
    found_values = clean_clustered(values, clusters)
    array, labels = found_values.values, found_values.labels
    function = NAMED[statistic] if isinstance(statistic, str) else statistic
    estimate = float(function(array))
    if is_constant(array):
        return Interval(
            low=estimate,
            high=estimate,
            level=level,
            method="no spread in the values",
            estimate=estimate,
            warnings=(note("ZERO_VARIANCE"),),
        )
    if labels is not None:
        if statistic != "mean" or method == "bca":
            raise InvalidOptionError(
                "clusters", (statistic, method), "used with the mean and percentile or basic"
            )
        draws = _cluster_means(array, labels, resamples, seed)
    else:
        draws = bootstrap_draws(array, statistic, resamples, seed, on_progress)
    if on_progress is not None:
        on_progress(resamples, resamples)
    notes: list[Note] = [note("SMALL_TAIL_BOOTSTRAP")] if len(array) < _FEW_VALUES else []
    if is_constant(draws):
        notes.append(note("ZERO_VARIANCE", "the statistic is the same in every resample"))
    tails = np.array([(1 - level) / 2, (1 + level) / 2])
    if method == "bca":
        tails = _bca_tails(draws, estimate, tails, _jackknife(array, statistic, function))
    low, high = (float(end) for end in np.quantile(draws, tails, method="weibull"))
    if method == "basic":
        low, high = 2 * estimate - high, 2 * estimate - low
    if low == high and not is_constant(draws):
        notes.append(note("TIED_ENDS"))
    return Interval(
        low=low,
        high=high,
        level=level,
        method=f"{method} bootstrap" + (" of clusters" if clusters is not None else ""),
        estimate=estimate,
        warnings=tuple(notes),
    )


def bootstrap_draws(
    array: FloatArray,
    statistic: str | Statistic,
    resamples: int,
    seed: int,
    on_progress: Callable[[int, int], None] | None = None,
) -> FloatArray:
    """The statistic of every resample."""
    size = len(array)
    if statistic == "mean" and is_binary(array):
        # The resampled number of successes is binomial: no resample needs to be made.
        rate = float(array.mean())
        drawn = stream(seed, "bootstrap", "binary").binomial(size, rate, resamples)
        found: FloatArray = drawn / size
        return found
    if statistic == "median":
        batches = bootstrap_counts(size, None, resamples, seed, "median")
        return np.concatenate([count_quantiles(array, counts, 0.5) for counts in batches])
    generator = stream(seed, "bootstrap", "gather")
    kind: Any = np.uint16 if size <= 2**16 else np.int64
    draws = np.empty(resamples)
    for start in range(0, resamples, _ROWS):
        if on_progress is not None and start:
            on_progress(start, resamples)
        count = min(_ROWS, resamples - start)
        indices = generator.integers(0, size, size=(count, size), dtype=kind)
        draws[start : start + count] = _rows(array[indices], statistic)
    return draws


def _rows(batch: FloatArray, statistic: str | Statistic) -> FloatArray:
    if statistic == "mean":
        return np.asarray(batch.mean(axis=1))
    if statistic in ("sd", "variance"):
        spread = batch.var(axis=1, ddof=1)
        return np.asarray(np.sqrt(spread) if statistic == "sd" else spread)
    function = statistic
    return np.array([float(function(row)) for row in batch])  # type: ignore[operator]  # names are handled above


def _cluster_means(array: FloatArray, clusters: Labels, resamples: int, seed: int) -> FloatArray:
    codes, count = cluster_codes(clusters, len(array))
    sums = np.bincount(codes, weights=array, minlength=count)
    sizes = np.bincount(codes, minlength=count).astype(float)
    generator = stream(seed, "bootstrap", "clusters")
    kind: Any = np.uint16 if count <= 2**16 else np.int64
    draws = np.empty(resamples)
    for start in range(0, resamples, _ROWS):
        rows = min(_ROWS, resamples - start)
        indices = generator.integers(0, count, size=(rows, count), dtype=kind)
        drawn = sums.take(indices).sum(axis=1) / sizes.take(indices).sum(axis=1)
        draws[start : start + rows] = drawn
    return draws


def _bca_tails(
    draws: FloatArray, estimate: float, tails: FloatArray, left_out: FloatArray
) -> FloatArray:
    below = float((draws < estimate).mean())
    share = below + 0.5 * float((draws == estimate).mean())
    share = min(max(share, 0.5 / len(draws)), 1 - 0.5 / len(draws))
    bias = float(special.ndtri(share))
    acceleration = acceleration_of(left_out)
    shifted = bias + special.ndtri(tails)
    found: FloatArray = special.ndtr(bias + shifted / (1 - acceleration * shifted))
    return found


def acceleration_of(left_out: FloatArray) -> float:
    """The acceleration of BCa from the statistic without each value (Efron 1987)."""
    gaps = left_out.mean() - left_out
    gaps = gaps / (float(np.abs(gaps).max()) or 1.0)
    spread = float((gaps**2).sum())
    return float((gaps**3).sum()) / (6 * spread**1.5) if spread > 0 else 0.0


def _jackknife(array: FloatArray, statistic: str | Statistic, function: Statistic) -> FloatArray:
    size = len(array)
    if statistic == "mean":
        found: FloatArray = (float(array.sum()) - array) / (size - 1)
        return found
    return np.array([float(function(np.delete(array, index))) for index in range(size)])
