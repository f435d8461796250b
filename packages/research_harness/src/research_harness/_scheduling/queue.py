"""The trials that are still to be run: new ones, those that are asked again, those that wait."""

import asyncio
import heapq
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType

from .._plan.plan import Trial

# So many trials of paused conditions are set aside while the others go on.
_MAX_ASIDE = 10_000

Next = tuple[Trial, int]


def _do_nothing() -> None:
    pass


class TrialQueue:
    """Gives workers the next trial, and waits where all that is left is not due.

    Args:
        trials: The trials of the plan that are not done.
        tried: The attempts that trials have had in earlier sessions, by their numbers.
        clock: Gives seconds.
        stopped: Whether no further trial may be begun.
        may_begin: Whether a further trial may be begun now, by how many are under way; ``wake``
            says that this has changed.
    """

    def __init__(
        self,
        trials: Iterator[Trial],
        *,
        tried: Mapping[int, int] = MappingProxyType({}),
        clock: Callable[[], float],
        stopped: Callable[[], bool],
        may_begin: Callable[[int], bool] = lambda _under_way: True,
    ) -> None:
        self._trials = trials
        self._tried = tried
        self._clock = clock
        self._stopped = stopped
        self._gate = may_begin
        self._later: list[tuple[float, int, Trial, int]] = []
        self._aside: dict[str, deque[Next]] = {}
        self._paused: set[str] = set()
        self._lent: Counter[tuple[str, int]] = Counter()  # the waits of each row
        self._on_room: Callable[[], None] = _do_nothing
        self._closed: dict[str, str] = {}
        self._numbers = 0
        self._under_way = 0
        self._changed = asyncio.Event()
        self._exhausted = False

    @property
    def reason(self) -> str:
        """Why conditions were closed; empty when none was."""
        return "; ".join(dict.fromkeys(self._closed.values()))

    @property
    def waiting(self) -> bool:
        """Whether a trial is to be asked again and may be begun."""
        return not self._stopped() and bool(self._later or any(self._aside.values()))

    def again(self, trial: Trial, attempt: int, *, pause: float = 0.0) -> None:
        """Have a trial asked again after a pause in seconds."""
        self._numbers += 1
        heapq.heappush(self._later, (self._clock() + pause, self._numbers, trial, attempt))
        self._changed.set()

    def pause(self, condition: str) -> None:
        """Begin no trial of a condition until it is released."""
        self._paused.add(condition)

    def release(self, condition: str) -> None:
        """Begin trials of a condition again."""
        self._paused.discard(condition)
        self._changed.set()

    @property
    def lent(self) -> int:
        """How many of the rows under way wait and take up no slot."""
        return len(self._lent)

    def on_room(self, begin: Callable[[], None] | None) -> None:
        """Have a function called when more rows may be under way, so that there are workers."""
        self._on_room = begin or _do_nothing

    def lend(self, trial: Trial) -> None:
        """Give the slot of a row that waits to other conditions; begin no row of its own."""
        self._lent[trial.condition.name, trial.index] += 1
        self.wake()

    def give_back(self, trial: Trial) -> None:
        """A wait of a row that has lent its slot is over."""
        key = trial.condition.name, trial.index
        self._lent[key] -= 1
        if self._lent[key] <= 0:
            del self._lent[key]
            self._changed.set()

    def close(self, condition: str, reason: str) -> None:
        """Begin no further trial of a condition."""
        self._closed.setdefault(condition, reason)
        self._aside.pop(condition, None)
        self._changed.set()

    async def next(self) -> Next | None:
        """The next trial with the number of its attempt; None when all is done or stopped.

        Each trial that was given must be reported with ``done``.
        """
        while not self._stopped():
            if not self._gate(self._under_way - len(self._lent)):
                await self._wait(due=False)
                continue
            found = self.now()
            if found is not None:
                return found
            if not self._under_way and not self._later and not any(self._aside.values()):
                break
            await self._wait()
        self._changed.set()  # the other workers end too
        return None

    def now(self) -> Next | None:
        """The next trial that may be begun without waiting, if there is one; see ``next``."""
        if self._stopped() or not self._gate(self._under_way - len(self._lent)):
            return None
        found = self._found()
        if found is not None:
            self._under_way += 1
        return found

    def wake(self) -> None:
        """Look again at whether trials may be begun, and how many."""
        self._changed.set()
        self._on_room()

    def done(self) -> None:
        """A trial that was given has ended, whatever its end."""
        self._under_way -= 1
        if not self._under_way:  # only then may there be nothing left
            self._changed.set()

    def _found(self) -> Next | None:
        while self._later and self._later[0][0] <= self._clock():
            _, _, trial, attempt = heapq.heappop(self._later)
            if self._may_begin((trial, attempt)):
                return trial, attempt
        for name in [n for n in self._aside if not self._waits(n)] if self._aside else ():
            waiting = self._aside[name]
            if waiting:
                return waiting.popleft()
            del self._aside[name]
        while not self._exhausted and self._is_room_aside():
            new = next(self._trials, None)
            if new is None:
                self._exhausted = True
            elif self._may_begin(found := (new, self._tried.get(new.index, 0) + 1)):
                return found
        return None

    def _is_room_aside(self) -> bool:
        return not self._aside or sum(map(len, self._aside.values())) < _MAX_ASIDE

    def _may_begin(self, found: Next) -> bool:
        """Whether a trial may be begun now; one of a paused condition is set aside."""
        name = found[0].condition.name
        if name in self._closed:
            return False
        if (self._paused or self._lent) and self._waits(name):
            self._aside.setdefault(name, deque()).append(found)
            return False
        return True

    def _waits(self, condition: str) -> bool:
        """Whether no row of a condition is begun for now."""
        return condition in self._paused or any(name == condition for name, _ in self._lent)

    async def _wait(self, *, due: bool = True) -> None:
        """Wait for a change, or until the next trial is due."""
        self._changed.clear()
        end = self._later[0][0] if due and self._later else None
        with suppress(TimeoutError):
            async with asyncio.timeout_at(end):
                await self._changed.wait()
