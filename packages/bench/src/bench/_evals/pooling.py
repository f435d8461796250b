"""Scores of several data sets pooled into one, each way with its own error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from .._core.arithmetic import is_binary, mean, variance
from .._core.notes import note
from .._core.options import check_choice, check_share, checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import Interval, Note
from .._core.shown import shown
from .._core.tails import t_quantile
from .._core.wording import number
from .._data.groups import named
from .._data.values import Clustered, ClusterLabels, Groups, clean_clustered
from .._intervals.clusters import clustered_mean
from .._intervals.rates import combined, interval_of_rates

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
    warnings: tuple[Note, ...] = ()

    @shown
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


@checked_options
def pool_scores(
    datasets: Groups,
    *,
    method: PoolingMethod = "macro",
    clusters: Mapping[str, ClusterLabels] | None = None,
    level: float = 0.95,
) -> Pooled:
    """The mean over data sets with the stratified error sqrt(sum of w² se²).

    Right and wrong answers get the interval of Zou and Donner 2008 from Wilson's ends of every data
    set, so that a data set without failures is not taken as certain; numbers get a t interval with
    Satterthwaite degrees of freedom.

    Args:
        datasets: Scores by data set, one per item.
        method: ``macro`` weighs data sets equally, ``micro`` by their items.
        clusters: The clusters of the items by data set; a data set may be left out.
        level: The level of the interval.

    Returns:
        The pooled mean with its standard error and interval.

    Raises:
        NotEnoughDataError: A data set with fewer than two items.
        InvalidOptionError: Clusters for a data set that is not there.
    """
    check_choice("method", method, METHODS)
    check_share("level", level)
    given = dict(clusters or {})
    sets = named(datasets)
    for name in given:
        check_choice("clusters", name, sets)
    found = {name: clean_clustered(values, given.get(name)) for name, values in sets.items()}
    total = sum(len(each.values) for each in found.values())
    weights = {
        name: 1 / len(found) if method == "macro" else len(each.values) / total
        for name, each in found.items()
    }
    parts = {name: mean(each.values) for name, each in found.items()}
    estimate = math.fsum(weights[name] * value for name, value in parts.items())
    errors = {name: _error(each) for name, each in found.items()}
    square = math.fsum((weights[name] * se) ** 2 for name, (se, _) in errors.items())
    interval = _interval(found, weights, estimate, errors, level)
    return Pooled(
        method=method,
        estimate=estimate,
        se=math.sqrt(square) if square > 0 else math.nan,
        interval=interval,
        parts=parts,
        weights=weights,
        warnings=interval.warnings,
    )


def _error(part: Clustered) -> tuple[float, float]:
    """The standard error of one data set, 0 without spread, and its degrees of freedom."""
    if part.labels is not None:
        each = clustered_mean(part.values, part.labels)
        return (0.0 if math.isnan(each.se_cr2) else each.se_cr2), each.df
    return math.sqrt(variance(part.values) / len(part.values)), len(part.values) - 1.0


def _interval(
    found: Mapping[str, Clustered],
    weights: Mapping[str, float],
    estimate: float,
    errors: Mapping[str, tuple[float, float]],
    level: float,
) -> Interval:
    shares = [weights[name] for name in found]
    if all(is_binary(each.values) for each in found.values()):
        ends = [
            interval_of_rates(each.values, len(each.values), each.labels, level)
            for each in found.values()
        ]
        return combined(ends, shares, estimate, level)
    squares = {name: (weights[name] * se) ** 2 for name, (se, _) in errors.items()}
    total = math.fsum(squares.values())
    flat = [name for name, square in squares.items() if square == 0.0]
    half = 0.0
    if total > 0:
        df = 1 / math.fsum((squares[name] / total) ** 2 / errors[name][1] for name in found)
        half = t_quantile(0.5 + level / 2, df) * math.sqrt(total)
    return Interval(
        low=estimate - half,
        high=estimate + half,
        level=level,
        method="stratified t, Satterthwaite df",
        estimate=estimate,
        warnings=(note("ZERO_VARIANCE", ", ".join(flat)),) if flat else (),
    )
