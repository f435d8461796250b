"""Laws of latency: what a simulated service, or a recorded one, takes for a request."""

import functools
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from statistics import NormalDist


class Law(Protocol):
    """A distribution of latencies in milliseconds, given by its quantiles."""

    def quantile(self, share: float) -> float:
        """The latency that a share of requests does not exceed, for 0 < share < 1."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNormal:
    """Logarithms that are normal: the usual shape of a service's body.

    Attributes:
        median_ms: The median.
        sigma: The standard deviation of the logarithm.
    """

    median_ms: float = 800.0
    sigma: float = 0.8

    def quantile(self, share: float) -> float:
        """Median x exp(sigma z)."""
        return self.median_ms * math.exp(self.sigma * _normal().inv_cdf(share))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pareto:
    """A power law: S(t) = (scale / t)^alpha above the scale.

    Attributes:
        scale_ms: The shortest latency.
        alpha: The exponent; the smaller, the heavier the tail.
    """

    scale_ms: float = 500.0
    alpha: float = 1.5

    def quantile(self, share: float) -> float:
        """Scale x (1 - share)^(-1 / alpha)."""
        return float(self.scale_ms * (1 - share) ** (-1 / self.alpha))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftedExponential:
    """A fixed part and an exponential one.

    Attributes:
        shift_ms: The fixed part.
        mean_ms: The mean of the other.
    """

    shift_ms: float = 300.0
    mean_ms: float = 300.0

    def quantile(self, share: float) -> float:
        """Shift - mean x log(1 - share)."""
        return self.shift_ms - self.mean_ms * math.log1p(-share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bimodal:
    """A log-normal body, of which a share takes a multiple: retries, cold caches, lost packets.

    Attributes:
        median_ms: The median of the body.
        sigma: The spread of its logarithm.
        slow_share: How many requests are slow.
        slow_factor: How many times longer these take.
    """

    median_ms: float = 500.0
    sigma: float = 0.3
    slow_share: float = 0.05
    slow_factor: float = 10.0

    def survival(self, latency_ms: float) -> float:
        """The share of requests that take longer."""
        body, slow = (
            1 - _normal().cdf(math.log(latency_ms / self.median_ms / factor) / self.sigma)
            for factor in (1.0, self.slow_factor)
        )
        return (1 - self.slow_share) * body + self.slow_share * slow

    def quantile(self, share: float) -> float:
        """By bisection of the distribution function."""
        low = self.median_ms * math.exp(-9 * self.sigma)
        high = self.median_ms * self.slow_factor * math.exp(9 * self.sigma)
        while high - low > 1e-9 * high:
            middle = (low + high) / 2
            low, high = (middle, high) if self.survival(middle) > 1 - share else (low, middle)
        return high


class Empirical:
    """Recorded latencies as a law: each is as likely as the others.

    Args:
        latencies_ms: The latencies.
    """

    def __init__(self, latencies_ms: Sequence[float]) -> None:
        self.ordered = tuple(sorted(latencies_ms))

    def quantile(self, share: float) -> float:
        """The nearest-rank quantile."""
        count = len(self.ordered)
        return self.ordered[min(max(math.ceil(count * share) - 1, 0), count - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """Another law, all latencies times a factor.

    Attributes:
        law: The other law.
        factor: The factor.
    """

    law: Law
    factor: float

    def quantile(self, share: float) -> float:
        """The other's quantile times the factor."""
        return self.law.quantile(share) * self.factor


def midpoints(law: Law, count: int = 20_000) -> list[float]:
    """A sample without chance: the quantiles at (i + 1/2) / count, in order."""
    return [law.quantile((index + 0.5) / count) for index in range(count)]


def pairs(
    law: Law, count: int, generator: random.Random, *, shared: float = 0.0
) -> tuple[list[float], list[float]]:
    """Draws latencies of primaries and of their backups.

    Args:
        law: The law of both.
        count: How many pairs.
        generator: Where the numbers come from.
        shared: The correlation of the two copies in normal scores, 0 to 1: for a log-normal law
            the share of the logarithm's variance that belongs to the request itself.
    """
    if isinstance(law, Bimodal):
        # Its quantile is a bisection: a table of it is as good, and a thousand times faster.
        law = Empirical(midpoints(law))
    common, own = math.sqrt(shared), math.sqrt(1 - shared)
    first, second = [], []
    gauss, cdf = generator.gauss, _normal().cdf
    for _ in range(count):
        if shared:
            both = common * gauss(0, 1)
            shares = cdf(both + own * gauss(0, 1)), cdf(both + own * gauss(0, 1))
        else:
            shares = generator.random(), generator.random()
        first.append(law.quantile(_inside(shares[0])))
        second.append(law.quantile(_inside(shares[1])))
    return first, second


def _inside(share: float) -> float:
    return min(max(share, 1e-12), 1 - 1e-12)


@functools.cache
def _normal() -> "NormalDist":
    from statistics import NormalDist  # noqa: PLC0415  # 4 ms that only simulations need

    return NormalDist()
