"""Events are found by name, success, time and window."""

import pytest

from telemetry_research import record, recording, scope

from ..support import captured


def test_events_are_found_by_name_success_and_time() -> None:
    experiment = captured()
    first = next(iter(experiment))

    assert len(experiment.events("ensemble.model.*")) == 12
    assert len(experiment.events(success=False)) == 2
    assert len(experiment.events(until_us=first.timestamp_us - 1)) == 0
    assert len(experiment.events(where=lambda event: event.model == "m1")) == 5


@pytest.mark.parametrize("item", [5, 2.5, "5", True])
def test_an_item_is_found_by_the_id_that_was_given(item: object) -> None:
    with recording("items") as experiment, scope(item_id=item):
        record("a.stop")

    assert len(experiment.events(item_id=item)) == 1
    assert len(experiment.events(item_id=str(item))) == 1
    assert len(experiment.events(item_id=6)) == 0
