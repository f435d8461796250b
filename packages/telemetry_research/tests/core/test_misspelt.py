"""A misspelt or impossible option is refused at once, with the nearest value."""

from collections.abc import Callable

import pytest

from telemetry_research import (
    AlertRule,
    QuantileSketch,
    UnknownChoiceError,
    Window,
    compare_experiments,
    latency_above,
    list_experiments,
    record,
    recording,
)

MISSPELT: dict[str, Callable[[], object]] = {
    "drop": lambda: recording("one", overflow="dorp"),  # type: ignore[arg-type]
    "running": lambda: list_experiments(status="runing"),  # type: ignore[arg-type]
    "model": lambda: latency_above(5, event_level="modle"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("nearest", MISSPELT)
def test_a_misspelt_choice_is_an_error_with_the_nearest_one(nearest: str) -> None:
    with pytest.raises(UnknownChoiceError, match=f"did you mean '{nearest}'") as caught:
        MISSPELT[nearest]()

    assert nearest in caught.value.known


def test_a_misspelt_level_is_an_error_where_metrics_are_selected() -> None:
    with recording("one") as experiment:
        record("a.stop", {"duration_ns": 5})

    with pytest.raises(UnknownChoiceError, match="event_level"):
        experiment.windowed_metrics(size_ms=5, event_level="custm")  # type: ignore[arg-type]
    with pytest.raises(UnknownChoiceError, match="event_level"):
        compare_experiments(experiment, experiment, event_level="custm")  # type: ignore[arg-type]


def test_a_misspelt_field_is_warned_of_unless_events_have_such_an_attribute() -> None:
    with recording("one") as experiment:
        record("a.stop", {}, {"modell": "m"})

    with pytest.warns(UserWarning, match="did you mean 'item_id'"):
        assert experiment.events(itemid="i1") == []
    assert experiment.events(modell="other") == []
    assert experiment.events(user="u1") == []


IMPOSSIBLE: dict[str, Callable[[], object]] = {
    "can never alert": lambda: latency_above(100, last=10),
    "from 1 to last": lambda: AlertRule(name="a", measure=len, limit=1, min_events=0),
    "quantile=95 is not in": lambda: latency_above(100, 95),
    "quantile=50 is not in": lambda: QuantileSketch().quantile(50),
    "flush_interval_ms=0": lambda: recording("one", flush_interval_ms=0),
    "max_pending=0": lambda: recording("one", max_pending=0),
    "is after until_us": lambda: Window.between(2, 1),
}


@pytest.mark.parametrize("reason", IMPOSSIBLE)
def test_an_impossible_value_is_an_error_before_anything_is_captured(reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        IMPOSSIBLE[reason]()
