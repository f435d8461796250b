"""Quantiles of bootstrap samples; of many values only those near the quantile are drawn one by one.

A resample moves a quantile by a few of its standard errors. All units (values or clusters) without
a value that near are alike but for how many of their values lie below, so that one multinomial
draw says how often units of each kind were taken. The distribution is that of drawing each unit,
and a resample of n values takes a time that grows with the root of n.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .._core.lazy import FloatArray, IntArray, np
from .._core.streams import stream
from .._data.values import ClusterLabels, cluster_codes
from .resampling import bootstrap_counts, count_quantiles

# With fewer units all are drawn; the results of earlier versions stay as they were.
_MANY_UNITS = 20_000
_BATCH_VALUES = 1_000_000
# Standard errors on either side: one resample in 10^10 leaves them, and all are drawn anew then.
_REACH = 6.5


def quantile_draws(
    columns: Sequence[FloatArray],
    quantile: float,
    *,
    clusters: ClusterLabels | None,
    resamples: int,
    seed: int,
    label: str,
) -> list[FloatArray]:
    """The quantile of each column in every resample; the columns are resampled together."""
    size = len(columns[0])
    if size > _MANY_UNITS:
        codes, units = (None, size) if clusters is None else cluster_codes(clusters, size)
        if units > _MANY_UNITS:
            codes = np.arange(size) if codes is None else codes
            return _near_draws(
                columns, quantile, codes, resamples=resamples, seed=seed, label=label
            )
    found: list[list[FloatArray]] = [[] for _ in columns]
    for counts in bootstrap_counts(size, clusters, resamples, seed, label):
        for draws, values in zip(found, columns, strict=True):
            draws.append(count_quantiles(values, counts, quantile))
    return [np.concatenate(draws) for draws in found]


def _near_draws(
    columns: Sequence[FloatArray],
    quantile: float,
    codes: IntArray,
    *,
    resamples: int,
    seed: int,
    label: str,
) -> list[FloatArray]:
    reach = _REACH
    while True:
        generator = stream(seed, "bootstrap", label, "near")
        sides = [_Side.of(values, quantile, codes, reach) for values in columns]
        units = _Units.of(sides, codes)
        found: list[list[FloatArray]] = [[] for _ in columns]
        for draw in units.draws(generator, resamples):
            for each, side in zip(found, sides, strict=True):
                each.append(side.quantiles(draw, units, quantile))
        draws = [np.concatenate(each) for each in found]
        if not any(np.isnan(each).any() for each in draws):
            return draws
        reach *= 2


@dataclass(frozen=True, kw_only=True)
class _Side:
    """One column: what lies below the values near its quantile, and these in order."""

    below: IntArray  # by unit
    near: FloatArray
    near_units: IntArray
    at_end: bool

    @classmethod
    def of(cls, values: FloatArray, quantile: float, codes: IntArray, reach: float) -> _Side:
        size, units = len(values), int(codes.max()) + 1
        order = np.argsort(values, kind="stable")
        middle = quantile * (size - 1)
        under = np.zeros(size)
        under[order[: int(middle) + 1]] = 1.0
        error = float(np.sqrt((np.bincount(codes, under - quantile, units) ** 2).sum()))
        low = max(0, int(middle - reach * error) - 2)
        high = min(size, int(middle + reach * error) + 3)
        return cls(
            below=np.bincount(codes[order[:low]], minlength=units),
            near=values[order[low:high]],
            near_units=codes[order[low:high]],
            at_end=high == size,
        )

    def quantiles(self, draw: _Draw, units: _Units, quantile: float) -> FloatArray:
        """The quantile of every resample; NaN where it is not among the values near it."""
        place = units.place[self.near_units]
        far, near = self.below[units.kinds], self.below[units.near]
        below = draw.far @ far + draw.near @ near
        reached = below[:, None] + np.cumsum(draw.near[:, place], axis=1)
        index = (draw.total - 1) * quantile
        floor = np.floor(index)
        first = (reached <= floor[:, None]).sum(axis=1)
        second = (reached <= floor[:, None] + 1).sum(axis=1)
        last = len(self.near) - 1
        outside = (below > floor) | (first > last) | ((second > last) & (not self.at_end))
        low, high = self.near[np.minimum(first, last)], self.near[np.minimum(second, last)]
        found: FloatArray = np.where(outside, np.nan, low + (high - low) * (index - floor))
        return found


@dataclass(frozen=True, kw_only=True)
class _Draw:
    """How often units of each kind, and each unit near a quantile, are in some resamples."""

    far: IntArray
    near: IntArray
    total: IntArray


@dataclass(frozen=True, kw_only=True)
class _Units:
    """The units near a quantile of any column, and the kinds of all others."""

    near: IntArray
    place: IntArray  # of each unit among those near
    kinds: IntArray  # one unit of each kind
    counts: IntArray  # how many units a kind has
    sizes: IntArray  # how many values a unit has

    @classmethod
    def of(cls, sides: Sequence[_Side], codes: IntArray) -> _Units:
        sizes = np.bincount(codes)
        is_near = np.zeros(len(sizes), bool)
        for side in sides:
            is_near[side.near_units] = True
        near, far = np.flatnonzero(is_near), np.flatnonzero(~is_near)
        place = np.zeros(len(sizes), np.int64)
        place[near] = np.arange(len(near))
        features = np.stack([sizes[far], *(side.below[far] for side in sides)], axis=1)
        _, first, counts = np.unique(features, axis=0, return_index=True, return_counts=True)
        return cls(near=near, place=place, kinds=far[first], counts=counts, sizes=sizes)

    def draws(self, generator: np.random.Generator, resamples: int) -> Iterator[_Draw]:
        units, many = len(self.sizes), len(self.near)
        chances = np.append(self.counts, many) / units
        rows = max(1, min(resamples, _BATCH_VALUES // max(many, 1)))
        for start in range(0, resamples, rows):
            batch = min(rows, resamples - start)
            kinds = generator.multinomial(units, chances, size=batch)
            taken = kinds[:, -1]
            drawn = generator.integers(0, many, size=int(taken.sum()), dtype=np.int64)
            drawn += np.repeat(np.arange(batch) * many, taken)
            near = np.bincount(drawn, minlength=batch * many).reshape(batch, many)
            far = kinds[:, :-1]
            total = far @ self.sizes[self.kinds] + near @ self.sizes[self.near]
            yield _Draw(far=far, near=near, total=total)
