"""Results are frozen values that JSON, notebooks and documents can hold."""

import asyncio
import dataclasses
import json
import math
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import hedging
from hedging import (
    AllAttemptsFailedError,
    Budget,
    Fixed,
    Hedger,
    HedgingError,
    Interval,
    Off,
    Policy,
    RunningLoopError,
    Tier,
    Trace,
    UnknownDelayStrategyError,
    Workload,
    analyze,
    break_even,
    compare_tails,
    multi_level_sync,
    request_sync,
    run_virtual,
    tradeoff,
)
from hedging.simulation import LogNormal, Regime, Rule, make_traffic, simulate, simulate_queue

LATENCIES = [float(each) for each in range(100, 1200)]


async def quick() -> str:
    return "<b>4</b>"


def statistics() -> hedging.HedgingStatistics:
    hedger = Hedger(Policy(budget=None), strategy=Fixed(10))
    hedger.request_sync(quick)
    return hedger.statistics()


def results() -> list[Any]:
    traffic = make_traffic([Regime(distribution=LogNormal(), requests=50)])
    forecast = analyze(LATENCIES)
    hedged = request_sync(quick, strategy="off")
    return [
        forecast,
        forecast.p99,
        forecast.p99.interval,
        forecast.prospects[0],
        hedged,
        hedged.attempts[0],
        statistics(),
        multi_level_sync([Tier(name="a", call=quick)]),
        compare_tails(LATENCIES, LATENCIES, extra_requests=0.0, resamples=5),
        tradeoff(LATENCIES)[0],
        break_even(LATENCIES, 5000.0, cost_usd=0.1),
        Trace(latency_ms=(1.0, 2.0)),
        Policy(),
        Workload(),
        Rule(delay_ms=1.0),
        traffic,
        simulate(traffic, Off()),
        simulate_queue(LogNormal(), Off(), load=0.5, requests=50),
    ]


def test_every_result_becomes_plain_values_that_json_can_hold() -> None:
    pytest.importorskip("numpy")
    for result in results():
        text = json.dumps(result.to_dict(), allow_nan=False)
        assert json.loads(text), result


def test_every_result_is_frozen_and_made_by_keyword() -> None:
    pytest.importorskip("numpy")
    for result in results():
        name = dataclasses.fields(result)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(result, name, None)
        assert all(field.kw_only for field in dataclasses.fields(result)), result
        assert str(dataclasses.replace(result)) == str(result)


def test_notebooks_show_tables_with_escaped_texts() -> None:
    pytest.importorskip("numpy")

    async def fail() -> str:
        raise ValueError("<script>")

    async def answer() -> str:
        return "fine"

    hedged = request_sync(fail, strategy=Fixed(10), backups=[answer])
    shown = [hedged, *(each for each in results() if hasattr(each, "_repr_html_"))]

    assert len(shown) == 6
    for each in shown:
        html = each._repr_html_()
        assert html.startswith("<table>"), each
        assert "<script>" not in html
    assert "&lt;script&gt;" in hedged._repr_html_()


def test_tables_leave_as_markdown_and_json() -> None:
    for each in (statistics(), analyze(LATENCIES)):
        assert "| --- |" in each.to_markdown()
        assert json.loads(each.to_json()) == json.loads(json.dumps(each.to_dict()))


def test_an_interval_unpacks_and_an_end_that_is_not_known_is_a_dash() -> None:
    interval = Interval(low=1.0, high=math.inf, level=0.95, method="by hand")

    low, high = interval
    assert (low, high) == (interval[0], interval[1]) == (1.0, math.inf)
    assert str(interval) == "[1, -]"
    assert interval.to_dict()["high"] is None


def test_a_change_that_rounds_to_zero_has_no_sign() -> None:
    pytest.importorskip("numpy")
    comparison = compare_tails(LATENCIES, LATENCIES, extra_requests=0.0, resamples=5)

    assert "-0.0%" not in str(comparison)
    assert "+0.0%" not in str(comparison)


def test_an_unknown_cost_is_not_zero_dollars(script: Any) -> None:
    hedger = Hedger(Policy(budget=None), strategy=Fixed(100))

    async def main(cost: Callable[[Any], float | None]) -> None:
        await hedger.request(script((0.3, "x")), cost=cost)

    run_virtual(main, lambda value: None)
    unknown = hedger.statistics()
    run_virtual(main, lambda value: 0.5)
    some = hedger.statistics()

    assert (unknown.cost_usd, unknown.extra_usd, unknown.unknown_costs) == (None, None, 1)
    assert (some.cost_usd, some.extra_usd, some.unknown_costs) == (1.0, 0.5, 1)
    assert "$1, 1 unknown" in some.to_markdown()


@pytest.mark.parametrize(
    ("twin", "instead"),
    [
        (lambda: request_sync(quick), "await request"),
        (lambda: multi_level_sync([Tier(name="a", call=quick)]), "await multi_level"),
        (lambda: Hedger().request_sync(quick), "await hedger.request"),
    ],
)
def test_a_sync_twin_in_a_running_loop_names_the_remedy(
    twin: Callable[[], object], instead: str
) -> None:
    async def main() -> None:
        twin()

    with pytest.raises(RunningLoopError, match=instead) as caught:
        asyncio.run(main())
    assert caught.value.__context__ is None


def test_a_failure_in_a_sync_twin_is_not_chained_to_a_foreign_error() -> None:
    async def fail() -> str:
        raise ValueError("boom")

    with pytest.raises(AllAttemptsFailedError) as caught:
        request_sync(fail, strategy="off")
    assert isinstance(caught.value.__cause__, ValueError)
    assert caught.value.__cause__.__context__ is None


def test_a_stream_belongs_to_its_loop_and_is_refused_by_the_sync_twin() -> None:
    options: dict[str, Any] = {"until": "first_token"}

    with pytest.raises(hedging.PolicyError, match="until"):
        request_sync(quick, **options)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: Fixed(-1), "delay_ms is -1; give a finite number"),
        (lambda: Budget(-1), "share is -1; give a share"),
        (lambda: hedging.Adaptive(2), "budget is 2; give a number between 0 and 1"),
        (lambda: hedging.Percentile(0.0), "quantile is 0.0; give a number between"),
        (lambda: Policy.from_dict({"budgett": 1}), "did you mean 'budget'"),
        (lambda: Hedger(Policy.from_dict({"strategy": "fixd"})), "did you mean 'fixed'"),
        (lambda: analyze([1.0]), "1 latencies are too few"),
        (lambda: tradeoff([]), "latencies is empty; give"),
    ],
)
def test_an_error_says_what_was_wrong_and_what_to_do(call: Callable[[], object], text: str) -> None:
    with pytest.raises(HedgingError, match=text):
        call()


def test_an_unknown_name_is_kept_with_the_known_ones() -> None:
    with pytest.raises(UnknownDelayStrategyError) as caught:
        Hedger(Policy.from_dict({"strategy": "magic"}))

    assert caught.value.name == "magic"
    assert "adaptive" in caught.value.known


def test_a_decorated_function_keeps_its_hedger() -> None:
    @hedging.hedged(Policy(budget=None), strategy=Fixed(1000))
    async def double(number: int) -> int:
        return 2 * number

    call: Callable[[int], Awaitable[int]] = double

    async def main() -> int:
        return await call(21)

    assert asyncio.run(main()) == 42
    assert double.hedger.statistics().requests == 1
