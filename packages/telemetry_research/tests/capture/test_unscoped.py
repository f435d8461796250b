"""Events outside of any experiment."""

import threading
from unittest.mock import patch

import pytest

from telemetry_research import (
    Recording,
    record,
    recording,
    start_experiment,
    stop_experiment,
)
from telemetry_research._capture.unscoped import unscoped


def test_unscoped_events_are_taken_only_when_asked_for() -> None:
    stop_experiment(start_experiment("none"))
    experiment = Recording("all", take_unscoped=True)
    experiment.begin()
    record("a.stop")
    experiment.end()
    record("b.stop")

    assert [event.name for event in experiment] == ["a.stop"]


@pytest.mark.usefixtures("clean_bus")
@pytest.mark.parametrize("there", [0, 1, 2])
def test_an_event_raises_nothing_while_another_thread_starts_or_stops_an_experiment(
    there: int,
) -> None:
    with recording("one") as one:
        meanwhile = unscoped._running * there
        with patch.object(unscoped, "_running", meanwhile):
            thread = threading.Thread(target=record, args=("a.stop",))
            thread.start()
            thread.join()

    assert len(one) == (there > 0)
    assert one.unscoped_events == (there == 0)
