"""Whether the backups of a hedger are why a service becomes slower: they are paused to find out.

A service whose requests come at regular times has no queue to see until backups have made one, and
the latencies that grow then look like those of a service that slows down by itself. So when the
typical latency rises above its level, backups stop for a while. Where the next requests are slow as
well, and latencies fall again after that, the backups are taken to be the cause: their rate is
cut, and grows again more slowly each time.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from statistics import median
from typing import NamedTuple

# Blocks that make the level, and the latest ones that are compared with it.
_LEVEL, _LATEST = 16, 3
# Standard errors by which latencies rise before backups pause, and fall before they are blamed.
_RISEN, _FALLEN = 3.5, 2.0
# Blocks after the rise, which did not start the pause, and what they must have of it: a block that
# is high by chance is followed by ordinary ones, which would look like the end of a queue.
_FRESH, _CONFIRMED = 1, 0.7
# Blocks that a pause takes at most, besides the requests that run; and between two pauses.
_PAUSE, _BETWEEN = 6, 8
# What is left of the rate of backups that are blamed, its growth for each block, and by how much
# that is slower after each time.
_CUT, _GROWTH, _SLOWER = 0.2, 1.04, 4
# Longer latencies count as so many typical ones.
_TYPICAL = 2.0
# Below this many backups per request there is no rise to blame them for.
_FEW = 0.001


class Block(NamedTuple):
    """Requests that ended one after the other: the mean and variance of their typical latency."""

    mean: float
    variance: float
    size: int


@dataclass(slots=True)
class Pause:
    """A time without backups.

    Attributes:
        level: The typical latency before it rose.
        highest: The highest since then.
        blocks: How many blocks the pause still lasts.
        sent: Backups per request before it.
        fresh: The blocks since it began.
    """

    level: float
    highest: float
    blocks: int
    sent: float
    fresh: int = 0


class Blame:
    """Follows the typical latency, and limits the rate of backups where they raise it."""

    __slots__ = (
        "_blamed",
        "_cap",
        "_latest",
        "_level",
        "_medians",
        "_pause",
        "_seen",
        "_sent",
        "_wait",
    )

    def __init__(self) -> None:
        self._level: Block | None = None
        self._latest: deque[Block] = deque(maxlen=_LATEST)
        self._medians: deque[float] = deque(maxlen=_LEVEL)
        self._sent: float = 0.0
        self._seen: int = 0
        # Blocks until the next pause may begin.
        self._wait: int = _BETWEEN
        self._pause: Pause | None = None
        self._cap: float = math.inf
        self._blamed: int = 0

    @property
    def limit(self) -> float:
        """The most backups per request; infinite without a reason, 0 in a pause."""
        return self._cap if self._pause is None else 0.0

    def follow(self, latencies: Sequence[float], backups: float, running: float) -> None:
        """Take the latencies of the next requests; longer ones count as two typical ones.

        What is typical is the median, which the cut does not move: a level that follows from what
        it cut off itself wanders, and looks like a rise.

        Args:
            latencies: Of requests that ended one after the other, in milliseconds.
            backups: Backups per request while they ran.
            running: Requests that run at once.
        """
        cap = _TYPICAL * median(self._medians) if self._medians else math.inf
        self._medians.append(median(latencies))
        if math.isfinite(cap):
            values = [min(each, cap) for each in latencies]
            mean = sum(values) / len(values)
            variance = sum(map(mul, values, values)) / len(values) - mean * mean
            self.add(Block(mean, max(variance, 0.0), len(values)), backups, running)

    def add(self, block: Block, backups: float, running: float) -> None:
        """Take the next block.

        Args:
            block: The latencies of requests that have ended.
            backups: Backups per request while they ran.
            running: Requests that run at once.
        """
        self._sent += (backups - self._sent) / 4
        if len(self._latest) == _LATEST and self._pause is None:
            self._follow(self._latest[0])
        self._latest.append(block)
        self._cap *= 1 + (_GROWTH - 1) / max(1, _SLOWER**self._blamed)
        if self._pause is not None:
            self._watch(self._pause)
        elif self._wait:
            self._wait -= 1
        elif self._level is not None and self._sent > _FEW and self._rise() > _RISEN:
            blocks = _PAUSE + 2 * math.ceil(running / block.size)
            self._pause = Pause(self._level.mean, self._mean(), blocks, self._sent)

    def _follow(self, block: Block) -> None:
        """Add a block to the level."""
        if self._level is None:
            self._level = block
            return
        self._seen = min(self._seen + 1, _LEVEL)
        weight = 1 / (self._seen + 1)
        mean = self._level.mean + (block.mean - self._level.mean) * weight
        variance = self._level.variance + (block.variance - self._level.variance) * weight
        self._level = Block(mean, variance, block.size)

    def _mean(self) -> float:
        return sum(block.mean for block in self._latest) / len(self._latest)

    def _error(self) -> float:
        """The standard error of the mean of the latest blocks."""
        variance = sum(block.variance for block in self._latest) / len(self._latest)
        return math.sqrt(variance / sum(block.size for block in self._latest))

    def _rise(self) -> float:
        """Standard errors by which the latest blocks are above the level."""
        level = self._level
        if level is None:
            return 0.0
        error = math.hypot(self._error(), math.sqrt(level.variance / level.size / _LEVEL))
        return (self._mean() - level.mean) / error if error else 0.0

    def _watch(self, pause: Pause) -> None:
        """Do latencies fall without backups? They go on rising at first: requests are waiting."""
        pause.fresh += 1
        if pause.fresh <= _FRESH:
            self._confirm(pause)
            return
        now = self._mean()
        pause.highest = max(pause.highest, now)
        pause.blocks -= 1
        fallen = pause.highest - now
        if fallen > max((pause.highest - pause.level) / 2, _FALLEN * self._error()):
            self._blamed += 1
            self._cap = min(self._cap, pause.sent) * _CUT
        elif pause.blocks:
            return
        else:  # the service has slowed down by itself: this is its level now
            self._level, self._seen = None, 0
            self._medians.clear()
        self._pause, self._wait = None, _BETWEEN

    def _confirm(self, pause: Pause) -> None:
        """Is the rise there in blocks that did not start the pause? One by chance is not."""
        if pause.fresh < _FRESH:
            return
        fresh = [block.mean for block in self._latest][-_FRESH:]
        now = sum(fresh) / _FRESH
        if now - pause.level < _CONFIRMED * (pause.highest - pause.level):
            self._pause, self._wait = None, _BETWEEN
        else:
            pause.highest = now
