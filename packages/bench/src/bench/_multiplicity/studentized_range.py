"""The distribution of the studentised range, by Gauss-Legendre quadrature.

The range of k normal values over an independent estimate of their spread with ``df`` degrees of
freedom (Newman 1939; the double integral of Copenhaver and Holland 1988). The integral over the
spread is taken in its logarithm, where it is smooth for every df. Agrees with R's ``ptukey``.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache

from .._core.lazy import FloatArray, np, optimize, special

_REACH = 8.5
_NODES, _FEW_NODES, _MANY_NODES = 128, 64, 256
_MANY_DF, _TINY = 10, 1e-16
_MOST_DF = 1e6


@lru_cache(maxsize=4096)
def range_sf(q: float, k: int, df: float) -> float:
    """The upper tail of the studentised range."""
    if math.isnan(q) or math.isnan(df):
        return math.nan
    if q <= 0 or math.isinf(q):
        return float(q <= 0)
    return min(1.0, max(0.0, 1.0 - _cdf(q, k, df)))


@lru_cache(maxsize=512)
def range_quantile(level: float, k: int, df: float) -> float:
    """The studentised range that is not exceeded with this probability."""
    if math.isnan(df):
        return math.nan
    high = 4.0
    while _cdf(high, k, df) < level:
        high *= 2
    return float(optimize.brentq(lambda q: _cdf(q, k, df) - level, 0.0, high, xtol=1e-11))


def _cdf(q: float, k: int, df: float) -> float:
    if df > _MOST_DF:
        return float(_normal_range(np.array([q]), k)[0])
    scales, weights = _spreads(df)
    return float(_normal_range(q * scales, k) @ weights)


def _normal_range(widths: FloatArray, k: int) -> FloatArray:
    """P(range <= width) of k standard normal values: over the largest one."""
    points, weights = _nodes(_NODES)
    z = _REACH * points
    density = k * _REACH * weights * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    inside = special.ndtr(z)[None, :] - special.ndtr(z[None, :] - widths[:, None])
    found: FloatArray = inside ** (k - 1) @ density
    return found


@lru_cache(maxsize=256)
def _spreads(df: float) -> tuple[FloatArray, FloatArray]:
    """Estimates of a spread of 1, and their weights."""
    low = math.log(2 * float(special.gammaincinv(df / 2, _TINY))) / 2
    high = math.log(2 * float(special.gammainccinv(df / 2, _TINY))) / 2
    points, weights = _nodes(_FEW_NODES if df >= _MANY_DF else _MANY_NODES)
    logs = low + (high - low) * (points + 1) / 2
    density = math.log(2) + df * logs - np.exp(2 * logs) / 2 - (df / 2) * math.log(2)
    mass = np.exp(density - special.gammaln(df / 2)) * weights * (high - low) / 2
    return np.exp(logs) / math.sqrt(df), mass


@cache
def _nodes(count: int) -> tuple[FloatArray, FloatArray]:
    points, weights = np.polynomial.legendre.leggauss(count)
    return points, weights
