"""A number has one text, in which its interval never reads as the number itself."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reporter import Interval, Number, ReportError, money_text, percent_text
from reporter._numbers.units import Unit

FINITE = st.floats(-1e12, 1e12, allow_nan=False)
UNITS: tuple[Unit, ...] = ("number", "count", "share", "points", "usd", "usd_per_query", "ms")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Number(value=0.912, unit="share"), "91.2 %"),
        (Number(value=0.0004, unit="share"), "0.04 %"),
        (Number(value=0.072, unit="points"), "+7.2 pp"),
        (Number(value=-0.072, unit="points"), "-7.2 pp"),
        (Number(value=0.00047, unit="usd_per_query"), "$0.4700 per 1,000 queries"),
        (Number(value=2.4e-7, unit="usd_per_query"), "$0.2400 per million queries"),
        (Number(value=1.5, unit="usd_per_query"), "$1.50 per query"),
        (Number(value=0.00047, unit="usd"), "$0.000470"),
        (Number(value=1319, unit="count"), "1,319"),
        (Number(value=1319), "1,319"),
        (Number(value=0.0004, unit="p"), "p < .001"),
        (Number(value=812.34, unit="ms"), "812.3 ms"),
        (Number(value=1234.5, suffix="tokens"), "1,234 tokens"),
        (Number(value=None, unit="usd"), "unknown"),
        (Number(value=math.nan), "unknown"),
        (Number(value=math.inf, unit="ms"), "∞ ms"),
        (Number(value=-math.inf, unit="usd"), "-$∞"),
        (Number(value=2.5e-30), "2.500e-30"),
        (Number(value=-1), "-1"),
        (Number(value=3, signed=True), "+3"),
    ],
)
def test_a_number_reads_as_its_unit_asks(number: Number, text: str) -> None:
    assert str(number) == number.text == text


def test_a_number_shows_its_interval_and_its_p_value() -> None:
    gain = Number(value=0.031, unit="points", interval=Interval(low=0.012, high=0.05), p=0.0016)

    assert gain.as_full.text == "+3.1 pp, 95 % CI [+1.2 pp, +5.0 pp], p = .002"
    assert gain.as_full.cell_text == "+3.1 pp [+1.2 pp, +5.0 pp]"
    assert gain.as_interval.cell_text == "[+1.2 pp, +5.0 pp]"
    assert gain.as_p.cell_text == ".002"
    assert gain.as_p.text == "p = .002"
    assert Number(value=1.0).as_interval.text == "-"
    assert Number(value=1.0).as_p.cell_text == "-"


def test_the_level_of_an_interval_is_printed() -> None:
    number = Number(value=0.5, interval=Interval(low=0.4, high=0.6, level=0.9))

    assert number.as_interval.text == "90 % CI [0.4000, 0.6000]"


def test_a_narrow_interval_gets_the_decimals_it_needs() -> None:
    number = Number(value=0.5, unit="share", interval=Interval(low=0.49996, high=0.5))

    assert number.as_full.cell_text == "50.000 % [49.996 %, 50.000 %]"


@given(*[st.floats(-(2**40), 2**40, width=32)] * 3, st.sampled_from(UNITS))
def test_an_interval_never_rounds_to_its_estimate(
    first: float, second: float, third: float, unit: Unit
) -> None:
    low, value, high = sorted((first, second, third))
    number = Number(value=value, unit=unit, interval=Interval(low=low, high=high))

    ends = number.as_interval.cell_text

    assert ends.startswith(f"[{number.text}, ") == (low == value)
    assert ends.endswith(f", {number.text}]") == (high == value)


@given(FINITE)
def test_money_is_written_as_money_text_writes_it(value: float) -> None:
    assume(abs(value) > 1e-9 or value == 0)

    assert Number(value=value, unit="usd").text == money_text(value)


@given(st.floats(0.01, 1))
def test_a_share_is_written_as_percent_text_writes_it(value: float) -> None:
    assert Number(value=value, unit="share").text == percent_text(value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"value": "1"}, "expected a number"),
        ({"value": True}, "expected a number"),
        ({"value": 1.0, "unit": "euro"}, "unknown unit 'euro'.*usd"),
        ({"value": 1.0, "show": "all"}, "unknown show"),
        ({"value": 1.0, "name": "a b"}, "a name has letters"),
        ({"value": 1.0, "name": "a..b"}, "a name has letters"),
        ({"value": 1.0, "digits": -1}, "digits is -1"),
        ({"value": 1.0, "p": 1.5}, r"\[0, 1\]"),
        ({"value": 2.0, "unit": "p"}, r"\[0, 1\]"),
        ({"value": 1.0, "interval": (0, 1)}, "not Interval"),
    ],
)
def test_a_number_that_cannot_be_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ReportError, match=message):
        Number(**options)  # type: ignore[arg-type]  # what a user may pass by mistake


def test_an_interval_unpacks_and_refuses_nonsense() -> None:
    interval = Interval(low=0.1, high=0.3)

    low, high = interval
    assert (low, high) == (0.1, 0.3) == (interval[0], interval[1])
    with pytest.raises(ReportError, match="exchange"):
        Interval(low=1, high=0)
    with pytest.raises(ReportError, match="NaN"):
        Interval(low=math.nan, high=0)
    with pytest.raises(ReportError, match="level is 95"):
        Interval(low=0, high=1, level=95)
