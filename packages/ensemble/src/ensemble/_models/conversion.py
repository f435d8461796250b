"""What counts as a model: a model, a function of the item, or a name."""

import dataclasses
import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from .._core.costs.prices import Price
from .._core.costs.requests import PricedModel, RequestCost, worst_cost
from .._core.errors import ModelError
from .._core.models import Model, NamedModel, SamplingParameters
from .._core.queries import Query
from .._core.responses import Response, Source
from .._providers.names import shared_model

ModelFunction = Callable[[Any], str | Response | Awaitable[str | Response]]
ModelLike = Model | ModelFunction | str
"""What counts as a model: a model, a function of the item, or a model's name."""


class FunctionModel(NamedModel):
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
        function: ModelFunction,
        *,
        source: Source = "live",
        price: Price | None = None,
    ) -> None:
        self.name = name
        self._function = function
        self._source: Source = source
        self._price = price
        self._identity: dict[str, str] | None = None

    @property
    def cache_identity(self) -> dict[str, str]:
        """What distinguishes its answers from those of another function of its name."""
        from .function_identity import function_identity  # noqa: PLC0415  # for caches alone

        # Once: what it counts or collects while it runs makes it no other function.
        if self._identity is None:
            self._identity = function_identity(self._function)
        return self._identity

    def request_cost(self, query: Query, sampling: SamplingParameters) -> RequestCost:
        """What a call may cost at most; known of a price per request alone.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The cost.
        """
        read = len(str(query).encode("utf-8", "replace"))
        return worst_cost(self.name, self._price, read, sampling.max_tokens)

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:  # noqa: ARG002  # not passed on
        """Call the function; its sampling parameters are its own affair.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The response.
        """
        import anyio.to_thread  # noqa: PLC0415  # only a plain function needs a thread

        if _is_async(self._function):
            value = self._function(query)
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


def _is_async(function: Callable[..., Any]) -> bool:
    """Whether it is an async function, or an object that is called like one."""
    call = getattr(type(function), "__call__", None)  # noqa: B004  # its code, not whether it has one
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)


def as_model(value: ModelLike) -> Model:
    """A model as it is, a plain function as one, or the model with this name.

    Args:
        value: A model, a function of the item, or a model's name.

    Returns:
        The model.

    Raises:
        TypeError: The value is neither a model, a function nor a name.
        UnknownNameError: No model has this name.
    """
    if isinstance(value, str):
        return shared_model(value)
    if not isinstance(value, type):  # a class is not yet a model
        if hasattr(value, "generate") and hasattr(value, "name"):
            return value
        if callable(value):
            return FunctionModel(getattr(value, "__name__", type(value).__name__), value)
    raise TypeError(
        f"{value!r} is not a model; pass an object with name and generate(), such as"
        " SimulatedModel, ReplayModel or OpenAIModel, a function of the item, or a name such as"
        " 'gpt4_mini'"
    )


def as_models(values: Iterable[ModelLike]) -> list[Model]:
    """The models of a panel; see ``as_model``.

    Raises:
        TypeError: It is one name instead of a list, or an element is not a model.
        UnknownNameError: No model has this name.
    """
    if isinstance(values, str):
        raise TypeError(f"models: {values!r} is one name; give a list: models=[{values!r}]")
    return [as_model(value) for value in values]


def cost_of(model: Model, query: Query, sampling: SamplingParameters) -> RequestCost:
    """What a call of a model may cost; unknown where it cannot say."""
    if isinstance(model, PricedModel):
        return model.request_cost(query, sampling)
    return RequestCost(model=model.name)
