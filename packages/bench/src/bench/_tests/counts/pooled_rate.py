"""The p-value of two proportions over all outcomes at their pooled rate (Storer and Kim 1990)."""

from __future__ import annotations

import math

from ..._core.lazy import FloatArray, np, special

_SLACK = 1e-9


def pooled_rate_p(x1: int, n1: int, x2: int, n2: int, alternative: str) -> float:
    """The chance of a score statistic at least as far out, if both rates were the pooled one."""
    rate = (x1 + x2) / (n1 + n2)
    wins, others = np.arange(n1 + 1.0)[:, None], np.arange(n2 + 1.0)[None, :]
    pooled = (wins + others) / (n1 + n2)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    with np.errstate(invalid="ignore"):
        z = np.where(spread > 0, (wins / n1 - others / n2) / spread, 0.0)
    if alternative == "two-sided":
        z = np.abs(z)
    elif alternative == "less":
        z = -z
    beyond = z >= z[x1, x2] - _SLACK
    return float(_chances(n1, rate) @ beyond @ _chances(n2, rate))


def _chances(n: int, rate: float) -> FloatArray:
    counts = np.arange(n + 1.0)
    log_ways = -special.gammaln(counts + 1) - special.gammaln(n - counts + 1)
    found: FloatArray = np.exp(
        math.lgamma(n + 1) + log_ways + counts * math.log(rate) + (n - counts) * math.log1p(-rate)
    )
    return found
