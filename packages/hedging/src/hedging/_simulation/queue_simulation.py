"""Servers with queues: backups add load, and load makes every request slower.

Each request goes to a random server, its backup to another. Where the service ignores a
cancellation, the loser is worked off to its end. The overload that follows is why budgets exist.
"""

import math
import random
from dataclasses import dataclass, field
from heapq import heappop, heappush

from .._core.deprecated import renamed_arguments
from .._core.errors import PolicyError
from .._core.old_names import DISTRIBUTION
from .._core.plain import is_number, plain
from .._core.seeding import stream
from .._core.shown import shown
from .._delays.strategy import DelayStrategy
from .._limits.budget import Budget
from .._offline.distributions import Distribution, midpoints
from .._offline.oracle import Sample

_END, _DUE = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """The result of a simulation with queues.

    Attributes:
        latency_ms: The latency of each request, waiting included.
        extra_requests: Backups per request.
        utilization: The share of their time that the servers worked.
    """

    latency_ms: tuple[float, ...] = field(repr=False)
    extra_requests: float
    utilization: float

    @renamed_arguments(share="quantile")
    def quantile_ms(self, quantile: float) -> float:
        """A quantile of the latencies.

        Args:
            quantile: Which quantile, between 0 and 1.
        """
        return Sample(self.latency_ms).quantile(quantile)

    def to_dict(self) -> dict[str, object]:
        """The result as plain values."""
        return plain(self)

    @shown
    def __str__(self) -> str:
        return (
            f"{len(self.latency_ms)} requests, SIMULATED: P50 {self.quantile_ms(0.5):.0f},"
            f" P99 {self.quantile_ms(0.99):.0f} ms; {self.extra_requests:.1%} extra requests,"
            f" servers {self.utilization:.0%} busy"
        )


@dataclass(slots=True, eq=False, repr=False)
class _Copy:
    request: int
    work_ms: float
    server: int


class _Servers:
    """Servers, each with a queue in order of arrival."""

    def __init__(self, servers: int) -> None:
        self.queues: list[list[_Copy]] = [[] for _ in range(servers)]
        # Time, kind, server or request, and for the end of work the version of the server's queue:
        # when the work is dropped, its end is no longer an event.
        self.events: list[tuple[float, int, int, int]] = []
        self.versions = [0] * servers
        self.busy_ms = 0.0
        self._begun_ms = [0.0] * servers

    def idle(self) -> list[int]:
        return [number for number, queue in enumerate(self.queues) if not queue]

    def add(self, now: float, copy: _Copy) -> None:
        queue = self.queues[copy.server]
        queue.append(copy)
        if len(queue) == 1:
            self._begin(now, copy.server)

    def finish(self, now: float, server: int) -> _Copy:
        copy = self.queues[server].pop(0)
        self._next(now, server)
        return copy

    def drop(self, now: float, copy: _Copy) -> None:
        queue = self.queues[copy.server]
        index = next((position for position, each in enumerate(queue) if each is copy), None)
        if index is None:
            return
        del queue[index]
        if index == 0:
            self._next(now, copy.server)

    def _next(self, now: float, server: int) -> None:
        self.busy_ms += now - self._begun_ms[server]
        self.versions[server] += 1
        if self.queues[server]:
            self._begin(now, server)

    def _begin(self, now: float, server: int) -> None:
        self._begun_ms[server] = now
        end = now + self.queues[server][0].work_ms
        heappush(self.events, (end, _END, server, self.versions[server]))


@renamed_arguments(**DISTRIBUTION)
def simulate_queue(
    distribution: Distribution,
    strategy: DelayStrategy,
    *,
    load: float,
    budget: Budget | None = None,
    servers: int = 20,
    requests: int = 20_000,
    cancel_works: bool = True,
    only_when_idle: bool = False,
    seed: int = 0,
) -> Queued:
    """Run a strategy against servers that get slower with the load.

    Args:
        distribution: The time that a server works on a request.
        strategy: A strategy; it learns.
        load: Work that comes without backups, per time of the servers; 0.9 is a busy service.
        budget: Pays for the backups; None sets no limit.
        servers: The number of servers.
        requests: The number of requests.
        cancel_works: Whether a cancelled loser leaves its server; else it is worked off.
        only_when_idle: Whether backups go only to an idle server.
        seed: Same seed, same arrivals and work.

    Returns:
        The latencies, the backups sent, and the utilization.

    Raises:
        PolicyError: The load is not positive, or there are no servers or requests.
    """
    if not is_number(load, above=0):
        raise PolicyError("load", load, "the work per time of the servers, such as 0.9")
    given: tuple[tuple[str, object], ...] = (("servers", servers), ("requests", requests))
    for name, count in given:
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise PolicyError(name, count, "a whole number from 1")
    run = _Run(
        _Servers(servers),
        _Draws(distribution, seed),
        strategy=strategy,
        budget=budget,
        cancel_works=cancel_works,
        only_when_idle=only_when_idle,
    )
    gap = run.draws.mean_ms / load / servers
    now = 0.0
    for _ in range(requests):
        now += run.draws.arrivals.expovariate(1) * gap
        run.until(now)
        run.arrive(now)
    worked = run.servers.busy_ms
    run.until(math.inf)
    return Queued(
        latency_ms=tuple(latency for latency in run.latencies if latency is not None),
        extra_requests=run.hedges / requests,
        utilization=worked / now / servers,
    )


class _Draws:
    """One random stream for each quantity, so that all policies meet the same requests."""

    def __init__(self, distribution: Distribution, seed: int) -> None:
        self._table = midpoints(distribution, 10_000)
        self.mean_ms = sum(self._table) / len(self._table)
        self.arrivals = stream(seed, "arrivals")
        self.backups = stream(seed, "backups")
        self.primaries = stream(seed, "primaries")

    def work_ms(self, generator: random.Random) -> float:
        return generator.choice(self._table)


class _Run:
    """The requests of a simulation and their state."""

    def __init__(
        self,
        servers: _Servers,
        draws: _Draws,
        *,
        strategy: DelayStrategy,
        budget: Budget | None,
        cancel_works: bool,
        only_when_idle: bool,
    ) -> None:
        self.servers = servers
        self.draws = draws
        self._strategy = strategy
        self._observe = getattr(strategy, "observe", None)
        self._budget = budget
        self._cancel_works = cancel_works
        self._only_when_idle = only_when_idle
        self._began: list[float] = []
        self._delays: list[float | None] = []
        self._copies: list[list[_Copy]] = []
        self.latencies: list[float | None] = []
        self.hedges = 0

    def until(self, now: float) -> None:
        events, versions = self.servers.events, self.servers.versions
        while events and events[0][0] <= now:
            moment, kind, number, version = heappop(events)
            if kind == _DUE:
                self._late(moment, number)
            elif version == versions[number]:
                self._finish(moment, self.servers.finish(moment, number))

    def arrive(self, now: float) -> None:
        number, generator = len(self._began), self.draws.primaries
        delay = self._strategy.delay_ms()
        self._began.append(now)
        self._delays.append(delay)
        self.latencies.append(None)
        if self._budget is not None:
            self._budget.deposit()
        server = generator.randrange(len(self.servers.queues))
        primary = _Copy(number, self.draws.work_ms(generator), server)
        self._copies.append([primary])
        self.servers.add(now, primary)
        if delay is not None:
            heappush(self.servers.events, (now + delay, _DUE, number, 0))

    def _finish(self, now: float, copy: _Copy) -> None:
        number = copy.request
        if self.latencies[number] is not None:
            return
        latency, delay = now - self._began[number], self._delays[number]
        self.latencies[number] = latency
        if self._cancel_works:
            for other in self._copies[number]:
                if other is not copy:
                    self.servers.drop(now, other)
        if self._observe is not None and delay is not None and latency <= delay:
            self._observe(delay, False)
        self._strategy.record(latency)

    def _late(self, now: float, number: int) -> None:
        if self.latencies[number] is not None:
            return
        if self._observe is not None:
            self._observe(self._delays[number], True)
        generator = self.draws.backups
        if generator.random() >= getattr(self._strategy, "probability", 1.0):
            return
        server = self._other_server(self._copies[number][0].server)
        if server is None or not (self._budget is None or self._budget.withdraw()):
            return
        self.hedges += 1
        backup = _Copy(number, self.draws.work_ms(generator), server)
        self._copies[number].append(backup)
        self.servers.add(now, backup)

    def _other_server(self, first: int) -> int | None:
        """Any server but the first; only an idle one when that is asked for."""
        candidates = (
            self.servers.idle() if self._only_when_idle else range(len(self.servers.queues))
        )
        others = [each for each in candidates if each != first]
        return self.draws.backups.choice(others) if others else None
