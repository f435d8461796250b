"""The accuracy of systems like these on items like these: crossed random effects of both.

A logistic model with a random effect of the item and one of the system, fitted with Laplace's
approximation (Breslow and Clayton 1993). The error of the mean accuracy has a part of the systems
and a part of the items (two-way clusters: Cameron, Gelbach and Miller 2011), and its interval is
Wilson's with the effective sample size, t with Satterthwaite's degrees of freedom.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .._core.lazy import FloatArray, IntArray, np, optimize, special
from .._core.results import Interval
from .._core.tails import t_quantile
from .._intervals.proportions import wilson
from .item_likelihood import attenuation, mean_accuracies

_NEWTON, _TOLERANCE = 60, 1e-9
_MOST_LOG_SD, _LEAST_LOG_SD = 2.0, -5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossed:
    """The fit: the mean accuracy with its interval, and both spreads in log odds."""

    accuracy: Interval
    item_sd: float
    system_sd: float


def crossed_accuracy(
    right: FloatArray, tried: FloatArray, codes: IntArray, level: float
) -> Crossed:
    """Fit the model to right answers and tries, items (in their clusters) by systems."""
    fit = _Laplace(right, tried)
    overall = float((right.sum() + 0.5) / (tried.sum() + 1))
    found = optimize.minimize(
        fit.loss,
        [float(special.logit(overall)), 0.0, -0.5],
        method="Nelder-Mead",
        options={"xatol": 1e-4, "fatol": 1e-6, "maxiter": 400},
    )
    mean, item_sd, system_sd = _parameters(np.asarray(found.x))
    spread = math.hypot(item_sd, system_sd)
    at: FloatArray = np.array([mean / attenuation(spread), math.log(spread)])
    rate = float(mean_accuracies(at)[0][0])
    return Crossed(
        accuracy=_interval(right, tried, codes, rate, level),
        item_sd=item_sd,
        system_sd=system_sd,
    )


def _parameters(at: FloatArray) -> tuple[float, float, float]:
    bounded = np.clip(at[1:], _LEAST_LOG_SD, _MOST_LOG_SD)
    return float(at[0]), float(np.exp(bounded[0])), float(np.exp(bounded[1]))


class _Laplace:
    """The negative log likelihood, with the effects at their best for each set of parameters."""

    def __init__(self, right: FloatArray, tried: FloatArray) -> None:
        self.right, self.tried = right, tried
        self.items, self.systems = np.zeros(len(right)), np.zeros(right.shape[1])

    def loss(self, at: FloatArray) -> float:
        mean, item_sd, system_sd = _parameters(np.asarray(at))
        for _ in range(_NEWTON):
            slopes, diagonal, cross, inner = self._curvature(mean, item_sd, system_sd)
            by_items = cross / diagonal[:, None]
            schur = inner - by_items.T @ cross
            step_systems = np.linalg.solve(schur, slopes[1] - by_items.T @ slopes[0])
            step_items = (slopes[0] - cross @ step_systems) / diagonal
            self.items = self.items + step_items
            self.systems = self.systems + step_systems
            if max(np.abs(step_items).max(), np.abs(step_systems).max()) < _TOLERANCE:
                break
        odds = mean + item_sd * self.items[:, None] + system_sd * self.systems[None, :]
        fit = float((self.right * odds + self.tried * special.log_expit(-odds)).sum())
        _, diagonal, cross, inner = self._curvature(mean, item_sd, system_sd)
        schur = inner - (cross / diagonal[:, None]).T @ cross
        penalty = float(self.items @ self.items) + float(self.systems @ self.systems)
        determinant = float(np.log(diagonal).sum()) + float(np.linalg.slogdet(schur)[1])
        return -fit + (penalty + determinant) / 2

    def _curvature(
        self, mean: float, item_sd: float, system_sd: float
    ) -> tuple[tuple[FloatArray, FloatArray], FloatArray, FloatArray, FloatArray]:
        odds = mean + item_sd * self.items[:, None] + system_sd * self.systems[None, :]
        rates = special.expit(odds)
        left, weights = self.right - self.tried * rates, self.tried * rates * (1 - rates)
        slopes = (
            item_sd * left.sum(axis=1) - self.items,
            system_sd * left.sum(axis=0) - self.systems,
        )
        diagonal = 1 + item_sd**2 * weights.sum(axis=1)
        inner = np.diag(1 + system_sd**2 * weights.sum(axis=0))
        return slopes, diagonal, item_sd * system_sd * weights, inner


def _interval(
    right: FloatArray, tried: FloatArray, codes: IntArray, rate: float, level: float
) -> Interval:
    """Each system counts alike, and so does each of its items."""
    known = tried > 0
    shares = np.where(known, right / np.maximum(tried, 1), 0.0)
    weights = known / known.sum(axis=0) / known.shape[1]
    left = weights * (shares - float((weights * shares).sum()))
    systems, items = known.shape[1], int(codes.max()) + 1
    left = np.array([np.bincount(codes, weights=column, minlength=items) for column in left.T]).T
    of_systems = float((left.sum(axis=0) ** 2).sum()) * systems / (systems - 1)
    of_items = float((left.sum(axis=1) ** 2).sum()) * items / (items - 1)
    both = float((left**2).sum())
    variance = max(of_systems + of_items - both, of_systems, of_items)
    inner = rate * (1 - rate)
    if variance <= 0 or inner <= 0:
        size, df = float(systems), systems - 1.0
    else:
        size = max(1.0, inner / variance)
        df = variance**2 / (of_systems**2 / (systems - 1) + of_items**2 / (items - 1))
        df = max(df, systems - 1.0)
    low, high = wilson(rate * size, size, t_quantile(0.5 + level / 2, df))
    return Interval(
        low=low,
        high=high,
        level=level,
        method="logistic mixed model, crossed items and systems",
        estimate=rate,
    )
