"""The batch jobs of a session: opened with the run's file, and used by the rows that may wait."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from .batches import Batches

InBatches: TypeAlias = Callable[[str], AbstractContextManager[Any]]
Made = TypeVar("Made")


@contextmanager
def batch_mode(
    batches: Batches | None, path: Path, *, known: Callable[[], Iterable[str]] = tuple
) -> Iterator[InBatches | None]:
    """Open the file of the jobs; gives a function that routes the calls of a condition's row.

    It gives None where no condition may wait.

    Args:
        batches: Which conditions may wait; None sends everything directly.
        path: The file of the jobs.
        known: Gives the providers' ids of the answers that finished rows have. Answers that a
            killed session has fetched for other rows cost those rows their price.
    """
    if batches is None:
        yield None
        return
    import ensemble

    with ensemble.BatchJobs(path) as jobs:
        if jobs.jobs:
            jobs.charge_unknown(known())

        def in_batches(condition: str) -> AbstractContextManager[Any]:
            if not batches.includes(condition):
                return nullcontext()
            return jobs.routing(gather_ms=batches.gather_ms, poll_ms=batches.poll_ms)

        yield in_batches


class Lanes:
    """How many rows run at the same time: those that wait for jobs do not hold up the others.

    Args:
        batches: Which conditions may wait; None if none may.
        concurrency: The maximum number of the others.

    Attributes:
        waiting_rows: How many rows may wait for jobs at the same time.
    """

    def __init__(self, batches: Batches | None, concurrency: int) -> None:
        self._batches = batches
        self._room = asyncio.Semaphore(concurrency)
        self.waiting_rows = 0 if batches is None else batches.max_rows

    @property
    def open(self) -> bool:
        """Whether each row has room, so that none needs to ask."""
        return self._batches is None

    async def run(self, condition: str, make: Callable[[], Awaitable[Made]]) -> Made:
        """Make a row when there is room for it."""
        if self._batches is None or self._batches.includes(condition):
            return await make()
        async with self._room:
            return await make()
