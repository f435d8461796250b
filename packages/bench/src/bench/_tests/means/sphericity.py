"""Mauchly's test and the epsilons of Greenhouse-Geisser and Huynh-Feldt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from ..._core.lazy import FloatArray, np
from ..._core.options import check_choice
from ..._core.tails import chi2_p

SphericityCorrection = Literal["greenhouse-geisser", "huynh-feldt", "none"]
SPHERICITY_CORRECTIONS: tuple[SphericityCorrection, ...] = get_args(SphericityCorrection)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sphericity:
    """How far the covariances are from the shape the F test assumes."""

    greenhouse_geisser: float
    huynh_feldt: float
    huynh_feldt_unclipped: float
    mauchly_w: float
    mauchly_p: float
    epsilon: float


def sphericity(matrix: FloatArray, correction: SphericityCorrection) -> Sphericity:
    """From a matrix with one row per item and one column per condition."""
    check_choice("correction", correction, SPHERICITY_CORRECTIONS)
    n, k = matrix.shape
    p = k - 1
    contrasts = _orthonormal(k)
    covariance = contrasts @ np.atleast_2d(np.cov(matrix, rowvar=False)) @ contrasts.T
    trace, square = float(np.trace(covariance)), float((covariance**2).sum())
    gg = trace**2 / (p * square) if square > 0 else 1.0
    bottom = p * (n - 1 - p * gg)
    unclipped = (n * p * gg - 2) / bottom if bottom > 0 else 1.0
    hf = min(1.0, unclipped)
    w, p_value = math.nan, math.nan
    if p > 1 and n > p and trace > 0:
        w = float(np.linalg.det(covariance / (trace / p)))  # (trace / p) ** p underflows
        p_value = _mauchly_p(w, p, n - 1)
    epsilon = {"greenhouse-geisser": gg, "huynh-feldt": hf, "none": 1.0}[correction]
    return Sphericity(
        greenhouse_geisser=gg,
        huynh_feldt=hf,
        huynh_feldt_unclipped=unclipped,
        mauchly_w=w,
        mauchly_p=p_value,
        epsilon=epsilon,
    )


def _orthonormal(k: int) -> FloatArray:
    """Helmert contrasts of length one, one per row."""
    rows = np.zeros((k - 1, k))
    for index in range(1, k):
        rows[index - 1, :index] = 1.0
        rows[index - 1, index] = -index
    found: FloatArray = rows / np.sqrt((rows**2).sum(axis=1, keepdims=True))
    return found


def _mauchly_p(w: float, p: int, df: int) -> float:
    """Mauchly 1940 with the second-order term of Box 1949, its last factor as R has it."""
    if w <= 0:
        return 0.0 if df > p else math.nan
    rho = 1 - (2 * p * p + p + 2) / (6 * p * df)
    statistic = -df * rho * math.log(w)
    f = p * (p + 1) / 2 - 1
    second = float(p + 2) * (p - 1) * (p - 2) * (2 * p**3 + 6 * p**2 + 3 * (p + 1) + 2)
    second /= 288 * (df * p * rho) ** 2
    first = chi2_p(statistic, f)[0]
    return min(1.0, max(0.0, first + second * (chi2_p(statistic, f + 4)[0] - first)))
