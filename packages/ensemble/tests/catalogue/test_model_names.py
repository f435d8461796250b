"""Names of models as platforms write them: fine-tuned, regional, of another service."""

import warnings

import pytest

from ensemble import Price, find_capabilities, find_price
from ensemble._catalogue import prices as table

OF_PLATFORMS = [
    ("anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku-20240307", "claude-3"),
    ("us.anthropic.claude-sonnet-4-20250514-v1:0", "claude-sonnet-4-20250514", "claude-4"),
    ("global.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5-20250929", "claude-4"),
    ("claude-sonnet-4@20250514", "claude-sonnet-4-20250514", "claude-4"),
    ("claude-opus-4-5@default", "claude-opus-4-5", "claude-opus-4.5"),
    ("anthropic/claude-sonnet-4.5", "claude-sonnet-4-5", "claude-4"),
    ("openai/gpt-4o", "gpt-4o", "gpt-4o"),
    ("openai/o3-2025-04-16", "o3-2025-04-16", "o-series"),
    ("google/gemini-2.5-pro", "gemini-2.5-pro", "gemini-2.5-pro"),
]


@pytest.fixture(autouse=True)
def _warns_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_warned", set())


@pytest.mark.parametrize(("name", "own", "family"), OF_PLATFORMS)
def test_a_name_of_a_platform_is_that_of_the_makers_model(name: str, own: str, family: str) -> None:
    with pytest.warns(UserWarning, match="is guessed"):
        price = find_price(name)

    assert price is not None
    assert price.guessed
    assert price == find_price(own)
    assert find_capabilities(name).family == find_capabilities(own).family == family


@pytest.mark.parametrize(
    ("name", "listed", "family"),
    [
        ("ft:gpt-4o-2024-08-06:my-org::abc123", "ft:gpt-4o-2024-08-06", "gpt-4o"),
        ("ft:gpt-4.1-mini-2025-04-14:org:name:id", "ft:gpt-4.1-mini-2025-04-14", "gpt-4.1"),
        ("models/gemini-2.5-flash", "gemini-2.5-flash", "gemini-2.5-flash"),
    ],
)
def test_whose_model_it_is_changes_no_price(name: str, listed: str, family: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        price = find_price(name)

    assert price is not None
    assert not price.guessed
    assert price == find_price(listed)
    assert find_capabilities(name).family == family


@pytest.mark.parametrize(
    "name",
    [
        "openai/gpt-4o:free",
        "ft:gpt-5-2025-08-07:org::id",  # no fine-tuned price is listed of it
        "GPT-4o",
        "gpt-4o-",
        "gpt-4o\n",
        "my.claude-sonnet-4-20250514",
        "us.anthropic.",
        "@",
        ":",
        "ft:",
        "",
    ],
)
def test_what_is_no_spelling_of_a_listed_model_has_no_price(name: str) -> None:
    with pytest.warns(UserWarning, match="no price is known"):
        assert find_price(name) is None


def test_a_price_of_ones_own_for_a_platform_goes_before_the_makers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table, "PRICES", table.PriceTable())
    table.PRICES["openai/gpt-4o"] = Price(input_per_million=9.0)

    assert table.find_price("openai/gpt-4o") == Price(input_per_million=9.0)


def test_a_platforms_name_has_the_price_of_a_day() -> None:
    with pytest.warns(UserWarning, match="'o3', at its maker"):
        price = find_price("openai/o3", on="2025-06-09")

    assert price is not None
    assert price.input_per_million == 10.0
