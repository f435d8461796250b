"""A hostile event is kept in a safe form; its neighbours and the emitter are untouched."""

import asyncio
import enum
import random
import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import blinker
import msgspec
import pytest

from telemetry_research import (
    Event,
    FileStore,
    Recording,
    Store,
    data_quality,
    in_context,
    record,
    recording,
    scope,
)
from telemetry_research._capture import receiver
from telemetry_research._core import rows, storable

from ..support import ListStore

bus = blinker.signal("crucible")


class Unprintable:
    def __repr__(self) -> str:
        raise BaseException("never printed")  # noqa: TRY002  # as foreign code may


class Kind(str, enum.Enum):  # noqa: UP042  # the form that older code has
    A = "kind.stop"


def nested(depth: int, leaf: object = 1) -> object:
    for _ in range(depth):
        leaf = {"a": leaf}
    return leaf


def circular() -> dict[str, Any]:
    made: dict[str, Any] = {}
    made["a"] = made["b"] = made
    return made


LEAVES: tuple[Callable[[], Any], ...] = (
    lambda: None, lambda: -(2**63), lambda: 2**64, lambda: float("nan"), lambda: float("-inf"),
    lambda: "\ud800", lambda: "\x00", lambda: "x" * 100_000, lambda: b"\xff", Unprintable,
    circular, lambda: nested(500), lambda: nested(2000), lambda: {("a", 1): 1}, lambda: {None: 1},
    lambda: {b"k": {0.5: [True]}}, lambda: Decimal("0.1"), lambda: object, lambda: {1, "a"},
    lambda: Kind.A, lambda: OrderedDict(a=1), lambda: MappingProxyType({"a": 1}), lambda: 1 + 2j,
    lambda: "5 ms", lambda: [[]], lambda: range(3), lambda: Exception("x"), lambda: "=1+1",
)  # fmt: skip
LARGE = (10, 11, 12)  # they take most of the time, so that they are drawn less often
SMALL_LEAVES = tuple(leaf for at, leaf in enumerate(LEAVES) if at not in LARGE)
KEYS = ("duration_ns", "cost_usd", "input_tokens", "success", "model", "error_type", "malformed",
        "name", "condition", "repeat", "", "\ud800", None, 5, ("a", 1), b"k", "text")  # fmt: skip
NAMES = ("x.stop", "x.start", "x.exception", "\ud800.stop", "", None, 5, Kind.A, Unprintable())


def hostile(draw: random.Random) -> None:
    """Emit one event of random parts."""

    def fields() -> Any:
        if draw.random() < 0.1:
            return draw.choice((None, 5.0, ["a"], "text", Unprintable(), [("a", 1)]))
        leaves = LEAVES if draw.random() < 0.1 else SMALL_LEAVES
        return {draw.choice(KEYS): draw.choice(leaves)() for _ in range(draw.randrange(4))}

    bus.send(draw.choice(NAMES), measurements=fields(), metadata=fields())


@pytest.fixture(params=["memory", "file", "custom"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store | None:
    made: dict[str, Store | None] = {
        "memory": None,
        "file": FileStore(tmp_path / "events.arrows"),
        "custom": ListStore(),
    }
    return made[request.param]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:event :UserWarning")
def test_ten_thousand_hostile_events_cost_no_neighbour_and_never_hang(store: Store | None) -> None:
    draw = random.Random(1)
    count = 10_000 if store is None else 1000

    with recording("hostile", store=store, flush_interval_ms=20) as experiment:
        record("long.stop", {}, {"text": "x" * 1_000_000})
        for number in range(count):
            hostile(draw)
            record("good.stop", {"duration_ns": number})

    kept: Any = experiment.table()
    good = [n for n, name in zip(kept["duration_ns"].to_pylist(), kept["name"].to_pylist(),
                                 strict=True) if name == "good.stop"]  # fmt: skip
    assert good == list(range(count))
    assert len(kept) + experiment.handler_errors == 2 * count + 1
    assert experiment.handler_errors == 0


def test_a_hostile_scope_costs_no_event(store: Store | None) -> None:
    with recording("scoped", store=store) as experiment:
        for leaf in LEAVES:
            with scope(condition=leaf(), item_id=leaf(), repeat=leaf(), thing=leaf()):
                record("a.stop")

    assert len(experiment.events("a.stop")) == len(LEAVES)


def one(measurements: Any = None, metadata: Any = None, name: str = "a.stop") -> Any:
    with recording("one") as experiment:
        bus.send(name, measurements=measurements or {}, metadata=metadata or {})
    (event,) = experiment
    return event


def test_numpy_and_pandas_scalars_are_stored_as_what_they_mean() -> None:
    np, pd = pytest.importorskip("numpy"), pytest.importorskip("pandas")

    event = one(
        {"duration_ns": np.int64(5), "cost_usd": np.float32(0.5), "input_tokens": pd.NA},
        {"success": np.bool_(False), "model": np.str_("m"), "at": pd.Timestamp("2026-01-01")},
    )

    assert (event.duration_ns, event.cost_usd, event.input_tokens) == (5, 0.5, None)
    assert (event.success, event.model) == (False, "m")
    assert event.attributes == {"at": "2026-01-01T00:00:00"}


@pytest.mark.parametrize(
    ("given", "success"),
    [(True, True), (0, False), (1.0, True), ("false", False), (" True ", True)],
)
def test_a_clear_statement_of_success_is_read(given: object, success: bool) -> None:
    assert one({}, {"success": given}).success is success


@pytest.mark.parametrize("given", ["no", "", 2, [], {}, float("nan")])
def test_an_unclear_statement_of_success_is_unknown_and_marked(given: object) -> None:
    event = one({}, {"success": given})

    assert event.success is None
    assert event.attributes["malformed"] == ["success"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("duration_ns", -5), ("input_tokens", -3), ("cost_usd", float("inf")), ("cost_usd", "a lot")],
)
def test_an_impossible_measurement_is_unknown_and_marked(key: str, value: object) -> None:
    event = one({key: value}, {"malformed": 7})

    assert getattr(event, key) is None
    assert event.attributes["malformed"] == [7, key]


def test_only_the_part_without_a_json_form_is_replaced() -> None:
    event = one({}, {"votes": {None: 1, "A": 2}, "texts": ["ok", "\ud800"]})

    assert event.attributes == {
        "votes": {"None": 1, "A": 2},
        "texts": ["ok", {"repr": "'\\ud800'"}],
    }


def test_a_misnamed_measurement_is_named_once() -> None:
    receiver._shapes.clear()  # names that earlier tests emitted
    with recording("misnamed") as experiment:
        with pytest.warns(UserWarning, match="'duration_ms'.*duration_ns"):
            record("slow.stop", {"duration_ms": 5})
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            record("slow.stop", {"duration_ms": 5})

    assert len(experiment) == 2
    assert data_quality(experiment).misnamed == {"duration_ms": 2}


def test_a_faulty_filter_loses_no_event_and_is_counted() -> None:
    def faulty(*_: object) -> bool:
        raise RuntimeError("broken filter")

    with recording("one", where=faulty) as experiment:
        record("a.stop")

    assert len(experiment) == 1
    assert experiment.handler_errors == 1
    assert "broken filter" in experiment.last_error


def test_an_event_with_a_field_of_the_receivers_own_name_does_not_break_the_emitter() -> None:
    with recording("one") as experiment:
        bus.send("a.stop", name="x", experiment="y")

    assert experiment.events()[0].attributes == {"name": "x", "experiment": "y"}


@pytest.mark.parametrize(
    "options",
    [
        {"sampling": 0.1}, {"overflow": "blok"}, {"flush_interval_ms": -1}, {"max_pending": 0},
        {"sample_size": -5}, {"include": "a.*"}, {"exclude": "a.*"}, {"tags": "abc"},
        {"seed": "x"}, {"where": "name"}, {"store": "events.arrows"}, {"condition": 5},
        {"metadata": "text"}, {"flush_interval_ms": float("nan")},
    ],
)  # fmt: skip
def test_an_option_of_the_wrong_kind_is_refused_when_given(options: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError), match=next(iter(options))):
        Recording("one", **options)


class Text(str):
    """A text whose own methods fail."""

    __slots__ = ()

    def __str__(self) -> str:
        raise RuntimeError("no text")


class Unhashable(str):
    """A text without a hash."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # that is what is tried


def test_names_of_threads_and_tasks_that_no_file_can_hold_cost_no_event(
    store: Store | None,
) -> None:
    async def named() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.set_name("\udfff")
        record("task.stop")

    with recording("named", store=store) as experiment:
        thread = threading.Thread(target=in_context(record), args=("thread.stop",), name="\ud800")
        thread.start()
        thread.join()
        asyncio.run(named())

    assert experiment.events("thread.stop")[0].thread == "\\ud800"
    assert experiment.events("task.stop")[0].task == "\\udfff"
    assert experiment.handler_errors == 0


def test_a_name_without_a_hash_does_not_break_the_emitter(store: Store | None) -> None:
    with recording("names", store=store) as experiment:
        record(Unhashable("a.stop"))

    assert [event.name for event in experiment] == ["a.stop"]


def test_observers_see_an_event_with_values_whose_methods_fail() -> None:
    seen: list[Event] = []
    with recording("observed") as experiment:
        experiment.subscribe(seen.append)
        record("a.stop", {"duration_ns": 5}, {"model": Text("m"), "note": Text("n")})

    assert [event.duration_ns for event in seen] == [5]
    assert experiment.handler_errors == 0


@pytest.mark.parametrize("kind", ["DataFrame", "Series"])
def test_metadata_without_a_truth_value_does_not_break_the_emitter(kind: str) -> None:
    pd = pytest.importorskip("pandas")
    with recording("frames") as experiment:
        record("a.stop", {"duration_ns": 5}, getattr(pd, kind)([1, 2]))

    assert [event.duration_ns for event in experiment] == [5]


@pytest.mark.parametrize("key", ["duration_ns", "input_tokens", "output_tokens"])
def test_a_measurement_beyond_exact_numbers_costs_no_metric(
    tmp_path: Path, store: Store | None, key: str
) -> None:
    with recording("far", store=store) as experiment:
        record("a.stop", {"duration_ns": 2_000_000, "input_tokens": 3, "output_tokens": 4})
        record("a.stop", {key: 2**53 + 1})

    assert experiment.events()[1].attributes == {key: 2**53 + 1, "malformed": [key]}
    assert experiment.metrics().level("custom").latency_ms["p50"] == 2.0
    assert experiment.metrics().level("custom").input_tokens == 3
    assert len(experiment.windowed_metrics(size_ms=1000)) == 1
    assert experiment.export(tmp_path / "far.csv").stat().st_size


@pytest.mark.parametrize("key", [None, ("a", 1), frozenset((1,))])
def test_a_key_that_json_lacks_asks_for_its_form_once(
    key: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def counted(value: object) -> object:
        asked.append(value)
        return storable.plain_in_json(value)

    encode = msgspec.json.Encoder(enc_hook=counted).encode
    monkeypatch.setattr(rows, "_encode_json", encode)

    event = one(metadata={"map": {key: 1}})

    assert list(event.attributes["map"].values()) == [1]
    assert len(asked) <= 2
