"""The price of a model, by its tokens, its requests or both."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_PER_MILLION = (
    "input_per_million",
    "output_per_million",
    "cache_read_per_million",
    "cache_write_per_million",
    "batch_input_per_million",
    "batch_output_per_million",
)
_BATCH_FACTOR = 0.5  # of OpenAI, Anthropic and Google alike


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTier:
    """Another price for long prompts: it holds for the whole request.

    Attributes:
        above_input_tokens: It holds where the prompt has more tokens than this.
        input_per_million: Dollars per million tokens read.
        output_per_million: Dollars per million tokens written.
        cache_read_per_million: Dollars per million tokens read from a cache; None for as others.
        cache_write_per_million: Dollars per million tokens written to one; None for as others.
    """

    above_input_tokens: int
    input_per_million: float
    output_per_million: float
    cache_read_per_million: float | None = None
    cache_write_per_million: float | None = None

    def __post_init__(self) -> None:
        _check_prices(self, _PER_MILLION[:4])


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The price of a model, by its tokens, its requests or both.

    Attributes:
        input_per_million: Dollars per million tokens read.
        output_per_million: Dollars per million tokens written, those of reasoning among them.
        per_request: Dollars per request.
        date: When it was so; a result keeps it.
        source: Where it was read.
        cache_read_per_million: Dollars per million tokens read from the provider's cache; None
            where they cost as much as others.
        cache_write_per_million: Dollars per million tokens written to that cache; None likewise.
        batch_input_per_million: Dollars per million tokens read in a batch job; None for half.
        batch_output_per_million: Dollars per million tokens written in one; None for half.
        tiers: Other prices for long prompts.
        valid_from: The first day of this price, as ``2025-06-10``; None when unknown.
        valid_until: The last one; None where it still holds.
        name: The name it is listed under.
        guessed: Whether it is that of another name of the same family.

    Raises:
        ValueError: A price is negative or no number.
    """

    input_per_million: float = 0.0
    output_per_million: float = 0.0
    per_request: float = 0.0
    date: str | None = None
    source: str | None = None
    cache_read_per_million: float | None = None
    cache_write_per_million: float | None = None
    batch_input_per_million: float | None = None
    batch_output_per_million: float | None = None
    tiers: tuple[PriceTier, ...] = ()
    valid_from: str | None = None
    valid_until: str | None = None
    name: str | None = field(default=None, compare=False)
    guessed: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        _check_prices(self, (*_PER_MILLION, "per_request"))

    def cost_usd(
        self,
        input_tokens: int | None,
        output_tokens: int | None,
        *,
        cache_read_tokens: int | None = None,
        cache_write_tokens: int | None = None,
        batch: bool = False,
    ) -> float | None:
        """The price of a call; None when it depends on tokens whose number is unknown.

        Args:
            input_tokens: All tokens read; None when unknown.
            output_tokens: Tokens written; None when unknown.
            cache_read_tokens: Those of the tokens read that came from the provider's cache.
            cache_write_tokens: Those of the tokens read that were written to it.
            batch: Whether it was asked in a batch job.

        Returns:
            Dollars; None when they depend on an unknown number of tokens.
        """
        price = self._at(input_tokens or 0)
        kept, stored = cache_read_tokens or 0, cache_write_tokens or 0
        fresh = None if input_tokens is None else max(input_tokens - kept - stored, 0)
        read, written = price.input_per_million, price.output_per_million
        each = (
            (fresh, read, self.batch_input_per_million),
            (kept, _or(price.cache_read_per_million, read), None),
            (stored, _or(price.cache_write_per_million, read), None),
            (output_tokens, written, self.batch_output_per_million),
        )
        total = 0.0
        for tokens, full, in_batch in each:
            listed = in_batch if price is self else None  # a tier has no batch price of its own
            per_million = _or(listed, full * _BATCH_FACTOR) if batch else full
            if tokens is not None:
                total += tokens * per_million
            elif per_million:
                return None
        return total / 1e6 + self.per_request

    def _at(self, input_tokens: int) -> "Price | PriceTier":
        """The price for prompts of this length."""
        above = [tier for tier in self.tiers if input_tokens > tier.above_input_tokens]
        return max(above, key=lambda tier: tier.above_input_tokens) if above else self

    def to_dict(self) -> dict[str, Any]:
        """The price as plain values.

        Returns:
            Each field by its name.
        """
        values = {name: getattr(self, name) for name in self.__slots__}
        values["tiers"] = [
            {name: getattr(tier, name) for name in tier.__slots__} for tier in self.tiers
        ]
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Price":
        """A price from what ``to_dict`` gave; fields of a later version are left out.

        Args:
            values: The fields by their names.

        Returns:
            The price.

        Raises:
            TypeError, ValueError: A field has another type, or is not a price.
        """
        known = {name: value for name, value in values.items() if name in cls.__slots__}
        tiers = known.get("tiers") or ()
        known["tiers"] = tuple(PriceTier(**tier) for tier in tiers)
        return cls(**known)


def _or(price: float | None, other: float) -> float:
    return other if price is None else price


def _check_prices(values: object, names: tuple[str, ...]) -> None:
    for name in names:
        price = getattr(values, name)
        if price is not None and not 0 <= price < math.inf:
            raise ValueError(f"{name}: {price!r} is not a price; give dollars from 0 on")
