"""The known values of one metric of an experiment, with their weights, as Arrow columns."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._core.columns import scalar
from .._metrics.requests import WEIGHT, all_one
from .._metrics.statistics import effective_size_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Known values and their weights.

    Attributes:
        column: The values, floats without nulls.
        weights: The weight of each.
    """

    column: Any
    weights: Any

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.column)

    @property
    def weighted(self) -> bool:
        """Whether a weight is not one."""
        return not all_one(self.weights)

    def pairs(self) -> list[tuple[float, float]]:
        """Each value with its weight."""
        return list(zip(self.column.to_pylist(), self.weights.to_pylist(), strict=True))

    def mean(self) -> float:
        """The weighted mean."""
        return self._sum(self.column) / self._sum()

    def moments(self) -> tuple[float, float, float]:
        """Weighted mean, standard deviation and effective size (Kish, 1965)."""
        import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

        total, mean = self._sum(), self.mean()
        effective = total**2 / self._sum(self.weights)
        squares = self._sum(pc.power(pc.subtract(self.column, scalar(mean)), scalar(2.0))) / total
        return mean, math.sqrt(squares * effective / max(effective - 1, 1)), effective

    def effective_size(self) -> float:
        """The effective size for a share, of values that are 0 or 1."""
        hits = (self._sum(self.column), self._sum(self._times(self.column)))
        whole = (self._sum(), self._sum(self.weights))
        return effective_size_of(hits, (whole[0] - hits[0], whole[1] - hits[1]))

    def _times(self, column: Any) -> Any:
        import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

        return pc.multiply(column, self.weights)

    def _sum(self, column: Any = None) -> float:
        """The weighted sum of a column; of ones without a column."""
        import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

        return float(pc.sum(self.weights if column is None else self._times(column)).as_py() or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The requests of one experiment in a comparison.

    Attributes:
        means: The values whose means are compared, by the name of the metric.
        outcomes: 1 for each success and 0 for each failure.
    """

    means: Mapping[str, Values]
    outcomes: Values

    @classmethod
    def of(cls, table: Any) -> "Side":
        """The values of finished requests.

        Args:
            table: Their columns ``duration_ns``, ``cost_usd``, ``success`` and ``weight``.
        """
        import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

        def known(column: Any) -> Values:
            floats, weights = column.drop_null().cast("float64"), table[WEIGHT]
            if column.null_count:
                weights = weights.filter(column.is_valid())
            return Values(column=floats, weights=weights)

        latency = known(table["duration_ns"])
        in_ms = Values(column=pc.divide(latency.column, scalar(1e6)), weights=latency.weights)
        return cls(
            means={"latency_ms": in_ms, "cost_usd": known(table["cost_usd"])},
            outcomes=known(table["success"].cast("int8")),
        )
