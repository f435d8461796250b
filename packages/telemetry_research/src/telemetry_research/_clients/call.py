"""One call of a model provider as a span, and the streams of its answer."""

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from time import monotonic_ns
from typing import Any

from .._capture.context import current
from .._capture.receiver import signal
from .._capture.span import span
from .._core.safe import described, without_keys
from .answers import fields_of, parameters_of, prompt_of, text_of

MARK = "_telemetry_research"  # an attribute of clients that are instrumented
Price = Callable[[Mapping[str, object]], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is recorded of each call.

    Attributes:
        provider: The name of the provider.
        texts: Whether prompts and answers are recorded.
        price: The cost in US dollars of a call, by its fields; None leaves costs unknown.
        keys: The keys that the client has now, which no recorded text may hold.
    """

    provider: str
    texts: bool
    price: Price | None
    keys: Callable[[], Collection[str]] = tuple


def _same(item: Any) -> Any:
    return item


class Call:
    """A call from its request to the end of its answer; reading it never raises.

    Args:
        options: What is recorded.
        operation: ``chat``, ``text_completion`` or ``embeddings``.
        model: The model that is asked for.
        body: The request.
    """

    def __init__(self, options: Options, operation: str, model: object, body: object) -> None:
        self._options = options
        self._began = monotonic_ns()
        self._ended = False
        self._answer: list[str] = []
        self._fields: dict[str, object] = {
            "model": model if model is None else str(model),
            "provider": options.provider,
            "operation": operation,
        }
        self._found: dict[str, object] = {}
        request = _safely(parameters_of, body) or {}
        if options.texts:
            request["prompt"] = _safely(prompt_of, body)
        self._span = span("llm.request", **self._fields, **request)
        self._span.__enter__()

    def add(self, answer: object, *, piece: bool = False) -> None:
        """Read an answer, or a piece of one in a stream."""
        if piece and "first_token_ms" not in self._found:
            self._found["first_token_ms"] = (monotonic_ns() - self._began) / 1e6
        self._found |= _safely(fields_of, answer) or {}
        if self._options.texts:
            self._answer.append(_safely(text_of, answer) or "")

    def end(self, error: BaseException | None = None, *, abandoned: bool = False) -> None:
        """End the span; a second call does nothing."""
        if self._ended:
            return
        self._ended = True
        fields = dict(self._found)
        if self._options.texts and any(self._answer):
            fields["answer"] = "".join(self._answer)
        if abandoned:
            fields["abandoned"] = True
        if error is not None:
            fields["message"] = without_keys(described(error), self._options.keys())
            status = getattr(error, "status_code", None) or getattr(error, "code", None)
            if isinstance(status, int | str):
                fields["status"] = status
        if self._options.price is not None:
            fields["cost_usd"] = _safely(self._options.price, {**self._fields, **fields})
        self._span.set(**fields)
        self._span.__exit__(None if error is None else type(error), error, None)

    def pieces(self, stream: Iterator[Any], decode: Callable[[Any], Any] = _same) -> Iterator[Any]:
        """The items of a stream, as they are; the call ends with the stream."""
        try:
            for item in stream:
                self.add(decode(item), piece=True)
                yield item
        except GeneratorExit:
            self.end(abandoned=True)
            raise
        except BaseException as error:
            self.end(error)
            raise
        self.end()

    async def async_pieces(
        self, stream: AsyncIterator[Any], decode: Callable[[Any], Any] = _same
    ) -> AsyncIterator[Any]:
        """The items of an asynchronous stream, as they are; the call ends with the stream."""
        try:
            async for item in stream:
                self.add(decode(item), piece=True)
                yield item
        except GeneratorExit:
            self.end(abandoned=True)
            raise
        except BaseException as error:
            self.end(error)
            raise
        self.end()


def is_recorded() -> bool:
    """Whether an event that is emitted here has a receiver."""
    return bool(signal.receivers)


def _safely(function: Callable[[Any], Any], value: object) -> Any:
    """The result; an answer of an unknown form, or a faulty price, loses no call."""
    try:
        return function(value)
    except Exception as error:  # noqa: BLE001  # counted, and shown with the experiment
        experiment = current.get()
        if experiment is not None:
            experiment.count_error(f"instrument: {described(error)}")
        return None
