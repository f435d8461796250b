"""The integral behind the Bayes factor of a one-way layout."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ._lazy import integrate, np
from ._numbers import Values, clean


def log_bayes_factor(groups: Sequence[Values], scale: float) -> float:
    """Rouder et al. 2012, equation for one fixed factor with g from an inverse chi-square."""
    arrays = [clean(each, "group")[0] for each in groups]
    k, n = len(arrays), sum(map(len, arrays))
    y = np.concatenate(arrays)
    y = y - y.mean()
    # Orthonormal contrasts: the projection away from the mean, its unit eigenvectors as columns.
    centring = np.eye(k) - 1 / k
    contrasts = np.linalg.eigh(centring)[1][:, 1:]
    rows = np.repeat(np.arange(k), [len(each) for each in arrays])
    x = contrasts[rows]
    x = x - x.mean(axis=0)
    total = float(y @ y)
    gram, cross = x.T @ x, x.T @ y

    def log_density(u: float) -> float:
        g = math.exp(u)
        inner = gram + np.eye(k - 1) / g
        explained = float(cross @ np.linalg.solve(inner, cross))
        log = -0.5 * (k - 1) * u - 0.5 * float(np.linalg.slogdet(inner)[1])
        log -= (n - 1) / 2 * math.log((total - explained) / total)
        prior = math.log(scale) - 0.5 * math.log(2 * math.pi) - 1.5 * u - scale**2 / (2 * g)
        return log + prior + u

    peak = max((log_density(step / 4), step / 4) for step in range(-40, 60))
    parts = ((-15.0, peak[1]), (peak[1], peak[1] + 8), (peak[1] + 8, 60.0))
    mass = sum(
        float(integrate.quad(lambda u: math.exp(log_density(u) - peak[0]), *part, limit=400)[0])
        for part in parts
    )
    return peak[0] + math.log(mass)
