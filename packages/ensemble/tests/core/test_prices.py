"""What a call costs, and that the unknown is never nothing."""

import pytest

from ensemble import Price, PriceTier, find_price

FLASH = Price(input_per_million=0.10, output_per_million=0.30)


def test_a_call_costs_what_it_reads_and_writes() -> None:
    """100 tokens in and 50 out: 1e-5 + 1.5e-5 for gemini_flash, 4.5e-5 for gpt-4o-mini."""
    mini = find_price("gpt-4o-mini")

    assert FLASH.cost_usd(100, 50) == pytest.approx(2.5e-5)
    assert mini is not None
    assert mini.cost_usd(100, 50) == pytest.approx(4.5e-5)


def test_tokens_that_are_unknown_make_the_cost_unknown() -> None:
    assert FLASH.cost_usd(None, 50) is None
    assert FLASH.cost_usd(100, None) is None


def test_a_price_per_request_needs_no_tokens() -> None:
    assert Price(per_request=0.002).cost_usd(None, None) == 0.002
    assert Price(per_request=0.002, input_per_million=1.0).cost_usd(1000, None) == pytest.approx(
        0.003
    )


@pytest.mark.parametrize("price", [-1.0, float("nan"), float("inf")])
def test_something_that_is_no_price_is_refused(price: float) -> None:
    with pytest.raises(ValueError, match="input_per_million"):
        Price(input_per_million=price)


def test_cached_tokens_have_their_own_prices() -> None:
    price = Price(
        input_per_million=3.0,
        output_per_million=15.0,
        cache_read_per_million=0.3,
        cache_write_per_million=3.75,
    )

    cost = price.cost_usd(1000, 10, cache_read_tokens=600, cache_write_tokens=300)

    assert cost == pytest.approx((100 * 3.0 + 600 * 0.3 + 300 * 3.75 + 10 * 15.0) / 1e6)


def test_cached_tokens_cost_as_much_as_others_where_no_price_is_given() -> None:
    assert FLASH.cost_usd(1000, 0, cache_read_tokens=500) == FLASH.cost_usd(1000, 0)


def test_a_batch_job_costs_half_unless_its_price_is_given() -> None:
    listed = Price(input_per_million=1.0, output_per_million=2.0, batch_input_per_million=0.9)

    assert FLASH.cost_usd(100, 50, batch=True) == pytest.approx(1.25e-5)
    assert listed.cost_usd(1_000_000, 1_000_000, batch=True) == pytest.approx(0.9 + 1.0)


def test_a_long_prompt_has_the_price_of_its_tier_as_a_whole() -> None:
    """Gemini 2.5 Pro: 1.25 and 10 dollars up to 200,000 tokens, 2.5 and 15 above."""
    tier = PriceTier(above_input_tokens=200_000, input_per_million=2.5, output_per_million=15.0)
    price = Price(input_per_million=1.25, output_per_million=10.0, tiers=(tier,))

    assert price.cost_usd(200_000, 1000) == pytest.approx(0.25 + 0.01)
    assert price.cost_usd(200_001, 1000) == pytest.approx(0.5000025 + 0.015)


def test_a_price_survives_as_plain_values() -> None:
    tier = PriceTier(above_input_tokens=10, input_per_million=2.5, output_per_million=15.0)
    price = Price(input_per_million=1.25, tiers=(tier,), date="2026-11")

    again = Price.from_dict({**price.to_dict(), "of a later version": 1})

    assert again == price
