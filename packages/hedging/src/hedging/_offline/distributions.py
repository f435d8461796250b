"""Distributions of latencies, of simulated services and of recorded ones."""

import functools
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from .._core.conversions import keep_old_fields
from .._core.deprecated import renamed_arguments
from .._core.old_names import DISTRIBUTION, SAMPLE

if TYPE_CHECKING:
    from statistics import NormalDist


class Distribution(Protocol):
    """A distribution of latencies in milliseconds, given by its quantiles."""

    def quantile(self, quantile: float, /) -> float:
        """The latency that this share of the requests does not exceed.

        Args:
            quantile: Between 0 and 1.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNormal:
    """A log-normal distribution: the usual shape of a service without its tail.

    Attributes:
        median_ms: The median.
        sigma: The standard deviation of the logarithm.
    """

    median_ms: float = 800.0
    sigma: float = 0.8

    def quantile(self, quantile: float) -> float:
        """Median x exp(sigma z).

        Args:
            quantile: Between 0 and 1.
        """
        return self.median_ms * math.exp(self.sigma * _normal().inv_cdf(quantile))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pareto:
    """A Pareto distribution: S(t) = (scale / t)^alpha above the scale.

    Attributes:
        scale_ms: The shortest latency.
        alpha: The exponent; the smaller, the heavier the tail.
    """

    scale_ms: float = 500.0
    alpha: float = 1.5

    def quantile(self, quantile: float) -> float:
        """Scale x (1 - quantile)^(-1 / alpha).

        Args:
            quantile: Between 0 and 1.
        """
        return float(self.scale_ms * (1 - quantile) ** (-1 / self.alpha))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftedExponential:
    """A constant plus an exponential distribution.

    Attributes:
        shift_ms: The constant.
        mean_ms: The mean of the exponential part.
    """

    shift_ms: float = 300.0
    mean_ms: float = 300.0

    def quantile(self, quantile: float) -> float:
        """Shift - mean x log(1 - quantile).

        Args:
            quantile: Between 0 and 1.
        """
        return self.shift_ms - self.mean_ms * math.log1p(-quantile)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bimodal:
    """A log-normal distribution of which a share takes longer: retries, cold caches, lost packets.

    Attributes:
        median_ms: The median of the body.
        sigma: The spread of its logarithm.
        slow_share: The share of requests that are slow.
        slow_factor: The factor by which these take longer.
    """

    median_ms: float = 500.0
    sigma: float = 0.3
    slow_share: float = 0.05
    slow_factor: float = 10.0

    def survival(self, latency_ms: float) -> float:
        """The share of requests that take longer.

        Args:
            latency_ms: Than this, in milliseconds.
        """
        body, slow = (
            1 - _normal().cdf(math.log(latency_ms / self.median_ms / factor) / self.sigma)
            for factor in (1.0, self.slow_factor)
        )
        return (1 - self.slow_share) * body + self.slow_share * slow

    def quantile(self, quantile: float) -> float:
        """By bisection of the distribution function.

        Args:
            quantile: Between 0 and 1.
        """
        low = self.median_ms * math.exp(-9 * self.sigma)
        high = self.median_ms * self.slow_factor * math.exp(9 * self.sigma)
        while high - low > 1e-9 * high:
            middle = (low + high) / 2
            low, high = (middle, high) if self.survival(middle) > 1 - quantile else (low, middle)
        return high


class Empirical:
    """The distribution of recorded latencies: each is as likely as the others.

    Args:
        latencies_ms: The latencies, in any order; at least one.
    """

    def __init__(self, latencies_ms: Sequence[float]) -> None:
        self.ordered: tuple[float, ...] = tuple(sorted(latencies_ms))

    def quantile(self, quantile: float) -> float:
        """The nearest-rank quantile.

        Args:
            quantile: Between 0 and 1.
        """
        count = len(self.ordered)
        return self.ordered[min(max(math.ceil(count * quantile) - 1, 0), count - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """Another distribution with all latencies times a factor.

    Attributes:
        distribution: The other distribution.
        factor: The factor.
    """

    distribution: Distribution
    factor: float

    def quantile(self, quantile: float) -> float:
        """The quantile of the other distribution times the factor.

        Args:
            quantile: Between 0 and 1.
        """
        return self.distribution.quantile(quantile) * self.factor


keep_old_fields(Scaled, DISTRIBUTION)


@renamed_arguments(**SAMPLE)
def midpoints(distribution: Distribution, n: int = 20_000) -> list[float]:
    """A sample without randomness: the quantiles at (i + 1/2) / n, in order.

    Args:
        distribution: The distribution.
        n: The number of latencies.

    Returns:
        Latencies in milliseconds, from the least to the greatest.

    Example:
        >>> midpoints(ShiftedExponential(shift_ms=300, mean_ms=0), 2)
        [300.0, 300.0]
    """
    return [distribution.quantile((index + 0.5) / n) for index in range(n)]


@renamed_arguments(**SAMPLE)
def pairs(
    distribution: Distribution, n: int, generator: random.Random, *, shared: float = 0.0
) -> tuple[list[float], list[float]]:
    """Draw latencies of primaries and of their backups.

    Args:
        distribution: The distribution of both.
        n: The number of pairs.
        generator: Gives the random numbers.
        shared: The correlation of the two copies in normal scores, 0 to 1: for a log-normal
            distribution the share of the logarithm's variance that both copies have in common.

    Returns:
        The latencies of the primaries, and those of the backups.
    """
    if isinstance(distribution, Bimodal):
        # Its quantile is a bisection: a table of it is as good, and a thousand times faster.
        distribution = Empirical(midpoints(distribution))
    common, own = math.sqrt(shared), math.sqrt(1 - shared)
    first, second = [], []
    gauss, cdf = generator.gauss, _normal().cdf
    for _ in range(n):
        if shared:
            both = common * gauss(0, 1)
            shares = cdf(both + own * gauss(0, 1)), cdf(both + own * gauss(0, 1))
        else:
            shares = generator.random(), generator.random()
        first.append(distribution.quantile(_inside(shares[0])))
        second.append(distribution.quantile(_inside(shares[1])))
    return first, second


def _inside(share: float) -> float:
    return min(max(share, 1e-12), 1 - 1e-12)


@functools.cache
def _normal() -> "NormalDist":
    from statistics import NormalDist  # noqa: PLC0415  # 4 ms that only simulations need

    return NormalDist()
