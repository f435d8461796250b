"""Intervals and p-values that hold for all pairs of groups together.

The max-T method takes the correlation of the estimates into account (Westfall and Young 1993;
Hothorn, Bretz and Westfall 2008). Each pair keeps its own degrees of freedom: what is compared is
the smallest p-value, whose distribution under no difference is simulated from correlated normals,
with a standard error of its own for each pair.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .._core.lazy import FloatArray, np, optimize, special
from .._core.results import Interval
from .._core.streams import stream
from .adjust import Correction, adjust, method_name
from .pairwise import Pair, PairwiseTable

DRAWS = 10_000
_BLOCKS = 500
_MANY_DF = 30
_NO_PART, _CERTAIN = 1e-12, 1e-10
_FAMILYWISE = ("bonferroni", "holm", "hochberg", "hommel", "sidak", "holm-sidak")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallestP:
    """The distribution of the smallest of several two-sided p-values, as sorted draws."""

    draws: FloatArray
    count: int

    def level_of_each(self, level: float) -> float:
        """The level of each interval at which all hold together with ``level``."""
        at = float(np.quantile(self.draws, 1 - level))
        return 1 - max(at, (1 - level) / self.count)

    def adjusted(self, p_value: float) -> float:
        """The chance that the smallest p-value is at most this one; Bonferroni's where smaller."""
        if math.isnan(p_value):
            return math.nan
        below = int(np.searchsorted(self.draws, p_value, side="right"))
        simulated = (below + 1) / (len(self.draws) + 1)
        return max(p_value, min(simulated, self.count * p_value))


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledSmallestP:
    """The distribution of the smallest p-value where all contrasts share one residual variance.

    Correlated normal scores are a length and a direction that are independent of each other. Given
    the direction, the largest t is the length over the residual spread, whose square is an F: only
    the direction is drawn (``reaches``: the largest score in directions of length one).
    """

    reaches: FloatArray
    rank: int
    df: float
    count: int

    def level_of_each(self, level: float) -> float:
        """The level of each interval at which all hold together with ``level``."""
        error = 1 - level
        if self.count == 1 or error <= _CERTAIN:
            return 1 - error / self.count
        low, high = (-float(special.stdtrit(self.df, p / 2)) for p in (error, error / self.count))
        if self._tail(high) >= error:
            return 1 - error / self.count
        t = float(optimize.brentq(lambda at: self._tail(at) - error, low, high, xtol=1e-9))
        return 1 - 2 * float(special.stdtr(self.df, -t))

    def adjusted(self, p_value: float) -> float:
        """The chance that the smallest p-value is at most this one; Bonferroni's where smaller."""
        if math.isnan(p_value) or p_value <= _CERTAIN:
            return self.count * p_value
        chance = self._tail(-float(special.stdtrit(self.df, p_value / 2)))
        return max(p_value, min(chance, self.count * p_value, 1.0))

    def _tail(self, t: float) -> float:
        ratio = (t / self.reaches) ** 2 / self.rank
        return float(special.fdtrc(self.rank, self.df, ratio).mean())


def _none_varies(count: int) -> SmallestP:
    """No contrast varies, so there is no correlation to be had: Bonferroni's level for each."""
    return SmallestP(draws=np.zeros(1), count=count)


def pooled_smallest_p(
    covariance: FloatArray, contrasts: FloatArray, df: float, seed: int
) -> PooledSmallestP | SmallestP:
    """From the covariance of the groups' means and the contrasts of them as rows."""
    root = _scores(covariance, contrasts)
    if not len(root):
        return _none_varies(len(contrasts))
    values, vectors = np.linalg.eigh(root.T @ root)
    root = root @ vectors[:, values > _NO_PART * values.max()]
    drawn = stream(seed, "max-t").standard_normal((DRAWS, root.shape[1]))
    reaches = np.abs(drawn @ root.T).max(axis=1) / np.sqrt((drawn**2).sum(axis=1))
    blocks = np.sort(reaches).reshape(_BLOCKS, -1).mean(axis=1)
    return PooledSmallestP(reaches=blocks, rank=root.shape[1], df=df, count=len(contrasts))


def smallest_p(covariance: FloatArray, contrasts: FloatArray, df: float, seed: int) -> SmallestP:
    """Simulated from the covariance of the groups' means and the pairs as rows of contrasts."""
    root = _scores(covariance, contrasts)
    if not len(root):
        return _none_varies(len(contrasts))
    generator = stream(seed, "max-t")
    size = np.abs(generator.standard_normal((DRAWS, root.shape[1])) @ root.T)
    if not df < _MANY_DF:
        found = 2 * special.ndtr(-size.max(axis=1))
        return SmallestP(draws=np.sort(found), count=len(contrasts))
    rows = max(1, math.floor(df))
    squares = np.zeros_like(size)
    for _ in range(rows):
        squares += (generator.standard_normal((DRAWS, root.shape[1])) @ root.T) ** 2
    largest = (size / np.sqrt(squares / rows)).max(axis=1)
    return SmallestP(draws=np.sort(2 * special.stdtr(rows, -largest)), count=len(contrasts))


def _scores(covariance: FloatArray, contrasts: FloatArray) -> FloatArray:
    """A root of the correlation of the contrasts, without those that do not vary."""
    values, vectors = np.linalg.eigh(covariance)
    root: FloatArray = contrasts @ (vectors * np.sqrt(np.clip(values, 0.0, None)))
    scale = np.sqrt((root**2).sum(axis=1))
    found: FloatArray = root[scale > 0] / scale[scale > 0, None]
    return found


def max_t_table(
    rows: Sequence[Pair],
    family: SmallestP,
    level: float,
    again: Callable[[Pair, float], Interval],
) -> PairwiseTable:
    """All rows with p-values and intervals of the max-T method.

    ``again`` gives the interval of a pair at another level.
    """
    each = family.level_of_each(level)
    found = [
        replace(
            row,
            p_adjusted=family.adjusted(row.p_value),
            interval_adjusted=_named(again(row, each), level, "max-T"),
        )
        for row in rows
    ]
    return PairwiseTable(test="max-t", correction="max-t", rows=tuple(found))


def corrected_table(
    test: str,
    rows: Sequence[Pair],
    correction: Correction,
    level: float,
    again: Callable[[Pair, float], Interval],
) -> PairwiseTable:
    """All rows with adjusted p-values, and intervals that hold together.

    Bonferroni's level for the corrections that hold the chance of any false alarm, Šidák's for his;
    for false discovery rates the intervals of the pairs that are found (Benjamini and Yekutieli
    2005), and the others have none.
    """
    name = method_name(correction)
    values, levels = family_of([row.p_value for row in rows], correction, level)
    return PairwiseTable(
        test=test,
        correction=name,
        rows=tuple(
            replace(
                row,
                p_adjusted=value,
                interval_adjusted=None if own is None else _named(again(row, own), level, name),
            )
            for row, value, own in zip(rows, values, levels, strict=True)
        ),
    )


def family_of(
    p_values: Sequence[float],
    correction: Correction | Literal["max-t"],
    level: float,
    smallest: SmallestP | PooledSmallestP | None = None,
) -> tuple[list[float], list[float | None]]:
    """Adjusted p-values, and the level of each interval at which all hold together.

    None stands for a pair that has no adjusted interval.
    """
    count, error = len(p_values), 1 - level
    if correction == "max-t":
        if smallest is None:
            raise ValueError("max-t needs the distribution of the smallest p-value")
        return [smallest.adjusted(p) for p in p_values], [smallest.level_of_each(level)] * count
    name = method_name(correction)
    values = adjust(list(p_values), correction)
    if name in _FAMILYWISE:
        share = -math.expm1(math.log1p(-error) / count) if "sidak" in name else error / count
        return values, [1 - share] * count
    if name == "none":
        return values, [level] * count
    found = sum(value <= error for value in values)
    harmonic = sum(1 / rank for rank in range(1, count + 1)) if name == "by" else 1.0
    share = error * found / count / harmonic
    return values, [1 - share if value <= error else None for value in values]


def _named(interval: Interval, level: float, correction: str) -> Interval:
    if correction == "none":
        return interval
    return replace(interval, level=level, method=f"{interval.method}, simultaneous ({correction})")
