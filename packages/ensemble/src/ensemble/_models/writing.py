"""Answers in pieces: of models that write them, and of those that give them whole."""

from collections.abc import AsyncGenerator
from typing import Protocol, runtime_checkable

from .._core.models import Model, SamplingParameters
from .._core.queries import Query
from .._core.responses import Response

# Pieces of text, then the response.
Writing = AsyncGenerator[str | Response, None]


@runtime_checkable
class StreamingModel(Protocol):
    """A model that can give its answer piece by piece."""

    def write(self, query: Query, sampling: SamplingParameters) -> Writing:
        """The pieces of an answer, and then the response.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.
        """
        ...


async def writing_of(model: Model, query: Query, sampling: SamplingParameters) -> Writing:
    """The pieces of an answer and then the response; of a model that cannot do that, one piece."""
    if not isinstance(model, StreamingModel):
        response = await model.generate(query, sampling)
        yield response.text
        yield response
        return
    writing = model.write(query, sampling)
    try:
        async for part in writing:
            yield part
    finally:
        await writing.aclose()
