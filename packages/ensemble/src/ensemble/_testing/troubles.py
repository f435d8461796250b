"""What goes wrong at a provider, and how often."""

import random
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from .._core.values import Value

Trouble = Literal[
    "rate_limit", "overloaded", "server_error", "bad_request", "stall", "cut", "malformed"
]
TROUBLES: Mapping[Trouble, int] = MappingProxyType(
    {
        "rate_limit": 429,
        "overloaded": 503,
        "server_error": 500,
        "bad_request": 400,
        "stall": 200,
        "cut": 200,
        "malformed": 200,
    }
)


class Troubles(Value):
    """How often requests go wrong, and in which way.

    Attributes:
        rates: The probability of each kind: ``rate_limit``, ``overloaded``, ``server_error``,
            ``bad_request``, ``stall`` (the answer never comes), ``cut`` (the connection closes in
            the middle of the answer) and ``malformed`` (the answer is not JSON). What comes after
            the model has worked is billed: the last three.
        retry_after_ms: What ``rate_limit`` and ``overloaded`` ask to wait; None where they do not.

    Raises:
        ValueError: A kind is not known, or the rates are not probabilities of at most 1 in all.
    """

    rates: Mapping[Trouble, float] = MappingProxyType({})
    retry_after_ms: float | None = None

    def _check(self) -> None:
        for kind, rate in self.rates.items():
            if kind not in TROUBLES:
                raise ValueError(f"rates: {kind!r} is not one of {', '.join(TROUBLES)}")
            if not 0 <= rate <= 1:
                raise ValueError(f"rates: {kind!r} has {rate!r}, not a probability")
        if sum(self.rates.values()) > 1:
            raise ValueError("rates: together they are above 1")

    def draw(self, chance: random.Random) -> Trouble | None:
        """The trouble of one request; None where all goes well."""
        left = chance.random()
        for kind, rate in self.rates.items():
            if left < rate:
                return kind
            left -= rate
        return None
