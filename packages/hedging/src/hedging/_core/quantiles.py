"""Quantiles of latencies with distribution-free intervals."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .conversions import renamed_attribute
from .interval import Interval, end_text
from .plain import plain
from .shown import shown

_Z = {0.95: 1.959964}
_METHOD = "order statistics, binomial ranks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """A quantile of latencies with its interval.

    Attributes:
        quantile: Which quantile, between 0 and 1.
        value_ms: The nearest-rank value.
        interval: Its interval in milliseconds; an end is infinite when the sample is too small.
    """

    quantile: float
    value_ms: float
    interval: Interval

    if not TYPE_CHECKING:
        percentile = renamed_attribute(
            "percentile", "quantile", lambda it: round(100 * it.quantile, 9)
        )
        low_ms = renamed_attribute("low_ms", "interval.low", lambda it: it.interval.to_ends()[0])
        high_ms = renamed_attribute("high_ms", "interval.high", lambda it: it.interval.to_ends()[1])

    @property
    def name(self) -> str:
        """The quantile as a percentile: P99 for 0.99."""
        return f"P{100 * self.quantile:g}"

    @shown
    def __str__(self) -> str:
        low, high = (end_text(end, ".1f") for end in self.interval)
        return f"{self.name} {self.value_ms:.1f} ms [{low}, {high}]"

    def to_dict(self) -> dict[str, object]:
        """The quantile as plain values."""
        return plain(self)


def latency_quantile(ordered: Sequence[float], quantile: float, *, level: float = 0.95) -> Quantile:
    """A quantile of sorted values with its distribution-free interval.

    The ranks of the interval are those of the binomial count below the quantile, by its normal
    approximation (David and Nagaraja, Order Statistics, section 7.1). An end that would lie
    outside of the sample is infinite: 1,000 values hold ten above their P99, 100 values hold one.

    Args:
        ordered: At least one value, from the least to the greatest.
        quantile: Which quantile, between 0 and 1.
        level: The level of the interval.
    """
    count = len(ordered)
    half = _normal_quantile(level) * math.sqrt(count * quantile * (1 - quantile))
    # Products such as 0.95 x 20 miss their whole number by a rounding error.
    middle = round(count * quantile, 9)
    low, high = math.floor(middle - half), math.ceil(middle + half) + 1
    rank = max(1, math.ceil(middle))
    return Quantile(
        quantile=quantile,
        value_ms=ordered[rank - 1],
        interval=Interval(
            low=ordered[low - 1] if low >= 1 else -math.inf,
            high=ordered[high - 1] if high <= count else math.inf,
            level=level,
            method=_METHOD,
        ),
    )


def survival_sample(ordered: Sequence[float], censored: Sequence[float]) -> Sequence[float]:
    """Sorted values that stand for latencies of which some are only known to be longer.

    The product-limit estimate (Kaplan and Meier 1958), by moving the weight of each censored value
    to the greater ones (Efron 1967). Weight that lies beyond the greatest value is infinite.

    Args:
        ordered: The known latencies, from the least to the greatest.
        censored: The times after which the others were still unknown.

    Returns:
        As many values as there are latencies of both kinds.
    """
    total = len(ordered) + len(censored)
    marks = sorted([(value, 0) for value in ordered] + [(value, 1) for value in censored])
    surviving = 1.0
    sample: list[float] = []
    for index, (value, is_censored) in enumerate(marks):
        if is_censored:
            continue
        surviving *= 1 - 1 / (total - index)
        wanted = round((1 - surviving) * total)
        sample += [value] * (wanted - len(sample))
    return sample + [math.inf] * (total - len(sample))


def _normal_quantile(level: float) -> float:
    """The two-sided quantile of the normal distribution."""
    if level in _Z:
        return _Z[level]
    from statistics import NormalDist  # noqa: PLC0415  # 4 ms that the usual level does not need

    return NormalDist().inv_cdf((1 + level) / 2)
