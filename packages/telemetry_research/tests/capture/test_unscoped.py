"""Events outside of any experiment."""

from telemetry_research import (
    Recording,
    record,
    start_experiment,
    stop_experiment,
)


def test_unscoped_events_are_taken_only_when_asked_for() -> None:
    stop_experiment(start_experiment("none"))
    experiment = Recording("all", take_unscoped=True)
    experiment.begin()
    record("a.stop")
    experiment.end()
    record("b.stop")

    assert [event.name for event in experiment] == ["a.stop"]
