"""The mean of a new system over all items, from the items that an assisted design chose."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.errors import InvalidDataError
from .._core.lazy import FloatArray, np
from .._core.options import check_share, checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import Interval
from .._core.shown import shown
from .._core.streams import stream
from .._core.tails import t_quantile
from .._core.wording import number
from .._planning.assisted_design import AssistedDesign
from .._planning.known_scores import features_of, fit_scores, inclusion, predicted
from .assisted_interval import ScoreInterval

_FOLDS = 5
_MAX_SHOWN = 5
_FEWEST_CHECKS = 20
_EDGE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistedMean(Result):
    """The mean over all items, from some of them and other systems' scores.

    Attributes:
        mean: The estimate.
        se: Its standard error.
        interval: Its interval, cut at 0 and 1.
        n_asked: The number of items asked.
        population: The number of items that the mean is of.
        effective_items: How many items drawn at random, each once, would give this standard error.
        n_checked: The number of items whose score was checked; None without checks.
    """

    mean: float
    se: float
    interval: Interval
    n_asked: int
    population: int
    effective_items: float
    n_checked: int | None = None

    @shown
    def __str__(self) -> str:
        checked = "" if self.n_checked is None else f", {self.n_checked} of these checked"
        return (
            f"mean over {self.population} items = {number(self.mean)} (SE {number(self.se)}),"
            f" {self.interval}, from {self.n_asked} of them{checked}; as precise as"
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


@checked_options
def assisted_mean(
    design: AssistedDesign,
    scores: Mapping[Any, float],
    *,
    checks: Mapping[Any, float] | None = None,
    level: float = 0.95,
) -> AssistedMean:
    """The mean score of a system over all items of a design.

    The other systems' scores predict the new one's on every item; the items asked correct the
    prediction, each weighted by one over its probability. Predictions come from folds that an item
    is not in, so that the interval needs no trust in the prediction.

    Args:
        design: The design that chose the items.
        scores: The new system's score by item, from 0 to 1, for every item of ``design.items``.
        checks: Scores that are to be trusted where ``scores`` are a judge's: for the first items
            of ``design.items``, 20 or more. The mean is then that of such scores; what the judge
            gets wrong is estimated from them (double sampling, Särndal et al. 1992, chapter 9).
        level: The level of the interval, t with one less than the items asked.

    Returns:
        The mean with its interval.

    Raises:
        InvalidDataError: An item of the design has no score, a score is out of range, or the
            checks are not those of the first items.

    Example:
        >>> history = {"a": [1, 0, 1, 1] * 50, "b": [1, 0, 0, 1] * 50, "c": [1, 1, 0, 1] * 50}
        >>> design = bench.assisted_design(history, n=60)
        >>> result = bench.assisted_mean(design, {item: item % 2 for item in design.items})
        >>> result.population
        200
    """
    check_share("level", level)
    values = _scores_of(design.items, scores, "scores")
    trusted = None if checks is None else _checked(design, checks)
    size, n = len(design.population), design.n
    every = inclusion(design.probabilities, n)
    predictions = np.clip(_predictions(design, values, every[:n]), _EDGE, 1 - _EDGE)
    parts = (values - predictions[:n]) / every[:n]
    estimate = float(predictions.mean() + parts.sum() / size)
    extra = 0.0
    if trusted is not None:
        count = len(trusted)
        weights = 1 / inclusion(design.probabilities, count)[:count]
        wrong = (trusted - values[:count]) * weights
        estimate += float(wrong.sum()) / size
        extra = _variance_of_checks(wrong, weights) / size**2
    estimate = min(max(estimate, 0.0), 1.0)
    found = ScoreInterval(
        estimate=estimate,
        predictions=predictions,
        chances=every,
        seen=_seen(values, predictions[:n], every[:n]),
        fewer=min(float(values.sum()), float((1 - values).sum())),
        extra=extra,
    )
    fewest = n if trusted is None else len(trusted)
    low, high = found.ends(t_quantile((1 + level) / 2, fewest - 1))
    error, simple = found.error, estimate * (1 - estimate)
    interval = Interval(
        low=low,
        high=high,
        level=level,
        method="difference estimator, cross-fitted, score interval",
        estimate=estimate,
    )
    return AssistedMean(
        mean=estimate,
        se=error,
        interval=interval,
        n_asked=n,
        population=size,
        effective_items=1 / (error**2 / simple + 1 / size) if simple > 0 else float(n),
        n_checked=None if trusted is None else len(trusted),
    )


def _scores_of(items: Sequence[Hashable], scores: Mapping[Any, float], name: str) -> FloatArray:
    missing = [item for item in items if item not in scores]
    if missing:
        shown = ", ".join(map(repr, missing[:_MAX_SHOWN]))
        raise InvalidDataError(name, f"{len(missing)} items of the design lack one: {shown}")
    values = np.array([scores[item] for item in items], dtype=float)
    if not (np.isfinite(values).all() and values.min() >= 0 and values.max() <= 1):
        raise InvalidDataError(name, f"{name} must be from 0 to 1")
    return values


def _checked(design: AssistedDesign, checks: Mapping[Any, float]) -> FloatArray:
    """The trusted scores of the first items."""
    count = sum(item in checks for item in design.items)
    if count < min(_FEWEST_CHECKS, design.n):
        raise InvalidDataError("checks", f"{count} of the items asked; at least {_FEWEST_CHECKS}")
    return _scores_of(design.items[:count], checks, "checks")


def _predictions(design: AssistedDesign, values: FloatArray, chances: FloatArray) -> FloatArray:
    """What is expected of every item, from answers to items of the other folds."""
    n = design.n
    features = features_of(design.known)
    fold_of = stream(0, "assisted_mean").integers(_FOLDS, size=len(design.population))
    weights = 1 / chances
    found = np.empty(len(design.population))
    for fold in range(_FOLDS):
        here, outside = fold_of == fold, fold_of[:n] != fold
        kept = weights[outside]
        fitted = fit_scores(features[:n][outside], values[outside], kept / kept.mean())
        found[here] = predicted(features[here], fitted)
    return found


def _seen(values: FloatArray, expected: FloatArray, chances: FloatArray) -> tuple[float, float]:
    """The variance of the estimate as the answers show it, and as the predictions imply it."""
    weights = (1 - chances) / chances**2
    n = len(values)
    shown_ = n / (n - 1) * float((weights * (values - expected) ** 2).sum())
    return shown_, float((weights * expected * (1 - expected)).sum())


def _variance_of_checks(wrong: FloatArray, weights: FloatArray) -> float:
    """The variance of a sum of what a judge gets wrong, with one more such answer than was seen."""
    count = len(wrong)
    spread = float(((wrong - wrong.mean()) ** 2).sum())
    return count / (count - 1) * spread + float(weights.mean()) ** 2
