"""What one call may cost at most, and what it did cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .amounts import Amount

if TYPE_CHECKING:
    from ensemble import Response, Try


@dataclass(frozen=True, slots=True)
class Worst:
    """The most that one call may take; None where the model cannot say.

    Attributes:
        usd: Dollars of the whole call.
        tokens: Tokens of the whole call.
        calls: Requests of the whole call.
        request_usd: Dollars of one request.
        request_tokens: Tokens of one request.
    """

    usd: float | None
    tokens: float | None
    calls: int
    request_usd: float | None
    request_tokens: float | None


def worst_of(model: Any, item: Any, sampling: Any) -> Worst:
    """The most that a call of a model may take."""
    import ensemble

    if not isinstance(model, ensemble.PricedModel):
        return Worst(None, None, 1, None, None)
    cost = model.request_cost(item, sampling)
    parts = (cost.max_input_tokens, cost.max_output_tokens)
    tokens = None if None in parts else float(sum(part or 0 for part in parts))
    return Worst(
        cost.worst_call_usd,
        None if tokens is None else tokens * cost.requests,
        cost.requests,
        cost.worst_usd,
        tokens,
    )


@dataclass(frozen=True, slots=True)
class Spent:
    """What a call has taken.

    Attributes:
        usd: Dollars that are paid; None when unknown.
        tokens: Tokens; None when unknown.
        calls: Requests.
        nominal_usd: What the answer says that it costs; a cached one says what it did cost once.
    """

    usd: float | None
    tokens: float | None
    calls: int
    nominal_usd: float = 0.0

    def known(self, otherwise: Amount) -> Amount:
        """The amount, with another one's parts where it is unknown."""
        return Amount(
            otherwise.usd if self.usd is None else self.usd,
            otherwise.tokens if self.tokens is None else self.tokens,
            self.calls,
        )


def spent_of(
    worst: Worst,
    tries: "Sequence[Try]",
    response: "Response | None",
    error: BaseException | None,
) -> Spent:
    """What a call that has ended has taken; unknown requests count at the highest price.

    Args:
        worst: The most it might take.
        tries: The requests that were sent.
        response: The answer, if there is one.
        error: Why it failed, if it did.
    """
    nominal = 0.0 if response is None else response.cost_usd or 0.0
    if response is not None and response.cached:
        return Spent(0.0, 0.0, 0, nominal)
    if tries:
        usd = _sum(each.cost_usd for each in tries) if worst.request_usd is None else None
        if worst.request_usd is not None:
            usd = sum(_or(each.cost_usd, worst.request_usd) for each in tries)
            usd = max(usd if worst.usd is None else min(usd, worst.usd), nominal)
        tokens = _sum(_tokens(each, worst) for each in tries)
        return Spent(usd, tokens, len(tries), nominal)
    if response is not None:
        both = (response.input_tokens, response.output_tokens)
        tokens = None if None in both else float(sum(each or 0 for each in both))
        return Spent(response.cost_usd, tokens, max(1, response.attempts), nominal)
    stated = getattr(error, "cost_usd", None)
    if stated == 0:  # refused, or not even sent
        return Spent(0.0, 0.0, 1)
    return Spent(worst.usd if stated is None else stated, worst.tokens, worst.calls)


def reserved_of(worst: Worst, dearest: Amount) -> Amount:
    """What is reserved for a call: its worst case, or the dearest call so far."""
    return Amount(_or(worst.usd, dearest.usd), _or(worst.tokens, dearest.tokens), worst.calls)


def _tokens(each: "Try", worst: Worst) -> float | None:
    if each.input_tokens is not None and each.output_tokens is not None:
        return float(each.input_tokens + each.output_tokens)
    return 0.0 if each.cost_usd == 0 else worst.request_tokens


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def _sum(values: Any) -> float | None:
    total = 0.0
    for value in values:
        if value is None:
            return None
        total += value
    return total
