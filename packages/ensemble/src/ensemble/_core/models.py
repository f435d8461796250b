"""The protocol of a model, and the parameters by which it draws its answer."""

import contextvars
import json
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
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


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_json(value: object) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _are_texts(value: object) -> bool:
    found = [value] if isinstance(value, str) else value
    return isinstance(found, list | tuple) and all(isinstance(each, str) for each in found)


def _are_tools(value: object) -> bool:
    return isinstance(value, list | tuple) and all(
        isinstance(each, Mapping) and _is_json(each) for each in value
    )


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping) and _is_json(value)


_FITTING: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("temperature", _is_number, "a number from 0 on"),
    ("top_p", lambda value: _is_number(value) and value <= 1, "a number from 0 to 1"),
    ("max_tokens", lambda value: _is_count(value) and value > 0, "a whole number above 0"),
    ("seed", lambda value: type(value) is int, "a whole number"),
    ("reasoning_tokens", _is_count, "a whole number from 0 on"),
    ("top_logprobs", _is_count, "a whole number from 0 on"),
    ("system", lambda value: isinstance(value, str), "a text"),
    ("stop", _are_texts, "a text, or a list of texts"),
    ("response_format", lambda value: value == "json" or _is_object(value), "'json' or a schema"),
    ("tools", _are_tools, "a list of mappings that can be written as JSON"),
    ("extra", _is_object, "a mapping that can be written as JSON"),
)


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

    Raises:
        ValueError: A parameter is not what it should be, or cannot be written as JSON.
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

    def __post_init__(self) -> None:
        for name, fits, remedy in _FITTING:
            value = getattr(self, name)
            if value is not None and not fits(value):
                raise ValueError(f"{name}: {value!r} cannot be sent; give {remedy}")


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
