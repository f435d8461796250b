"""Percentiles by a named method, and ``Statistics``, the summary numbers of a column."""

from __future__ import annotations

import math
from typing import Literal

from .._core.arithmetic import mean, variance
from .._core.deprecated import renamed_arguments
from .._core.errors import InvalidOptionError
from .._core.lazy import FloatArray, np
from .._core.options import check_choice, checked_options, share_number
from .values import Values, as_array, clean

PERCENTILE_METHODS = ("linear", "nearest-rank", "hazen", "weibull", "median-unbiased")
PercentileMethod = Literal["linear", "nearest-rank", "hazen", "weibull", "median-unbiased"]


@renamed_arguments(q="quantile")
@checked_options
def percentile(values: Values, quantile: float, method: PercentileMethod = "linear") -> float:
    """The value below which a share ``quantile`` of the values lies.

    Args:
        values: Numbers, in any order.
        quantile: Between 0 and 1: 0.99 for the P99.
        method: ``linear`` (type 7 of Hyndman and Fan 1996, the default of numpy and R),
            ``nearest-rank`` (a value that occurred), ``hazen`` (5), ``weibull`` (6) or
            ``median-unbiased`` (8).

    Returns:
        The percentile, in the unit of the values.

    Raises:
        InvalidOptionError: ``quantile`` outside 0 to 1, or an unknown method.
        NotEnoughDataError: No values.

    Example:
        >>> bench.percentile(range(101), 0.99)
        99.0
    """
    array, _ = clean(values, "values")
    return quantile_of(array, quantile, method)


def quantile_of(array: FloatArray, quantile: float, method: str = "linear") -> float:
    check_choice("method", method, PERCENTILE_METHODS)
    if not 0.0 <= share_number(quantile) <= 1.0:
        raise InvalidOptionError(
            "quantile", quantile, "a share between 0 and 1: 0.99 for the 99th percentile"
        )
    ordered = np.sort(array)
    if method == "nearest-rank":
        return float(ordered[max(0, math.ceil(round(len(ordered) * quantile, 9)) - 1)])
    name = {"median-unbiased": "median_unbiased"}.get(method, method)
    return float(np.quantile(ordered, quantile, method=name))  # type: ignore[call-overload]  # numpy lists its methods as literals


class Statistics:
    """Summary numbers of one column; every function returns None for an empty column."""

    @staticmethod
    def mean(values: Values) -> float | None:
        """The arithmetic mean."""
        array = _column(values)
        return mean(array) if len(array) else None

    @staticmethod
    def median(values: Values) -> float | None:
        """The middle value, or the mean of the two middle values."""
        array = _column(values)
        return quantile_of(array, 0.5) if len(array) else None

    @staticmethod
    def variance(values: Values) -> float | None:
        """With n - 1; None for fewer than two values."""
        array = _column(values)
        return variance(array) if len(array) > 1 else None

    @staticmethod
    def std_dev(values: Values) -> float | None:
        """With n - 1; None for fewer than two values."""
        found = Statistics.variance(values)
        return None if found is None else math.sqrt(found)

    @staticmethod
    @renamed_arguments(q="quantile")
    def percentile(
        values: Values, quantile: float, method: PercentileMethod = "linear"
    ) -> float | None:
        """The percentile at a share ``quantile`` between 0 and 1."""
        array = _column(values)
        return percentile(array, quantile, method) if len(array) else None

    @staticmethod
    def summary(values: Values) -> dict[str, float | int] | None:
        """count, mean, median, std_dev, variance, min, max, p25, p50, p75, p95 and p99."""
        array = _column(values)
        if not len(array):
            return None
        spread = variance(array)
        shares = {"p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95, "p99": 0.99}
        return {
            "count": len(array),
            "mean": mean(array),
            "median": quantile_of(array, 0.5),
            "std_dev": math.sqrt(spread),
            "variance": spread,
            "min": float(array.min()),
            "max": float(array.max()),
            **{name: quantile_of(array, quantile) for name, quantile in shares.items()},
        }


def _column(values: Values) -> FloatArray:
    array = as_array(values, "values")
    return clean(array, "values")[0] if len(array) else array
