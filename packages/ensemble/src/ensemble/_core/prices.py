"""Prices of models, from dated lists.

List prices change: the table is dated, and yours goes first.
"""

import math
import warnings
from dataclasses import dataclass

PRICES_DATE = "2025-10"
PRICES_SOURCE = "the providers' public price lists"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The price of a model, by its tokens, its requests or both.

    Attributes:
        input_per_million: Dollars per million tokens read.
        output_per_million: Dollars per million tokens written.
        per_request: Dollars per request.
        date: When it was so; a result keeps it.
        source: Where it was read.

    Raises:
        ValueError: A price is negative or no number.
    """

    input_per_million: float = 0.0
    output_per_million: float = 0.0
    per_request: float = 0.0
    date: str | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        for name in ("input_per_million", "output_per_million", "per_request"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(
                    f"{name}: {getattr(self, name)!r} is not a price; give dollars from 0 on"
                )

    def cost_usd(self, input_tokens: int | None, output_tokens: int | None) -> float | None:
        """The price of a call; None when it depends on tokens whose number is unknown.

        Args:
            input_tokens: Tokens read; None when unknown.
            output_tokens: Tokens written; None when unknown.

        Returns:
            Dollars; None when they depend on an unknown number of tokens.
        """
        total = 0.0
        for tokens, price in (
            (input_tokens, self.input_per_million),
            (output_tokens, self.output_per_million),
        ):
            if tokens is not None:
                total += tokens * price
            elif price:
                return None
        return total / 1e6 + self.per_request

    def to_dict(self) -> dict[str, float | str | None]:
        """The price as plain values.

        Returns:
            Each field by its name.
        """
        return {name: getattr(self, name) for name in self.__slots__}


PRICES: dict[str, Price] = {
    name: Price(
        input_per_million=read,
        output_per_million=written,
        date=PRICES_DATE,
        source=PRICES_SOURCE,
    )
    for name, read, written in (
        ("gpt-4o-mini", 0.15, 0.60),
        ("gpt-4o", 2.50, 10.00),
        ("gpt-4", 30.00, 60.00),
        ("gpt-3.5-turbo", 0.50, 1.50),
        ("claude-3-haiku", 0.25, 1.25),
        ("claude-3-5-sonnet", 3.00, 15.00),
        ("claude-3-opus", 15.00, 75.00),
        ("gemini-1.5-flash", 0.075, 0.30),
        ("gemini-2.0-flash", 0.10, 0.40),
        ("gemini-1.5-pro", 1.25, 5.00),
    )
}
_warned: set[str] = set()


def find_price(model: str) -> Price | None:
    """The list price of a model, also under a dated name; None with one warning when unknown.

    Args:
        model: The model's name at its provider.

    Returns:
        The price; None when unknown.
    """
    for name in sorted(PRICES, key=len, reverse=True):
        if model == name or model.startswith((f"{name}-20", f"{name}-0", f"{name}-latest")):
            return PRICES[name]
    if model not in _warned:
        _warned.add(model)
        warnings.warn(
            f"no price is known for model {model!r}: its cost is reported as unknown;"
            " pass price=Price(input_per_million=..., output_per_million=...)",
            stacklevel=3,
        )
    return None
