"""The known values of each metric of an experiment with their weights, added up block by block."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from .._core.columns import scalar
from .._metrics.requests import WEIGHT, all_one
from .._metrics.statistics import effective_size_of


class Values:
    """Sums of the known values of one metric, in constant memory unless they are kept.

    Blocks are merged as by Chan, Golub and LeVeque (1979), so that no large sums are subtracted.

    Args:
        keep: Whether the values are kept too, for a test.

    Attributes:
        n: How many there are.
        weighted: Whether a weight is not one.
    """

    def __init__(self, *, keep: bool) -> None:
        self.n = 0
        self.weighted = False
        self._keep = keep
        self._kept: list[tuple[Any, Any]] = []
        self._weight = self._weight_squares = 0.0
        self._mean = self._squares = 0.0
        self._hits = self._hit_squares = 0.0

    def add(self, column: Any, weights: Any) -> None:
        """Add a block.

        Args:
            column: Floats; a null is passed over.
            weights: The weight of each.
        """
        if column.null_count:
            weights, column = weights.filter(column.is_valid()), column.drop_null()
        if not len(column):
            return
        self.n += len(column)
        self.weighted = self.weighted or not all_one(weights)
        self._merge(_sum(weights), column, weights)
        self._weight_squares += _sum(weights, weights)
        self._hits += _sum(column, weights)
        self._hit_squares += _sum(column, weights, weights)
        if self._keep:
            self._kept.append((column, weights))

    def _merge(self, weight: float, column: Any, weights: Any) -> None:
        import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

        mean = _sum(column, weights) / weight
        deviations = pc.subtract(column, scalar(mean))
        total, step = self._weight + weight, mean - self._mean
        self._squares += _sum(deviations, deviations, weights)
        self._squares += step**2 * self._weight * weight / total
        self._mean += step * weight / total
        self._weight = total

    def pairs(self) -> Iterator[tuple[float, float]]:
        """Each value with its weight, if they are kept."""
        for column, weights in self._kept:
            yield from zip(column.to_pylist(), weights.to_pylist(), strict=True)

    def mean(self) -> float:
        """The weighted mean."""
        return self._mean

    def moments(self) -> tuple[float, float, float]:
        """Weighted mean, standard deviation and effective size (Kish, 1965)."""
        effective = self._weight**2 / self._weight_squares
        variance = self._squares / self._weight * effective / max(effective - 1, 1)
        return self._mean, math.sqrt(variance), effective

    def effective_size(self) -> float:
        """The effective size for a share, of values that are 0 or 1."""
        hits = (self._hits, self._hit_squares)
        whole = (self._weight, self._weight_squares)
        return effective_size_of(hits, (whole[0] - hits[0], whole[1] - hits[1]))


def _sum(*factors: Any) -> float:
    """The sum of the products of columns."""
    import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

    product = factors[0]
    for each in factors[1:]:
        product = pc.multiply(product, each)
    return float(pc.sum(product).as_py() or 0)


class Side:
    """The requests of one experiment in a comparison.

    Args:
        keep: Whether the values are kept too, for a test.

    Attributes:
        means: The values whose means are compared, by the name of the metric.
        outcomes: 1 for each success and 0 for each failure.
    """

    def __init__(self, *, keep: bool) -> None:
        self._latency, self._cost = Values(keep=keep), Values(keep=keep)
        self.means: Mapping[str, Values] = {"latency_ms": self._latency, "cost_usd": self._cost}
        self.outcomes = Values(keep=keep)

    def add(self, batch: Any) -> None:
        """Add finished requests.

        Args:
            batch: Their columns ``duration_ns``, ``cost_usd``, ``success`` and ``weight``.
        """
        import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

        weights = batch.column(WEIGHT)
        durations = batch.column("duration_ns").cast("float64", safe=False)
        self._latency.add(pc.divide(durations, scalar(1e6)), weights)
        self._cost.add(batch.column("cost_usd"), weights)
        self.outcomes.add(batch.column("success").cast("int8").cast("float64"), weights)

    def add_costs(self, batch: Any) -> None:
        """Add costs of requests that other events count.

        Args:
            batch: Their columns ``cost_usd`` and ``weight``.
        """
        self._cost.add(batch.column("cost_usd"), batch.column(WEIGHT))
