"""What one request may cost, before it is sent."""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from .prices import Price


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCost:
    """What one call of a model may cost, before it is made.

    Attributes:
        model: The model's name.
        max_input_tokens: No prompt of this text has more tokens; None when unknown.
        max_output_tokens: No answer has more; None where the model's longest answer is not known.
        worst_usd: What one request costs at most; None when unknown.
        requests: How many requests that a provider may bill the call makes at most.
        price: The price; None when unknown.
    """

    model: str
    max_input_tokens: int | None = None
    max_output_tokens: int | None = None
    worst_usd: float | None = None
    requests: int = 1
    price: Price | None = None

    @property
    def worst_call_usd(self) -> float | None:
        """What the call costs at most, with every request that it may repeat."""
        return None if self.worst_usd is None else self.worst_usd * self.requests

    def to_dict(self) -> dict[str, Any]:
        """The cost as plain values.

        Returns:
            Each field by its name, and ``worst_call_usd``.
        """
        values = {name: getattr(self, name) for name in self.__slots__}
        values["price"] = None if self.price is None else self.price.to_dict()
        return {**values, "worst_call_usd": self.worst_call_usd}


@runtime_checkable
class PricedModel(Protocol):
    """A model that knows what a call may cost."""

    def request_cost(self, query: Any, sampling: Any) -> RequestCost:
        """What a call may cost.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.
        """
        ...


def worst_cost(
    model: str,
    price: Price | None,
    max_input_tokens: int | None,
    max_output_tokens: int | None,
    *,
    requests: int = 1,
    batch: bool = False,
) -> RequestCost:
    """The highest cost of a request: the dearest way to count its tokens."""
    worst = None
    if price is not None:
        # All tokens may be written to the provider's cache, which some charge more for.
        costs = [
            price.cost_usd(
                max_input_tokens, max_output_tokens, cache_write_tokens=written, batch=batch
            )
            for written in (0, max_input_tokens or 0)
        ]
        known = [cost for cost in costs if cost is not None]
        worst = max(known) if known else None
    return RequestCost(
        model=model,
        max_input_tokens=max_input_tokens,
        max_output_tokens=max_output_tokens,
        worst_usd=worst,
        requests=requests,
        price=price,
    )


def both(name: str, first: RequestCost, *others: RequestCost) -> RequestCost:
    """What a call costs at most that may ask several models."""
    costs = [each.worst_call_usd for each in (first, *others)]
    known = [cost for cost in costs if cost is not None]
    return RequestCost(
        model=name, worst_usd=sum(known) if len(known) == len(costs) else None, price=first.price
    )
