"""Right and wrong answers drawn from probabilities that vary over items.

The logit of an item's probability is normal. Mean and share of the variance between items are met
by Gauss-Hermite quadrature; two conditions share the difficulty of an item by a Gaussian copula.
"""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(61)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
_STEPS = 50
_WIDEST = 60.0


class Logits(NamedTuple):
    """The normal distribution of the logit of an item's probability."""

    mean: float
    sd: float


@cache
def logits_of(rate: float, item_share: float) -> Logits:
    """The distribution with this mean probability and this share of variance between items.

    Args:
        rate: The mean probability of a right answer, in (0, 1).
        item_share: The variance of the probabilities divided by ``rate * (1 - rate)``, in (0, 1).
    """
    low, high, sd = 0.0, _WIDEST, 0.0
    for _ in range(_STEPS):
        sd = (low + high) / 2
        probabilities = _logistic(_mean_for(rate, sd) + sd * _NODES)
        share = float(_WEIGHTS @ (probabilities - rate) ** 2) / (rate * (1 - rate))
        low, high = (sd, high) if share < item_share else (low, sd)
    return Logits(_mean_for(rate, sd), sd)


def _mean_for(rate: float, sd: float) -> float:
    low, high, mean = -400.0, 400.0, 0.0
    for _ in range(_STEPS):
        mean = (low + high) / 2
        low, high = (
            (mean, high) if float(_WEIGHTS @ _logistic(mean + sd * _NODES)) < rate else (low, mean)
        )
    return mean


def _logistic(values: "NDArray[np.float64]") -> "NDArray[np.float64]":
    return 1 / (1 + np.exp(-np.clip(values, -700, 700)))


class Draws(NamedTuple):
    """The random numbers of one simulated run; the same serve for every size of a difference.

    Attributes:
        difficulty: By condition and item, standard normal.
        chance: By condition, item and repeat, uniform.
    """

    difficulty: "NDArray[np.float64]"
    chance: "NDArray[np.float64]"


def draws(
    random: np.random.Generator,
    shape: tuple[int, int, int],
    *,
    agreement: float,
    clusters: "NDArray[np.int64] | None" = None,
) -> Draws:
    """Draw the random numbers of one run.

    Args:
        random: The generator.
        shape: Conditions, items and repeats.
        agreement: The correlation of an item's difficulty between conditions.
        clusters: The number of each item's cluster; half of what conditions share of an item is
            then that of its cluster.
    """
    conditions, items, _ = shape
    shared = random.standard_normal(items)
    if clusters is not None:
        of_clusters = random.standard_normal(int(clusters.max()) + 1)[clusters]
        shared = np.sqrt(0.5) * of_clusters + np.sqrt(0.5) * shared
    own = random.standard_normal((conditions, items))
    difficulty = np.sqrt(agreement) * shared + np.sqrt(1 - agreement) * own
    return Draws(difficulty, random.random(shape))


def answered(drawn: Draws, rates: tuple[float, ...], item_share: float) -> "NDArray[np.float64]":
    """Which answers are right: 1 or 0 by condition, item and repeat.

    Args:
        drawn: The random numbers.
        rates: The accuracy of each condition.
        item_share: The share of variance between items.
    """
    found = np.empty(drawn.chance.shape)
    for number, rate in enumerate(rates):
        logits = logits_of(rate, item_share)
        probability = _logistic(logits.mean + logits.sd * drawn.difficulty[number])
        found[number] = drawn.chance[number] < probability[:, None]
    return found
