"""A recording that is all that listens is called at once; else the bus does its own work."""

from typing import Any
from unittest.mock import patch

import blinker
import pytest

from telemetry_research import Recording, recording, span

SIGNAL = blinker.signal("crucible")
pytestmark = pytest.mark.usefixtures("clean_bus")


def names(experiment: Recording) -> list[str]:
    return [event.name for event in experiment.events()]


def is_short() -> bool:
    return "send" in vars(SIGNAL)


def goes_over_the_bus(name: str) -> bool:
    """Whether the bus itself looks for the receivers of an event that was seen before."""
    SIGNAL.send(name)
    with patch.object(type(SIGNAL), "receivers_for", return_value=()) as search:
        SIGNAL.send(name)
    return search.called


def nothing(_: Any, **__: Any) -> None:
    pass


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


def test_a_receiver_that_is_left_without_senders_does_not_cost_the_short_way() -> None:
    with recording("pilot") as experiment:
        SIGNAL.connect(nothing, sender="other.stop", weak=False)
        SIGNAL.disconnect(nothing, sender="other.stop")
        assert len(SIGNAL.receivers) == 2

        assert not goes_over_the_bus("other.stop")
        SIGNAL.disconnect(nothing)

    assert names(experiment) == ["other.stop"] * 2


def test_a_receiver_of_some_events_costs_no_other_event_the_short_way() -> None:
    with recording("pilot") as experiment, SIGNAL.connected_to(nothing, sender="other.stop"):
        assert goes_over_the_bus("other.stop")
        assert not goes_over_the_bus("a.stop")

    assert names(experiment) == ["other.stop", "a.stop", "a.stop"]


def test_a_receiver_that_comes_and_goes_is_noticed_at_every_event() -> None:
    got: list[str] = []

    def take(name: str, **_: Any) -> None:
        got.append(name)

    with recording("pilot") as experiment:
        SIGNAL.connect(nothing, sender="other.stop", weak=False)
        SIGNAL.send("a.stop")
        SIGNAL.connect(take, sender="a.stop")
        SIGNAL.send("a.stop")
        SIGNAL.connect(take, sender="b.stop")
        SIGNAL.send("b.stop")
        SIGNAL.disconnect(take, sender="a.stop")
        SIGNAL.send("a.stop")
        with span("c"):
            SIGNAL.connect(take, sender="c.stop")
        del take
        SIGNAL.send("c.stop")
        SIGNAL.disconnect(nothing)

    assert got == ["a.stop", "b.stop", "c.stop"]
    assert len(experiment) == 7


def test_a_weak_receiver_that_is_gone_does_not_cost_the_short_way() -> None:
    def short_lived(_: Any, **__: Any) -> None:
        pass

    with recording("pilot"):
        SIGNAL.connect(short_lived)
        assert goes_over_the_bus("a.stop")
        del short_lived
        assert not goes_over_the_bus("a.stop")


def test_a_span_reaches_a_receiver_of_its_name_alone_beside_one_of_another() -> None:
    seen: list[str] = []

    def take(name: str, **_: Any) -> None:
        seen.append(name)

    with (
        recording("pilot") as experiment,
        SIGNAL.connected_to(nothing, sender="other.stop"),
        SIGNAL.connected_to(take, sender="tool.stop"),
        span("tool") as one,
    ):
        pass

    assert seen == ["tool.stop"]
    assert [event.span_id for event in experiment] == [one.span_id] * 2


def test_a_muted_bus_records_no_span() -> None:
    with recording("pilot") as experiment:
        with SIGNAL.muted(), span("tool"):
            pass
        with span("other"):
            pass

    assert names(experiment) == ["other.start", "other.stop"]


def test_events_of_senders_that_are_no_text_are_recorded_beside_others() -> None:
    with recording("pilot") as experiment, SIGNAL.connected_to(nothing, sender="other.stop"):
        SIGNAL.send(5)
        SIGNAL.send([6])

    assert names(experiment) == ["5", "[6]"]
