"""Events are found by name, success, time and window."""

from ..support import captured


def test_events_are_found_by_name_success_and_time() -> None:
    experiment = captured()
    first = next(iter(experiment))

    assert len(experiment.events("ensemble.model.*")) == 12
    assert len(experiment.events(success=False)) == 2
    assert len(experiment.events(until_us=first.timestamp_us - 1)) == 0
    assert len(experiment.events(where=lambda event: event.model == "m1")) == 5
