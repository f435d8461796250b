"""The protocol of a model, and the parameters by which it draws its answer."""

import contextvars
from abc import ABC, abstractmethod
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

from .queries import Query
from .responses import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingParameters:
    """The parameters by which a model draws its answer.

    Attributes:
        temperature: The temperature; None leaves it to the provider.
        max_tokens: The longest answer in tokens; None leaves it to the provider.
        seed: For providers that take one.
        sample: The number of this answer among several to the same query, from 0.
        logprobs: Whether to ask for the log-probabilities of the tokens.
    """

    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    sample: int = 0
    logprobs: bool | None = None


class Model(Protocol):
    """Anything with a name that answers a query."""

    @property
    def name(self) -> str:
        """The name that tables and records show."""
        ...

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        """Answer a query.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The response.
        """
        ...


class NamedModel(ABC):
    """The base of the models of this library: a list of several kinds has it as its type.

    Your own classes need not inherit from it: a name and ``generate`` are enough.

    Attributes:
        name: The name that tables and records show.
        provider: The provider; None when unknown.
    """

    name: str
    provider: str | None = None

    @abstractmethod
    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        """Answer a query.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The response.
        """


_sample: contextvars.ContextVar[int] = contextvars.ContextVar("ensemble_sample", default=0)


class sampling:  # noqa: N801  # used as a function: `with sampling(sample=2):`
    """Ask for the given sample of each answer: another repeat draws another one.

    Simulated models draw anew for each sample number, recorded ones give the recording of that
    number, and both give the same answer again for the same number. It follows tasks and threads.

    Args:
        sample: The number of the sample, from 0.

    Raises:
        ValueError: The number is below 0.
    """

    __slots__ = ("_number", "_token")

    def __init__(self, *, sample: int) -> None:
        if sample < 0:
            raise ValueError(f"sample: {sample!r} is below 0")
        self._number = sample
        self._token: contextvars.Token[int] | None = None

    def __enter__(self) -> None:
        self._token = _sample.set(self._number)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._token is not None:
            _sample.reset(self._token)


def current_sample() -> int:
    """The number of the sample that is asked for."""
    return _sample.get()


def cancelled_cost_usd(
    model: Model, query: Query, sampling: SamplingParameters, ran_ms: float
) -> float | None:
    """The cost of a cancelled call, where the model reports one; None otherwise."""
    report = getattr(model, "cancelled_cost_usd", None)
    cost: float | None = None if report is None else report(query, sampling, ran_ms)
    return cost
