"""The protocol of a model, and the parameters by which it draws its answer."""

import contextvars
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Protocol, TypedDict

from .queries import Query
from .responses import Response

ReasoningEffort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
Verbosity = Literal["low", "medium", "high"]


class SamplingOptions(TypedDict, total=False):
    """How an answer is drawn and what form it has; see ``SamplingParameters``."""

    system: str | None
    top_p: float | None
    stop: str | Sequence[str] | None
    response_format: Literal["json"] | Mapping[str, Any] | None
    reasoning_effort: ReasoningEffort | None
    reasoning_tokens: int | None
    verbosity: Verbosity | None
    tools: Sequence[Mapping[str, Any]] | None
    tool_choice: str | None
    top_logprobs: int | None
    extra: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingParameters:
    """The parameters by which a model draws its answer. None leaves one to the provider.

    Attributes:
        temperature: The temperature.
        max_tokens: The longest answer in tokens, those of reasoning among them.
        seed: For providers that take one.
        sample: The number of this answer among several to the same query, from 0.
        logprobs: Whether to ask for the log-probabilities of the tokens.
        system: The instruction before the conversation.
        top_p: The probability mass that tokens are drawn from.
        stop: Texts that end the answer.
        response_format: ``json``, or the JSON schema that the answer must follow; the answer is
            then checked, and ``Response.parsed`` has its value.
        reasoning_effort: How much the model reasons: ``none``, ``minimal``, ``low``, ``medium``,
            ``high``, ``xhigh`` or ``max``, as far as its family takes them.
        reasoning_tokens: The most tokens of reasoning, for families that take a number.
        verbosity: ``low``, ``medium`` or ``high``.
        tools: Functions that the model may ask for, each with ``name``, ``description`` and
            ``parameters`` (a JSON schema). The calls are data: nothing is called.
        tool_choice: ``auto``, ``none``, ``required``, or the name of one of them.
        top_logprobs: How many alternatives of each token to ask for.
        extra: Merged into the body of the request, for what has no parameter here.
    """

    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    sample: int = 0
    logprobs: bool | None = None
    system: str | None = None
    top_p: float | None = None
    stop: str | Sequence[str] | None = None
    response_format: Literal["json"] | Mapping[str, Any] | None = None
    reasoning_effort: ReasoningEffort | None = None
    reasoning_tokens: int | None = None
    verbosity: Verbosity | None = None
    tools: Sequence[Mapping[str, Any]] | None = None
    tool_choice: str | None = None
    top_logprobs: int | None = None
    extra: Mapping[str, Any] | None = None


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
