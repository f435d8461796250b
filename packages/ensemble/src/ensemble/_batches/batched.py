"""A model whose questions are gathered and asked in batch jobs."""

import asyncio
import math
from collections.abc import Mapping
from contextvars import Context
from copy import copy
from typing import Any
from weakref import WeakKeyDictionary

from .._core.costs.requests import RequestCost
from .._core.errors import BatchJobError, ModelError
from .._core.models import NamedModel, SamplingParameters
from .._core.observers import waiting
from .._core.queries import Query
from .._core.responses import Response
from .._providers.provider import ProviderModel
from .job_store import JobStore

_SENDINGS = 3  # of a request whose submission is broken off each time


def check_pauses(**pauses_ms: object) -> None:
    """Refuse times that are none.

    Raises:
        ValueError: One is not a number of milliseconds from 0 on.
    """
    for name, value in pauses_ms.items():
        if not isinstance(value, int | float) or not 0 <= value < math.inf:
            raise ValueError(f"{name}: {value!r} is not a number of milliseconds from 0 on")


class BatchedModel(NamedModel):
    """A model that is asked in batch jobs; ``BatchJobs.wrap`` makes it.

    Calls that are made at the same time are sent as one job; each waits for its answer. A call
    that was made before, by this program or by one that was ended, waits for the same job.

    Args:
        model: The client of the model.
        jobs: The file of the jobs.
        gather_ms: A job is sent when no further call has come for this long.
        poll_ms: The time between two looks at a job.
    """

    def __init__(
        self, model: ProviderModel, jobs: JobStore, *, gather_ms: float, poll_ms: float
    ) -> None:
        self._model = model
        self._jobs = jobs
        self._gather_ms = gather_ms
        self._poll_ms = poll_ms
        self.name: str = model.name
        self.provider: str | None = model.provider
        self.model: str = model.model
        self.base_url: str = model.base_url
        self._waiting: WeakKeyDictionary[asyncio.AbstractEventLoop, _Waiting] = WeakKeyDictionary()

    def __repr__(self) -> str:
        return f"BatchedModel({self._model!r}, {self._jobs.path!r})"

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        """Ask in a batch job, and wait for its end.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The response at the price of batch jobs; its latency is the time from the submission of
            the job to the look that found it ended.

        Raises:
            BatchJobError: The job ended without an answer to this request.
            ModelError: The request, or the job, was refused.
            CacheFileError: The file cannot be read or written.
        """
        key, body = self._jobs.request(self._model, query, sampling)
        loop = asyncio.get_running_loop()
        if loop not in self._waiting:
            self._waiting[loop] = _Waiting(
                self._jobs, self._model, self._gather_ms / 1000, self._poll_ms / 1000
            )
        with waiting(self.name), self._jobs.asking(self._model, key, body):
            await self._waiting[loop].end(key, body)
        return self._jobs.given(self._model, key, body)

    def request_cost(self, query: Query, sampling: SamplingParameters) -> RequestCost:
        """What a call may cost at most, at the price of batch jobs.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The cost of one request.
        """
        return self._model.request_cost(query, sampling, batch=True)

    async def close(self) -> None:
        """Close the connections of the model."""
        await self._model.close()


class _Waiting:
    """The calls of one event loop that wait for the ends of their requests."""

    def __init__(
        self, jobs: JobStore, model: ProviderModel, gather_s: float, poll_s: float
    ) -> None:
        self._jobs = jobs
        self._model = model
        self._of_model = jobs.of_model(model)
        self._gather_s = gather_s
        self._poll_s = poll_s
        self._futures: dict[str, list[asyncio.Future[None]]] = {}
        self._bodies: dict[str, Mapping[str, Any]] = {}
        self._sendings: dict[str, int] = {}
        self._queue: dict[str, None] = {}
        self._ends = -1
        self._more = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None

    async def end(self, key: str, body: Mapping[str, Any]) -> None:
        """Wait until a request has ended; it is sent where that is needed."""
        future = asyncio.get_running_loop().create_future()
        if self._jobs.is_answered(key):
            return
        self._bodies[key] = body
        if key not in self._futures and self._of_model.is_wanted(key):
            self._queue[key] = None
            self._more.set()
        self._futures.setdefault(key, []).append(future)
        if self._runner is None or self._runner.done():
            # Of no caller: its ledger is not that of the others.
            loop = asyncio.get_running_loop()
            self._runner = loop.create_task(self._run(), context=Context())
        try:
            await future
        finally:
            self._leave(key, future)

    def _leave(self, key: str, future: "asyncio.Future[None]") -> None:
        waiting = self._futures.get(key)
        if waiting is not None and future in waiting:
            waiting.remove(future)
            if not waiting:
                del self._futures[key]
                self._bodies.pop(key, None)
                self._queue.pop(key, None)
        if not self._futures:
            self._more.set()

    async def _run(self) -> None:
        self._more.clear()
        try:
            while self._futures:
                if self._queue:
                    await self._gathered()
                    await self._send()
                await self._refresh()
                if self._futures and not self._queue:
                    await self._pause()
        except Exception as error:  # whatever it is, those who wait must know  # noqa: BLE001
            self._fail(list(self._futures), error)

    async def _gathered(self) -> None:
        before = -1
        while before != len(self._queue) < self._of_model.max_requests:
            before = len(self._queue)
            await asyncio.sleep(self._gather_s)

    async def _send(self) -> None:
        keys, self._queue = list(self._queue), {}
        self._more.clear()
        for key in keys:
            self._sendings[key] = self._sendings.get(key, 0) + 1
        try:
            await self._of_model.submit({key: self._bodies[key] for key in keys})
        except ModelError as error:
            self._fail([key for key in keys if self._of_model.is_wanted(key)], error)

    async def _refresh(self) -> None:
        try:
            await self._of_model.refresh()
        except ModelError as error:
            if not error.retryable:
                raise
            # The jobs go on at the provider; the next look may find them.
        if self._ends == self._jobs.ends:
            return  # of many thousands, none need be looked up
        self._ends = self._jobs.ends
        for key in self._futures.keys() - self._queue.keys():
            end = self._jobs.end(key)
            if end is None:
                continue
            unsent = isinstance(end, BatchJobError) and end.reason == "unsent"
            if unsent and self._sendings.get(key, 0) < _SENDINGS:
                self._queue[key] = None
            else:
                self._release(key)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._poll_s):
                await self._more.wait()
        except TimeoutError:
            return

    def _release(self, key: str, error: Exception | None = None) -> None:
        self._bodies.pop(key, None)
        self._sendings.pop(key, None)
        for future in self._futures.pop(key, ()):
            if not future.done():
                if error is None:
                    future.set_result(None)
                else:  # each its own: what it cost is noted in it
                    future.set_exception(copy(error))

    def _fail(self, keys: list[str], error: Exception) -> None:
        for key in keys:
            self._release(key, error)
