"""The interval of the expected calibration error in given bins.

The plain error is a sum of absolute values, so noise only adds to it. The ends are the errors at
which the observed sum is just not surprising, with the gaps of the bins that fit the data best
among all gaps of that sum (hybrid resampling: Chuang and Lai 2000). The estimate without bias is
the error at which the observed sum is the median.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .._core.lazy import FloatArray, IntArray, np
from .._core.streams import stream
from .._data.values import cluster_codes

_STEPS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class BinGaps:
    """The gap of each bin as a share of all answers, with draws of its noise."""

    gaps: FloatArray
    squares: FloatArray
    noise: FloatArray

    @property
    def error(self) -> float:
        return float(np.abs(self.gaps).sum())

    def at(self, error: float) -> FloatArray:
        """The gaps nearest to the observed ones whose absolute values sum to ``error``."""
        sizes, total = np.abs(self.gaps), self.error
        signs = np.where(self.gaps < 0, -1.0, 1.0)
        if error >= total:
            share = self.squares / self.squares.sum()
            found: FloatArray = signs * (sizes + (error - total) * share)
            return found
        # Soft thresholds: all bins give way by their noise until one of them reaches 0.
        low, high = 0.0, float((sizes / self.squares).max())
        for _ in range(_STEPS):
            middle = (low + high) / 2
            left = np.maximum(sizes - middle * self.squares, 0.0).sum()
            low, high = (middle, high) if left > error else (low, middle)
        return np.asarray(signs * np.maximum(sizes - high * self.squares, 0.0))

    def above(self, error: float) -> float:
        """The chance of a sum as large as the observed one when the true error is ``error``."""
        sums = np.abs(self.at(error) + self.noise).sum(axis=1)
        return float((sums >= self.error).mean())

    def solve(self, chance: float, most: float) -> float:
        """The error at which the observed sum is reached with this chance; 0 where it has more."""
        low, high = 0.0, most
        if self.above(low) >= chance:
            return 0.0
        if self.above(high) < chance:
            return most
        for _ in range(_STEPS):
            middle = (low + high) / 2
            low, high = (middle, high) if self.above(middle) < chance else (low, middle)
        return (low + high) / 2


def bin_gaps(
    stated: FloatArray,
    right: FloatArray,
    codes: IntArray,
    bins: int,
    *,
    clusters: Sequence[Any] | None,
    draws: int,
    seed: int,
) -> BinGaps:
    """The gaps of the bins, and noise of the spread that the answers and their clusters show."""
    n = len(stated)
    counts = np.bincount(codes, minlength=bins).astype(float)
    used = counts > 0
    gaps = np.bincount(codes, weights=stated - right, minlength=bins) / n
    confidence = np.bincount(codes, weights=stated, minlength=bins)
    wins = np.bincount(codes, weights=right, minlength=bins)
    generator = stream(seed, "noise", "calibration")
    # One answer at the stated confidence is added, so that a bin of right answers keeps its noise.
    accuracy = (wins[used] + confidence[used] / counts[used]) / (counts[used] + 1)
    squares = counts[used] * np.maximum(accuracy * (1 - accuracy), 1e-12) / n**2
    normal = generator.standard_normal((draws, int(used.sum())))
    if clusters is None:
        return BinGaps(gaps=gaps[used], squares=squares, noise=normal * np.sqrt(squares))
    labels, count = cluster_codes(clusters, n)
    residuals = stated - right - (gaps * n / np.maximum(counts, 1.0))[codes]
    sums = np.zeros((count, bins))
    np.add.at(sums, (labels, codes), residuals / n)
    # The factor is squared as in the jackknife.
    covariance = (sums[:, used].T @ sums[:, used]) * (count / (count - 1)) ** 2
    own = np.bincount(codes, weights=residuals**2, minlength=bins)[used] / n**2
    # Independent answers of a bin are the least noise that it has.
    extra = np.diag(np.maximum(squares - own, 0.0))
    values, vectors = np.linalg.eigh(covariance + extra)
    scale = np.sqrt((count - 1) / generator.chisquare(count - 1, draws))
    noise = normal @ (vectors * np.sqrt(np.clip(values, 0.0, None))).T * scale[:, None]
    found = np.maximum(np.diag(covariance + extra), 1e-18)
    return BinGaps(gaps=gaps[used], squares=found, noise=noise)


def ece_ends(found: BinGaps, level: float) -> tuple[float, float, float]:
    """The lower end, the estimate without bias, and the upper end."""
    reach = math.sqrt(float(found.squares.sum()) * len(found.gaps))
    most = min(1.0, found.error + 8 * reach + 0.01)
    tail = (1 - level) / 2
    return found.solve(tail, most), found.solve(0.5, most), found.solve(1 - tail, most)
