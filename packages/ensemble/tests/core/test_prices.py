"""What a call costs, and that the unknown is never nothing."""

import pytest

from ensemble import Price, find_price

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


def test_prices_are_found_under_dated_names_and_unknown_ones_warn_once() -> None:
    assert find_price("gpt-4o-mini-2024-07-18") == find_price("gpt-4o-mini")
    assert find_price("gpt-4o-2024-05-13") == find_price("gpt-4o")
    with pytest.warns(UserWarning, match="no price is known for model 'mystery-1'"):
        assert find_price("mystery-1") is None
    assert find_price("mystery-1") is None
