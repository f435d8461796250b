"""A simulated day of two services: storms of refusals, an outage, odd answers, a full disk."""

import asyncio
import errno
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from research_harness import (
    Condition,
    Experiment,
    HarnessError,
    Retries,
    RunResult,
    resume_sync,
    run_sync,
)

DAY_S = 86_400.0
PRICE = 0.001
CONCURRENCY = 8
_MOST_SESSIONS = 60
_BIG = "x" * 10_000_000


class BusyError(ConnectionError):
    """The service refuses for now, and says for how long."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__("429 Too Many Requests")
        self.retry_after_s = retry_after_s


class TroubledDay:
    """What goes wrong on one day, and what the services were asked and have billed.

    Args:
        seed: Chooses the troubles.
        items: The number of items; each is asked twice, once of each service.
        big: The number of items whose answers have ten megabytes.
    """

    def __init__(self, seed: int, items: int, big: int = 1) -> None:
        self.random = random.Random(seed)
        self.items = items
        self.latency_s = DAY_S * CONCURRENCY / (2 * items)
        begins = [self.random.uniform(0, DAY_S) for _ in range(12)]
        self.storms = [(begin, begin + self.random.uniform(300, 1200)) for begin in begins]
        away = self.random.uniform(0.1, 0.6) * DAY_S
        self.outage = (away, away + 3600)
        names = self.random.sample([f"i{number}" for number in range(items)], items)
        self.poisoned = set(names[: items // 50])
        self.odd = set(names[items // 50 : items // 25])
        self.big = set(names[-big:]) if big else set()
        self.never_right = self.poisoned | self.odd | self.big
        self.full_at = sorted(self.random.sample(range(items // 4, 2 * items), 2))
        self.full = False
        self.before_s = 0.0
        self.now_s = 0.0
        self._begun: float | None = None
        self.clock_off_s = 0.0
        self.answered: Counter[tuple[str, str]] = Counter()
        self.written = 0  # the answers there were when rows were last written
        self.in_flight = 0
        self.ends: list[str] = []

    def _look_at_the_clock(self) -> float:
        """Seconds of the day, over all sessions."""
        now = asyncio.get_running_loop().time()
        if self._begun is None:
            self._begun = now
        self.now_s = self.before_s + now - self._begun
        return self.now_s

    async def ask(self, service: str, item: Any) -> dict[str, Any]:
        """The answer of a service, or its trouble."""
        self._look_at_the_clock()
        await asyncio.sleep(self.random.expovariate(1 / self.latency_s))
        if self.random.random() < 0.01:
            self.clock_off_s += self.random.uniform(-DAY_S, DAY_S)
        now_s = self._look_at_the_clock()
        if service == "storms" and any(begin < now_s < end for begin, end in self.storms):
            raise BusyError(self.random.uniform(1, 60))
        if service == "away" and self.outage[0] < now_s < self.outage[1]:
            raise ConnectionRefusedError(111, "nothing listens")
        if item.id in self.poisoned:
            raise ValueError(f"{item.id} is poisoned \ud800")
        self.answered[service, item.id] += 1
        if self.full_at and self.answered.total() >= self.full_at[0]:
            del self.full_at[0]
            self.full = True
        answer: dict[str, Any] = {"prediction": "4", "cost": PRICE}
        if item.id in self.odd:
            answer["metadata"] = {"odd": "\ud800", "bytes": b"\xff", "itself": answer}
        if item.id in self.big:
            answer["metadata"] = {"text": _BIG}
        return answer

    def experiment(self) -> type[Experiment]:
        """The experiment that asks both services."""

        def condition(service: str) -> Condition[..., Any]:
            async def asked(item: Any) -> dict[str, Any]:
                return await self.ask(service, item)

            return Condition(name=service, function=asked)

        class Day(Experiment):
            name = "day"
            metrics = ("accuracy", "cost")
            formats = ()
            concurrency = CONCURRENCY
            virtual_time = True
            timeout_ms = 1000 * DAY_S
            retries = Retries()
            dataset = tuple(
                {"id": f"i{number}", "input": "2 + 2", "expected": "4"}
                for number in range(self.items)
            )
            conditions = (condition("storms"), condition("away"))

        return Day

    @contextmanager
    def _session(self) -> Iterator[None]:
        """Times of the day, of a clock that jumps, and a disk that may be full."""
        write, wall, wall_ns = os.write, time.time, time.time_ns

        def full_write(file: int, data: Any, /) -> int:
            if self.full:
                raise OSError(errno.ENOSPC, "No space left on device")
            if b'"prediction"' in bytes(data):
                self.written = self.answered.total()
            return write(file, data)

        self._begun, self.before_s = None, self.now_s
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "write", full_write)
            patch.setattr(time, "time", lambda: wall() + self.clock_off_s)
            patch.setattr(time, "time_ns", lambda: wall_ns() + int(self.clock_off_s * 1e9))
            yield
        self.full = False

    def run(self, folder: Path) -> tuple[RunResult, int]:
        """Run, and resume after every end that leaves something open.

        Returns:
            The result at the end of the day, and the number of sessions that a full disk ended.
        """
        result, broken = None, 0
        for _ in range(_MOST_SESSIONS):
            try:
                with self._session():
                    result = self._once(folder)
                self.ends.append("complete" if result.complete else "incomplete")
            except HarnessError as error:
                if "No space left" not in str(error):
                    raise
                self.ends.append("full disk")
                self.full = False
                self.in_flight += self.answered.total() - self.written + CONCURRENCY
                result, broken = None, broken + 1
            if result is not None and result.complete and not self._open(result):
                return result, broken
            self.now_s += 600
        raise AssertionError(f"the day has no end: {self.ends}")

    def _once(self, folder: Path) -> RunResult:
        if not (folder / "day").exists():
            return run_sync(self.experiment(), output_dir=folder, run_id="day")
        return resume_sync(
            "day", self.experiment(), output_dir=folder, retry_failed=["world", "time"]
        )

    def _open(self, result: RunResult) -> bool:
        return result.failures > 2 * len(self.never_right)
