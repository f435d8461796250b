"""A recording that is all that listens is called at once; else the bus does its own work."""

from typing import Any
from unittest.mock import patch

import blinker

from telemetry_research import Recording, recording

SIGNAL = blinker.signal("crucible")


def names(experiment: Recording) -> list[str]:
    return [event.name for event in experiment.events()]


def is_short() -> bool:
    return "send" in vars(SIGNAL)


def test_the_bus_is_as_before_when_nothing_is_recorded() -> None:
    assert not is_short()
    with recording("outer"), recording("inner"):
        assert is_short()
    assert not is_short()


def test_an_event_and_its_result_are_as_over_the_bus() -> None:
    before = SIGNAL.send
    with recording("pilot") as experiment:
        short = SIGNAL.send("a.stop", measurements={"duration_ns": 1}, metadata={"k": 1})
        long = before("b.stop", measurements={"duration_ns": 1}, metadata={"k": 1})

    assert short == long
    first, second = experiment.events()
    assert (first.duration_ns, first.attributes) == (second.duration_ns, second.attributes)


def test_other_receivers_get_every_event_that_is_theirs() -> None:
    got: list[tuple[Any, dict[str, Any]]] = []

    def take(sender: Any, **fields: Any) -> None:
        got.append((sender, fields))

    with recording("pilot") as experiment:
        SIGNAL.send("a.stop")
        with SIGNAL.connected_to(take, sender="b.stop"):
            SIGNAL.send("a.stop", metadata={"k": 1})
            SIGNAL.send("b.stop", metadata={"k": 2}, more=3)
        with SIGNAL.connected_to(take):
            SIGNAL.send("c.stop")
        SIGNAL.send("d.stop")

    assert got == [("b.stop", {"metadata": {"k": 2}, "more": 3}), ("c.stop", {})]
    assert names(experiment) == ["a.stop", "a.stop", "b.stop", "c.stop", "d.stop"]


def test_a_receiver_of_other_events_does_not_make_the_way_longer() -> None:
    def take(_: Any, **__: Any) -> None:
        """Take an event."""

    with recording("pilot") as experiment, SIGNAL.connected_to(take, sender="b.stop"):
        with patch.object(type(SIGNAL), "receivers_for") as asked:
            SIGNAL.send("a.stop")
        assert not asked.called

    assert names(experiment) == ["a.stop"]


def test_fields_beside_measurements_and_metadata_are_recorded() -> None:
    with recording("pilot") as experiment:
        SIGNAL.send("a.stop", more=3)

    assert experiment.events()[0].attributes == {"more": 3}


def test_a_muted_bus_records_nothing() -> None:
    with recording("pilot") as experiment:
        with SIGNAL.muted():
            SIGNAL.send("a.stop")
        SIGNAL.send("b.stop")

    assert names(experiment) == ["b.stop"]


def test_receivers_that_were_removed_get_nothing() -> None:
    with recording("pilot") as experiment, patch.dict(SIGNAL.receivers, clear=True):
        assert SIGNAL.send("a.stop") == []

    assert names(experiment) == []


def test_another_send_that_was_set_on_the_bus_stays() -> None:
    def own(name: Any, **fields: Any) -> Any:
        return type(SIGNAL).send(SIGNAL, name, **fields)

    with patch.dict(vars(SIGNAL), send=own):
        with recording("pilot") as experiment:
            SIGNAL.send("a.stop")
        assert vars(SIGNAL)["send"] is own

    assert names(experiment) == ["a.stop"]
