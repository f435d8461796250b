"""Recorded latencies as users have them: right, or refused with what is wrong and where."""

import math
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hedging import (
    DataError,
    HedgingError,
    PolicyError,
    Trace,
    analyze,
    break_even,
    compare_tails,
    delay_for_target,
    read_trace,
    trace_of_events,
    tradeoff,
)

GOOD = [1000 * random.Random(seed).lognormvariate(0, 0.8) for seed in range(400)]
TAKERS: dict[str, Callable[[Any], object]] = {
    "analyze": analyze,
    "tradeoff": tradeoff,
    "break_even": lambda values: break_even(values, 100, cost_usd=0.01),
    "delay_for_target": lambda values: delay_for_target(values, 2000),
    "compare_tails": lambda values: compare_tails(values, values, extra_requests=0.1, resamples=5),
}


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize(
    "bad", [math.nan, math.inf, -1.0, "12", None, True, 10**400, [1.0, 2.0], timedelta(1)]
)
def test_a_value_that_is_not_a_latency_is_refused_with_its_position(taker: str, bad: Any) -> None:
    with pytest.raises(DataError, match=r"\[200\]"):
        TAKERS[taker]([*GOOD[:200], bad, *GOOD[200:]])


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize("bad", ["text", 5, [0.0] * 500])
def test_what_is_not_a_sample_of_latencies_is_refused(taker: str, bad: Any) -> None:
    with pytest.raises(DataError):
        TAKERS[taker](bad)


def test_a_generator_is_a_sample() -> None:
    assert analyze(iter(GOOD)) == analyze(GOOD)


def test_latencies_that_look_like_seconds_are_doubted() -> None:
    forecast = analyze([each / 1000 for each in GOOD])

    assert "seconds" in forecast.warning
    assert "Check the unit" in str(forecast)
    assert analyze(GOOD).warning == ""


@pytest.mark.parametrize(
    "budgets", [(), (0,), (5,), (-0.1,), (math.nan,), ("0.05",), (None,), 0.05]
)
def test_a_budget_is_a_share(budgets: tuple[float, ...]) -> None:
    with pytest.raises(HedgingError, match="budgets"):
        analyze(GOOD, budgets=budgets)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_is_read_as_spreadsheets_write_it(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    path = tmp_path / "A.CSV"
    rows = [f"{each:.1f}{separator}x" for each in GOOD] + [f"NaN{separator}", f"null{separator}"]
    path.write_text("\n".join([f" latency_ms {separator}note", *rows]), encoding=encoding)

    assert len(read_trace(path).latency_ms) == len(GOOD)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"latency_ms\n12\n-1\n"),
        ("a.csv", b"latency_ms,unit\n12,\xb5s\n"),
        ("a.csv", b"latency_ms\ninf\n"),
        ("a.jsonl", b"12\n13\n"),
        ("a.jsonl", b'{"latency_ms": true}\n'),
        ("a.jsonl", b'{"latency_ms": 1}\n{"latency_ms"'),
        ("a.parquet", b"not parquet"),
    ],
)
def test_a_damaged_file_is_refused_by_its_name(tmp_path: Path, name: str, content: bytes) -> None:
    if name.endswith(".parquet"):
        pytest.importorskip("pyarrow")
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(DataError, match=r"a\."):
        read_trace(path)


def copies(alike: bool) -> list[tuple[float, float]]:
    chance = random.Random(3)
    first = [chance.lognormvariate(7, 1) for _ in range(600)]
    return [(each, each if alike else chance.choice(first)) for each in first]


def test_copies_that_are_alike_do_not_pay() -> None:
    pairs = copies(alike=True)
    forecast = analyze([each for each, _ in pairs], copies=pairs)

    assert forecast.pays is False
    assert forecast.evidence is not None
    assert forecast.evidence.rank_correlation == pytest.approx(1)
    assert forecast.evidence.reduction == 0


def test_copies_that_are_independent_pay_as_forecast() -> None:
    pairs = copies(alike=False)
    forecast = analyze([each for each, _ in pairs], copies=pairs)

    assert forecast.pays is True
    assert forecast.evidence is not None
    assert abs(forecast.evidence.rank_correlation) < 0.15
    low, high = forecast.evidence.interval
    assert low <= forecast.prospects[1].reduction <= high


def test_few_copies_carry_a_warning() -> None:
    many = copies(alike=False)
    few = many[:599]

    known = analyze([each for each, _ in many], copies=many)
    doubtful = analyze([each for each, _ in many], copies=few)

    assert known.evidence is not None
    assert known.evidence.warnings == ()
    assert doubtful.evidence is not None
    assert doubtful.evidence.warnings == ("few_pairs",)
    assert "the interval is too narrow" in str(doubtful)


def test_without_copies_a_forecast_has_a_range() -> None:
    forecast = analyze([each for each, _ in copies(alike=False)])

    assert forecast.pays is None
    assert "if they are alike" in str(forecast)


@pytest.mark.parametrize("bad", [[(1.0, 2.0)] * 5, [(1.0,)] * 200, [(1.0, math.nan)] * 200, [1.0]])
def test_copies_are_pairs_of_latencies(bad: Any) -> None:
    with pytest.raises(DataError, match="copies"):
        analyze(GOOD, copies=bad)


@pytest.mark.parametrize("level", [0, 1, 2, math.nan, "0.95", True, None])
def test_the_level_of_a_forecast_is_between_0_and_1(level: Any) -> None:
    with pytest.raises(PolicyError, match="level"):
        analyze(GOOD * 50, level=level)


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"
    path.write_text("latency_ms,id,latency_ms\n1,a,2\n")

    with pytest.raises(DataError, match="latency_ms; rename"):
        read_trace(path)


@pytest.mark.parametrize("extra", [-1, math.nan, "0.1", None])
def test_backups_per_request_are_a_number_from_0(extra: Any) -> None:
    with pytest.raises(PolicyError, match="extra_requests"):
        compare_tails(GOOD * 3, GOOD * 3, extra_requests=extra, resamples=5)


@pytest.mark.parametrize(
    "bad", [bytearray(b"1" * 400), dict.fromkeys(GOOD), [complex(1)] * 400, ["5"] * 400]
)
def test_what_float_would_take_but_is_no_sample_is_refused(bad: Any) -> None:
    with pytest.raises(DataError, match="milliseconds"):
        analyze(bad)


@pytest.mark.parametrize("bad", ["5", math.nan, math.inf, -1, 10**400, True])
def test_tokens_of_a_trace_are_numbers_or_unknown(bad: Any) -> None:
    tokens = (None, *(bad,) * (len(GOOD) - 1))
    trace = Trace(latency_ms=tuple(GOOD), first_token_ms=tuple(GOOD), output_tokens=tokens)

    with pytest.raises(DataError, match=r"output_tokens\[1\]"):
        analyze(trace)


@pytest.mark.parametrize("bad", ["5", math.nan, -1, True, 10**400])
@pytest.mark.parametrize("field", ["duration_ns", "ttft_ns", "output_tokens"])
def test_measurements_of_events_are_numbers(field: str, bad: Any) -> None:
    measured = {"duration_ns": 5e9, "ttft_ns": 1e9, "output_tokens": 7, field: bad}

    with pytest.raises(DataError, match=field):
        trace_of_events([{"name": "ensemble.model.stop", "measurements": measured}])


@pytest.mark.parametrize("bad", [None, 5, [None], ["text"]])
def test_what_holds_no_events_is_refused(bad: Any) -> None:
    with pytest.raises(DataError, match="no event"):
        trace_of_events(bad)


def test_zeros_below_the_bound_give_a_forecast() -> None:
    forecast = analyze([*GOOD, *[0.0] * 9 * len(GOOD)])

    assert forecast.prospects[-1].bound_ms == 0
    assert "multiply by 1000" in forecast.warning


def test_budgets_may_come_from_a_generator() -> None:
    assert analyze(GOOD, budgets=(each for each in (0.05, 0.1))) == analyze(  # type: ignore[arg-type]
        GOOD, budgets=(0.05, 0.1)
    )


def test_a_decimal_comma_is_not_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "comma.csv"
    path.write_text("latency_ms\n1,5\n")

    with pytest.raises(DataError, match="row 1: it has more fields"):
        read_trace(path)


def test_a_number_beyond_the_largest_is_refused_by_its_row(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    path.write_text('{"latency_ms": 1' + "0" * 400 + "}\n")

    with pytest.raises(DataError, match="row 1"):
        read_trace(path)


@pytest.mark.parametrize("bad", [{"unit": ["s"]}, {"where": ["model"]}, {"path": None}])
def test_arguments_of_a_wrong_type_are_refused(tmp_path: Path, bad: Any) -> None:
    path = tmp_path / "fine.csv"
    path.write_text("latency_ms\n1\n")

    with pytest.raises(DataError):
        read_trace(**{"path": path, **bad})


def test_of_many_pairs_a_part_is_used() -> None:
    chance = random.Random(1)
    pairs = [(chance.lognormvariate(7, 1), chance.lognormvariate(7, 1)) for _ in range(50_000)]

    evidence = analyze([first for first, _ in pairs], copies=pairs).evidence

    assert evidence is not None
    assert evidence.pairs == 2500
    assert evidence.interval.low <= evidence.reduction <= evidence.interval.high
