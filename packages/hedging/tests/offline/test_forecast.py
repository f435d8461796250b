"""Forecasts against closed forms, against resampling, and against what they must refuse."""

import json
import math
import random
import sys
from itertools import pairwise
from pathlib import Path
from statistics import NormalDist

import pytest

from hedging import (
    DataError,
    Trace,
    analyze,
    any_slow,
    break_even,
    delay_for_target,
    pareto_front,
    read_trace,
    recommend,
    trace_of_events,
    tradeoff,
)
from hedging.simulation import (
    Bimodal,
    Distribution,
    LogNormal,
    Pareto,
    Rule,
    Sample,
    ShiftedExponential,
    midpoints,
)


def survival(distribution: Distribution, latency: float) -> float:
    """S(t) as the textbooks have it."""
    if isinstance(distribution, LogNormal):
        return 1 - NormalDist().cdf(math.log(latency / distribution.median_ms) / distribution.sigma)
    if isinstance(distribution, Pareto):
        return float(min(1.0, (latency / distribution.scale_ms) ** -distribution.alpha))
    if isinstance(distribution, ShiftedExponential):
        return math.exp(-max(0.0, latency - distribution.shift_ms) / distribution.mean_ms)
    assert isinstance(distribution, Bimodal)
    return distribution.survival(latency)


def exact_p99(distribution: Distribution, delay: float, probability: float) -> float:
    """inf{t : S(t) (1 - p F(t - d)) <= 0.01}, by bisection."""
    low, high = delay, distribution.quantile(0.99)
    for _ in range(60):
        middle = (low + high) / 2
        rest = middle - delay
        backup = 1 - survival(distribution, rest) if rest > 0 else 0.0
        over = survival(distribution, middle) * (1 - probability * backup) > 0.01
        low, high = (middle, high) if over else (low, middle)
    return high


DISTRIBUTIONS: list[Distribution] = [
    LogNormal(),
    LogNormal(sigma=1.0),
    Pareto(alpha=1.5),
    Pareto(alpha=2.0),
    ShiftedExponential(),
    Bimodal(),
    Bimodal(slow_share=0.02),
]


@pytest.mark.slow
@pytest.mark.parametrize("distribution", DISTRIBUTIONS, ids=str)
def test_a_forecast_agrees_with_the_closed_form_within_one_per_cent(
    distribution: Distribution,
) -> None:
    forecast = analyze(midpoints(distribution, 20_000))

    for row in forecast.prospects:
        assert row.p99_ms == pytest.approx(
            exact_p99(distribution, row.delay_ms, row.probability), rel=0.01
        )
        assert row.bound_ms == pytest.approx(distribution.quantile(0.99 - row.budget), rel=0.01)
        exact_extra = row.probability * survival(distribution, row.delay_ms)
        assert row.extra_requests == pytest.approx(exact_extra, rel=0.01)
        assert row.extra_requests <= row.budget * 1.001


@pytest.mark.slow
@pytest.mark.parametrize(
    ("distribution", "budget", "p99", "p95"),
    [
        (LogNormal(), 0.05, 3914, 2982),
        (LogNormal(), 0.10, 3456, 2680),
        (Pareto(alpha=1.5), 0.05, 4789, 3684),
        (Bimodal(), 0.05, 1849, 1332),
        (ShiftedExponential(), 0.15, 1425, 1184),
    ],
    ids=str,
)
def test_the_best_rule_is_that_of_the_published_table(
    distribution: Distribution, budget: float, p99: float, p95: float
) -> None:
    """An independent computation of SingleR (Kaler, He and Elnikety, SPAA 2017) on a fine grid."""
    row = analyze(midpoints(distribution), budgets=[budget]).prospects[0]

    assert row.p99_ms == pytest.approx(p99, rel=0.01)
    assert row.p95_ms == pytest.approx(p95, rel=0.01)


def test_extra_work_and_means_agree_with_resampling() -> None:
    sample, chance = Sample(midpoints(LogNormal(), 5000)), random.Random(1)
    rule = Rule(delay_ms=1500, probability=0.8)
    work = latency = plain = 0.0
    for _ in range(200_000):
        first, second = chance.choice(sample.values), chance.choice(sample.values)
        plain += first
        hedged = first > 1500 and chance.random() < 0.8
        end = min(first, 1500 + second) if hedged else first
        latency += end
        work += end + (end - 1500 if hedged else 0)

    assert sample.extra_work(rule) == pytest.approx(work / plain - 1, abs=0.01)
    assert sample.hedged_mean(rule) == pytest.approx(latency / 200_000, rel=0.01)


def test_a_forecast_for_a_narrow_distribution_says_that_hedging_cannot_pay() -> None:
    forecast = analyze(midpoints(LogNormal(sigma=0.1)))

    assert forecast.pays is False
    assert "Hedging cannot pay" in str(forecast)


def test_copies_that_are_alike_gain_less_and_less() -> None:
    forecast = analyze(midpoints(LogNormal()))
    gains = list(forecast.correlated.values())

    assert gains == sorted(gains, reverse=True)
    assert gains[0] == pytest.approx(0.33, abs=0.03)
    assert gains[-1] < 0.05


def test_a_shared_number_of_tokens_takes_the_gain_away() -> None:
    """When the time is all in the tokens, the backup is as late as the primary."""
    chance = random.Random(4)
    tokens = tuple(float(round(chance.lognormvariate(5, 1.0))) + 2 for _ in range(3000))
    first = tuple(100 * chance.lognormvariate(0, 0.2) for _ in tokens)
    whole = tuple(f + 10 * (n - 1) for f, n in zip(first, tokens, strict=True))

    forecast = analyze(Trace(latency_ms=whole, first_token_ms=first, output_tokens=tokens))

    assert forecast.prospects[1].reduction > 0.3
    assert forecast.shared_length is not None
    assert abs(forecast.shared_length) < 0.02
    assert forecast.first_token is not None


def test_a_forecast_prints_its_table_and_becomes_plain_values() -> None:
    forecast = analyze(midpoints(LogNormal()), budgets=[0.05])

    assert "budget  delay ms" in str(forecast)
    assert "bound" in str(forecast)
    assert json.loads(json.dumps(forecast.to_dict()))["prospects"][0]["budget"] == 0.05


def test_too_few_latencies_are_refused() -> None:
    with pytest.raises(DataError, match="at least 100"):
        analyze([1.0] * 99)


def test_a_later_delay_costs_less_and_the_front_drops_what_is_beaten() -> None:
    options = tradeoff(midpoints(Bimodal(), 5000))
    front = pareto_front(options)

    costs = [option.cost_factor for option in options]
    assert costs == sorted(costs, reverse=True)
    assert all(left.p99_ms > right.p99_ms for left, right in pairwise(front))
    best = recommend(options, max_extra=0.10)
    assert best is not None
    assert best.cost_factor <= 1.10
    assert recommend(options, max_extra=0.001) is None
    exact = recommend(tradeoff(midpoints(LogNormal(), 1000)), max_extra=0.05)
    assert exact is not None
    assert exact.cost_factor == pytest.approx(1.05)


def test_calibration_finds_the_cheapest_delay_that_reaches_the_target() -> None:
    latencies = midpoints(LogNormal(), 5000)

    option = delay_for_target(latencies, 4000)

    assert option is not None
    assert option.p99_ms <= 4000
    later = tradeoff(latencies, [option.delay_ms * 1.05])[0]
    assert later.p99_ms > 4000
    assert delay_for_target(latencies, 10) is None


def test_break_even_is_price_over_seconds_saved() -> None:
    latencies = [1000.0] * 95 + [11_000.0] * 5

    result = break_even(latencies, 1000.0, cost_usd=0.01)

    # 50 backups per 1,000; each saves 9 s with probability .95 (a backup that is slow saves none).
    assert result.extra_usd == pytest.approx(0.5)
    assert result.saved_ms / 1000 == pytest.approx(0.05 * 0.95 * 9 * 1000)
    assert result.usd_per_second == pytest.approx(0.5 / 427.5)


@pytest.mark.parametrize(("calls", "share"), [(10, 0.0956), (100, 0.634)])
def test_of_many_calls_one_is_likely_slow(calls: int, share: float) -> None:
    assert any_slow(0.01, calls) == pytest.approx(share, abs=1e-3)


def test_traces_are_read_from_csv_jsonl_and_parquet(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("model,seconds\nx,0.5\ny,9\nx,\nx,2\n")
    (tmp_path / "a.jsonl").write_text('{"latency_ms": 5, "ttft": 1, "n": 3}\n\n')

    csv = read_trace(tmp_path / "a.csv", latency="seconds", unit="s", where={"model": "x"})
    jsonl = read_trace(tmp_path / "a.jsonl", output_tokens="n", ttft="ttft")

    assert csv.latency_ms == (500.0, 2000.0)
    assert jsonl == Trace(latency_ms=(5.0,), first_token_ms=(1.0,), output_tokens=(3.0,))
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table({"latency_ms": [1.0, None, 3.0]}), tmp_path / "a.parquet")
    assert read_trace(tmp_path / "a.parquet").latency_ms == (1.0, 3.0)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "other\n1\n", "no column 'latency_ms'"),
        ("a.csv", "latency_ms\nfast\n", "row 1"),
        ("a.jsonl", "{", "line 1"),
        ("a.txt", "", r"\.parquet"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    (tmp_path / name).write_text(text)

    with pytest.raises(DataError, match=message):
        read_trace(tmp_path / name)


def test_a_missing_file_is_a_data_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        read_trace(tmp_path / "none.csv")


def test_traces_come_from_telemetry() -> None:
    events = [
        {"name": "ensemble.model.stop", "measurements": {"duration_ns": 5_000_000}},
        {"name": "ensemble.model.start", "measurements": {}},
        {"name": "ensemble.model.stop", "measurements": {"duration_ns": 7_000_000, "ttft_ns": 1e6}},
    ]

    assert trace_of_events(events) == Trace(latency_ms=(5.0, 7.0), first_token_ms=(None, 1.0))
    with pytest.raises(DataError, match=r"hedging\.request\.stop"):
        trace_of_events(events, name="hedging.request.stop")


def test_one_event_without_a_measurement_costs_the_others_nothing() -> None:
    measured = [
        {"duration_ns": 10e9 + n * 1e6, "ttft_ns": 1e9 + n * 1e7, "output_tokens": 50 + n % 90}
        for n in range(400)
    ]
    names = ("ttft_ns", "output_tokens")
    holes = [{key: each[key] for key in each if key not in names} for each in measured[:1]]

    whole, with_hole = (
        trace_of_events([{"name": "a", "measurements": each} for each in rows], name="a")
        for rows in (measured, measured + holes)
    )

    assert with_hole.first_token_ms == (*whole.first_token_ms, None)
    assert with_hole.output_tokens == (*whole.output_tokens, None)
    assert with_hole.parts() == whole.parts()
    forecast = analyze(with_hole)
    assert forecast.first_token == analyze(whole).first_token is not None
    assert forecast.shared_length is not None


def test_a_large_sample_has_the_same_order_with_numpy_and_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = [(7919 * n) % 1009 / 7 for n in range(500)]
    monkeypatch.setattr("hedging._offline.oracle._MANY", 400)

    with_numpy = Sample(values).values
    monkeypatch.setitem(sys.modules, "numpy", None)
    without = Sample(values).values

    assert with_numpy == without == sorted(values)
