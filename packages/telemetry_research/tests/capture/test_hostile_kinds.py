"""Values of foreign classes cost only themselves."""

import gc
import random
from pathlib import Path
from types import MappingProxyType
from typing import Any

import blinker
import pytest

from telemetry_research import (
    Event,
    FileStore,
    record,
    recording,
    scope,
    span,
)

from ..support import shared
from .hostile_kinds import CHEAP, KINDS, Node, Packed, Pair, with_arrays

bus = blinker.signal("crucible")


def kept_beside(value: Any) -> list[Event]:
    """The events around one that holds the value in each of the places of a value."""
    with recording("hostile") as experiment:
        record("before.stop", {"duration_ns": 1})
        bus.send("odd.stop", measurements={"duration_ns": value}, metadata={"value": value})
        bus.send("odd.stop", measurements=value, metadata=value)
        bus.send("odd.stop", other=value)
        with scope(condition=value, item_id=value, repeat=value, other=value):
            record("odd.stop")
        with span("odd", value=value) as opened:
            opened.set(cost_usd=value)
        record("after.stop", {"duration_ns": 2})
    assert experiment.handler_errors == 0, experiment.last_error
    return experiment.events()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_value_of_any_kind_costs_only_itself(kind: str) -> None:
    events = kept_beside(KINDS[kind]())

    assert [event.name for event in events if not event.name.startswith("odd")] == [
        "before.stop",
        "after.stop",
    ]
    assert len(events) == 8


def test_values_of_numpy_and_pandas_cost_only_themselves() -> None:
    for kind, make in with_arrays().items():
        assert len(kept_beside(make())) == 8, kind


def test_shared_tuples_that_the_collector_has_seen_do_not_hang() -> None:
    value = shared(lambda v: (v, v))
    gc.collect()

    assert len(kept_beside(value)) == 8


@pytest.mark.slow
@pytest.mark.usefixtures("clean_bus")
@pytest.mark.parametrize("place", ["measurements", "metadata"])
def test_shared_tuples_under_the_name_of_a_library_do_not_hang(place: str) -> None:
    name, value = "ensemble.model.stop", shared(lambda v: (v, v))
    for _ in range(60):  # a level of nesting may take a collection
        gc.collect()
    given: dict[str, Any] = {"value": value}
    bare: dict[str, Any] = {place: given}
    proxied: dict[str, Any] = {place: MappingProxyType(given)}

    with recording("hostile") as experiment:
        record(name, **{place: given})
        bus.send(name, **bare)
        bus.send(name, **proxied)
        bus.send(name, value=value)
        record("after.stop")

    assert len(experiment) == 5
    assert experiment.handler_errors == 0
    safe = {"repr": "<tuple with too many parts>"}
    assert [each.attributes["value"] for each in experiment.events(name)] == [safe] * 4


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:event :UserWarning")
def test_ten_thousand_events_of_these_kinds_lose_no_neighbour(tmp_path: Path) -> None:
    draw = random.Random(2)
    count = 5000
    with recording("many", store=FileStore(tmp_path / "e.arrows")) as experiment:
        for number in range(count):
            values = {name: KINDS[name]() for name in draw.sample(CHEAP, 2)}
            bus.send("odd.stop", measurements=values, metadata={draw.choice(CHEAP): 1, **values})
            record("good.stop", {"duration_ns": number})

    table = experiment.table()
    names = table["name"].to_pylist()
    durations = table["duration_ns"].to_pylist()
    good = [d for d, name in zip(durations, names, strict=True) if name == "good.stop"]
    assert good == list(range(count))
    assert len(names) == 2 * count
    assert experiment.handler_errors == 0


def test_a_value_that_is_too_large_is_named_with_its_class() -> None:
    with recording("large") as experiment:
        record("a.stop", {}, {"value": shared(lambda v: [v, v])})

    assert experiment.events()[0].attributes == {"value": {"repr": "<list with too many parts>"}}


def test_a_dataclass_and_a_struct_keep_their_fields() -> None:
    with recording("fields") as experiment:
        record("a.stop", {}, {"node": Node(1, [2]), "struct": Packed(1, [2]), "pair": Pair(1, 2)})

    assert experiment.events()[0].attributes == {
        "node": {"other": 1, "more": [2]},
        "struct": {"left": 1, "right": [2]},
        "pair": [1, 2],
    }


def test_a_generator_of_the_emitter_is_not_consumed() -> None:
    made = iter([("a", 1), ("b", 2)])
    with recording("generator") as experiment:
        bus.send("a.stop", measurements={}, metadata=made)
        record("b.stop", {}, {"values": made})

    assert list(made) == [("a", 1), ("b", 2)]
    assert len(experiment) == 2


def test_a_filter_or_an_observer_that_exits_breaks_no_emitter() -> None:
    def leave(*_: object) -> Any:
        raise SystemExit("from a filter")

    with recording("left", where=leave) as experiment:
        experiment.subscribe(leave)
        record("a.stop")

    assert len(experiment) == 1
    assert experiment.handler_errors == 2
