"""The power of the tests of right and wrong answers that run, by enumerating their outcomes."""

from __future__ import annotations

import math
from functools import lru_cache

from .._core.lazy import BoolArray, FloatArray, np, special
from .._core.tails import normal_quantile

SPARSE = 5.0
_REACH = 9.0
_SLACK = 1 + 1e-12


def score_power(
    rates: tuple[float, float], sizes: tuple[int, int], alpha: float, alternative: str
) -> float:
    """The score test of two proportions, with Fisher's mid-p where an expected count is below 5.

    As ``compare`` runs it: summed over all outcomes whose chance is not negligible.
    """
    n1, n2 = sizes
    first, mass1 = _likely(n1, rates[0])
    second, mass2 = _likely(n2, rates[1])
    x, y = first[:, None], second[None, :]
    total = x + y
    pooled = total / (n1 + n2)
    expected = np.minimum(pooled, 1 - pooled) * min(n1, n2)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (x / n1 - y / n2) / np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    rejected = _beyond(z, alpha, alternative)
    sparse = (expected > 0) & (expected < SPARSE)
    for margin in np.unique(total[sparse]).astype(int).tolist():
        here = sparse & (total == margin)
        p_values, start = _fisher_midp(margin, n1, n2, alternative)
        columns = np.broadcast_to(x, total.shape)[here].astype(int) - start
        rejected[here] = p_values[columns] <= alpha * _SLACK
    return float(mass1 @ rejected @ mass2)


def _likely(n: int, p: float) -> tuple[FloatArray, FloatArray]:
    """The counts that a binomial takes with any chance worth counting, and their chances."""
    reach = _REACH * math.sqrt(n * p * (1 - p)) + 10
    low, high = max(0, math.floor(n * p - reach)), min(n, math.ceil(n * p + reach))
    counts = np.arange(low, high + 1.0)
    return counts, _binomial(counts, n, p)


def _binomial(counts: FloatArray, n: float, p: float) -> FloatArray:
    log_mass = (
        special.gammaln(n + 1.0)
        - special.gammaln(counts + 1.0)
        - special.gammaln(n - counts + 1.0)
        + special.xlogy(counts, p)
        + special.xlog1py(n - counts, -p)
    )
    found: FloatArray = np.exp(log_mass)
    return found


def _beyond(z: FloatArray, alpha: float, alternative: str) -> BoolArray:
    if alternative == "two-sided":
        size, tail = np.abs(z), alpha / 2
    else:
        size, tail = (z if alternative == "greater" else -z), alpha
    found: BoolArray = size >= normal_quantile(1 - tail)
    return found


@lru_cache(maxsize=4096)
def _fisher_midp(margin: int, n1: int, n2: int, alternative: str) -> tuple[FloatArray, int]:
    """The mid-p of every count of the first group at one total, and the smallest such count."""
    start = max(0, margin - n2)
    counts = np.arange(start, min(n1, margin) + 1.0)
    log_mass = (
        -special.gammaln(counts + 1)
        - special.gammaln(n1 - counts + 1)
        - special.gammaln(margin - counts + 1)
        - special.gammaln(n2 - margin + counts + 1)
    )
    mass = np.exp(log_mass - log_mass.max())
    mass = mass / mass.sum()
    if alternative == "two-sided":
        ordered = mass[:, None] * (1 + 1e-7)
        tail = (mass[None, :] <= ordered).astype(float) @ mass
    elif alternative == "less":
        tail = np.cumsum(mass)
    else:
        tail = np.cumsum(mass[::-1])[::-1]
    return tail - mass / 2, start


def sign_power(
    p10: float, p01: float, n: int, alpha: float, alternative: str, *, mid: bool
) -> float:
    """McNemar's test, mid-p or exact, summed over the number of discordant pairs."""
    share = p10 + p01
    sizes, chances = _likely(n, share)
    total = 0.0
    for size, chance in zip(sizes.astype(int).tolist(), chances.tolist(), strict=True):
        rejected = _sign_region(size, alpha, alternative, mid=mid)
        total += chance * float(_binomial(np.arange(size + 1.0), size, p10 / share) @ rejected)
    return total


@lru_cache(maxsize=16_384)
def _sign_region(size: int, alpha: float, alternative: str, *, mid: bool) -> BoolArray:
    """Which numbers of wins among ``size`` discordant pairs the test rejects."""
    wins = np.arange(size + 1.0)
    point = _binomial(wins, size, 0.5)
    below = special.bdtr(wins, size, 0.5)
    above = special.bdtrc(wins - 1, size, 0.5)
    above[0] = 1.0
    if alternative == "two-sided":
        # Half of the observed point, as in the sign test: at a tie p is 1.
        p_values = np.minimum(1.0, 2 * np.minimum(below, above)) - (point if mid else 0.0)
        p_values[2 * wins == size] = 1.0
    else:
        tail = below if alternative == "less" else above
        p_values = tail - (point / 2 if mid else 0.0)
    found: BoolArray = p_values <= alpha * _SLACK
    return found
