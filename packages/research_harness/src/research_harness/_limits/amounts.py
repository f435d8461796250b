"""Amounts that are spent or reserved: dollars, tokens and requests."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from .._definition.ceilings import Ceiling


class Amount(NamedTuple):
    """Dollars, tokens and requests."""

    usd: float = 0.0
    tokens: float = 0
    calls: float = 0

    def plus(self, other: "Amount") -> "Amount":
        """Both together."""
        return Amount(self.usd + other.usd, self.tokens + other.tokens, self.calls + other.calls)

    def minus(self, other: "Amount") -> "Amount":
        """This without the other, at least nothing of each."""
        return Amount(*(max(0.0, a - b) for a, b in zip(self, other, strict=True)))

    def most(self, other: "Amount") -> "Amount":
        """The greater of each."""
        return Amount(*(max(a, b) for a, b in zip(self, other, strict=True)))


NOTHING = Amount()
_UNITS = {"usd": "dollars", "tokens": "tokens", "calls": "requests"}
# Sums of dollars differ in their last digits with the order of the terms.
_SLACK = 1 + 1e-12


@dataclass(slots=True)
class Fund:
    """One ceiling, with what is spent and reserved of it.

    Attributes:
        name: What it limits, in words.
        ceiling: The limit.
        spent: What was spent, over all sessions.
        reserved: What calls under way may spend.
        warned: Whether the warning was given.
    """

    name: str
    ceiling: Ceiling
    spent: Amount = NOTHING
    reserved: Amount = NOTHING
    warned: bool = False

    def limits(self) -> Amount:
        """The limits, infinite where none is set."""
        given = (self.ceiling.max_cost_usd, self.ceiling.max_tokens, self.ceiling.max_calls)
        return Amount(*(float("inf") if each is None else each for each in given))

    def short_of(self, more: Amount) -> str:
        """Of what there is not enough left for this amount; empty when it fits."""
        used = self.spent.plus(self.reserved).plus(more)
        for unit, limit, sum_of_it in zip(_UNITS, self.limits(), used, strict=True):
            if sum_of_it > limit * _SLACK:
                return unit
        return ""

    def share(self) -> float:
        """The greatest share of a limit that is spent."""
        return max(
            (spent / limit for spent, limit in zip(self.spent, self.limits(), strict=True)),
            default=0.0,
        )

    def reason(self, unit: str, more: Amount) -> str:
        """Why an amount does not fit, in words."""
        number = tuple(_UNITS).index(unit)
        limit, spent, next_one = (each[number] for each in (self.limits(), self.spent, more))
        return (
            f"the ceiling of {amount_text(unit, limit)} for {self.name} is reached:"
            f" {amount_text(unit, spent)} spent, and the next call may take"
            f" {amount_text(unit, next_one)}; resume with a higher ceiling"
        )

    def to_dict(self) -> dict[str, Any]:
        """The state of the ceiling as plain values."""
        return {"name": self.name, **self.ceiling.to_dict(), "spent": self.spent._asdict()}


def amount_text(unit: str, value: float) -> str:
    """An amount in words, such as ``$0.12`` or ``1,200 tokens``."""
    return f"${value:.4g}" if unit == "usd" else f"{value:,.0f} {_UNITS[unit]}"
