"""Intervals of estimates from 0 to 1 that are means, or ratios of sums, over items.

What each item adds to its error gives the variance over items or clusters (CR3, the jackknife).
The interval is Wilson's with the effective sample size and a t quantile, as in ``rate_interval``:
it stays within 0 and 1, and keeps a width where all items agree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from .._core.lazy import FloatArray, IntArray, np
from .._core.notes import note
from .._core.results import Interval, Note
from .._core.tails import t_quantile
from .cluster_df import satterthwaite
from .proportions import wilson

_ROUNDING = 1e-14


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """An estimate from 0 to 1 as a sum over items.

    Attributes:
        value: The estimate.
        parts: What each item adds to its error; they sum to zero.
        weights: The share of each item in the estimate; they sum to one.
        ratio: For a ratio of two means that may exceed 1: both by item.
    """

    value: float
    parts: FloatArray
    weights: FloatArray
    ratio: tuple[FloatArray, FloatArray] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """The items or clusters that are independent of each other."""

    codes: IntArray
    count: int
    clustered: bool

    def sums(self, values: FloatArray) -> FloatArray:
        return summed(self.codes, values, self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """The effective sample size, with its degrees of freedom; ``flat`` where items do not vary."""

    size: float
    df: float
    flat: bool


def effective_sample(share: Share, units: Units) -> Effective | None:
    """What the items are worth; None where fewer than two of them count."""
    weights, parts = units.sums(share.weights), units.sums(share.parts)
    active = (weights > 0) | (parts != 0)  # of a ratio: the base may be 0 where the other is not
    if int((weights > 0).sum()) < 2 or math.isnan(share.value):  # one unit shows no spread
        return None
    weights = weights[active]
    spread = _spread(parts[active], weights)
    rate = min(1.0, max(0.0, share.value))
    inner = rate * (1 - rate)
    least = 1 / float((weights**2).sum())
    flat = spread <= _ROUNDING * max(inner, _ROUNDING)
    size = least
    if not flat and inner > 0:
        size = max(inner / spread, 1.0 if units.clustered else least)
    return Effective(size=size, df=satterthwaite(weights, 1), flat=flat)


def share_interval(share: Share, units: Units, level: float) -> Interval:
    """The interval of one metric, with a warning where the items do not vary."""
    found = effective_sample(share, units)
    if found is None:
        return _interval(share.value, (0.0, 1.0), level, (note("ZERO_VARIANCE"),))
    rate = min(1.0, max(0.0, share.value))
    reach = t_quantile(0.5 + level / 2, found.df)
    low, high = wilson(rate * found.size, found.size, reach)
    if share.ratio is not None and not found.flat:
        base, changed = (units.sums(each) for each in share.ratio)
        other = _fieller(base, changed, reach)
        low, high = min(low, other[0]), max(high, min(1.0, other[1]))
    warnings: tuple[Note, ...] = ()
    if found.flat:
        warnings = (note("BOUNDARY" if rate in (0.0, 1.0) else "ZERO_VARIANCE"),)
    return _interval(share.value, (low, high), level, warnings)


def summed(codes: IntArray, values: FloatArray, count: int) -> FloatArray:
    """The sum of the values with each code."""
    return np.bincount(codes, weights=values, minlength=count).astype(float)


def _interval(
    value: float, ends: tuple[float, float], level: float, warnings: tuple[Note, ...]
) -> Interval:
    return Interval(
        low=ends[0],
        high=ends[1],
        level=level,
        method="Wilson, effective sample of items",
        estimate=value,
        warnings=warnings,
    )


def _spread(sums: FloatArray, weights: FloatArray) -> float:
    count = len(sums)
    return float(((sums / (1 - weights)) ** 2).sum()) * (count - 1) / count


def _fieller(base: FloatArray, other: FloatArray, reach: float) -> tuple[float, float]:
    """All ratios r at which other minus r times base is within ``reach`` errors of zero."""
    count = len(base)
    x, y = base - base.mean(), other - other.mean()
    scale = reach**2 * count / (count - 1)
    a = float(base.sum()) ** 2 - scale * float(x @ x)
    b = float(base.sum() * other.sum()) - scale * float(x @ y)
    c = float(other.sum()) ** 2 - scale * float(y @ y)
    inside = b * b - a * c
    if a <= 0 or inside < 0:  # the base is not certain to be above 0
        return 0.0, math.inf
    return max(0.0, (b - math.sqrt(inside)) / a), (b + math.sqrt(inside)) / a


def mean_share(values: FloatArray) -> Share:
    """The mean of the items that have a value."""
    known = ~np.isnan(values)
    return ratio_share(np.where(known, values, 0.0), known.astype(float))


def ratio_share(tops: FloatArray, bottoms: FloatArray) -> Share:
    """The sum of ``tops`` over the sum of ``bottoms``."""
    total = float(bottoms.sum())
    if total <= 0:
        return Share(value=math.nan, parts=bottoms, weights=bottoms)
    value = math.fsum(tops.tolist()) / total
    return Share(value=value, parts=(tops - value * bottoms) / total, weights=bottoms / total)


def capped_ratio(base: FloatArray, other: FloatArray) -> Share:
    """The ratio of two means of the same items, at most 1."""
    found = ratio_share(other, base)
    return Share(
        value=min(1.0, found.value) if not math.isnan(found.value) else math.nan,
        parts=found.parts,
        weights=found.weights,
        ratio=(base, other),
    )


def area_share(stated: FloatArray, right: FloatArray, item: IntArray, items: int) -> Share:
    """The area under the ROC curve, with what each item adds (DeLong 1988, Obuchowski 1997)."""
    hits = right == 1.0
    ones, zeros = int(hits.sum()), int((~hits).sum())
    if not ones or not zeros:
        nothing: Any = np.zeros(items)
        return Share(value=math.nan, parts=nothing, weights=nothing)
    place = np.where(hits, _below(stated[~hits], stated), 1 - _below(stated[hits], stated))
    value = float(place[hits].mean())
    per = np.where(hits, 1 / ones, 1 / zeros)
    return Share(
        value=value,
        parts=summed(item, (place - value) * per, items),
        weights=summed(item, per / 2, items),
    )


def _below(others: FloatArray, values: FloatArray) -> FloatArray:
    """The share of the others that lie below each value; ties count half."""
    ordered = np.sort(others)
    low = np.searchsorted(ordered, values, side="left")
    high = np.searchsorted(ordered, values, side="right")
    found: FloatArray = (low + high) / (2 * len(ordered))
    return found
