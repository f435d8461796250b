"""The multivariate t distribution behind Dunnett's test."""

from __future__ import annotations

import math

from .._core.lazy import FloatArray, np, special

_HEAVY = 30


class Dunnett:
    """Two-sided Dunnett probabilities by Gauss-Legendre over spread and shared control."""

    def __init__(self, arrays: dict[str, FloatArray], df: float) -> None:
        sizes = [len(each) for each in arrays.values()]
        shares = np.array([math.sqrt(size / (size + sizes[0])) for size in sizes[1:]])
        x, weights = np.polynomial.legendre.leggauss(120)
        self._z, self._wz = (
            9.0 * x,
            9.0 * weights * np.exp(-((9.0 * x) ** 2) / 2) / math.sqrt(2 * math.pi),
        )
        width = 1 / math.sqrt(2 * df)
        low, high = (
            max(0.0, 1 - 14 * width),
            1 + 14 * width + (2.0 if df < _HEAVY else 0.0),
        )  # heavier tail
        self._u = (low + high) / 2 + (high - low) / 2 * x
        log_density = (
            math.log(2)
            + df / 2 * math.log(df / 2)
            - math.lgamma(df / 2)
            + (df - 1) * np.log(self._u)
            - df * self._u**2 / 2
        )
        self._wu = (high - low) / 2 * weights * np.exp(log_density)
        self._shares = shares

    def p(self, c: float) -> float:
        """The chance that the largest |t| of all comparisons exceeds ``c``."""
        inside = np.ones((len(self._u), len(self._z)))
        for share in self._shares.tolist():
            scale = math.sqrt(1 - share**2)
            upper = (share * self._z[None, :] + c * self._u[:, None]) / scale
            lower = (share * self._z[None, :] - c * self._u[:, None]) / scale
            inside *= special.ndtr(upper) - special.ndtr(lower)
        return min(1.0, max(0.0, 1.0 - float(self._wu @ inside @ self._wz)))

    def quantile(self, level: float) -> float:
        low, high = 0.0, 60.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if self.p(middle) > 1 - level else (low, middle)
        return high
