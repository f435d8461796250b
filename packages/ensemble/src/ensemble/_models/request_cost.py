"""What a call of any model may cost, before it is made."""

from typing import Any, Unpack

from .._core.costs.requests import RequestCost
from .._core.models import SamplingParameters
from .._core.queries import Query
from .ask import AskOptions
from .confident import with_confidence
from .conversion import ModelLike, as_model, cost_of


def request_cost(item: Query, *, model: ModelLike, **options: Unpack[AskOptions]) -> RequestCost:
    """What a call may cost at most, so that it can be reserved before the call is made.

    The prompt is counted as one token a byte, which no tokenizer of bytes exceeds, and the answer
    as ``max_tokens`` or the longest answer of the model's family.

    Args:
        item: A text, chat messages, or a question.
        model: A model, a function of the item, or a model's name.
        **options: Those of ``ask``.

    Returns:
        The highest cost of one request and of the whole call with its repeats; ``worst_usd`` is
        None where it is not known, as of a function without a price.

    Example:
        >>> from ensemble import OpenAIModel, request_cost
        >>> cost = request_cost("2+2?", model=OpenAIModel("gpt-4o-mini", api_key="k"), max_tokens=9)
        >>> cost.max_output_tokens, cost.requests
        (9, 4)
    """
    beside = ("timeout_ms", "confidence")
    given = {name: value for name, value in options.items() if name not in beside}
    parameters: Any = SamplingParameters(**given)  # type: ignore[arg-type]  # without the names above
    asked = with_confidence(as_model(model), options.get("confidence"))
    return cost_of(asked, item, parameters)
