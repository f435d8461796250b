"""Every interval of one statistic under one name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from .._core.errors import InvalidOptionError
from .._core.options import check_choice, checked_options
from .._core.results import Interval
from .._data.values import ClusterLabels, ValuesByItem
from .bootstrap import (
    BOOTSTRAP_METHODS,
    NAMED,
    BootstrapMethod,
    Statistic,
    StatisticName,
    bootstrap_interval,
)
from .means_and_quantiles import mean_interval, quantile_interval


@checked_options
def confidence_interval(
    values: ValuesByItem,
    statistic: StatisticName | Statistic = "mean",
    *,
    method: Literal["analytical"] | BootstrapMethod = "analytical",
    level: float = 0.95,
    resamples: int = 10_000,
    clusters: ClusterLabels | None = None,
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> Interval:
    """The interval of a statistic.

    Args:
        values: One number per item.
        statistic: ``mean``, ``median``, ``sd``, ``variance``, or a function of an array.
        method: ``analytical`` (t for the mean, order statistics for the median), ``bca``,
            ``percentile`` or ``basic``.
        level: The level of the interval.
        resamples: Of the bootstrap.
        clusters: The cluster of every value; with the bootstrap of means only.
        seed: Of the bootstrap.
        on_progress: As in ``bootstrap_interval``.

    Returns:
        The interval, with the observed statistic as its estimate.

    Raises:
        InvalidOptionError: No analytical interval exists for the statistic, or unknown names.

    Example:
        >>> low, high = bench.confidence_interval([4.0, 5.0, 7.0, 6.0, 5.5])
        >>> round(low, 2), round(high, 2)
        (4.11, 6.89)
    """
    check_choice("method", method, ("analytical", *BOOTSTRAP_METHODS))
    if method != "analytical":
        return bootstrap_interval(
            values,
            statistic,
            method=method,
            level=level,
            resamples=resamples,
            clusters=clusters,
            seed=seed,
            on_progress=on_progress,
        )
    if statistic == "mean":
        return mean_interval(values, level=level, clusters=clusters)
    if statistic == "median":
        return quantile_interval(values, 0.5, level=level, clusters=clusters)
    raise InvalidOptionError(
        "statistic", statistic, f"mean or median when analytical; of {sorted(NAMED)} use bca"
    )
