"""Scores of several data sets pooled into one, each way with its own error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from .._core.arithmetic import mean, variance
from .._core.options import check_choice, check_share
from .._core.rendering import Result, ResultTable
from .._core.results import Interval
from .._core.tails import normal_quantile
from .._core.wording import number
from .._data.values import Values, clean

PoolingMethod = Literal["micro", "macro"]
METHODS: tuple[PoolingMethod, ...] = get_args(PoolingMethod)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled(Result):
    """A mean over data sets."""

    method: str
    estimate: float
    se: float
    interval: Interval
    parts: Mapping[str, float]
    weights: Mapping[str, float]

    def __str__(self) -> str:
        return (
            f"{self.method} mean = {number(self.estimate)} (SE {number(self.se)}),"
            f" {self.interval}, {len(self.parts)} data sets."
        )

    def table(self) -> ResultTable:
        rows = tuple(
            (name, number(value), number(self.weights[name])) for name, value in self.parts.items()
        )
        return ResultTable(
            title=f"{self.method.title()} mean",
            columns=("Data set", "Score", "Weight"),
            rows=rows,
            notes=(str(self),),
        )


def pool_scores(
    datasets: Mapping[str, Values], *, method: PoolingMethod = "macro", level: float = 0.95
) -> Pooled:
    """The mean over data sets with the stratified error sqrt(sum of w² se²).

    Args:
        datasets: Scores by data set, one per item.
        method: ``macro`` weighs data sets equally, ``micro`` by their items.
        level: The level of the interval (normal).

    Returns:
        The pooled mean with its standard error and interval.

    Raises:
        NotEnoughDataError: A data set with fewer than two items.
    """
    check_choice("method", method, METHODS)
    check_share("level", level)
    arrays = {name: clean(values, name, min_count=2)[0] for name, values in datasets.items()}
    total = sum(map(len, arrays.values()))
    weights = {
        name: 1 / len(arrays) if method == "macro" else len(array) / total
        for name, array in arrays.items()
    }
    parts = {name: mean(array) for name, array in arrays.items()}
    estimate = math.fsum(weights[name] * value for name, value in parts.items())
    square = math.fsum(
        weights[name] ** 2 * variance(array) / len(array) for name, array in arrays.items()
    )
    se = math.sqrt(square) if square > 0 else math.nan
    half = normal_quantile(0.5 + level / 2) * math.sqrt(square)
    return Pooled(
        method=method,
        estimate=estimate,
        se=se,
        interval=Interval(
            low=estimate - half,
            high=estimate + half,
            level=level,
            method="stratified normal",
            estimate=estimate,
        ),
        parts=parts,
        weights=weights,
    )
