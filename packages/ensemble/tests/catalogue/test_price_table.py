"""List prices: exact names, days, families, and the file of LiteLLM."""

import json
import warnings
from pathlib import Path

import pytest

from ensemble import PRICES, Price, RecordFileError, find_price, prices_from_litellm
from ensemble._catalogue import prices as table


@pytest.fixture(autouse=True)
def _each_test_is_warned_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_warned", set())


@pytest.mark.parametrize(
    ("name", "read", "written"),
    [
        ("gpt-4o-2024-05-13", 5.0, 15.0),
        ("gpt-4o-2024-08-06", 2.5, 10.0),
        ("gpt-4o-mini-2024-07-18", 0.15, 0.6),
        ("gpt-4-0125-preview", 10.0, 30.0),
        ("gpt-4-0613", 30.0, 60.0),
        ("gpt-3.5-turbo-0301", 1.5, 2.0),
        ("gpt-5", 1.25, 10.0),
        ("o3", 2.0, 8.0),
        ("claude-3-5-sonnet-20241022", 3.0, 15.0),
        ("claude-sonnet-4-5", 3.0, 15.0),
        ("claude-opus-4-1-20250805", 15.0, 75.0),
        ("gemini-2.5-pro", 1.25, 10.0),
    ],
)
def test_an_exact_name_has_the_price_of_the_providers_list(
    name: str, read: float, written: float
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        price = find_price(name)

    assert price is not None
    assert (price.input_per_million, price.output_per_million) == (read, written)
    assert not price.guessed
    assert price.name == name


def test_a_snapshot_that_is_not_listed_is_a_guess_and_says_so() -> None:
    with pytest.warns(UserWarning, match="guessed: that of 'gpt-4o'"):
        price = find_price("gpt-4o-2031-01-01")

    assert price is not None
    assert price.guessed
    assert price.name == "gpt-4o"


@pytest.mark.parametrize("name", ["gpt-4o-2024-08-06:ft", "gpt-5-ultra", "gpt-4ooo", "mystery-1"])
def test_another_model_of_a_like_name_has_no_price(name: str) -> None:
    with pytest.warns(UserWarning, match="no price is known"):
        assert find_price(name) is None
    assert find_price(name) is None  # warned of once


def test_a_price_holds_from_day_to_day() -> None:
    """OpenAI lowered o3 from 10 and 40 dollars to 2 and 8 on 2025-06-10."""
    before, after = find_price("o3", on="2025-06-09"), find_price("o3", on="2025-06-10")

    assert before is not None
    assert after is not None
    assert (before.input_per_million, before.output_per_million) == (10.0, 40.0)
    assert (after.input_per_million, after.output_per_million) == (2.0, 8.0)


def test_every_listed_price_is_dated_and_has_a_source() -> None:
    assert len(PRICES) > 200
    assert all(price.date and price.source for price in PRICES.values())


def test_a_price_that_is_set_goes_before_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "PRICES", table.PriceTable())
    table.PRICES["o3"] = Price(input_per_million=1.0)

    assert table.find_price("o3") == Price(input_per_million=1.0)
    assert table.find_price("o3", on="2025-01-01") == Price(input_per_million=1.0)


def test_the_file_of_litellm_is_read(tmp_path: Path) -> None:
    entry = {
        "mode": "chat",
        "input_cost_per_token": 1.25e-06,
        "output_cost_per_token": 1e-05,
        "cache_read_input_token_cost": 1.25e-07,
        "input_cost_per_token_batches": 6.25e-07,
        "input_cost_per_token_above_200k_tokens": 2.5e-06,
        "output_cost_per_token_above_200k_tokens": 1.5e-05,
        "source": "https://example.com/prices",
    }
    file = {
        "sample_spec": {"input_cost_per_token": 0.0, "mode": "one of: chat, embedding"},
        "some-model": entry,
        "an-embedding": {"mode": "embedding", "input_cost_per_token": 1e-07},
        "half-known": {"mode": "chat", "input_cost_per_token": 1e-06},
    }
    (tmp_path / "prices.json").write_text(json.dumps(file))

    found = prices_from_litellm(tmp_path / "prices.json", date="2026-11")

    assert list(found) == ["some-model"]
    price = found["some-model"]
    assert (price.input_per_million, price.output_per_million) == (1.25, 10.0)
    assert (price.cache_read_per_million, price.batch_input_per_million) == (0.125, 0.625)
    assert (price.date, price.source) == ("2026-11", "https://example.com/prices")
    assert price.cost_usd(300_000, 1000) == pytest.approx(0.75 + 0.015)


def test_an_entry_or_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    entry = {"input_cost_per_token": -1.0, "output_cost_per_token": 1.0}

    with pytest.raises(ValueError, match=r"'bad-model'.*not a price"):
        prices_from_litellm({"bad-model": entry})
    (tmp_path / "prices.json").write_text("[]")
    with pytest.raises(RecordFileError, match="not a list"):
        prices_from_litellm(tmp_path / "prices.json")


def test_every_price_names_the_file_it_was_read_in() -> None:
    assert all("LiteLLM" in (price.source or "") for price in PRICES.values())
    assert PRICES["claude-3-opus"].source == (
        "the price file of LiteLLM 1.77.0 (2025-09), as that of claude-3-opus-20240229"
    )
