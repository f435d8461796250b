"""Which items to ask a new system, when other systems' scores on all items are known."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Literal

from .._core.errors import (
    InvalidDataError,
    InvalidOptionError,
    MissingValuesError,
    NotEnoughDataError,
)
from .._core.lazy import FloatArray, np
from .._core.options import check_choice, check_share
from .._core.rendering import Result, ResultTable
from .._core.shown import shown
from .._core.streams import stream
from .._core.tails import normal_quantile
from .._core.wording import number
from .._data.groups import named
from .._data.intake import aligned, column
from .._data.values import Groups

AssistedSampling = Literal["active", "uniform"]
SAMPLINGS = ("active", "uniform")
# The smallest spread that an item may have: no item is left out for certain.
_LEAST, _MOST = 0.02, 0.98
_PENALTY = 1.0
_FEWEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistedDesign(Result):
    """The items to ask a new system; ``assisted_mean`` estimates its mean over all items from them.

    Attributes:
        items: The items to ask, each once, in the order of their first draw.
        draws: The drawn items with their repeats, as positions in ``population``.
        probabilities: How likely a draw takes each item of the population; they sum to 1.
        features: What is known of every item, one row an item.
        population: All items.
        sampling: ``active`` draws items more often that systems disagree on; ``uniform`` draws all
            alike.
        expected_se: The standard error to expect, from the known systems each left out in turn.
        expected_gain: By which factor more items a simple random sample would need for it.
    """

    items: tuple[Hashable, ...]
    draws: tuple[int, ...] = field(repr=False)
    probabilities: FloatArray = field(repr=False)
    features: FloatArray = field(repr=False)
    population: tuple[Hashable, ...] = field(repr=False)
    sampling: AssistedSampling
    expected_se: float
    expected_gain: float

    @shown
    def __str__(self) -> str:
        return (
            f"{len(self.items)} of {len(self.population)} items ({self.sampling} sampling): a"
            f" standard error of about {number(self.expected_se)}, as of"
            f" {number(self.expected_gain)} times as many items drawn at random."
        )

    def table(self) -> ResultTable:
        row = (
            str(len(self.population)),
            str(len(self.items)),
            self.sampling,
            number(self.expected_se),
            number(self.expected_gain),
        )
        return ResultTable(
            title="Items to ask",
            columns=("Population", "Asked", "Sampling", "Expected SE", "Gain"),
            rows=(row,),
        )


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

    Items are drawn with replacement, in proportion to the spread that the known systems' scores
    leave (Neyman 1934); the mean is then estimated with the known scores as covariates (Hansen and
    Hurwitz 1943 with a cross-fitted difference estimator, Särndal et al. 1992, section 6).

    Args:
        history: Scores from 0 to 1 of the known systems on all items: values by system, each by
            item id or in one order.
        n: How many draws; equal draws are asked once.
        half_width: The half width of the interval to reach, instead of ``n``.
        level: The level of that interval.
        sampling: ``active`` or ``uniform``.
        seed: For the draws.

    Returns:
        The items with the probability of each, and the precision to expect.

    Raises:
        InvalidOptionError: Both or neither of ``n`` and ``half_width``, or one out of range.
        InvalidDataError: Fewer than two systems, or scores outside 0 to 1.

    Example:
        >>> history = {"a": [1, 0, 1, 1] * 50, "b": [1, 0, 0, 1] * 50, "c": [1, 1, 0, 1] * 50}
        >>> design = bench.assisted_design(history, n=60)
        >>> len(design.population), len(design.draws)
        (200, 60)
    """
    check_choice("sampling", sampling, SAMPLINGS)
    check_share("level", level)
    if (n is None) == (half_width is None):
        raise InvalidOptionError("n", n, "given, or half_width, but not both")
    known, names = _known_scores(history)
    shares = draw_probabilities(known, sampling)
    per_draw, gain = _expected(known, sampling)
    n = _draws(n, half_width, per_draw, level)
    draws = stream(seed, "assisted_design").choice(len(known), size=n, replace=True, p=shares)
    return AssistedDesign(
        items=tuple(dict.fromkeys(names[index] for index in draws.tolist())),
        draws=tuple(draws.tolist()),
        probabilities=shares,
        features=features_of(known),
        population=names,
        sampling=sampling,
        expected_se=per_draw / math.sqrt(n),
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


def _draws(n: int | None, half_width: float | None, per_draw: float, level: float) -> int:
    """The number of draws: as given, or what reaches the half width."""
    if half_width is not None:
        if not half_width > 0:
            raise InvalidOptionError("half_width", half_width, "above 0")
        reach = normal_quantile((1 + level) / 2)
        n = max(_FEWEST, math.ceil((reach * per_draw / half_width) ** 2))
    if n is None or n < _FEWEST:
        raise InvalidOptionError("n", n, f"at least {_FEWEST}")
    return n


def draw_probabilities(known: FloatArray, sampling: AssistedSampling) -> FloatArray:
    """How likely each item is drawn: in proportion to the standard deviation of a new score."""
    if sampling == "uniform":
        return np.full(len(known), 1 / len(known))
    guess = np.clip(0.1 + 0.8 * known.mean(axis=1), _LEAST, _MOST)
    spread = np.sqrt(guess * (1 - guess))
    shares: FloatArray = spread / spread.sum()
    return shares


def features_of(known: FloatArray) -> FloatArray:
    """The scores of the known systems, their sum and its square, each with mean 0 and sd 1."""
    total = known.sum(axis=1, keepdims=True)
    columns: FloatArray = np.asarray(np.hstack([known, total, total**2]), dtype=float)
    spread = columns.std(axis=0)
    columns -= columns.mean(axis=0)
    columns /= np.where(spread > 0, spread, 1.0)
    return columns


def ridge(features: FloatArray, scores: FloatArray, weights: FloatArray) -> FloatArray:
    """The coefficients of a weighted ridge regression, the intercept first and not shrunk."""
    columns = np.hstack([np.ones((len(features), 1)), features])
    penalty: FloatArray = _PENALTY * np.eye(columns.shape[1])
    penalty[0, 0] = 0.0
    weighted = columns * weights[:, None]
    return np.asarray(np.linalg.solve(weighted.T @ columns + penalty, weighted.T @ scores), float)


def predicted(features: FloatArray, coefficients: FloatArray) -> FloatArray:
    """The scores that a regression expects."""
    values: FloatArray = coefficients[0] + features @ coefficients[1:]
    return values


def _expected(known: FloatArray, sampling: AssistedSampling) -> tuple[float, float]:
    """The standard deviation of one draw and the gain, over the known systems left out in turn."""
    spreads, gains = [], []
    for left_out in range(known.shape[1]):
        others = np.delete(known, left_out, axis=1)
        scores = known[:, left_out]
        shares = draw_probabilities(others, sampling)
        features = features_of(others)
        rest = scores - predicted(features, ridge(features, scores, np.ones(len(scores))))
        variance = float(((rest / (len(known) * shares)) ** 2 * shares).sum() - rest.mean() ** 2)
        spreads.append(variance)
        gains.append(scores.var() / variance if variance > 0 else math.inf)
    return math.sqrt(sum(spreads) / len(spreads)), float(np.median(gains))
