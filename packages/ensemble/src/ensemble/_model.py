"""What a model is: anything with a name that answers a query."""

import contextvars
import dataclasses
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, NamedTuple, Protocol, runtime_checkable

from ._errors import ModelError
from ._prices import Price

Source = Literal["live", "recorded", "simulated"]
Message = Mapping[str, str]


@runtime_checkable
class Question(Protocol):
    """A question with a known answer, such as an item of a data set; its ``str`` is the prompt.

    Models over the network see the prompt alone. Simulated and recorded models look at the rest.
    """

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def input(self) -> Any:
        """The question as text, or a mapping with ``question`` and ``choices``."""
        ...

    @property
    def expected(self) -> Any:
        """The right answer."""
        ...


Query = str | Sequence[Message] | Question


class TokenLogprob(NamedTuple):
    """A token of an answer, and the logarithm of the probability that it had."""

    token: str
    logprob: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a model answered.

    Attributes:
        text: The answer.
        model: The model's name.
        latency_ms: How long it took; None when unknown, as in most recordings.
        time_to_first_token_ms: How long its first piece took, in ``stream``, from the question on;
            None where it was not read in pieces.
        cost_usd: What it cost; None when unknown, never a guess.
        price: The price that the cost was worked out with, and of when it is.
        input_tokens: Tokens read.
        output_tokens: Tokens written.
        finish_reason: Why it stopped, in the provider's word.
        confidence: The probability in [0, 1] that it is right, where the model gives one.
        logprobs: Its tokens with their log-probabilities, where they were asked for.
        model_version: The exact version, as the provider reports it.
        request_id: The provider's id of the request.
        source: ``live``, ``recorded`` or ``simulated``.
        attempts: How often it was asked until it answered.
        cached: Whether a cache gave it again.
        original_cost_usd: What a cached one cost when it was first given; None when unknown.
        raw: The provider's answer as it came.
    """

    text: str
    model: str
    latency_ms: float | None = None
    time_to_first_token_ms: float | None = None
    cost_usd: float | None = None
    price: Price | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    finish_reason: str | None = None
    confidence: float | None = None
    logprobs: tuple[TokenLogprob, ...] | None = None
    model_version: str | None = None
    request_id: str | None = None
    source: Source = "live"
    attempts: int = 1
    cached: bool = False
    original_cost_usd: float | None = None
    raw: Any = None

    def to_dict(self) -> dict[str, Any]:
        """The response as plain values, without ``raw``."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "raw"}
        plain["price"] = None if self.price is None else self.price.to_dict()
        return plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How a model is to draw its answer.

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


_SOURCES: tuple[Source, ...] = ("simulated", "live", "recorded")


def joint_source(sources: Iterable[Source]) -> Source | None:
    """Where something comes from that was made of several; simulated if any part is.

    Returns:
        The source; None of nothing.
    """
    found = set(sources)
    return next((source for source in _SOURCES if source in found), None)


class Model(Protocol):
    """Anything with a name that answers a query."""

    @property
    def name(self) -> str:
        """The name that tables and records show."""
        ...

    async def generate(self, query: Query, sampling: Sampling) -> Response:
        """Answer a query."""
        ...


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


class FunctionModel:
    """A plain function as a model.

    Args:
        name: The model's name.
        function: Takes the query; gives a text or a ``Response``; async or plain. A plain function
            runs in a thread.
        source: Whether its answers are live, recorded or simulated.
        price: What a call costs, where the function does not say: per request, or by the tokens of
            the ``Response`` that it gives.

    A plain function cannot be interrupted: a time limit takes effect when it returns.
    """

    def __init__(
        self,
        name: str,
        function: Callable[[Any], str | Response | Awaitable[str | Response]],
        *,
        source: Source = "live",
        price: Price | None = None,
    ) -> None:
        self.name = name
        self._function = function
        self._source: Source = source
        self._price = price

    async def generate(self, query: Query, sampling: Sampling) -> Response:  # noqa: ARG002  # not passed on
        """Call the function; its sampling parameters are its own affair."""
        import anyio.to_thread  # noqa: PLC0415  # only a plain function needs a thread

        if inspect.iscoroutinefunction(self._function):
            value = await self._function(query)
        else:
            value = await anyio.to_thread.run_sync(self._function, query)
            if inspect.isawaitable(value):
                value = await value
        if isinstance(value, str):
            value = Response(text=value, model=self.name, source=self._source)
        if not isinstance(value, Response):
            raise ModelError(
                f"model {self.name!r}: its function gave {type(value).__name__}, not text"
            )
        if value.cost_usd is None and self._price is not None:
            cost_usd = self._price.cost_usd(value.input_tokens, value.output_tokens)
            value = dataclasses.replace(value, cost_usd=cost_usd, price=self._price)
        return value


def as_model(value: Any) -> Model:
    """A model as it is, a plain function as one, or the model with this name.

    Raises:
        TypeError: The value is none of these.
        UnknownNameError: No model has this name.
    """
    if isinstance(value, str):
        from ._names import shared_model  # noqa: PLC0415  # clients know models, not models clients

        named: Model = shared_model(value)
        return named
    if not isinstance(value, type):  # a class is not yet a model
        if hasattr(value, "generate") and hasattr(value, "name"):
            model: Model = value
            return model
        if callable(value):
            return FunctionModel(getattr(value, "__name__", type(value).__name__), value)
    raise TypeError(
        f"{value!r} is no model; pass an object with name and generate(), such as SimulatedModel,"
        " ReplayModel or OpenAIModel, a function of the query, or a name such as 'gpt4_mini'"
    )


def prompt_messages(query: Query) -> list[dict[str, str]]:
    """A query as chat messages. Of a question only its prompt is taken, never its answer."""
    if isinstance(query, str | Question):
        return [{"role": "user", "content": str(query)}]
    return [{"role": str(each["role"]), "content": str(each["content"])} for each in query]
