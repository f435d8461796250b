"""Prices from the public price file of LiteLLM (``model_prices_and_context_window.json``)."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._core.costs.prices import Price, PriceTier
from .._core.errors import RecordFileError
from .plain_files import read_plain

_MODES = (None, "chat", "completion", "responses")
_ABOVE = re.compile(r"input_cost_per_token_above_(\d+)k_tokens")
_SOURCE = "the price file of LiteLLM"


def prices_from_litellm(
    path: str | Path | Mapping[str, Any], *, date: str | None = None
) -> dict[str, Price]:
    """Read the prices of text models from the price file of LiteLLM.

    Prices of tokens, of the provider's cache, of batch jobs and of long prompts are read. An entry
    without both token prices is left out: an unknown price is not 0.

    Args:
        path: The file, as it is in LiteLLM's repository, or what was read from it.
        date: The date of the file, which the prices keep.

    Returns:
        The prices by the names of the file. ``PRICES.update(...)`` makes all models use them.

    Raises:
        RecordFileError: The file is not a JSON object, or a price in it cannot be one; names the
            entry.
    """
    if isinstance(path, Mapping):
        data: Any = path
    else:
        try:
            data = json.loads(read_plain(Path(path)))
        except (ValueError, RecursionError) as error:
            raise RecordFileError(f"{path}: not JSON ({error})") from error
    if not isinstance(data, Mapping):
        kind = type(data).__name__
        raise RecordFileError(f"{path}: prices are an object by the names of models, not a {kind}")
    found = {}
    for name, entry in data.items():
        if name == "sample_spec" or not isinstance(entry, Mapping):
            continue
        try:
            price = _price(entry, name, date)
        except (TypeError, ValueError, OverflowError) as error:
            raise RecordFileError(f"the price of {name!r} cannot be read: {error}") from None
        if price is not None:
            found[name] = price
    return found


def _price(entry: Mapping[str, Any], name: str, date: str | None) -> Price | None:
    read = _per_million(entry, "input_cost_per_token")
    written = _per_million(entry, "output_cost_per_token")
    if entry.get("mode") not in _MODES or read is None or written is None:
        return None
    source = entry.get("source")
    return Price(
        input_per_million=read,
        output_per_million=written,
        cache_read_per_million=_per_million(entry, "cache_read_input_token_cost"),
        cache_write_per_million=_per_million(entry, "cache_creation_input_token_cost"),
        batch_input_per_million=_per_million(entry, "input_cost_per_token_batches"),
        batch_output_per_million=_per_million(entry, "output_cost_per_token_batches"),
        per_request=float(entry.get("input_cost_per_request") or 0.0),
        tiers=tuple(_tiers(entry, read, written)),
        date=date,
        source=source if isinstance(source, str) else _SOURCE,
        name=name,
    )


def _tiers(entry: Mapping[str, Any], read: float, written: float) -> list[PriceTier]:
    tiers = []
    for field in entry:
        found = _ABOVE.fullmatch(field)
        if found is None:
            continue
        end = f"_above_{found[1]}k_tokens"
        above_read = _per_million(entry, field)
        above_written = _per_million(entry, "output_cost_per_token" + end)
        tiers.append(
            PriceTier(
                above_input_tokens=int(found[1]) * 1000,
                input_per_million=read if above_read is None else above_read,
                output_per_million=written if above_written is None else above_written,
                cache_read_per_million=_per_million(entry, "cache_read_input_token_cost" + end),
                cache_write_per_million=_per_million(
                    entry, "cache_creation_input_token_cost" + end
                ),
            )
        )
    return sorted(tiers, key=lambda tier: tier.above_input_tokens)


def _per_million(entry: Mapping[str, Any], field: str) -> float | None:
    value = entry.get(field)
    # Written as dollars per token: 1.25e-06 is 1.25, not 1.2499999999999998.
    return None if value is None else round(float(value) * 1e6, 9)
