"""The jobs of one model in a file: sent, found again after a restart, and read at their end."""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from .._core.errors import (
    BatchFailure,
    BatchJobError,
    ConnectionFailedError,
    MalformedResponseError,
    ModelError,
)
from .._providers.dialect import bills_nothing
from .._providers.provider import ProviderModel
from .ends import ended_row, failed_row
from .interface import Asked, JobState, JobStatus, Outcome, UndecidedError, encoded, no_answer
from .interfaces import interface_of
from .rows import JobRow, RequestRow

if TYPE_CHECKING:
    from .job_file import JobFile

_ENDS: tuple[JobStatus, ...] = ("ended", "failed", "expired", "cancelled")
_SHOWN_AFTER_S = 60.0  # a job that was made is in the provider's list by then
_BYTES_BESIDE = 200  # of each request: its name and what stands around it


class ModelJobs:
    """The jobs of one model.

    Args:
        file: Where they are kept.
        model: The client of the model.
        identity: What distinguishes this client from others.
        clock: Gives the seconds since 1970.
        on_end: Called with each request that has ended.
    """

    def __init__(
        self,
        file: "JobFile",
        model: ProviderModel,
        identity: str,
        clock: Callable[[], float],
        on_end: Callable[[RequestRow], None],
    ) -> None:
        self._file = file
        self._model = model
        self._identity = identity
        self._clock = clock
        self._on_end = on_end
        self._interface = interface_of(model)
        self._locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = (
            WeakKeyDictionary()
        )

    @property
    def max_requests(self) -> int:
        """The most requests of one job."""
        return self._interface.max_requests

    def is_wanted(self, key: str) -> bool:
        """Whether a request is to be sent: it never was, or failed."""
        row = self._file.request(key)
        return row is None or row.status in ("failed", "unsent")

    async def submit(self, wanted: Mapping[str, Any]) -> None:
        """Send the requests that are neither under way nor answered, in as few jobs as can be.

        Args:
            wanted: The body of each request by its key.

        Raises:
            ModelError: The provider refuses a job; its requests, and those that would have come
                after it, are not sent.
        """
        async with self._lock():
            new = {key: body for key, body in wanted.items() if self.is_wanted(key)}
            for part in self._parts(new):
                await self._submit(part)

    async def refresh(self) -> None:
        """Ask the provider once how the jobs stand, and keep what has ended.

        Raises:
            ModelError: It cannot be asked.
        """
        async with self._lock():
            for job in self.unfinished():
                found = await self._found(job) if job.id is None else job
                if found is not None and found.id is not None:
                    await self._refresh(found, found.id)

    async def cancel(self) -> None:
        """Ask the provider to end the jobs early.

        Raises:
            ModelError: It cannot be asked.
        """
        async with self._lock():
            for job in self.unfinished():
                if job.id is not None:
                    await self._interface.cancel(job.id)

    def unfinished(self) -> list[JobRow]:
        """The jobs that have not ended."""
        return [
            job
            for job in self._file.jobs()
            if job.identity == self._identity and job.status not in _ENDS
        ]

    def _lock(self) -> asyncio.Lock:
        return self._locks.setdefault(asyncio.get_running_loop(), asyncio.Lock())

    def _parts(self, new: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The requests, divided into jobs that the provider takes."""
        part: dict[str, Any] = {}
        size = 0
        for key, body in new.items():
            more = len(encoded(body)) + _BYTES_BESIDE
            full = len(part) == self.max_requests or size + more > self._interface.max_bytes
            if part and full:
                yield part
                part, size = {}, 0
            part[key] = body
            size += more
        if part:
            yield part

    async def _submit(self, part: Mapping[str, Any]) -> None:
        name = os.urandom(10).hex()
        ids = {key: f"{name}-{number}" for number, key in enumerate(part)}
        job = JobRow(
            key=name,
            id=None,
            identity=self._identity,
            model=self._model.name,
            provider=self._model.provider,
            status="submitting",
            n=len(part),
            done=None,
            submitted_at=self._clock(),
            ended_at=None,
            error="",
        )
        self._file.add(job, list(ids.items()))
        try:
            made = await self._interface.submit(
                name, [Asked(ids[key], body) for key, body in part.items()]
            )
        except ModelError as error:
            if not _is_refused(error):
                return  # it may have been made: the next refresh looks for it
            self._fail(job, error)
            raise
        self._file.update(job._replace(id=made, status="in_progress"))

    def _fail(self, job: JobRow, error: ModelError) -> None:
        """Keep that a job was refused, and its requests with it."""
        job = job._replace(status="failed", error=str(error), ended_at=self._clock())
        self._keep(job, [failed_row(each, error, 0.0) for each in self._file.requests(job.key)])

    async def _found(self, job: JobRow) -> JobRow | None:
        """A job whose submission was broken off; None while it cannot be known."""
        try:
            made = await self._interface.find(job.key, job.n, job.submitted_at)
        except UndecidedError:
            return None
        if made is not None:
            job = job._replace(id=made, status="in_progress")
            self._file.update(job)
            return job
        if self._clock() - job.submitted_at < _SHOWN_AFTER_S:
            return None
        error = no_answer("unsent")
        rows = [
            failed_row(each, error, 0.0)._replace(status="unsent")
            for each in self._file.requests(job.key)
        ]
        self._keep(job._replace(status="failed", error=str(error), ended_at=self._clock()), rows)
        return None

    async def _refresh(self, job: JobRow, made: str) -> None:
        try:
            state = await self._interface.state_of(made)
            outcomes = [] if state.status not in _ENDS else await self._outcomes(made, state)
        except ModelError as error:
            if error.status != 404:
                raise
            state, outcomes = JobState(status="failed", error=str(error)), []
            self._end(job, state, outcomes, "lost")
            return
        if state.status in _ENDS:
            reason: BatchFailure = "failed"
            if state.status in ("expired", "cancelled"):
                reason = "expired" if state.status == "expired" else "cancelled"
            self._end(job, state, outcomes, reason)
        elif state.done != job.done:
            self._file.update(job._replace(done=state.done))

    async def _outcomes(self, made: str, state: JobState) -> list[Outcome]:
        return [] if state.status == "failed" else await self._interface.outcomes(made, state)

    def _end(
        self, job: JobRow, state: JobState, outcomes: list[Outcome], reason: BatchFailure
    ) -> None:
        job = job._replace(
            status=state.status, error=state.error, done=len(outcomes), ended_at=self._clock()
        )
        by_name = {each.custom_id: each for each in outcomes}
        if state.status == "ended":
            missing = BatchJobError(
                f"batch job {job.id} ended without a line for this request", reason="lost"
            )
        else:
            missing = no_answer(reason, state.error)
        rows = [
            ended_row(
                row,
                by_name.get(row.custom_id, Outcome(row.custom_id, None, missing)),
                job,
                self._model,
            )
            for row in self._file.requests(job.key)
        ]
        self._keep(job, rows)

    def _keep(self, job: JobRow, rows: list[RequestRow]) -> None:
        self._file.update(job, rows)
        for row in rows:
            self._on_end(row)


def _is_refused(error: ModelError) -> bool:
    """Whether a job was certainly not made."""
    if isinstance(error, ConnectionFailedError):
        return bills_nothing(error)
    if error.status is None:  # nothing was sent, or what came back cannot be read
        return not isinstance(error, MalformedResponseError)
    return 400 <= error.status < 500 and bills_nothing(error)
