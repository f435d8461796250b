"""Starts and ends of a span are joined by its id, whatever order they come in."""

import asyncio
import gc
import random
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import blinker
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry_research import (
    Event,
    FileStore,
    MemoryStore,
    Recording,
    Uniform,
    record,
    recording,
    scope,
    span,
    spans_of,
)


def wrong_pairs(experiment: Recording) -> int:
    """How many spans have a start and an end that do not belong together."""
    starts: dict[str | None, Event] = {}
    wrong = 0
    for event in experiment:
        if event.name.endswith(".start"):
            wrong += event.span_id in starts
            starts[event.span_id] = event
        elif event.name.endswith((".stop", ".exception")):
            start = starts.pop(event.span_id, None)
            same = start is not None and (start.attributes["n"], start.item_id, start.parent_id)
            wrong += same != (event.attributes["n"], event.item_id, event.parent_id)
    return wrong


def worker(number: int) -> Iterator[int]:
    with scope(item_id=f"i{number}"), span("tool", n=number) as one:
        yield 1
        one.set(cost_usd=0.5)
        yield 2


def test_a_span_measures_and_keeps_what_was_set() -> None:
    with recording("one") as experiment, span("tool", k=1, cost_usd=1.0) as one:
        inside = one.span_id
        one.set(cost_usd=2.0, success=False, rows=3)

    start, stop = experiment
    assert (start.name, start.attributes, start.cost_usd) == ("tool.start", {"k": 1}, None)
    assert (stop.name, stop.cost_usd, stop.success) == ("tool.stop", 2.0, False)
    assert stop.attributes == {"k": 1, "rows": 3}
    assert stop.duration_ns is not None
    assert start.span_id == stop.span_id == inside


@pytest.mark.slow
def test_interleaved_generators_in_one_context_are_not_mixed() -> None:
    draw = random.Random(1)
    with recording("many") as experiment:
        alive: dict[int, Iterator[int]] = {}
        for number in range(2000):
            alive[number] = worker(number)
            next(alive[number])
            if draw.random() < 0.6:
                chosen = draw.choice(list(alive))
                if draw.random() < 0.5:
                    del alive[chosen]  # abandoned
                else:
                    list(alive.pop(chosen))
        alive.clear()
        gc.collect()
        record("after")

    assert experiment.events("after")[0].item_id is None
    assert wrong_pairs(experiment) == 0
    assert sum(event.name == "tool.stop" for event in experiment) == 2000


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 7), min_size=1, max_size=60))
def test_any_order_of_starts_and_ends_gives_right_pairs(order: list[int]) -> None:
    with recording("order") as experiment:
        opened: dict[int, span] = {}
        for step, slot in enumerate(order):
            if slot in opened:
                opened.pop(slot).__exit__(None, None, None)
            else:
                opened[slot] = span("tool", n=step).__enter__()
        for one in opened.values():
            one.__exit__(None, None, None)
        record("after")

    assert wrong_pairs(experiment) == 0
    assert experiment.events("after")[0].span_id is None


async def test_tasks_async_generators_and_other_tasks_end_spans() -> None:
    async def numbers(number: int) -> AsyncIterator[int]:
        async with span("tool", n=number):
            yield 1
            await asyncio.sleep(0)
            yield 2

    async def consume(number: int) -> None:
        async for _ in numbers(number):
            if number % 3 == 0:
                break
            await asyncio.sleep(0)

    async with recording("tasks") as experiment:
        await asyncio.gather(*(consume(number) for number in range(60)))
        begun = span("tool", n=99).__enter__()

        async def end() -> None:
            begun.__exit__(None, None, None)

        await asyncio.create_task(end())
        gc.collect()
        await asyncio.sleep(0)

    assert wrong_pairs(experiment) == 0


def test_the_end_belongs_to_the_experiment_and_the_scope_of_the_start() -> None:
    with recording("first") as first:
        with scope(condition="a"):
            begun = span("tool").__enter__()
        with recording("second") as second, scope(condition="b"):
            begun.__exit__(None, None, None)
        another = span("tool").__enter__()
        thread = threading.Thread(target=another.__exit__, args=(None, None, None))
        thread.start()
        thread.join()

    assert len(second) == 0
    assert [event.condition for event in first][:2] == ["a", "a"]
    assert len({event.span_id for event in first}) == 2


def test_children_hang_below_the_innermost_open_span() -> None:
    with recording("tree") as experiment, span("outer", n=1) as outer:
        record("lost.start")  # never ends
        with span("inner") as inner:
            record("point")
        record("also")

    found = {event.name: event for event in experiment}
    assert found["point"].span_id == inner.span_id
    assert found["inner.start"].parent_id == found["lost.start"].span_id
    assert found["lost.start"].parent_id == outer.span_id
    assert {each.name: each.parent_id for each in spans_of(experiment, experiment.id)}[
        "outer"
    ] is None


@pytest.mark.parametrize(
    ("error", "name"),
    [(ValueError("x"), "tool.exception"), (asyncio.CancelledError(), "tool.exception")],
)
def test_an_error_ends_the_span_with_its_class(error: BaseException, name: str) -> None:
    with recording("failed") as experiment, pytest.raises(type(error)), span("tool"):
        raise error

    assert experiment.events()[1].name == name
    assert experiment.events()[1].error_type == type(error).__name__


async def test_functions_of_every_kind_are_measured() -> None:
    @span("work", kind="plain")
    def plain(value: int) -> int:
        return value + 1

    @span("work", kind="coroutine")
    async def coroutine(value: int) -> int:
        await asyncio.sleep(0)
        return value + 1

    @span("work", kind="generator")
    def generator() -> Any:
        got = yield 1
        return got

    @span("work", kind="async generator")
    async def async_generator() -> AsyncIterator[int]:
        yield 1

    async with recording("calls") as experiment:
        assert plain(1) == 2
        assert await coroutine(1) == 2
        steps = generator()
        next(steps)
        with pytest.raises(StopIteration) as end:
            steps.send("sent")
        assert end.value.value == "sent"
        assert [each async for each in async_generator()] == [1]

    assert plain.__name__ == "plain"
    stops = experiment.events("work.stop")
    assert [event.attributes["kind"] for event in stops] == [
        "plain",
        "coroutine",
        "generator",
        "async generator",
    ]


def test_another_receiver_on_the_bus_gets_the_events_too() -> None:
    seen: list[tuple[str, dict[str, Any]]] = []

    def listen(name: str, measurements: dict[str, Any], metadata: dict[str, Any]) -> None:
        seen.append((name, dict(metadata)))

    bus = blinker.signal("crucible")
    with bus.connected_to(listen), recording("both") as experiment, span("tool", k=1) as one:
        pass

    assert seen == [("tool.start", {"k": 1}), ("tool.stop", {"k": 1})]
    assert [event.span_id for event in experiment] == [one.span_id] * 2


def test_filters_sampling_and_hostile_fields_hold() -> None:
    class Bad:
        def __repr__(self) -> str:
            raise RuntimeError("no repr")

    with recording("some", exclude=["*.start"], sampling=Uniform(0.5), seed=3) as experiment:
        for _ in range(400):
            with span("tool", bad=Bad(), text="\ud800", big=2**70):
                pass

    assert experiment.filtered_events + len(experiment) == 800
    assert 100 < len(experiment) < 300
    assert experiment.handler_errors == 0


def test_wrong_uses_are_refused() -> None:
    with pytest.raises(TypeError, match="name is a text"):
        span(5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="name"):
        span("")
    with span("once") as one:
        pass
    with pytest.raises(RuntimeError, match="entered before"):
        one.__enter__()
    with pytest.raises(RuntimeError, match="has ended"):
        one.set(k=1)


def test_without_an_experiment_a_span_does_nothing() -> None:
    # In a process of its own: other tests of this one may have left an experiment behind.
    code = "from telemetry_research import span\nwith span('tool') as one: print(one.span_id)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "None"


def test_the_ids_are_text_in_every_output(tmp_path: Any) -> None:
    pd, pa = pytest.importorskip("pandas"), pytest.importorskip("pyarrow.parquet")
    for store in (MemoryStore(), FileStore(tmp_path / "e.arrows")):
        with recording("ids", store=store) as experiment, span("tool") as one:
            pass
        csv, parquet = tmp_path / "e.csv", tmp_path / "e.parquet"
        experiment.export(csv)
        experiment.export(parquet)
        assert list(experiment.frame()["span_id"]) == [one.span_id] * 2
        assert list(pd.read_csv(csv, dtype=str)["span_id"]) == [one.span_id] * 2
        assert pa.read_table(parquet)["span_id"].to_pylist() == [one.span_id] * 2


@pytest.mark.parametrize("value", [[1], {"a": [1]}, (1, 2), b"x", 2**70, "\ud800"])
def test_any_value_of_a_span_is_kept_and_costs_belong_to_the_end(value: object) -> None:
    with recording("values") as experiment:
        with span("tool", cost_usd=value, given=value, k=1) as tool:
            tool.set(later=value)
        early = span("early")
        early.set(before=value)
        with early:
            pass

    start, stop, early_start, early_stop = experiment.events()
    assert start.attributes.keys() == {"given", "k"}
    assert {"given", "k", "later"} <= stop.attributes.keys()
    assert early_start.attributes == {}
    assert "before" in early_stop.attributes
    assert experiment.handler_errors == 0


@pytest.mark.slow
def test_a_hundred_thousand_starts_that_never_end_are_let_go() -> None:
    with recording("open") as experiment:
        for _ in range(100_000):
            record("a.start")
        with span("tool"):
            pass

    assert experiment.events("tool.stop")[0].parent_id == experiment.events("a.start")[-1].span_id
