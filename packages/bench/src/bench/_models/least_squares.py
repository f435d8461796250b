"""A least-squares fit, with the quantities that tests of its effects need."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .._core.arithmetic import is_constant
from .._core.lazy import FloatArray, np
from .design import Term, stacked


def residual_square(matrix: FloatArray, y: FloatArray) -> float:
    """The sum of squared residuals of a least-squares fit, by an orthogonal basis."""
    basis, _ = np.linalg.qr(matrix)
    residuals = y - basis @ (basis.T @ y)
    return float(residuals @ residuals)


class LeastSquares:
    """A fit of all effects.

    Attributes:
        flat: Nothing is left to test with: the outcome is constant, or the fit perfect.
        variance: The residual mean square; NaN when flat.
    """

    def __init__(self, y: FloatArray, terms: Sequence[Term]) -> None:
        self.y, self.terms = y, terms
        self.matrix = stacked(terms, len(y))
        rows, columns = self.matrix.shape
        self.df = float(rows - columns)
        basis, triangle = np.linalg.qr(self.matrix)
        self.inverse = np.linalg.inv(triangle)
        self.coefficients = self.inverse @ (basis.T @ y)
        self.residuals = y - basis @ (basis.T @ y)
        self.residual_square = float(self.residuals @ self.residuals)
        # Rounding leaves a residual where the fit is perfect; it cannot be tested against.
        total = float(((y - y.mean()) ** 2).sum())
        self.flat = is_constant(y) or self.residual_square <= 1e-20 * total
        self.variance = math.nan if self.flat else self.residual_square / self.df

    def columns_of(self, name: str) -> slice:
        """The columns of an effect."""
        start = 1
        for term in self.terms:
            if term.name == name:
                return slice(start, start + term.df)
            start += term.df
        raise KeyError(name)

    def estimate(self, weights: FloatArray) -> tuple[float, float]:
        """A weighted sum of the coefficients, and its standard error."""
        spread = weights @ self.inverse
        return float(weights @ self.coefficients), math.sqrt(self.variance * float(spread @ spread))
