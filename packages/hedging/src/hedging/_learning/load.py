"""How much slower a service gets with the load that a hedger puts on it, from its own requests.

Where requests queue, a request that starts while more others run takes longer. With the slope b of
the latency over the number N of running requests, and the arrival rate N / L (Little 1961), the
part x = b N / L of the mean latency is waiting for others. For servers with queues x is their
utilization, and load that grows by e makes requests slower by e x / (1 - x).

A service that slows down by itself has more running requests too, but as an effect, and over longer
times. So the slope is taken twice: over all requests, and within short runs of them, where such
changes do not show. Where the second contradicts the first, it is believed.
"""

import math
from collections import deque
from collections.abc import Iterable, Sequence
from operator import mul

from .blame import Blame

# The latencies may grow by this much because of backups.
_MAX_SLOWER = 0.01
_BATCH = 64
_MEMORY = 4000.0
# Below so many requests the slope counts at the most that it may be.
_FEW = 512
# Standard errors that a slope may be off.
_SURE = 2.0
# And that it has to be above 0 before a key counts as busy: it is looked at after each batch, so
# 2 are passed by chance.
_DETECTED = 3.0
# Standard errors below the half of another slope that contradict that one.
_CONTRADICTS = 2.5
# The rate before anything is known, and how fast it may grow, for each batch of requests.
_FIRST_RATE, _GROWTH = 0.05, 2.0
# Slower growth where requests wait for others: the slope changes by chance, and the load does not.
_BUSY_GROWTH, _LEAST = 1.06, 1e-4
# Batches after which a key no longer counts as busy.
_BUSY_FOR = 24
# The latest runs that count: their median is not moved by the one in which a service changes.
_RUNS = 12
# Requests in a run, for each that runs at once: those that end late depend on each other.
_RUN = 16
# The slope misses what long queues do to the latencies that it cuts off.
_CAUTION = 1.5
# Backups that can be saved up.
_SAVED = 2.0
# Longer latencies count as this many upper quartiles: the slope is about the typical ones. What a
# backup saves is above it mostly, or a key would look busy while its backups make it quicker.
_CAP = 2.0
_MAX_WAITING = 0.995
# Batches whose upper quartile counts for the cap.
_LEVEL = 16


class StartedTogether:
    """Requests that started one after the other: what is known of them when they have ended.

    Attributes:
        length: How many they are.
        started: How many have started.
        ended: How many have ended.
        running: The other requests that ran when each started.
        values: Their latencies.
    """

    __slots__ = ("ended", "length", "running", "started", "values")

    def __init__(self, length: int) -> None:
        self.length: int = length
        self.started: int = 0
        self.ended: int = 0
        self.running: list[float] = []
        self.values: list[float] = []


class LoadSensitivity:
    """Follows latencies over the number of running requests.

    Attributes:
        waiting: The part of the mean latency that is waiting for other requests of this hedger.
        rate: Backups per request that make the service slower by no more than the limit.
    """

    __slots__ = (
        "_blame",
        "_busy",
        "_cap",
        "_latencies",
        "_length",
        "_quartiles",
        "_run",
        "_running",
        "_runs",
        "_sent",
        "_sums",
        "_tokens",
        "rate",
        "waiting",
    )

    def __init__(self) -> None:
        self._cap: float = math.inf
        self._length: int = _BATCH
        self._run: StartedTogether = StartedTogether(_BATCH)
        self._running: list[float] = []
        self._latencies: list[float] = []
        self._sums: list[float] = [0.0] * 7
        self._quartiles: deque[float] = deque(maxlen=_LEVEL)
        self._runs: deque[tuple[float, float]] = deque(maxlen=_RUNS)
        self.waiting: float = 0.0
        self.rate: float = _FIRST_RATE
        self._tokens: float = 1.0
        self._blame: Blame = Blame()
        self._busy: int = 0
        self._sent: int = 0

    def begin(self) -> StartedTogether:
        """A request starts; gives what ``end`` takes."""
        run = self._run
        run.started += 1
        if self.rate < 1:
            self._tokens = min(self._tokens + self.rate, _SAVED)
        if run.started >= run.length:
            self._run = StartedTogether(self._length)
        return run

    def end(self, run: StartedTogether, running: int, latency_ms: float | None) -> None:
        """Take the latency of a request; None without a result.

        Args:
            run: What ``begin`` gave.
            running: The other requests that ran when it started.
            latency_ms: Its latency.
        """
        run.ended += 1
        if latency_ms is not None:
            run.running.append(running)
            run.values.append(latency_ms)
            self._running.append(running)
            self._latencies.append(latency_ms)
            if len(self._latencies) >= _BATCH:
                self._learn()
        if run.ended == run.length and len(run.values) > _BATCH / 2:
            self._runs.append(_slope(_sums_of(run.running, run.values, self._cap)))

    def allows(self) -> bool:
        """Whether one more backup may be sent; takes a token where they are limited."""
        if self.rate < 1:
            if self._tokens < 1:
                return False
            self._tokens -= 1
        self._sent += 1
        return True

    def _learn(self) -> None:
        size = len(self._latencies)
        self._blame.follow(self._latencies, self._sent / size, sum(self._running) / size)
        self._sent = 0
        self._quartiles.append(sorted(self._latencies)[3 * size // 4])
        self._cap = _CAP * _middle(self._quartiles)
        self._sums = _faded(self._sums, _sums_of(self._running, self._latencies, self._cap))
        self._running, self._latencies = [], []
        count, running = self._sums[:2]
        self._length = max(_BATCH, round(_RUN * running / count))
        self.waiting, at_most = self._waiting()
        if count >= _FEW:
            at_most = self.waiting and at_most
        left = (1 - at_most) / at_most if at_most else math.inf
        rate = _MAX_SLOWER * min(left, left**_CAUTION)
        self._busy = _BUSY_FOR if self.waiting else max(0, self._busy - 1)
        if self._busy:
            growing = max(self.rate, _LEAST) * _BUSY_GROWTH
        else:
            growing = max(self.rate, _MAX_SLOWER) * _GROWTH
        self.rate = min(rate, growing, self._blame.limit, 1.0)

    def _waiting(self) -> tuple[float, float]:
        """The part of the mean latency that is waiting, and the most that it may be."""
        found, error = _slope(self._sums)
        if not math.isfinite(error):
            return 0.0, 0.0
        if self._runs:
            within = _middle([slope for slope, _ in self._runs])
            # The error of a median is 1.25 times that of a mean.
            unsure = 1.25 * _middle([each for _, each in self._runs]) / math.sqrt(len(self._runs))
            if within + _CONTRADICTS * unsure < found / 2:
                found, error = within, unsure
        at_most = min(max(0.0, found) + _SURE * error, _MAX_WAITING)
        needed = _SURE if self._busy else _DETECTED
        return (min(found, at_most) if found > needed * error else 0.0), at_most


def _middle(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def _sums_of(x: Sequence[float], latencies: Sequence[float], cap: float) -> list[float]:
    """The number of pairs, and the sums of x, y, their squares, their products, and of y < cap.

    y is the latency, at most the cap.
    """
    y = [min(each, cap) for each in latencies]
    squares = (sum(map(mul, x, x)), sum(map(mul, y, y)))
    below = sum(each for each in y if each < cap)
    return [len(x), sum(x), sum(y), *squares, sum(map(mul, x, y)), below]


def _faded(old: Sequence[float], new: Sequence[float]) -> list[float]:
    """Old sums, which fade, and new ones."""
    return [each * (1 - _BATCH / _MEMORY) + more for each, more in zip(old, new, strict=True)]


def _slope(sums: Sequence[float]) -> tuple[float, float]:
    """The slope of the latency over the running requests and its standard error, times N / L.

    Latencies at the cap do not show that they grow, so both are divided by the part of the sum
    that is below it. The error is infinite where the number of requests, or the latency, does not
    vary.
    """
    count, x, y, xx, yy, xy, below = sums
    x, y = x / count, y / count
    xx, yy, xy = xx / count - x * x, yy / count - y * y, xy / count - x * y
    if xx <= 0 or yy <= 0 or below <= 0:
        return 0.0, math.inf
    slope = xy / xx
    scale = x * count / below
    return slope * scale, math.sqrt(max(yy - slope * xy, 0.0) / xx / count) * scale
