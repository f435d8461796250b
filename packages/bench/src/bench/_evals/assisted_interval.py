"""The interval of a mean from chosen items, whose error depends on the mean itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from .._core.lazy import FloatArray, np
from .._planning.known_scores import logistic

_STEPS = 32
_FAR = 25.0
_EDGE = 1e-6
# How many wrong (or right) answers weigh as much as the variance that the prediction implies.
_PRIOR = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreInterval:
    """Means that the estimate does not exclude, each with the error that it implies.

    As Wilson's interval for a share: the error is that at the mean in question, so that few wrong
    answers do not make it vanish. The predictions are moved together, on the logit scale, until
    their mean is the one in question.

    Attributes:
        estimate: The estimate.
        predictions: What is expected of every item of the population.
        chances: How likely each one is asked.
        seen: The variance that the answers show, and what the predictions imply for the same ones.
        fewer: The number of answers of the rarer kind.
        extra: A variance to add, of what the answers themselves get wrong.
    """

    estimate: float
    predictions: FloatArray = field(repr=False)
    chances: FloatArray = field(repr=False)
    seen: tuple[float, float]
    fewer: float
    extra: float = 0.0

    @property
    def error(self) -> float:
        """The standard error at the estimate."""
        return math.sqrt(self._variance(self._moved_to(self._inside)))

    def ends(self, reach: float) -> tuple[float, float]:
        """The lowest and the highest mean within so many standard errors of the estimate.

        Args:
            reach: A quantile of t.
        """
        start = self._moved_to(self._inside)
        if self._variance(start) == 0:
            return self.estimate, self.estimate

        def outside(move: float) -> bool:
            gap = abs(self._mean(move) - self.estimate)
            return gap > reach * math.sqrt(self._variance(move))

        low, high = (self._mean(_edge(outside, start, sign * _FAR)) for sign in (-1, 1))
        return min(low, self.estimate), max(high, self.estimate)

    @property
    def _inside(self) -> float:
        return min(max(self.estimate, _EDGE), 1 - _EDGE)

    def _at(self, move: float) -> FloatArray:
        odds = np.log(self.predictions / (1 - self.predictions))
        return logistic(odds + move)

    def _mean(self, move: float) -> float:
        return float(self._at(move).mean())

    def _moved_to(self, mean: float) -> float:
        return _edge(lambda move: self._mean(move) > mean, -_FAR, _FAR)

    def _variance(self, move: float) -> float:
        values = self._at(move)
        left = (1 - self.chances) / self.chances
        implied = float((left * values * (1 - values)).sum()) / len(values) ** 2
        observed, expected = self.seen
        ratio = observed / expected if expected > 0 else 1.0
        factor = (self.fewer * ratio + _PRIOR) / (self.fewer + _PRIOR)
        return factor * implied + self.extra


def _edge(beyond: Callable[[float], bool], inside: float, far: float) -> float:
    """Where a condition begins to hold between a place where it does not and one where it does."""
    for _ in range(_STEPS):
        middle = (inside + far) / 2
        if beyond(middle):
            far = middle
        else:
            inside = middle
    return (inside + far) / 2
