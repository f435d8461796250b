"""Which items to ask a new system, when other systems' scores on all items are known."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from .._core.errors import (
    InvalidDataError,
    InvalidOptionError,
    MissingValuesError,
    NotEnoughDataError,
)
from .._core.lazy import FloatArray, np
from .._core.options import check_choice, check_share, checked_options
from .._core.rendering import Result, ResultTable
from .._core.shown import shown
from .._core.streams import stream
from .._core.tails import normal_quantile
from .._core.wording import number
from .._data.groups import named
from .._data.intake import aligned, column
from .._data.values import Groups
from .known_scores import features_of, fit_scores, inclusion, predicted, spread_shares

AssistedSampling = Literal["active", "uniform"]
SAMPLINGS = ("active", "uniform")
_FEWEST = 20
# What fitting the prediction to the same answers costs, in answers.
_FIT_COST = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistedDesign(Result):
    """The items to ask a new system; ``assisted_mean`` estimates its mean over all items from them.

    The first items of ``population`` are a sample too, whatever their number: asking may end early
    (``first``) or go on.

    Attributes:
        population: All items, in the order in which they are asked.
        n: The number of items to ask.
        probabilities: How likely one draw takes each item of the population; they sum to 1.
        known: The scores of the known systems, one row an item of the population.
        sampling: ``active`` takes items more often that systems disagree on; ``uniform`` takes all
            alike.
        expected_se: The standard error to expect, from the known systems each left out in turn.
        expected_gain: By which factor more items a simple random sample would need for it.
    """

    population: tuple[Hashable, ...] = field(repr=False)
    n: int
    probabilities: FloatArray = field(repr=False)
    known: FloatArray = field(repr=False)
    sampling: AssistedSampling
    expected_se: float
    expected_gain: float

    @property
    def items(self) -> tuple[Hashable, ...]:
        """The items to ask, in this order."""
        return self.population[: self.n]

    def first(self, n: int) -> AssistedDesign:
        """The design with so many items.

        Args:
            n: From 20 up to the number of all items.

        Raises:
            InvalidOptionError: The number is out of range.
        """
        least = min(_FEWEST, len(self.population))
        if not least <= n <= len(self.population):
            raise InvalidOptionError("n", n, f"from {least} to {len(self.population)}")
        error, gain = _expected(self.known, _residuals(self.known), self.sampling, n)
        return replace(self, n=n, expected_se=error, expected_gain=gain)

    @shown
    def __str__(self) -> str:
        return (
            f"{self.n} of {len(self.population)} items ({self.sampling} sampling): a"
            f" standard error of about {number(self.expected_se)}, as of"
            f" {number(self.expected_gain)} times as many items drawn at random."
        )

    def table(self) -> ResultTable:
        row = (
            str(len(self.population)),
            str(self.n),
            self.sampling,
            number(self.expected_se),
            number(self.expected_gain),
        )
        return ResultTable(
            title="Items to ask",
            columns=("Population", "Asked", "Sampling", "Expected SE", "Gain"),
            rows=(row,),
        )


@checked_options
def assisted_design(
    history: Groups,
    *,
    n: int | None = None,
    half_width: float | None = None,
    level: float = 0.95,
    sampling: AssistedSampling = "active",
    seed: int = 0,
) -> AssistedDesign:
    """Choose the items that say most about a new system's mean score over all items.

    Items are asked in an order of which every beginning is a sample without replacement, each item
    in proportion to the spread that the known systems' scores leave (sequential Poisson sampling,
    Ohlsson 1998; Neyman 1934); the mean is then estimated with the known scores as covariates
    (cross-fitted difference estimator, Särndal et al. 1992, section 6).

    Args:
        history: Scores from 0 to 1 of the known systems on all items: values by system, each by
            item id or in one order.
        n: How many items, from 20 up.
        half_width: The half width of the interval to reach, instead of ``n``; all items where it
            needs them.
        level: The level of that interval.
        sampling: ``active`` or ``uniform``.
        seed: For the order.

    Returns:
        The items with their order and probabilities, and the precision to expect.

    Raises:
        InvalidOptionError: Both or neither of ``n`` and ``half_width``, or one out of range.
        InvalidDataError: Fewer than two systems, or scores outside 0 to 1.

    Example:
        >>> history = {"a": [1, 0, 1, 1] * 50, "b": [1, 0, 0, 1] * 50, "c": [1, 1, 0, 1] * 50}
        >>> design = bench.assisted_design(history, n=60)
        >>> len(design.population), len(design.items)
        (200, 60)
    """
    check_choice("sampling", sampling, SAMPLINGS)
    check_share("level", level)
    if (n is None) == (half_width is None):
        raise InvalidOptionError("n", n, "given, or half_width, but not both")
    known, names = _known_scores(history)
    shares = draw_probabilities(known, sampling)
    expected = partial(_expected, known, _residuals(known), sampling)
    n = _count(n, half_width, level, expected, size=len(known))
    # A key that does not depend on n: the beginnings of the order are samples of all sizes.
    keys = stream(seed, "assisted_design").random(len(known)) / shares
    order = np.argsort(keys, kind="stable")
    error, gain = expected(n)
    return AssistedDesign(
        population=tuple(names[index] for index in order.tolist()),
        n=n,
        probabilities=shares[order],
        known=known[order],
        sampling=sampling,
        expected_se=error,
        expected_gain=gain,
    )


def _known_scores(history: Groups) -> tuple[FloatArray, tuple[Hashable, ...]]:
    """The scores, a row an item and a column a system; and the ids of the items, or positions."""
    columns = {name: column(values, name) for name, values in named(history).items()}
    if len(columns) < 2:
        raise InvalidDataError("history", "fewer than two systems")
    arrays, order = aligned(columns, omit=False)
    known = np.column_stack(arrays)
    if not len(known):
        raise NotEnoughDataError("history, items", needed=1, got=0)
    if np.isnan(known).any():
        raise MissingValuesError("history", int(np.isnan(known).any(axis=1).sum()))
    if known.min() < 0 or known.max() > 1:
        raise InvalidDataError("history", "scores must be from 0 to 1")
    return known, tuple(range(len(known))) if order is None else tuple(order)


def draw_probabilities(known: FloatArray, sampling: AssistedSampling) -> FloatArray:
    """How likely each item is drawn: in proportion to the standard deviation of a new score."""
    if sampling == "uniform":
        return np.full(len(known), 1 / len(known))
    return spread_shares(known)


def _count(
    n: int | None,
    half_width: float | None,
    level: float,
    expected: Callable[[int], tuple[float, float]],
    *,
    size: int,
) -> int:
    """The number of items: as given, or what reaches the half width."""
    least = min(_FEWEST, size)
    if half_width is not None:
        if not half_width > 0:
            raise InvalidOptionError("half_width", half_width, "above 0")
        reach, low, high = normal_quantile((1 + level) / 2), least, size
        while low < high:
            middle = (low + high) // 2
            if reach * expected(middle)[0] <= half_width:
                high = middle
            else:
                low = middle + 1
        return low
    if n is None or not _FEWEST <= n <= size:
        raise InvalidOptionError("n", n, f"from {_FEWEST} to {size}, the number of items")
    return n


def _residuals(known: FloatArray) -> FloatArray:
    """What the others leave open of each known system's scores, a column a system."""
    found = np.empty_like(known)
    for left_out in range(known.shape[1]):
        features = _features_without(known, left_out)
        scores = known[:, left_out]
        fitted = fit_scores(features, scores, np.ones(len(scores)))
        found[:, left_out] = scores - predicted(features, fitted)
    return found


def _features_without(known: FloatArray, left_out: int) -> FloatArray:
    others = np.delete(known, left_out, axis=1)
    # One other system has no history of its own: it serves as both.
    return features_of(others if others.shape[1] > 1 else np.repeat(others, 2, axis=1))


def _expected(
    known: FloatArray, residuals: FloatArray, sampling: AssistedSampling, n: int
) -> tuple[float, float]:
    """The standard error and the gain, over the known systems left out in turn."""
    size = len(known)
    chances = inclusion(draw_probabilities(known, sampling), n)
    errors = residuals**2 * ((1 - chances) / chances)[:, None]
    variances = errors.sum(axis=0) / size**2 * (1 + _FIT_COST / n)
    spreads = known.var(axis=0)
    open_ = (variances > 0) & (spreads > 0)
    needed = 1 / (variances[open_] / spreads[open_] + 1 / size)
    gain = float(np.median(needed / n)) if open_.any() else 1.0
    return math.sqrt(float(variances.mean())), gain
