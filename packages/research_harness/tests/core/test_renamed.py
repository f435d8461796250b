"""Old names still work in this version, with a warning that gives the new one."""

import warnings
from pathlib import Path

import pytest

from research_harness import (
    ConditionEstimate,
    Criterion,
    Difference,
    Estimate,
    Interval,
    Metric,
    RunResult,
    metric_names,
    register_metric,
)
from research_harness._definition.metrics import _KNOWN


@pytest.mark.parametrize(("old", "new"), [("at_least", "min_value"), ("at_most", "max_value")])
def test_the_old_bounds_of_a_criterion_are_accepted(old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"{old}= is now {new}="):
        made = Criterion(claim="c", metric="m", condition="a", **{old: 0.5})  # type: ignore[arg-type]

    assert getattr(made, new) == 0.5
    with pytest.warns(DeprecationWarning, match=new):
        assert getattr(made, old) == 0.5


def test_a_metric_alone_can_still_be_registered() -> None:
    try:
        with pytest.warns(DeprecationWarning, match="register_metric"):
            register_metric(Metric(name="letters", column="letters"))
        assert "letters" in metric_names()
    finally:
        _KNOWN.pop("letters")


def test_seconds_and_the_ends_of_cost_intervals_are_still_there(tmp_path: Path) -> None:
    interval = Interval(low=1.0, high=3.0, level=0.95, method="normal")
    part = ConditionEstimate(
        condition="a",
        rows=2,
        cost_usd=2.0,
        cost_interval=interval,
        unknown_costs=0,
        latency_ms=10.0,
    )
    whole = Estimate(
        experiment="e",
        rows=2,
        pilot_rows=1,
        pilot_failures=0,
        pilot_cost_usd=1.0,
        pilot_known_cost_usd=1.0,
        pilot_unknown_costs=0,
        conditions=(part,),
        duration_ms=1500.0,
        virtual_time=False,
    )
    result = RunResult(
        id="r",
        folder=tmp_path,
        rows=1,
        resumed_rows=0,
        failures=0,
        duration_ms=2500.0,
        analysis={},  # type: ignore[typeddict-item]  # not looked at here
        reports={},
    )
    place = Difference(file="f", location="line 1", first="a", second="b")

    with pytest.warns(DeprecationWarning, match="is now") as caught:
        old = (part.cost_low_usd, part.cost_high_usd, whole.seconds, result.seconds, place.place)

    assert old == (1.0, 3.0, 1.5, 2.5, "line 1")
    assert len(caught) == 5
    assert all(each.filename == __file__ for each in caught)


def test_an_interval_is_unpacked_and_indexed_as_a_pair() -> None:
    interval = Interval(low=1.0, high=3.0, level=0.95, method="normal")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        low, high = interval

    assert (low, high) == (interval[0], interval[1]) == (1.0, 3.0)
