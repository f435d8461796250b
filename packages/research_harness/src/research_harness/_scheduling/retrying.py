"""Retries of failed rows: which are asked again, after which pause, and which are given up."""

import math
import random
from collections.abc import Callable, Hashable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from .._definition.retries import Retries
from .._engine.runner import FinishedRow
from .._outcome.row import Row
from .._plan.plan import Trial
from .attempts import AttemptLog
from .queue import TrialQueue

Key = TypeVar("Key", bound=Hashable)


class AskedWaits:
    """How long services asked to wait before a row is asked again."""

    def __init__(self) -> None:
        self._seconds: dict[int, float] = {}

    def note(self, trial: Trial, error: BaseException) -> None:
        """Note the wait that an error carries, as those of ``ensemble`` do."""
        seconds = _asked_wait(error)
        if 0 < seconds < math.inf:
            self._seconds[trial.index] = seconds

    def note_seconds(self, trial: Trial, seconds: float) -> None:
        """Note a wait that was read from an error elsewhere."""
        self._seconds[trial.index] = seconds

    def take(self, trial: Trial) -> float:
        """The wait for a trial in seconds, once."""
        return self._seconds.pop(trial.index, 0.0)


class Retrying:
    """Decides whether a failed row is kept or asked again.

    Args:
        retries: The settings; None keeps every row.
        queue: Takes the trials that are asked again.
        attempts: Takes the attempts that are not kept.
        tried: The attempts that rows have had in earlier sessions, by their numbers.
        waits: How long services asked to wait.
        clock: Gives seconds.
        seed: Of the jitter of the pauses.
    """

    def __init__(
        self,
        retries: Retries | None,
        *,
        queue: TrialQueue,
        attempts: AttemptLog,
        tried: Mapping[int, int] = MappingProxyType({}),
        waits: "AskedWaits",
        clock: Callable[[], float],
        seed: int,
    ) -> None:
        self._retries = retries
        self._queue = queue
        self._attempts = attempts
        self._tried = tried
        self._clock = clock
        self._chance = random.Random(f"retries/{seed}")
        self._began: dict[int, float] = {}
        self._identical: dict[int, tuple[tuple[str, str], int]] = {}
        self._in_succession: dict[str, tuple[tuple[str, str], int]] = {}
        self._waits = waits

    def keeps(self, trial: Trial, finished: FinishedRow) -> bool:
        """Whether a row is kept; else it is asked again."""
        row = finished[0]
        asked = self._waits.take(trial)
        if self._retries is None:
            return True
        self._count_condition(self._retries, row)
        pause = self._pause(self._retries, row, asked) if row.failed else None
        if pause is None:
            self._began.pop(row.index, None)
            self._identical.pop(row.index, None)
            return True
        self._attempts.add(row, why="retry", pause_ms=pause * 1000)
        self._queue.again(trial, row.attempts + 1, pause=pause)
        return False

    def _pause(self, retries: Retries, row: Row, asked: float) -> float | None:
        """The pause in seconds before a row is asked again; None gives it up.

        Full jitter: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
        """
        now = self._clock()
        began = self._began.setdefault(row.index, now - row.duration_ms / 1000)
        number = _count(self._identical, row.index, row)
        retried = row.attempts - 1 - self._tried.get(row.index, 0)
        if row.failure not in retries.causes or retried >= retries.max_retries:
            return None
        if number >= retries.max_identical:
            return None
        longest = min(retries.first_pause_ms * 2.0**retried, retries.max_pause_ms) / 1000
        pause = max(asked, self._chance.random() * longest)
        return pause if now - began + pause <= retries.max_time_ms / 1000 else None

    def _count_condition(self, retries: Retries, row: Row) -> None:
        """Close a condition whose rows fail with the same error again and again."""
        if not row.failed:
            self._in_succession.pop(row.condition, None)
            return
        number = _count(self._in_succession, row.condition, row)
        if retries.quarantine_after is not None and number >= retries.quarantine_after:
            self._queue.close(
                row.condition,
                f"{number} rows of the condition {row.condition!r} failed in succession with"
                f" {row.error_type}: {row.error}; it is closed, and resume goes on with it",
            )


def _asked_wait(error: BaseException) -> float:
    """The seconds that an error asks to wait; 0 for none, also where its attributes raise."""
    try:
        seconds: Any = getattr(error, "retry_after_s", None)
        return float(seconds) if type(seconds) in (int, float) else 0.0
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001  # attributes of a foreign error may raise anything
        return 0.0


def _count(counts: dict[Key, tuple[tuple[str, str], int]], key: Key, row: Row) -> int:
    """How many times in succession the error of a row came."""
    error = (row.error_type, row.error)
    last, number = counts.get(key, (error, 0))
    counts[key] = (error, number + 1 if last == error else 1)
    return counts[key][1]


def kept_rows(
    retrying: Retrying, settled: Sequence[tuple[Trial, FinishedRow]]
) -> list[FinishedRow]:
    """The finished rows that are kept; the others are asked again."""
    return [finished for trial, finished in settled if retrying.keeps(trial, finished)]
