"""List prices by exact names and by days; the price of a relative is marked as a guess.

List prices change: the table is dated, and yours goes first.
"""

import json
import re
import warnings
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from .._core.costs.prices import Price
from .model_names import listed_name, makers_name

PRICES_DATE = "2026-11"
PRICES_SOURCE = "the providers' public price lists, by way of the price file of LiteLLM 1.110.2"
_FILE = Path(__file__).with_name("prices.json")
# What sets a dated or moving name of a family apart from the family's own.
_OF_FAMILY = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|\d{3}|latest)(-preview)?")
_VARIANT = r":[a-z]|^ft:"


class PriceTable(MutableMapping[str, Price]):
    """Prices by the names of models, read from the file of the package when first looked at.

    What is set here goes before the file, for all models of this process.
    """

    def __init__(self) -> None:
        self._now: dict[str, Price] | None = None
        self._before: dict[str, list[Price]] = {}

    def __getitem__(self, name: str) -> Price:
        return self._loaded()[name]

    def __setitem__(self, name: str, price: Price) -> None:
        self._loaded()[name] = replace(price, name=name)
        self._before.pop(name, None)

    def __delitem__(self, name: str) -> None:
        del self._loaded()[name]
        self._before.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded())

    def __len__(self) -> int:
        return len(self._loaded())

    def on(self, name: str, day: str) -> Price | None:
        """The price that a name had on a day.

        Args:
            name: The exact name.
            day: The day, as ``2025-06-10``.
        """
        now = self._loaded().get(name)
        listed = self._before.get(name, [])
        for price in listed if now is None else [now, *listed]:
            if (price.valid_from or "") <= day <= (price.valid_until or "9999"):
                return price
        return None

    def _loaded(self) -> dict[str, Price]:
        if self._now is None:
            now: dict[str, Price] = {}
            entries: list[dict[str, Any]] = json.loads(_FILE.read_text("utf-8"))
            for entry in entries:
                price = _listed(entry)
                if price.valid_until is not None and entry["name"] in now:
                    self._before.setdefault(entry["name"], []).append(price)
                else:
                    now[entry["name"]] = price
            self._now = now
        return self._now


def _listed(entry: Mapping[str, Any]) -> Price:
    return Price.from_dict({"date": PRICES_DATE, "source": PRICES_SOURCE, **entry})


PRICES = PriceTable()
_warned: set[str] = set()


def find_price(model: str, *, on: str | None = None) -> Price | None:
    """The list price of a model; None with one warning when unknown.

    A name that is listed has its own price, and so has a fine-tuned model of a base that is listed
    as such. A dated name that is not listed has that of its family, and a name of a platform
    (Bedrock, Vertex AI, OpenRouter) that of the model's maker, with ``guessed`` set and one
    warning: snapshots of one family, and regions, can differ in price.

    Args:
        model: The model's name at its provider.
        on: A day, as ``2025-06-10``, for the price of that day; today's when left out.

    Returns:
        The price; None when unknown.
    """
    own = listed_name(model)
    for name in (model, own):
        price = _listed_price(name, on)
        if price is not None:
            return price
    # A fine-tuned model costs more than its base, and a variant such as :free less.
    maker = "" if re.search(_VARIANT, model) else makers_name(model)
    for name, why in (
        (_family(own), "of the same family"),
        (maker, "at its maker"),
        (_family(maker), "at its maker, of the same family"),
    ):
        price = _listed_price(name, on)
        if price is not None:
            _warn_once(model, f"the price of {model!r} is guessed: that of {name!r}, {why}")
            return replace(price, guessed=True)
    _warn_once(model, f"no price is known for model {model!r}: its cost is reported as unknown")
    return None


def _listed_price(name: str, on: str | None) -> Price | None:
    return PRICES.get(name) if on is None else PRICES.on(name, on)


def _family(name: str) -> str:
    """A name without the date at its end; empty where it has none."""
    dated = _OF_FAMILY.search(name)
    return name[: dated.start()] if dated is not None and dated.end() == len(name) else ""


def _warn_once(model: str, what: str) -> None:
    if model not in _warned:
        _warned.add(model)
        remedy = "pass price=Price(input_per_million=..., output_per_million=...)"
        warnings.warn(f"{what}; {remedy}", stacklevel=4)
