"""Answers that were paid once are kept in a file, and given again."""

import asyncio
import dataclasses
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ._errors import CacheFileError
from ._model import Model, Response, TokenLogprob
from ._prices import Price
from ._values import Value

if TYPE_CHECKING:
    from ._cached import CachedModel, Mode

_FIELDS = {field.name for field in dataclasses.fields(Response)} - {"raw"}


class CacheStatistics(Value):
    """What a cache has done in this process.

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
        saved = f"${self.saved_usd:.6f} saved"
        if self.unpriced:
            saved += f" and {self.unpriced} of unknown cost"
        return (
            f"{asked} requests: {self.hits} from the cache, {self.joined} joined to others,"
            f" {self.misses} not there; {saved}"
        )


class Record(Value):
    """An answer with what was asked.

    Attributes:
        key: The hash of the request.
        model: The model's name.
        question: The question's id; None for a bare prompt.
        prompt: The prompt; messages as JSON.
        sample: The number of the sample.
        settings: The sampling parameters.
        response: The answer, without ``raw``.
        recorded_at: When, in seconds since 1970.
    """

    key: str
    model: str
    question: str | None
    prompt: str
    sample: int
    settings: Mapping[str, Any]
    response: Response
    recorded_at: float


class ResponseCache:
    """A file of answers by model, parameters, prompt and sample number.

    It may be open in several processes; of two that ask the same, the quicker one's answer is kept
    and both give it. It holds questions and answers, never keys or headers. Keep it on a local
    disk. Use it with ``with``, or close it.

    Args:
        path: The file, made when there is none.
        clock: Tells the seconds since 1970.

    Raises:
        CacheFileError: The file is something else, or was written by a later version.
    """

    def __init__(self, path: str | Path, *, clock: Callable[[], float] = time.time) -> None:
        from ._cache_file import CacheFile  # noqa: PLC0415  # sqlite3 is for those who keep answers

        self.path = str(path)
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
            given["settings"] = json.loads(given["settings"])
            given["response"] = _response(json.loads(given["response"]))
            yield Record(**given)

    @property
    def statistics(self) -> CacheStatistics:
        """What it has done in this process."""
        return CacheStatistics(**self._counts)

    def wrap(
        self,
        model: Model | Callable[..., Any] | str,
        *,
        mode: "Mode" = "replay",
        version: str = "",
        charge_hits: bool = False,
    ) -> "CachedModel":
        """The model with this cache before it; the arguments are those of ``CachedModel``."""
        from ._cached import CachedModel  # noqa: PLC0415  # which imports this module

        return CachedModel(model, self, mode=mode, version=version, charge_hits=charge_hits)

    def close(self) -> None:
        """Close the file; used again, it is opened again."""
        self._file.close()

    def find(self, key: str) -> Response | None:
        """The answer that is kept for a request; None when there is none."""
        rows = self._file.select("response FROM responses WHERE key = ?", key)
        return _response(json.loads(rows[0][0])) if rows else None

    async def keep(self, record: Record, *, replace: bool = False) -> Response:
        """Keep an answer.

        Args:
            record: The answer with what was asked.
            replace: Whether it takes the place of one that is there.

        Returns:
            The answer that is kept; another process' where that was quicker.
        """
        if await self._file.add(_row(record), replace=replace):
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
            flight.exception()  # it may be that nobody else wants to know
            raise
        finally:
            del self._flights[slot]
            flight.cancel()  # unless it has come to its end
        return response, False

    def now(self) -> float:
        """The time that records get, in seconds since 1970."""
        return self._clock()

    def count(self, **more: float) -> None:
        """Add to the statistics."""
        self._counts.update(more)

    def forget(self, *, model: str | None = None, older_than_s: float = 0.0) -> int:
        """Remove answers.

        Args:
            model: Those of this model; of all when left out.
            older_than_s: Those that are older than this many seconds.

        Returns:
            How many were removed.
        """
        return self._file.remove(model, self._clock() - older_than_s)

    def export_jsonl(self, path: str | Path) -> int:
        """Write all answers to a file, a JSON object a line, as ``ReplayModel`` reads them too.

        Returns:
            How many there are.
        """
        count = 0
        # Half a surrogate pair, which some models write, is an escape in JSON.
        with Path(path).open("w", encoding="utf-8", errors="backslashreplace") as file:
            for record in self:
                file.write(json.dumps(record.to_dict(), ensure_ascii=False) + "\n")
                count += 1
        return count

    def import_jsonl(self, path: str | Path) -> int:
        """Add the answers of a file that ``export_jsonl`` wrote; what is there stays.

        Returns:
            How many were added.

        Raises:
            CacheFileError: A line is no such answer; nothing is added.
        """
        rows = []
        for number, line in enumerate(Path(path).read_text("utf-8").split("\n"), start=1):
            if not line.strip():
                continue
            try:
                rows.append(_row(_record(json.loads(line))))
            except (ValueError, TypeError, KeyError) as error:
                raise CacheFileError(str(path), f"line {number} is no answer ({error})") from error
        return self._file.add_all(rows)


def _record(given: Mapping[str, Any]) -> Record:
    """A record as it was written.

    Raises:
        TypeError, KeyError: It is none.
    """
    for name in ("key", "model", "prompt"):
        if not isinstance(given[name], str):
            raise TypeError(f"{name} is {given[name]!r}, no text")
    return Record(**{**given, "response": _response(given["response"])})


def _row(record: Record) -> tuple[Any, ...]:
    values = record.to_dict()
    values["settings"] = json.dumps(values["settings"], sort_keys=True)
    values["response"] = json.dumps(values["response"])
    return tuple(values.values())


def _response(given: Mapping[str, Any]) -> Response:
    """A response as it was; what a later version may have added is left out."""
    known = {name: value for name, value in given.items() if name in _FIELDS}
    if isinstance(known.get("price"), dict):
        known["price"] = Price(**known["price"])
    if known.get("logprobs") is not None:
        known["logprobs"] = tuple(TokenLogprob(*each) for each in known["logprobs"])
    return Response(**known)
