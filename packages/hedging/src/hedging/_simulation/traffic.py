"""Simulated traffic: when requests come, and how long each of their copies would take."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .._core.seeding import stream
from .._offline.distributions import Law, pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Bursts:
    """Times in which everything is slower: both copies alike.

    Attributes:
        factor: How many times slower.
        share: The share of all requests that come in such a time.
        length: How many requests one such time lasts.
    """

    factor: float = 8.0
    share: float = 0.02
    length: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """A service that stays the same for a while.

    Attributes:
        law: How long its answers take.
        requests: For how many requests.
        shared: How alike two copies of one request are, 0 to 1; see ``pairs``.
        bursts: Times in which it is slower.
    """

    law: Law
    requests: int = 20_000
    shared: float = 0.0
    bursts: Bursts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Requests one after the other.

    Attributes:
        arrival_ms: When each comes.
        primary_ms: How long its primary takes.
        backup_ms: How long its backup would take.
        boundaries: Where each regime begins, and the end.
    """

    arrival_ms: tuple[float, ...] = field(repr=False)
    primary_ms: tuple[float, ...] = field(repr=False)
    backup_ms: tuple[float, ...] = field(repr=False)
    boundaries: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.arrival_ms)


def make_traffic(
    regimes: Sequence[Regime] | Law, *, seed: int = 0, in_flight: float = 20.0
) -> Traffic:
    """Draws requests from regimes, one after the other.

    Args:
        regimes: The regimes; a law alone is one regime of 20,000 requests.
        seed: Same seed, same traffic.
        in_flight: How many requests are on their way at once, on average.
    """
    if not isinstance(regimes, Sequence):
        regimes = [Regime(law=regimes)]
    arrivals: list[float] = []
    primaries: list[float] = []
    backups: list[float] = []
    boundaries = [0]
    now = 0.0
    for number, regime in enumerate(regimes):
        chance = stream(seed, "latencies", number)
        first, second = pairs(regime.law, regime.requests, chance, shared=regime.shared)
        if regime.bursts is not None:
            _slow_down(regime.bursts, first, second, seed, number)
        gap = sum(first) / len(first) / in_flight
        chance = stream(seed, "arrivals", number)
        for _ in first:
            now += chance.expovariate(1) * gap
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
    chance = stream(seed, "bursts", number)
    begin = bursts.share / bursts.length
    left = 0
    for place in range(len(first)):
        if not left and chance.random() < begin:
            left = bursts.length
        if left:
            left -= 1
            first[place] *= bursts.factor
            second[place] *= bursts.factor
