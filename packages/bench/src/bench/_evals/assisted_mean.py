"""The mean of a new system over all items, from the items that an assisted design chose."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._core.arithmetic import mean, variance
from .._core.errors import InvalidDataError
from .._core.lazy import FloatArray, np
from .._core.options import check_share
from .._core.rendering import Result, ResultTable
from .._core.results import Interval
from .._core.shown import shown
from .._core.streams import stream
from .._core.tails import t_quantile
from .._core.wording import number
from .._planning.assisted_design import AssistedDesign, predicted, ridge

_FOLDS = 5
_MAX_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistedMean(Result):
    """The mean over all items, from some of them and other systems' scores.

    Attributes:
        mean: The estimate.
        se: Its standard error.
        interval: Its interval, cut at 0 and 1.
        n_asked: The number of items asked.
        population: The number of items that the mean is of.
        effective_items: How many items drawn at random would give this standard error.
    """

    mean: float
    se: float
    interval: Interval
    n_asked: int
    population: int
    effective_items: float

    @shown
    def __str__(self) -> str:
        return (
            f"mean over {self.population} items = {number(self.mean)} (SE {number(self.se)}),"
            f" {self.interval}, from {self.n_asked} of them; as precise as"
            f" {self.effective_items:.0f} items drawn at random."
        )

    def table(self) -> ResultTable:
        row = (
            number(self.mean),
            number(self.se),
            number(self.interval.low),
            number(self.interval.high),
            str(self.n_asked),
            f"{self.effective_items:.0f}",
        )
        return ResultTable(
            title="Mean from chosen items",
            columns=("Mean", "SE", "Low", "High", "Asked", "As good as"),
            rows=(row,),
        )


def assisted_mean(
    design: AssistedDesign, scores: Mapping[Any, float], *, level: float = 0.95
) -> AssistedMean:
    """The mean score of a system over all items of a design.

    The other systems' scores predict the new one's on every item; the drawn items correct the
    prediction, each weighted by one over its probability. Predictions come from folds that a draw
    is not in, so that the interval needs no trust in the prediction.

    Args:
        design: The design that chose the items.
        scores: The new system's score by item, from 0 to 1, for every item of ``design.items``.
        level: The level of the interval, t with one less than the draws.

    Returns:
        The mean with its interval.

    Raises:
        InvalidDataError: An item of the design has no score, or a score is out of range.

    Example:
        >>> history = {"a": [1, 0, 1, 1] * 50, "b": [1, 0, 0, 1] * 50, "c": [1, 1, 0, 1] * 50}
        >>> design = bench.assisted_design(history, n=60)
        >>> result = bench.assisted_mean(design, {item: item % 2 for item in design.items})
        >>> result.population
        200
    """
    check_share("level", level)
    values = _drawn_scores(design, scores)
    places = np.array(design.draws)
    weights = 1 / (len(design.population) * design.probabilities[places])
    draws = _corrected(design, places, values, weights)
    n = len(draws)
    estimate = mean(draws)
    error = math.sqrt(variance(draws) / n)
    reach = t_quantile((1 + level) / 2, n - 1) * error
    simple = min(max(estimate, 0.0), 1.0) * (1 - min(max(estimate, 0.0), 1.0))
    interval = Interval(
        low=max(0.0, estimate - reach),
        high=min(1.0, estimate + reach),
        level=level,
        method="difference estimator, cross-fitted",
        estimate=estimate,
    )
    return AssistedMean(
        mean=estimate,
        se=error,
        interval=interval,
        n_asked=len(design.items),
        population=len(design.population),
        effective_items=simple / error**2 if error > 0 else math.inf,
    )


def _drawn_scores(design: AssistedDesign, scores: Mapping[Any, float]) -> FloatArray:
    missing = [item for item in design.items if item not in scores]
    if missing:
        shown = ", ".join(map(repr, missing[:_MAX_SHOWN]))
        raise InvalidDataError("scores", f"{len(missing)} items of the design lack one: {shown}")
    values = np.array([scores[design.population[place]] for place in design.draws], dtype=float)
    if not (np.isfinite(values).all() and values.min() >= 0 and values.max() <= 1):
        raise InvalidDataError("scores", "scores must be from 0 to 1")
    return values


def _corrected(
    design: AssistedDesign,
    places: FloatArray,
    values: FloatArray,
    weights: FloatArray,
) -> FloatArray:
    """For each draw the mean of the predictions plus its weighted error; their mean is unbiased."""
    # All draws of one item are in one fold: a draw never helps to predict itself.
    fold_of = stream(0, "assisted_mean").integers(_FOLDS, size=len(design.population))[places]
    draws = np.empty(len(values))
    for fold in range(_FOLDS):
        inside = fold_of == fold
        if not inside.any():
            continue
        outside = ~inside
        fitted = ridge(
            design.features[places[outside]],
            values[outside],
            weights[outside] / weights[outside].mean(),
        )
        every = predicted(design.features, fitted)
        draws[inside] = every.mean() + weights[inside] * (values[inside] - every[places[inside]])
    return draws
