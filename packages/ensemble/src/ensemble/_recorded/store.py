"""Recorded responses in one file: found, stored, and requested once at a time."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from .._core.errors import CacheFileError
from .._core.rendering import counted, money
from .._core.responses import Response
from .._core.values import Value
from .records import MISREAD, Record, response_of, row_of


class CacheStatistics(Value):
    """The statistics of a cache in this process.

    Attributes:
        hits: Requests that were answered from the file.
        joined: Requests that waited for the same one that was under way.
        misses: Requests that nothing was kept for.
        recorded: Answers that were added to the file.
        saved_usd: What hits and joined requests would have cost, as far as that is known.
        unpriced: How many of these have no known cost.
    """

    hits: int = 0
    joined: int = 0
    misses: int = 0
    recorded: int = 0
    saved_usd: float = 0.0
    unpriced: int = 0

    def __str__(self) -> str:
        asked = self.hits + self.joined + self.misses
        saved = f"{money(self.saved_usd)} saved"
        if self.unpriced:
            saved += f" and {self.unpriced} of unknown cost"
        requests = counted(asked, "request")
        return (
            f"{requests}: {self.hits} from the cache, {self.joined} joined to others,"
            f" {self.misses} not there; {saved}"
        )


class ResponseStore:
    """The part of a response cache that a ``CachedModel`` uses.

    Args:
        path: The file; created when it does not exist.
        clock: Gives the seconds since 1970.

    Raises:
        CacheFileError: The file is something else, or was written by a later version.
    """

    def __init__(self, path: str | Path, *, clock: Callable[[], float] = time.time) -> None:
        from .cache_file import CacheFile  # noqa: PLC0415  # sqlite3 is for those who keep answers

        self.path: str = str(path)
        self._file = CacheFile(self.path)
        self._clock = clock
        self._counts: Counter[str] = Counter()
        self._flights: dict[tuple[int, str], asyncio.Future[Response]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.path,)  # another process opens the same file

    def __len__(self) -> int:
        count: int = self._file.select("count(*) FROM responses")[0][0]
        return count

    def __iter__(self) -> Iterator[Record]:
        names = tuple(Record.__annotations__)
        for row in self._file.select(f"{', '.join(names)} FROM responses ORDER BY model, key"):
            given = dict(zip(names, row, strict=True))
            given["settings"] = self._read(given["settings"])
            given["response"] = self._response(given["response"])
            yield Record(**given)

    @property
    def statistics(self) -> CacheStatistics:
        """Its statistics in this process."""
        return CacheStatistics(**self._counts)

    def close(self) -> None:
        """Close the file; used again, it is opened again."""
        self._file.close()

    def find(self, key: str) -> Response | None:
        """Return the stored answer to a request; None without one."""
        rows = self._file.select("response FROM responses WHERE key = ?", key)
        return self._response(rows[0][0]) if rows else None

    def _response(self, text: str) -> Response:
        try:
            return response_of(self._read(text))
        except MISREAD as error:
            raise self._damaged(error) from None

    def _read(self, text: str) -> Any:
        try:
            return json.loads(text)
        except (ValueError, TypeError, RecursionError) as error:
            raise self._damaged(error) from None

    def _damaged(self, error: Exception) -> CacheFileError:
        return CacheFileError(self.path, f"a row is damaged ({error}); use forget()")

    async def keep(self, record: Record, *, replace: bool = False) -> Response:
        """Keep an answer.

        Args:
            record: The answer with what was asked.
            replace: Whether it replaces one that is stored.

        Returns:
            The answer that is kept; another process' where that was quicker.
        """
        if await self._file.add(row_of(record), replace=replace):
            self.count(recorded=1)
            return record.response
        return self.find(record.key) or record.response

    async def once(self, key: str, ask: Callable[[], Awaitable[Response]]) -> tuple[Response, bool]:
        """Make a request once, however many want it at the same time.

        Who comes later gets the answer of the first one, or its failure. When the first one is
        cancelled, the next makes the request.

        Returns:
            The answer, and whether it is that of another one.
        """
        loop = asyncio.get_running_loop()
        slot = (id(loop), key)
        while (flight := self._flights.get(slot)) is not None:
            await asyncio.wait([flight])
            if not flight.cancelled():
                return flight.result(), True
        flight = self._flights[slot] = loop.create_future()
        try:
            response = await ask()
            flight.set_result(response)
        except Exception as error:
            flight.set_exception(error)
            flight.exception()  # no other request may be waiting for it
            raise
        finally:
            del self._flights[slot]
            flight.cancel()  # unless it has come to its end
        return response, False

    @contextmanager
    def making(self, key: str) -> Iterator[Callable[[Response], None] | None]:
        """Make a request while others that want the same wait for it.

        Yields:
            Takes the response, for the others; None where another one is making the request. Left
            without a response, the next of the others makes the request.
        """
        loop = asyncio.get_running_loop()
        slot = (id(loop), key)
        if slot in self._flights:
            yield None
            return
        flight = self._flights[slot] = loop.create_future()
        try:
            yield flight.set_result
        finally:
            del self._flights[slot]
            flight.cancel()  # unless it has come to its end

    def now(self) -> float:
        """The time that records get, in seconds since 1970."""
        return self._clock()

    def count(self, **more: float) -> None:
        """Add to the statistics."""
        self._counts.update(more)
