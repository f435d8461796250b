"""Events that are held in one process and kept by another."""

import msgspec
import pytest

from telemetry_research import (
    held_events,
    keep_held,
    record,
    recording,
    scope,
    span,
)


def test_held_events_are_recorded_only_when_they_are_kept() -> None:
    with recording("pilot") as experiment:
        with scope(condition="a", item_id="q1", repeat=2), held_events() as held:
            record("model.start", {}, {"name": "m"})
            record("model.stop", {"duration_ns": 5}, {"name": "m"})
        before = len(experiment)
        kept = keep_held(experiment, held.to_bytes())

    events = experiment.events()
    assert (before, kept, len(experiment)) == (0, 2, 2)
    assert {(each.condition, each.item_id, each.repeat) for each in events} == {("a", "q1", 2)}
    assert [each.attributes["name"] for each in events] == ["m", "m"]


def test_held_events_keep_their_spans_within_the_span_that_is_open() -> None:
    with held_events() as held:
        record("outer.start")
        record("inner.start")
        record("inner.stop")
        record("outer.stop")
    with recording("pilot") as experiment, span("run"):
        keep_held(experiment, held.to_bytes())

    by_name = {each.name: each for each in experiment.events()}
    assert by_name["inner.stop"].parent_id == by_name["outer.start"].span_id
    assert by_name["outer.stop"].parent_id == by_name["run.start"].span_id


def test_filters_of_the_recording_hold_for_held_events() -> None:
    with held_events() as held:
        record("model.stop")
        record("model.token")
    with recording("pilot", exclude=("*.token",)) as experiment:
        kept = keep_held(experiment, held.to_bytes())

    assert kept == len(experiment) == 1


def test_bytes_that_hold_no_events_are_refused() -> None:
    with recording("pilot") as experiment, pytest.raises(ValueError, match="no events"):
        keep_held(experiment, b"\x93")


def test_a_time_that_no_clock_has_is_refused() -> None:
    with held_events() as held:
        record("a.stop", {"duration_ns": 5})
    _, rows = msgspec.msgpack.decode(held.to_bytes())
    late = msgspec.msgpack.encode([2**63, rows])

    with recording("a") as experiment, pytest.raises(ValueError, match="hold no events"):
        keep_held(experiment, late)


@pytest.mark.parametrize("probability", [float("nan"), float("inf"), 0.0, -0.5, 1.5])
def test_a_probability_that_is_none_is_refused(probability: float) -> None:
    with held_events() as held:
        record("a.stop", {"duration_ns": 5})
    shift, (packed,) = msgspec.msgpack.decode(held.to_bytes())
    *start, _, measurements, attributes = msgspec.msgpack.decode(packed)
    row = msgspec.msgpack.encode([*start, probability, measurements, attributes])

    with recording("a") as experiment, pytest.raises(ValueError, match="probability"):
        keep_held(experiment, msgspec.msgpack.encode([shift, [row]]))


def test_a_block_without_events_holds_nothing() -> None:
    with held_events() as held:
        pass
    with recording("pilot") as experiment:
        assert keep_held(experiment, held.to_bytes()) == 0
