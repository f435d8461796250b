"""What the file of batch jobs knows, with the ledger of this program's part in it."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, NoReturn, Self

from .._core.costs.ledger import OpenTry, Try, TryStatus, carry
from .._core.errors import ModelError
from .._core.models import SamplingParameters
from .._core.queries import Query
from .._core.responses import Response
from .._providers.dialect import USAGE
from .._providers.provider import ProviderModel
from .._recorded.cached import request_key
from .ends import end_of, given_again
from .model_jobs import ModelJobs
from .rows import RequestRow


class JobStore:
    """The part of ``BatchJobs`` that a ``BatchedModel`` uses.

    Args:
        path: The file; created when it does not exist.
        clock: Gives the seconds since 1970.

    Raises:
        CacheFileError: The file is something else, or another program has it open.

    Attributes:
        path: The file.
        ends: How many requests have ended since the file was opened.
    """

    def __init__(self, path: str | Path, *, clock: Callable[[], float] = time.time) -> None:
        from .job_file import JobFile  # noqa: PLC0415  # sqlite3 is for those who keep jobs

        self.path: str = str(path)
        self.ends: int = 0
        self._clock = clock
        self._file = JobFile(self.path)
        self._of_models: dict[str, ModelJobs] = {}
        # Requests that this program has sent and that are under way, and those that have ended and
        # were not given yet: who is given an answer for the first time pays for it.
        self._entries: dict[str, OpenTry] = {}
        self._fresh: dict[str, Try | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} stays in its process, which alone may have {self.path} open;"
            " open a file for each process"
        )

    def close(self) -> None:
        """Close the file; the jobs go on at their providers."""
        self._file.close()

    def of_model(self, client: ProviderModel) -> ModelJobs:
        """The jobs of a client.

        Raises:
            BadRequestError: It has no batch jobs.
        """
        parts = (type(client).__name__, client.provider, client.model, client.base_url)
        identity = blake2b(repr(parts).encode(), digest_size=16).hexdigest()
        if identity not in self._of_models:
            made = ModelJobs(self._file, client, identity, self._clock, self._ended)
            self._of_models[identity] = made
        return self._of_models[identity]

    def request(
        self, client: ProviderModel, item: Query, sampling: SamplingParameters
    ) -> tuple[str, Mapping[str, Any]]:
        """The key and the body of a request.

        Raises:
            BadRequestError: It cannot be sent.
        """
        return request_key(client, item, sampling), client.asked(item, sampling).body

    def end(self, key: str) -> Response | ModelError | None:
        """The end of a request; None before it, and where it was never sent."""
        row = self._file.request(key)
        return None if row is None or row.status == "pending" else end_of(row, self.path)

    def is_answered(self, key: str) -> bool:
        """Whether a request has its answer."""
        row = self._file.request(key)
        return row is not None and row.status == "answered"

    def given(self, client: ProviderModel, key: str, body: Mapping[str, Any]) -> Response:
        """The answer to a request that has ended.

        Raises:
            ModelError: It ended without one.
        """
        row = self._file.request(key)
        end = None if row is None else end_of(row, self.path)
        fresh = key in self._fresh
        booked = self._fresh.pop(key, None)
        if row is not None and fresh and booked is None:  # sent by another program
            entry = OpenTry(client.name, client.provider, 1, body)
            _close(entry, row)
            booked = entry.value()
        tries = () if booked is None else (booked,)
        if isinstance(end, Response):
            return replace(end, tries=tries) if fresh else given_again(end)
        if end is None:
            raise ModelError(f"model {client.name!r}: the request is in no batch job")
        if not fresh:
            end.cost_usd = 0.0
        carry(end, tries)
        raise end

    def book(self, client: ProviderModel, key: str, body: Mapping[str, Any]) -> None:
        """Book a request that this program is about to send."""
        if key not in self._entries:
            self._entries[key] = OpenTry(client.name, client.provider, 1, body)

    def unbook(self, key: str, status: TryStatus, cost_usd: float | None, error: str = "") -> None:
        """Book that the caller has left a request."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            entry.ended(status, cost_usd=cost_usd, error=error)

    @contextmanager
    def asking(self, client: ProviderModel, key: str, body: Mapping[str, Any]) -> Iterator[None]:
        """Book a request in the ledger of its caller, and that the caller leaves, if so."""
        if self.is_answered(key) or key in self._entries:
            yield
            return
        self.book(client, key, body)
        try:
            yield
        except (asyncio.CancelledError, GeneratorExit):
            sent = not self.of_model(client).is_wanted(key)
            self.unbook(key, "cancelled", None if sent else 0.0)
            raise
        except BaseException as error:
            sent = not self.of_model(client).is_wanted(key)
            self.unbook(key, "failed", None if sent else 0.0, str(error))
            raise

    def _renew(self, known: Iterable[str]) -> int:
        """Take the answers that are not among these as not given yet."""
        ids = {}
        for row in self._file.answered():
            end = end_of(row, self.path)
            if isinstance(end, Response) and end.request_id is not None:
                ids[end.request_id] = row.key
        for each in known:
            ids.pop(each, None)
        for key in ids.values():
            self._fresh.setdefault(key, None)
        return len(ids)

    def _ended(self, row: RequestRow) -> None:
        """Book the end of a request."""
        self.ends += 1
        entry = self._entries.pop(row.key, None)
        if entry is not None:
            _close(entry, row)
        self._fresh[row.key] = None if entry is None else entry.value()


def _close(entry: OpenTry, row: RequestRow) -> None:
    end = end_of(row, "")
    if isinstance(end, Response):
        usage = {name: getattr(end, name) for name in USAGE}
        entry.ended("answered", cost_usd=row.cost_usd, request_id=end.request_id, **usage)
    else:
        entry.ended("failed", cost_usd=row.cost_usd, error=str(end), error_type=type(end).__name__)
