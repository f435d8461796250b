"""The accuracy of systems like these on items like these: crossed random effects of both.

A logistic model with a random effect of the item and one of the system. The items are integrated
by adaptive quadrature (``ItemLikelihood``). The systems, each with the answers of many items, are
integrated by Laplace's approximation around their likeliest log odds. The error of the mean
accuracy has a part of the systems and a part of the items (two-way clusters: Cameron, Gelbach and
Miller 2011), and its interval is Wilson's with the effective sample size, t with Satterthwaite's
degrees of freedom.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .._core.lazy import FloatArray, IntArray, np, optimize
from .._core.results import Interval
from .._core.tails import t_quantile
from .._intervals.proportions import wilson
from .item_likelihood import ItemLikelihood, attenuation, mean_accuracies, split

_NEWTON, _TOLERANCE, _LONGEST = 60, 1e-8, 3.0
_LOG_SDS = ((-5.0, 3.0), (-5.0, 2.0))
_LEAST_START = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossed:
    """The fit: the mean accuracy with its interval, and both spreads in log odds."""

    accuracy: Interval
    item_sd: float
    system_sd: float


def crossed_accuracy(
    likelihood: ItemLikelihood,
    start: FloatArray,
    counts: tuple[FloatArray, FloatArray],
    codes: IntArray,
    level: float,
) -> Crossed:
    """Fit the model.

    Args:
        likelihood: That of the items.
        start: The systems as fixed effects, and the log spread of the items (see ``split``).
        counts: Right answers and tries, items by systems.
        codes: The cluster of every item.
        level: The level of the interval.
    """
    odds, item_sd = split(start)
    fit = _Systems(likelihood, odds)
    spread = max(_LEAST_START, float(odds.std()))
    found = optimize.minimize(
        fit.loss,
        [float(np.median(odds)) / attenuation(item_sd), float(start[-1]), math.log(spread)],
        method="L-BFGS-B",
        bounds=[(None, None), *_LOG_SDS],
        options={"ftol": 1e-10, "eps": 1e-4},
    )
    mean, item_sd, system_sd = _parameters(np.asarray(found.x))
    spread = math.hypot(item_sd, system_sd)
    at: FloatArray = np.array([mean / attenuation(spread), math.log(spread)])
    rate = float(mean_accuracies(at)[0][0])
    return Crossed(
        accuracy=_interval(*counts, codes, rate, level), item_sd=item_sd, system_sd=system_sd
    )


def _parameters(at: FloatArray) -> tuple[float, float, float]:
    """The mean log odds, given about as those of a mean accuracy, and both spreads."""
    item_sd, system_sd = math.exp(float(at[1])), math.exp(float(at[2]))
    return float(at[0]) * attenuation(item_sd), item_sd, system_sd


class _Systems:
    """The negative log likelihood, with the systems at their likeliest for each set of parameters.

    The log odds of the systems are kept from one set to the next, as the start of the search.
    """

    def __init__(self, likelihood: ItemLikelihood, odds: FloatArray) -> None:
        self.likelihood, self.odds = likelihood, odds

    def loss(self, at: FloatArray) -> float:
        """For the mean, the log spread of items and that of systems (see ``_parameters``)."""
        mean, item_sd, system_sd = _parameters(np.asarray(at))
        odds, precision = (
            np.clip(self.odds, mean - 9 * system_sd, mean + 9 * system_sd),
            system_sd**-2,
        )
        value, slopes, bend = self._at(odds, mean, item_sd, precision)
        for _ in range(_NEWTON):
            step = np.linalg.solve(bend, slopes)
            step *= min(1.0, _LONGEST / float(np.abs(step).max() or 1.0))
            if abs(float(step @ slopes)) < _TOLERANCE:
                break
            while True:
                new = self._at(odds - step, mean, item_sd, precision)
                if new[0] <= value or float(np.abs(step).max()) < _TOLERANCE:
                    break
                step = step / 2
            odds, (value, slopes, bend) = odds - step, new
        self.odds = odds
        return value + float(np.linalg.slogdet(bend)[1]) / 2 + len(odds) * math.log(system_sd)

    def _at(
        self, odds: FloatArray, mean: float, item_sd: float, precision: float
    ) -> tuple[float, FloatArray, FloatArray]:
        value, slopes, bend = self.likelihood.in_odds(odds, item_sd)
        away = odds - mean
        value += float(away @ away) * precision / 2
        return value, slopes + away * precision, bend + np.eye(len(odds)) * precision


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
