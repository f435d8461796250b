"""Models made of other models: with a substitute, another prompt or another confidence."""

import math
from collections.abc import Callable, Collection
from contextlib import aclosing
from dataclasses import replace

from .._core.costs.requests import RequestCost, both
from .._core.errors import AllModelsFailedError
from .._core.models import NamedModel, SamplingParameters
from .._core.observers import note_sent
from .._core.queries import Query, rephrased
from .._core.responses import Response
from .conversion import ModelLike, as_model, cost_of
from .writing import Writing, writing_of


class Fallback(NamedModel):
    """A model, and others that are asked in turn when it fails.

    Args:
        models: The model and its substitutes, in order.
        name: The name of the whole; the first model's when left out.

    Raises:
        ValueError: There are no models.
    """

    def __init__(self, *models: ModelLike, name: str | None = None) -> None:
        if not models:
            raise ValueError("Fallback: name at least one model")
        self._models = [as_model(model) for model in models]
        self.name: str = name or self._models[0].name
        self.provider: str | None = getattr(self._models[0], "provider", None)

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        """The first answer.

        The failures before it are in the number of attempts; a cost they had is added.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The response.

        Raises:
            AllModelsFailedError: All fail.
        """
        errors: dict[str, BaseException] = {}
        for number, model in enumerate(self._models):
            try:
                response = await model.generate(query, sampling)
            except Exception as error:  # noqa: BLE001  # the next one is there for this
                errors[f"{model.name} ({number + 1})" if model.name in errors else model.name] = (
                    error
                )
                continue
            response = _with_failures(response, errors.values())
            return replace(response, attempts=response.attempts + number)
        raise AllModelsFailedError(errors)

    async def write(self, query: Query, sampling: SamplingParameters) -> Writing:
        """The pieces of the first answer that begins, and then the response.

        A substitute is asked only before the first piece: pieces of two answers are never mixed.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Raises:
            AllModelsFailedError: All fail before a piece has come.
        """
        errors: dict[str, BaseException] = {}
        for number, model in enumerate(self._models):
            begun = False
            writing = writing_of(model, query, sampling)
            try:
                async for part in writing:
                    begun = True
                    if isinstance(part, str):
                        yield part
                    else:
                        whole = _with_failures(part, errors.values())
                        yield replace(whole, attempts=whole.attempts + number)
            except Exception as error:
                if begun:
                    raise
                name = f"{model.name} ({number + 1})" if model.name in errors else model.name
                errors[name] = error
            else:
                return
            finally:
                await writing.aclose()
        raise AllModelsFailedError(errors)

    def request_cost(self, query: Query, sampling: SamplingParameters) -> RequestCost:
        """What a call may cost at most.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The cost where all are asked.
        """
        costs = [cost_of(model, query, sampling) for model in self._models]
        return both(self.name, costs[0], *costs[1:])


def _with_failures(response: Response, errors: Collection[BaseException]) -> Response:
    """The response with the costs and tries of the failures before it; unknown where one is."""
    costs = [response.cost_usd, *(getattr(error, "cost_usd", None) for error in errors)]
    known = [cost for cost in costs if cost is not None]
    earlier = [each for error in errors for each in getattr(error, "tries", ())]
    return replace(
        response,
        cost_usd=math.fsum(known) if len(known) == len(costs) else None,
        tries=(*earlier, *response.tries),
    )


class Variant(NamedModel):
    """A model as another member: with its own temperature, prompt or name.

    Args:
        model: The model.
        name: The member's name.
        temperature: Its temperature, whatever the others have.
        prompt: Changes the prompt: takes its text and gives the one that is sent, such as one with
            a persona. Of chat messages it changes the last one of the user. A simulated model draws
            another answer for another prompt, as for another sample. A recorded model has answers
            to its own prompt alone and refuses another one.
    """

    def __init__(
        self,
        model: ModelLike,
        name: str,
        *,
        temperature: float | None = None,
        prompt: Callable[[str], str] | None = None,
    ) -> None:
        self._model = as_model(model)
        self.name = name
        self.provider: str | None = getattr(self._model, "provider", None)
        self._temperature = temperature
        self._prompt = prompt

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        """Ask the model in this member's way.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The response.
        """
        query, sampling = self._own(query, sampling)
        return replace(await self._model.generate(query, sampling), model=self.name)

    async def write(self, query: Query, sampling: SamplingParameters) -> Writing:
        """The pieces of the answer in this member's way, and then the response.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.
        """
        query, sampling = self._own(query, sampling)
        async with aclosing(writing_of(self._model, query, sampling)) as writing:
            async for part in writing:
                yield part if isinstance(part, str) else replace(part, model=self.name)

    def _own(self, query: Query, sampling: SamplingParameters) -> tuple[Query, SamplingParameters]:
        """What this member makes of the item and the parameters."""
        if self._temperature is not None:
            sampling = replace(sampling, temperature=self._temperature)
        if self._prompt is not None:
            query = rephrased(query, self._prompt)
        note_sent(query, sampling)
        return query, sampling

    def request_cost(self, query: Query, sampling: SamplingParameters) -> RequestCost:
        """What a call may cost at most.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The cost with its own prompt.
        """
        if self._prompt is not None:
            query = rephrased(query, self._prompt)
        return cost_of(self._model, query, sampling)


class Recalibrated(NamedModel):
    """A model whose confidence goes through a function, such as one that ``calibrations`` learned.

    Args:
        model: The model.
        function: Turns a stated confidence into a probability.
    """

    def __init__(self, model: ModelLike, function: Callable[[float], float]) -> None:
        self._model = as_model(model)
        self._function = function
        self.name: str = self._model.name
        self.provider: str | None = getattr(self._model, "provider", None)

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        """Ask the model, and mend its confidence.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The response.
        """
        return self._mended(await self._model.generate(query, sampling))

    async def write(self, query: Query, sampling: SamplingParameters) -> Writing:
        """The pieces of the answer, and then the response with its confidence mended.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.
        """
        async with aclosing(writing_of(self._model, query, sampling)) as writing:
            async for part in writing:
                yield part if isinstance(part, str) else self._mended(part)

    def _mended(self, response: Response) -> Response:
        if response.confidence is None:
            return response
        return replace(response, confidence=self._function(response.confidence))

    def request_cost(self, query: Query, sampling: SamplingParameters) -> RequestCost:
        """What a call may cost at most.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The cost of the model.
        """
        return cost_of(self._model, query, sampling)
