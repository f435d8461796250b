"""An answer as it is written: its pieces, and in the end the whole response."""

import asyncio
import dataclasses
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Self, Unpack

from .._core.admission import admitted, substituted
from .._core.deprecated import renamed_arguments
from .._core.errors import ModelTimeoutError
from .._core.models import Model, SamplingOptions, SamplingParameters, current_sample
from .._core.old_calls import item_first
from .._core.queries import Query
from .._core.responses import Response
from .answer_form import check_schema, with_value
from .call_events import CallEvents
from .conversion import ModelLike, as_model
from .writing import Writing, writing_of


class AnswerStream:
    """The pieces of one answer, to be read once with ``async for``.

    Who may stop before the end reads it in an ``async with`` block, which closes it.

    Attributes:
        text: What was written so far; it stays when the connection breaks.
        response: The whole response; None until the last piece was read.
    """

    def __init__(
        self, model: Model, item: Query, sampling: SamplingParameters, timeout_ms: float | None
    ) -> None:
        self.text: str = ""
        self.response: Response | None = None
        self._model = model
        self._timeout_ms = timeout_ms
        self._pieces = self._read(item, sampling)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        return await anext(self._pieces)

    async def aclose(self) -> None:
        """Stop reading; the connection is closed, and the provider stops writing."""
        await self._pieces.aclose()

    async def _read(self, query: Query, sampling: SamplingParameters) -> AsyncGenerator[str, None]:
        model = substituted(self._model)
        on_end = await admitted(model, query, sampling)
        failure: Exception | None = None
        part: str | Response = ""
        events = CallEvents(model, None, query, sampling)
        began, first_ms = events.began, None
        writing = writing_of(model, query, sampling)
        try:
            while True:
                part = await self._next(writing, began)
                if isinstance(part, Response):
                    part = with_value(part, sampling)
                    break
                if part:
                    first_ms = events.elapsed_ms() if first_ms is None else first_ms
                    self.text += part
                    yield part
        except Exception as error:
            events.failed(error)
            failure = error
            raise
        except (asyncio.CancelledError, GeneratorExit):
            events.cancelled()
            raise
        finally:
            if on_end is not None:
                whole = part if isinstance(part, Response) else None
                tries = getattr(whole if failure is None else failure, "tries", ())
                on_end(tries, whole, failure)
            await writing.aclose()
        if part.source == "live":
            part = dataclasses.replace(
                part,
                latency_ms=part.latency_ms or events.elapsed_ms(),
                time_to_first_token_ms=part.time_to_first_token_ms or first_ms,
            )
        self.response = part
        events.answered(self.response)

    async def _next(self, writing: Writing, began: float) -> str | Response:
        if self._timeout_ms is None:
            return await anext(writing)
        limit = asyncio.timeout_at(began + self._timeout_ms / 1000)
        try:
            async with limit:
                return await anext(writing)
        except TimeoutError:
            if not limit.expired():
                raise  # the model's own
            raise ModelTimeoutError(self._timeout_ms) from None


@renamed_arguments(query="item")
@item_first("item", "model")
def stream(
    item: Query,
    *,
    model: ModelLike,
    temperature: float | None = None,
    max_tokens: int | None = None,
    seed: int | None = None,
    logprobs: bool | None = None,
    timeout_ms: float | None = None,
    **form: Unpack[SamplingOptions],
) -> AnswerStream:
    """Ask one model, and read its answer while it is written.

    A model that cannot do that, such as a function, gives its answer in one piece. Failed requests
    are repeated until the first piece is there; after it, a failure ends the stream.

    Args:
        item: A text, chat messages, or a question.
        model: A model, a function of the item, or a model's name.
        temperature: The temperature.
        max_tokens: The longest answer in tokens.
        seed: For models that take one.
        logprobs: Whether to ask for the log-probabilities of the tokens.
        timeout_ms: The longest it may take until the last piece.
        **form: What else ``SamplingParameters`` has, as for ``ask``.

    Returns:
        The pieces; behind the last one ``response`` has the time to the first.

    Raises:
        ModelTimeoutError: It took longer; raised while reading, as all errors.
        ModelError: The model failed; what was written is in ``text``.
    """
    settings = SamplingParameters(
        temperature=temperature,
        max_tokens=max_tokens,
        seed=seed,
        sample=current_sample(),
        logprobs=logprobs,
        **form,
    )
    if settings.response_format is not None:
        check_schema(settings.response_format)
    return AnswerStream(as_model(model), item, settings, timeout_ms)
