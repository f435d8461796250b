"""Numbers read the same everywhere, and none is rounded away."""

import math
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import (
    ReportError,
    interval_text,
    milliseconds_text,
    money_text,
    number_text,
    p_text,
    percent_text,
)


@pytest.mark.parametrize(
    ("p_value", "text", "named"),
    [
        (0.0, "< .001", "p < .001"),
        (0.00099, "< .001", "p < .001"),
        (0.001, ".001", "p = .001"),
        (0.0125, ".013", "p = .013"),
        (0.05, ".050", "p = .050"),
        (0.9994, ".999", "p = .999"),
        (0.9996, "> .999", "p > .999"),
        (1.0, "> .999", "p > .999"),
        (None, "-", "-"),
        (math.nan, "-", "-"),
    ],
)
def test_p_values_read_as_apa_prints_them(p_value: float | None, text: str, named: str) -> None:
    """Publication Manual of the APA, 7th edition, 6.36 and 6.44."""
    if p_value == 0.0125:
        p_value = math.nextafter(0.0125, 1)  # the float below it would round down

    assert p_text(p_value) == text
    assert p_text(p_value, name=True) == named


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(ReportError, match=r"\[0, 1\], got 1\.2"):
        p_text(1.2)


@pytest.mark.parametrize(
    ("cost", "text"),
    [
        (None, "unknown"),
        (0.0, "$0.00"),
        (2.4e-7, "$0.000000240"),
        (3e-12, "$3.00e-12"),
        (0.00351, "$0.00351"),
        (0.0234, "$0.0234"),
        (0.99996, "$1.00"),
        (1.005, "$1.00"),
        (1234.5, "$1,234.50"),
        (-0.02, "-$0.0200"),
        (math.inf, "$∞"),
    ],
)
def test_money_keeps_the_digits_of_tiny_amounts(cost: float | None, text: str) -> None:
    assert money_text(cost) == text


@pytest.mark.parametrize(
    ("share", "signed", "text"),
    [
        (0.912, False, "91.2 %"),
        (0.072, True, "+7.2 %"),
        (-0.072, True, "-7.2 %"),
        (-0.00001, True, "0.0 %"),
        (None, False, "unknown"),
        (-math.inf, True, "-∞ %"),
        (math.inf, True, "+∞ %"),
    ],
)
def test_shares_read_as_percent(share: float | None, signed: bool, text: str) -> None:
    assert percent_text(share, signed=signed) == text


@pytest.mark.parametrize(
    ("latency", "text"),
    [
        (812.345, "812.3 ms"),
        (12345.6, "12,345.6 ms"),
        (0.01234, "0.0123 ms"),
        (0.0, "0.0 ms"),
        (None, "unknown"),
    ],
)
def test_times_read_in_milliseconds(latency: float | None, text: str) -> None:
    assert milliseconds_text(latency) == text


@pytest.mark.parametrize(
    ("value", "digits", "trim", "text"),
    [
        (0.912, 4, False, "0.9120"),
        (0.912, 4, True, "0.912"),
        (1319, 4, False, "1,319"),
        (1319.4, 4, False, "1,319"),
        (9.99996, 4, False, "10.00"),
        (20.0, 6, True, "20"),
        (100.0, 1, True, "100"),
        (-0.0, 4, False, "0"),
        (1e-12, 3, False, "1.00e-12"),
        (math.nan, 4, False, "unknown"),
    ],
)
def test_plain_numbers_have_so_many_digits(
    value: float, digits: int, trim: bool, text: str
) -> None:
    assert number_text(value, digits=digits, trim=trim) == text


def test_intervals_use_the_form_of_their_ends() -> None:
    assert interval_text(0.896, 0.926, percent_text) == "[89.6 %, 92.6 %]"
    assert interval_text(-math.inf, 0.5) == "[-∞, 0.5000]"
    assert interval_text(None, 0.5) == "-"


@given(st.floats(min_value=-1e12, max_value=1e12))
def test_a_number_that_is_read_back_is_off_by_half_of_its_last_digit_at_most(value: float) -> None:
    text = number_text(value, digits=6)

    assert float(text.replace(",", "")) == pytest.approx(value, rel=5.1e-6, abs=0)


@given(st.floats(min_value=1e-15, max_value=1e9))
def test_no_price_above_zero_reads_as_free(cost: float) -> None:
    amount = float(money_text(cost).removeprefix("$").replace(",", ""))

    assert amount > 0
    assert amount == pytest.approx(cost, rel=0.006)


def test_whole_numbers_of_other_types_are_counts() -> None:
    class Count:  # as the integers of numpy
        def __index__(self) -> int:
            return 1319

        __int__ = __index__

        def __float__(self) -> float:
            return 1319.0

    assert number_text(cast("int", Count())) == "1,319"
