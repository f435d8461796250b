"""Simulated traffic: arrival times of requests, and the latency of each of their copies."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .._core.conversions import keep_old_fields
from .._core.errors import DataError
from .._core.old_names import DISTRIBUTION
from .._core.plain import plain
from .._core.seeding import stream
from .._offline.distributions import Distribution, pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Bursts:
    """Periods in which both copies of a request are slower.

    Attributes:
        factor: The factor by which they are slower.
        share: The share of all requests that arrive in such a period.
        length: The number of requests in one period.
    """

    factor: float = 8.0
    share: float = 0.02
    length: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """A service whose distribution stays the same for a number of requests.

    Attributes:
        distribution: The distribution of its latencies.
        requests: The number of requests.
        shared: The correlation of two copies of one request, 0 to 1; see ``pairs``.
        bursts: Periods in which it is slower.
    """

    distribution: Distribution
    requests: int = 20_000
    shared: float = 0.0
    bursts: Bursts | None = None


keep_old_fields(Regime, DISTRIBUTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Requests in the order of their arrival.

    Attributes:
        arrival_ms: The arrival time of each.
        primary_ms: The latency of its primary.
        backup_ms: The latency that its backup would have.
        boundaries: The index at which each regime starts, and the number of requests.
    """

    arrival_ms: tuple[float, ...] = field(repr=False)
    primary_ms: tuple[float, ...] = field(repr=False)
    backup_ms: tuple[float, ...] = field(repr=False)
    boundaries: tuple[int, ...]

    def __post_init__(self) -> None:
        """Check that each request has both latencies.

        Raises:
            DataError: It has not.
        """
        counts = [len(each) for each in (self.arrival_ms, self.primary_ms, self.backup_ms)]
        if len(set(counts)) > 1:
            raise DataError(
                "arrival_ms, primary_ms and backup_ms have {}, {} and {} values; give one of each"
                " for each request".format(*counts)
            )

    def __len__(self) -> int:
        return len(self.arrival_ms)

    def to_dict(self) -> dict[str, object]:
        """The requests as plain values."""
        return plain(self)


def make_traffic(
    regimes: Sequence[Regime] | Distribution, *, seed: int = 0, in_flight: float = 20.0
) -> Traffic:
    """Draw requests from regimes, one after the other.

    Args:
        regimes: The regimes; a distribution alone is one regime of 20,000 requests.
        seed: Same seed, same traffic.
        in_flight: The average number of requests that run at once.

    Returns:
        The requests.
    """
    if not isinstance(regimes, Sequence):
        regimes = [Regime(distribution=regimes)]
    arrivals: list[float] = []
    primaries: list[float] = []
    backups: list[float] = []
    boundaries = [0]
    now = 0.0
    for number, regime in enumerate(regimes):
        generator = stream(seed, "latencies", number)
        first, second = pairs(regime.distribution, regime.requests, generator, shared=regime.shared)
        if regime.bursts is not None:
            _slow_down(regime.bursts, first, second, seed, number)
        gap = sum(first) / len(first) / in_flight
        generator = stream(seed, "arrivals", number)
        for _ in first:
            now += generator.expovariate(1) * gap
            arrivals.append(now)
        primaries += first
        backups += second
        boundaries.append(len(arrivals))
    return Traffic(
        arrival_ms=tuple(arrivals),
        primary_ms=tuple(primaries),
        backup_ms=tuple(backups),
        boundaries=tuple(boundaries),
    )


def _slow_down(
    bursts: Bursts, first: list[float], second: list[float], seed: int, number: int
) -> None:
    generator = stream(seed, "bursts", number)
    begin = bursts.share / bursts.length
    left = 0
    for index in range(len(first)):
        if not left and generator.random() < begin:
            left = bursts.length
        if left:
            left -= 1
            first[index] *= bursts.factor
            second[index] *= bursts.factor
