"""What a provider's interface for batch jobs does: jobs made, looked at, found again and read."""

import functools
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from typing import Any, ClassVar, Literal, NamedTuple, ParamSpec, TypeVar

from .._core.errors import (
    BatchFailure,
    BatchJobError,
    EnsembleError,
    MalformedResponseError,
    ModelError,
)
from .._providers.provider import ProviderModel

P = ParamSpec("P")
R = TypeVar("R")
# What reading an answer of another form raises.
_MISREAD = (AttributeError, TypeError, KeyError, ValueError, OverflowError)
JobStatus = Literal["submitting", "in_progress", "ended", "failed", "expired", "cancelled"]


class Asked(NamedTuple):
    """One request of a job.

    Attributes:
        custom_id: Its name in the job.
        body: What is asked.
    """

    custom_id: str
    body: dict[str, Any]


class JobState(NamedTuple):
    """How a job stands.

    Attributes:
        status: The status.
        error: Why the job failed as a whole.
        done: How many requests have ended; None where the provider does not say.
        data: What the provider says of it.
    """

    status: JobStatus
    error: str = ""
    done: int | None = None
    data: Any = None


class Outcome(NamedTuple):
    """The end of one request.

    Attributes:
        custom_id: Its name in the job.
        answer: The JSON of the answer; None without one.
        error: Why it has no answer.
    """

    custom_id: str
    answer: Any
    error: ModelError | None


class BatchInterface(ABC):
    """A provider's interface for batch jobs.

    Args:
        model: The client of the model that is asked.

    Attributes:
        max_requests: The most requests of one job.
        max_bytes: The most bytes of one job.
    """

    max_requests: ClassVar[int]
    max_bytes: ClassVar[int]

    def __init__(self, model: ProviderModel) -> None:
        self.model = model

    @abstractmethod
    async def submit(self, key: str, asked: Sequence[Asked]) -> str:
        """Make a job.

        Args:
            key: Our name of it, by which it is found again.
            asked: Its requests.

        Returns:
            The provider's id of it.
        """

    @abstractmethod
    async def find(self, key: str, n: int, since: float) -> str | None:
        """The id of a job whose submission was broken off.

        Args:
            key: Our name of it.
            n: The number of its requests.
            since: When it was sent, in seconds since 1970.

        Returns:
            The id; None where the provider has no such job.

        Raises:
            UndecidedError: It cannot be known yet.
        """

    @abstractmethod
    async def state_of(self, job: str) -> JobState:
        """How a job stands.

        Args:
            job: The provider's id.
        """

    @abstractmethod
    async def outcomes(self, job: str, state: JobState) -> list[Outcome]:
        """The ends of its requests; those that had none are left out.

        Args:
            job: The provider's id.
            state: How it stands, at its end.
        """

    @abstractmethod
    async def cancel(self, job: str) -> None:
        """Ask the provider to end a job early.

        Args:
            job: The provider's id.
        """

    async def json(self, path: str, body: Any = None, *, repeated: bool = True) -> dict[str, Any]:
        """Ask the interface for JSON: with a body, or with None by ``GET``."""
        if body is None:
            content = await self.model.call("GET", path)
        else:
            content = await self.model.call("POST", path, encoded(body), repeated=repeated)
        return as_object(content)

    def outcomes_of(
        self, entries: Iterable[Any], read: Callable[[Any], Outcome | None], *name: str
    ) -> list[Outcome]:
        """The ends of requests; an entry of another form costs its own request only.

        Args:
            entries: What the provider says of each request.
            read: Reads one of them.
            name: The keys that lead to the name of its request.
        """
        found = []
        for each in entries:
            try:
                outcome = read(each)
            except _MISREAD:
                known: Any = each
                for key in name:
                    known = known.get(key) if isinstance(known, dict) else None
                problem = MalformedResponseError("the end of the request has another form")
                outcome = Outcome(known, None, problem) if isinstance(known, str) else None
            if outcome is not None:
                found.append(outcome)
        return found

    def refusal(self, data: Any) -> ModelError:
        """The error that an outcome reports."""
        error = self.model.reported_error({"error": data})
        return error or MalformedResponseError("the batch job gives neither an answer nor an error")


def well_formed(
    method: Callable[P, Coroutine[Any, Any, R]],
) -> Callable[P, Coroutine[Any, Any, R]]:
    """A method whose reading of an answer of another form ends in our error.

    Raises:
        MalformedResponseError: The answer has another form.
    """

    @functools.wraps(method)
    async def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await method(*args, **kwargs)
        except EnsembleError:
            raise
        except _MISREAD as error:
            raise MalformedResponseError(
                f"the answer of the batch interface has another form ({type(error).__name__})"
            ) from error

    return checked


class UndecidedError(Exception):
    """Whether the provider has a job cannot be known before another one ends."""


def id_of(data: dict[str, Any]) -> str:
    """The id of a job or a file.

    Raises:
        MalformedResponseError: It has none.
    """
    if not isinstance(data.get("id"), str):
        raise MalformedResponseError("the answer of the batch interface has no id")
    return str(data["id"])


def seconds_of(date: object) -> float:
    """A date of an interface as seconds since 1970; 0 of anything else."""
    from datetime import UTC, datetime  # noqa: PLC0415  # only a broken submission needs it

    try:
        found = datetime.fromisoformat(str(date))
    except ValueError:
        return 0.0
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


_WHY = {
    "expired": "the batch job expired before it came to this request",
    "cancelled": "the batch job was cancelled before it came to this request",
    "failed": "the provider failed the batch job",
    "lost": "the provider does not know the batch job any more",
    "unsent": "the submission was broken off, and the provider has no such batch job",
}


def no_answer(reason: BatchFailure, text: str = "") -> BatchJobError:
    """The error of a request that a job has not come to."""
    return BatchJobError(f"{_WHY[reason]}{': ' if text else ''}{text}", reason=reason)


def encoded(value: Any) -> bytes:
    """A value as the JSON that is sent."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


def as_object(content: bytes) -> dict[str, Any]:
    """The JSON object of an answer.

    Raises:
        MalformedResponseError: It is something else.
    """
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise MalformedResponseError("the answer of the batch interface is not a JSON object")
    return found


def lines_of(content: bytes) -> Iterator[dict[str, Any]]:
    """The JSON objects of a file, one a line."""
    for line in content.split(b"\n"):
        if line.strip():
            yield as_object(line)
