"""Batch jobs in a file: their ids and answers outlive the program."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self, Unpack

from .._core.errors import BadRequestError, EnsembleError
from .._core.models import SamplingParameters, current_sample
from .._core.queries import Query
from .._core.rendering import on_one_line
from .._core.responses import Response
from .._core.values import Value
from .._models.answer_form import check_schema, with_value
from .._models.ask import AskOptions
from .._models.conversion import ModelLike, as_model
from .._providers.provider import ProviderModel
from .._transport.routes import routing
from .batched import BatchedModel, check_pauses
from .interface import JobStatus
from .job_store import JobStore
from .rows import JobRow


class BatchJob(Value):
    """A batch job.

    Attributes:
        key: Its name in the file.
        id: The provider's id of it; None while that is not known.
        model: The model's name.
        provider: The provider.
        status: ``submitting``, ``in_progress``, ``ended``, ``failed``, ``expired`` or
            ``cancelled``.
        n: The number of its requests.
        done: How many of them have ended; None when unknown.
        submitted_at: When it was sent, in seconds since 1970.
        ended_at: When its end was seen; None before.
        error: Why it failed as a whole.
    """

    key: str
    id: str | None
    model: str
    provider: str | None
    status: JobStatus
    n: int
    done: int | None
    submitted_at: float
    ended_at: float | None
    error: str

    def __str__(self) -> str:
        done = "" if self.done is None else f", {self.done} of {self.n} done"
        more = f": {self.error}" if self.error else ""
        return on_one_line(f"{self.id or self.key} ({self.model}): {self.status}{done}{more}")

    @classmethod
    def of_row(cls, row: JobRow) -> Self:
        """The job of a row of the file."""
        return cls(**{name: getattr(row, name) for name in cls._fields})


class BatchJobs(JobStore):
    """A file of batch jobs with their requests and answers.

    Providers answer the questions of a batch job within a day, at half the price. A job goes on
    when the program that sent it has ended: opened again, the file knows its id, asks the provider
    for it, and sends nothing twice. Use it with ``with``, or close it. It holds answers, never
    questions, keys or headers.

    Args:
        path: The file; created when it does not exist. One program at a time has it open.
        clock: Gives the seconds since 1970.

    Raises:
        CacheFileError: The file is something else, or another program has it open.

    Attributes:
        path: The file.
    """

    def __init__(self, path: str | Path, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__(path, clock=clock)
        self._routed: dict[tuple[int, float, float], tuple[ProviderModel, BatchedModel]] = {}

    def __str__(self) -> str:
        return "\n".join(str(job) for job in self.jobs) or "no batch jobs"

    @property
    def jobs(self) -> tuple[BatchJob, ...]:
        """All jobs, in the order they were sent."""
        return tuple(BatchJob.of_row(row) for row in self._file.jobs())

    @property
    def known_cost_usd(self) -> float:
        """The sum of the known costs of all requests in the file."""
        return sum(cost or 0.0 for _, cost in self._file.costs())

    @property
    def cost_complete(self) -> bool:
        """Whether every request has ended and every cost is known."""
        return all(cost is not None for _, cost in self._file.costs())

    def charge_unknown(self, known: Iterable[str]) -> int:
        """Let answers cost their price once more, when a program has ended before it kept them.

        An answer costs at its first giving. A program that was given it and was killed before it
        noted it has lost what it cost; this makes those answers new again.

        Args:
            known: The provider's ids of the answers that were noted (``Response.request_id``).

        Returns:
            How many answers are new again. Those without an id never are.
        """
        return self._renew(known)

    def wrap(
        self, model: ModelLike, *, gather_ms: float = 1000.0, poll_ms: float = 60_000.0
    ) -> BatchedModel:
        """The model, asked in batch jobs: for ``collect``, ``predict_many`` and experiments.

        Args:
            model: A client of OpenAI's chat completions or Responses, Anthropic's or Gemini's
                interface, or its name. ``Variant``, ``Fallback`` and caches go around the result.
            gather_ms: A job is sent when no further call has come for this long. The caller's own
                limit of calls at the same time is the size of a job.
            poll_ms: The time between two looks at a job.

        Returns:
            The model.

        Raises:
            BadRequestError: The model has no batch jobs.
            ValueError: A time is not a number of milliseconds from 0 on.
        """
        check_pauses(gather_ms=gather_ms, poll_ms=poll_ms)
        client = _client(model)
        self.of_model(client)
        return BatchedModel(client, self, gather_ms=gather_ms, poll_ms=poll_ms)

    @contextmanager
    def routing(self, *, gather_ms: float = 1000.0, poll_ms: float = 60_000.0) -> Iterator[None]:
        """Ask the clients of providers in batch jobs inside the block, whatever is around them.

        So ``Variant``, ``Fallback`` and votes need not be made anew. It follows tasks that are
        started inside the block; blocks of the same file and times share their jobs.

        Args:
            gather_ms: A job is sent when no further call has come for this long.
            poll_ms: The time between two looks at a job.

        Yields:
            Nothing; the block runs. A client without batch jobs raises ``BadRequestError``.

        Raises:
            ValueError: A time is not a number of milliseconds from 0 on.
        """
        check_pauses(gather_ms=gather_ms, poll_ms=poll_ms)

        async def ask(client: ProviderModel, item: Query, sampling: SamplingParameters) -> Response:
            route = id(client), gather_ms, poll_ms
            if route not in self._routed:
                model = self.wrap(client, gather_ms=gather_ms, poll_ms=poll_ms)
                self._routed[route] = client, model
            return await self._routed[route][1].generate(item, sampling)

        with routing(ask):
            yield

    async def submit(
        self, items: Iterable[Query], *, model: ModelLike, **options: Unpack[AskOptions]
    ) -> tuple[BatchJob, ...]:
        """Send questions as batch jobs, without waiting for answers.

        Questions that are under way or answered in this file are not sent again, and those whose
        requests are the same are sent once. What failed, such as in a job that expired, is sent
        anew.

        Args:
            items: Texts, chat messages, or questions.
            model: The client of the model, or its name.
            **options: Those of ``ask``, without ``timeout_ms``.

        Returns:
            The jobs that have not ended, those of earlier calls among them.

        Raises:
            BadRequestError: A question or a parameter cannot be sent, or the provider refuses the
                job.
            ModelError: The provider cannot be asked.
        """
        client = _client(model)
        sampling = _sampling(options)
        of_model = self.of_model(client)
        wanted = dict(self.request(client, item, sampling) for item in items)
        for key, body in wanted.items():
            if of_model.is_wanted(key):
                self.book(client, key, body)
        try:
            await of_model.submit(wanted)
        finally:
            for key in wanted:
                if of_model.is_wanted(key):
                    self.unbook(key, "failed", 0.0)
        return tuple(BatchJob.of_row(row) for row in of_model.unfinished())

    async def refresh(self, *, model: ModelLike) -> tuple[BatchJob, ...]:
        """Ask the provider once how the jobs of a model stand, and keep what has ended.

        Args:
            model: The client of the model, or its name.

        Returns:
            The jobs that have not ended.

        Raises:
            ModelError: The provider cannot be asked.
        """
        of_model = self.of_model(_client(model))
        await of_model.refresh()
        return tuple(BatchJob.of_row(row) for row in of_model.unfinished())

    async def cancel(self, *, model: ModelLike) -> None:
        """Ask the provider to end the jobs of a model early; ``refresh`` reads what was answered.

        Args:
            model: The client of the model, or its name.

        Raises:
            ModelError: The provider cannot be asked.
        """
        await self.of_model(_client(model)).cancel()

    def answers(
        self, items: Iterable[Query], *, model: ModelLike, **options: Unpack[AskOptions]
    ) -> list[Response | EnsembleError | None]:
        """The answers to questions that were sent, as far as ``refresh`` has found them.

        Args:
            items: Texts, chat messages, or questions.
            model: The client of the model, or its name.
            **options: Those of ``submit``.

        Returns:
            For each question its response, its error, or None while it is under way or was never
            sent. A response that is given for the second time costs nothing.
        """
        client = _client(model)
        sampling = _sampling(options)
        return [self._answer(client, item, sampling) for item in items]

    def _answer(
        self, client: ProviderModel, item: Query, sampling: SamplingParameters
    ) -> Response | EnsembleError | None:
        key, body = self.request(client, item, sampling)
        if self.end(key) is None:
            return None
        try:
            return with_value(self.given(client, key, body), sampling)
        except EnsembleError as error:
            return error


def _client(model: ModelLike) -> ProviderModel:
    found = as_model(model)
    if not isinstance(found, ProviderModel):
        raise BadRequestError(
            f"model {found.name!r} cannot be asked in batch jobs; give the client of a provider,"
            " and put Variant, Fallback or a cache around the model that wrap() gives"
        )
    return found


def _sampling(options: AskOptions) -> SamplingParameters:
    if options.get("confidence") is not None:
        raise BadRequestError("confidence: put ConfidentModel around the model that wrap() gives")
    beside = ("timeout_ms", "confidence")
    given = {name: value for name, value in options.items() if name not in beside}
    parameters = SamplingParameters(sample=current_sample(), **given)  # type: ignore[arg-type]  # without the names above
    if parameters.response_format is not None:
        check_schema(parameters.response_format)
    return parameters
