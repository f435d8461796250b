"""Comparisons of experiments."""

import json
import random

import pytest

from telemetry_research import (
    NoDataError,
    Recording,
    UnknownMetricError,
    compare_experiments,
    record,
    recording,
)


def arm(name: str, slow: int, failures: int) -> Recording:
    draw = random.Random(name)
    with recording(name) as experiment:
        for number in range(200):
            ending = "exception" if number < failures else "stop"
            record(
                f"a.{ending}",
                {"duration_ns": slow + draw.randrange(10**8), "cost_usd": slow / 1e10},
            )
    return experiment


def test_different_arms_show_their_difference_and_better_is_positive() -> None:
    control, treatment = arm("control", 2 * 10**8, 20), arm("treatment", 10**8, 5)

    (found,) = compare_experiments(control, treatment)

    latency, cost, success = found["latency_ms"], found["cost_usd"], found["success_rate"]
    assert latency.difference == pytest.approx(-100, abs=10)
    assert latency.interval is not None
    assert latency.interval[0] < -100 < latency.interval[1]
    assert (latency.improvement_pct or 0) > 30
    assert cost.improvement_pct == pytest.approx(50)
    assert success.difference == pytest.approx(0.075)
    assert (success.improvement_pct or 0) > 0
    assert "treatment minus control" in str(found)
    with recording("empty") as empty:
        pass
    with pytest.raises(NoDataError):
        compare_experiments(control, empty)


def test_bench_adds_its_tests() -> None:
    pytest.importorskip("bench")

    (found,) = compare_experiments(
        arm("control", 2 * 10**8, 20), arm("treatment", 10**8, 5), test=True
    )

    assert found["latency_ms"].test.p_value < 1e-6
    assert found["latency_ms"].test.estimate == pytest.approx(found["latency_ms"].difference)
    assert found["success_rate"].test.p_value < 0.05


def test_a_comparison_is_a_table_and_json_and_lists_its_metrics() -> None:
    (found,) = compare_experiments(arm("control", 10, 2), arm("treatment", 20, 1), level=0.9)

    interval = found["latency_ms"].interval

    assert interval is not None
    assert (interval.level, interval.method) == (0.9, "Welch, normal")
    assert "| success_rate |" in found.to_markdown()
    assert "<td>success_rate</td>" in found._repr_html_()
    assert json.loads(found.to_json())["differences"][0]["interval"]["level"] == 0.9
    with pytest.raises(UnknownMetricError, match="did you mean 'latency_ms'") as caught:
        found["latency"]
    assert isinstance(caught.value, KeyError)
