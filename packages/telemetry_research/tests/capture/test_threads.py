"""Plain threads, shared samplings and shared stores."""

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from telemetry_research import (
    MemoryStore,
    Recording,
    Reservoir,
    StoreInUseError,
    in_context,
    record,
    recording,
    scope,
    start_experiment,
    stop_experiment,
)

pytestmark = pytest.mark.usefixtures("clean_bus")


def in_plain_threads(emit: object) -> None:
    thread = threading.Thread(target=emit)  # type: ignore[arg-type]  # a function
    thread.start()
    thread.join()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(emit).result()  # type: ignore[arg-type]  # a function


def test_plain_threads_are_captured_when_one_experiment_runs() -> None:
    with recording("one") as experiment:
        in_plain_threads(lambda: record("a.stop"))

    assert len(experiment) == 2
    assert experiment.unscoped_events == 0


async def test_executors_and_callbacks_from_threads_are_captured_when_one_experiment_runs() -> None:
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def back() -> None:
        record("b.stop")
        done.set()

    async with recording("one") as experiment:
        await loop.run_in_executor(None, record, "a.stop")
        threading.Thread(target=lambda: loop.call_soon_threadsafe(back)).start()
        await done.wait()

    assert [event.name for event in experiment] == ["a.stop", "b.stop"]


def test_plain_threads_are_counted_where_it_shows_when_two_experiments_run() -> None:
    with recording("one") as one, recording("two") as two:
        in_plain_threads(lambda: record("a.stop"))

    assert (len(one), len(two)) == (0, 0)
    assert one.unscoped_events == two.unscoped_events == 2
    assert "2 unscoped (another context emitted them: in_context or take_unscoped" in str(one)
    assert two.metrics().missed["unscoped_events"] == 2


def test_a_wrapped_function_is_captured_in_any_thread_with_its_scope() -> None:
    with recording("one") as one, recording("two") as two, scope(item_id="i1"):
        in_plain_threads(in_context(lambda: record("a.stop")))

    assert len(one) == 0
    assert [event.item_id for event in two] == ["i1", "i1"]


async def test_another_task_is_not_captured_by_the_only_experiment() -> None:
    empty = contextvars.Context()
    async with recording("one") as experiment:

        async def outside() -> None:
            record("a.stop")

        await asyncio.get_running_loop().create_task(outside(), context=empty)

    assert len(experiment) == 0
    assert experiment.unscoped_events == 1


async def test_a_recording_of_a_task_that_is_over_captures_as_an_async_fixture_needs() -> None:
    async def opened() -> AsyncIterator[Recording]:
        async with recording("fixture") as experiment:
            yield experiment

    fixture = opened()

    async def step() -> Recording | None:
        return await anext(fixture, None)

    experiment = await asyncio.create_task(step())
    assert experiment is not None
    record("a.stop")
    await asyncio.to_thread(record, "b.stop")
    await asyncio.create_task(step())

    assert [event.name for event in experiment] == ["a.stop", "b.stop"]
    assert experiment.unscoped_events == 0


async def test_of_two_recordings_whose_tasks_are_over_none_gets_what_it_cannot_know() -> None:
    async def opened(name: str) -> Recording:
        return start_experiment(name)

    both = [await asyncio.create_task(opened(name)) for name in ("one", "two")]
    record("a.stop")

    for each in both:
        stop_experiment(each)
    assert [(len(each), each.unscoped_events) for each in both] == [(0, 1), (0, 1)]


def test_the_outer_taker_takes_again_when_the_inner_stops() -> None:
    empty = contextvars.Context()
    with recording("outer", take_unscoped=True) as outer:
        empty.run(record, "a.stop")
        with recording("inner", take_unscoped=True) as inner:
            empty.run(record, "b.stop")
        empty.run(record, "c.stop")

    assert [event.name for event in outer] == ["a.stop", "c.stop"]
    assert [event.name for event in inner] == ["b.stop"]


def test_one_reservoir_given_to_two_experiments_does_not_mix_them() -> None:
    shared = Reservoir(50)
    found = []
    for name in ("a", "b"):
        with recording(name, sampling=shared) as experiment:
            for _ in range(10):
                record(f"{name}.stop")
        found.append([event.name for event in experiment])

    assert found == [["a.stop"] * 10, ["b.stop"] * 10]


def test_one_store_given_to_two_experiments_is_refused() -> None:
    store = MemoryStore()
    with recording("one", store=store) as one:
        record("a.stop")

    with pytest.raises(StoreInUseError, match="of its own"), recording("two", store=store):
        pass
    assert len(one) == 1
