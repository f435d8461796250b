"""The likelihood of a logistic model whose items differ in difficulty, and its mean accuracies.

The answers of one item are integrated over its difficulty by adaptive quadrature: the points are
centred at the mode of each item and scaled by the curvature there, as in Pinheiro and Bates (1995).
They lie at ``mode + scale * sinh(u)`` for evenly spaced u, dense at the mode and wide in the tails.
Where all answers of an item are right, and items differ much, the difficulty has a steep side and a
long one: at a spread of 8 log odds 61 Gauss-Hermite points at the mode miss by 9e-4 in the log
likelihood, as many of these by 3e-6.
"""

from __future__ import annotations

import math

from .._core.lazy import FloatArray, np, special

_POINTS = ((3.0, 51), (8.0, 101), (math.inf, 201))  # up to a spread; steep sides need more
_REACH = 9.0  # in standard deviations of the difficulty
_NEWTON, _TOLERANCE = 60, 1e-9
_MEAN_POINTS = 801
_SHRINK = (16 * math.sqrt(3) / (15 * math.pi)) ** 2


def attenuation(spread: float) -> float:
    """Log odds at a mean item over those of the mean accuracy (Zeger, Liang and Albert 1988)."""
    return math.sqrt(1 + _SHRINK * spread**2)


def split(at: FloatArray) -> tuple[FloatArray, float]:
    """The log odds of every system at a mean item, and the spread of the items.

    Args:
        at: The log odds of the systems' mean accuracies, about, and the log spread. On this scale
            the likelihood stays round where items are far apart.
    """
    spread = math.exp(float(at[-1]))
    return at[:-1] * attenuation(spread), spread


def slopes_of_split(by_odds: FloatArray, at: FloatArray) -> FloatArray:
    """Slopes in the log odds and the log spread, turned into slopes in ``at`` (last axis)."""
    spread = math.exp(float(at[-1]))
    stretch = attenuation(spread)
    found = by_odds.copy()
    found[..., :-1] *= stretch
    found[..., -1] += by_odds[..., :-1] @ at[:-1] * (_SHRINK * spread**2 / stretch)
    return found


class ItemLikelihood:
    """The log likelihood of items, whose equal rows of answers are integrated once."""

    def __init__(self, right: FloatArray, tried: FloatArray) -> None:
        """Take right answers and tries, items by systems."""
        size = right.shape[1]
        rows, self.row_of_item, self._times = np.unique(
            np.hstack([right, tried]), axis=0, return_inverse=True, return_counts=True
        )
        self.row_of_item = self.row_of_item.ravel()
        self._right, self._tried = rows[:, :size], rows[:, size:]

    def loss(self, at: FloatArray) -> tuple[float, FloatArray]:
        """The negative log likelihood of all items, and its slopes."""
        values, slopes = self.by_row(at)
        return -float(self._times @ values), -(self._times @ slopes)

    def by_item(self, at: FloatArray) -> FloatArray:
        """The slopes of the log likelihood of every item."""
        found: FloatArray = self.by_row(at)[1][self.row_of_item]
        return found

    def by_row(self, at: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The log likelihood of every kind of row, and its slopes in ``at``."""
        odds, spread = split(at)
        values, points, shares, wrong = self._integrated(odds, spread)
        slopes, pull = np.empty((len(points), len(at))), np.zeros_like(points)
        for place, each in enumerate(wrong):
            left = self._left(place, each)
            slopes[:, place] = (shares * left).sum(axis=1)
            pull += left
        slopes[:, -1] = (shares * pull * points).sum(axis=1)
        return values, slopes_of_split(slopes, at)

    def in_odds(self, odds: FloatArray, spread: float) -> tuple[float, FloatArray, FloatArray]:
        """The negative log likelihood, its slopes and its curvature in the systems' log odds."""
        values, _, shares, wrong = self._integrated(odds, spread)
        left = np.array([self._left(place, each) for place, each in enumerate(wrong)])
        means = (left * shares).sum(axis=2)
        weighted = (left * (shares * self._times[:, None])).reshape(len(odds), -1)
        among = weighted @ left.reshape(len(odds), -1).T - (means * self._times) @ means.T
        inner = [
            float(self._times @ (self._tried[:, place] * (shares * each * (1 - each)).sum(axis=1)))
            for place, each in enumerate(wrong)
        ]
        return -float(self._times @ values), -(means @ self._times), np.diag(inner) - among

    def _left(self, place: int, wrong: FloatArray) -> FloatArray:
        """Right answers of a system above those expected, by row and point."""
        found: FloatArray = self._right[:, place, None] - self._tried[:, place, None] * (1 - wrong)
        return found

    def _integrated(
        self, odds: FloatArray, spread: float
    ) -> tuple[FloatArray, FloatArray, FloatArray, list[FloatArray]]:
        """By row: the log likelihood, the points, their shares in it, and the chances of wrong."""
        centre, scale = self._modes(odds, spread)
        end = np.arcsinh(_REACH * spread / scale)
        count = next(count for most, count in _POINTS if spread <= most)
        even = np.linspace(-1.0, 1.0, count)[None, :] * end[:, None]
        points = centre[:, None] + scale[:, None] * np.sinh(even)
        wide = scale * end * (2 / (count - 1)) / (spread * math.sqrt(2 * math.pi))
        joint = np.log(np.cosh(even) * wide[:, None]) - points**2 / (2 * spread**2)
        wrong = []
        for place, each in enumerate(odds):
            at_points = each + points
            log_wrong = special.log_expit(-at_points)
            joint += self._right[:, place, None] * at_points
            joint += self._tried[:, place, None] * log_wrong
            wrong.append(np.exp(log_wrong))
        top = joint.max(axis=1, keepdims=True)
        shares = np.exp(joint - top)
        total = shares.sum(axis=1, keepdims=True)
        shares /= total
        return (top + np.log(total)).ravel(), points, shares, wrong

    def _modes(self, odds: FloatArray, spread: float) -> tuple[FloatArray, FloatArray]:
        """The likeliest difficulty of every kind of row, and the scale there."""
        tries = self._tried.sum(axis=1)
        far = np.minimum(tries * spread**2, np.abs(odds).max() + np.log1p(tries * spread**2) + 1)
        low, high, centre, bend = -far, far, np.zeros(len(tries)), np.ones(len(tries))
        for _ in range(_NEWTON):
            rates = special.expit(odds[None, :] + centre[:, None])
            slope = (self._right - self._tried * rates).sum(axis=1) - centre / spread**2
            bend = (self._tried * rates * (1 - rates)).sum(axis=1) + 1 / spread**2
            low, high = np.where(slope > 0, centre, low), np.where(slope > 0, high, centre)
            step = centre + slope / bend
            inside = (low <= step) & (step <= high)
            step = np.where(inside, step, (low + high) / 2)
            moved = float(np.max(np.abs(step - centre) * np.sqrt(bend)))
            centre = step
            if moved < _TOLERANCE:
                break
        return centre, 1 / np.sqrt(bend)


def mean_accuracies(at: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The mean accuracy of every system over the items, and its slopes in ``at``."""
    odds, spread = split(at)
    points = np.linspace(-_REACH, _REACH, _MEAN_POINTS)
    weights = np.exp(-(points**2) / 2)
    weights /= weights.sum()
    rates = special.expit(odds[:, None] + spread * points[None, :])
    inner = rates * (1 - rates)
    slopes = np.zeros((len(odds), len(at)))
    np.fill_diagonal(slopes[:, :-1], inner @ weights)
    slopes[:, -1] = inner @ (weights * points * spread)
    return rates @ weights, slopes_of_split(slopes, at)
