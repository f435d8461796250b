"""Events are captured under the right experiment, and never break the emitter."""

import asyncio
import gc
import threading
from typing import Any

import blinker
import pytest

from telemetry_research import (
    Recording,
    current_experiment,
    record,
    recording,
    scope,
    start_experiment,
    stop_experiment,
)

signal = blinker.signal("crucible")


def emit(name: str, measurements: dict[str, Any] | None = None, **metadata: Any) -> None:
    """What a library of the framework does."""
    if signal.receivers:
        signal.send(name, measurements=measurements or {}, metadata=metadata)


def test_an_event_arrives_with_what_is_known_about_it() -> None:
    with recording("one") as experiment, scope(condition="a", item_id="i1", repeat=2, note="x"):
        emit(
            "ensemble.model.stop",
            {"duration_ns": 1_500_000, "cost_usd": 0.25, "input_tokens": 7, "queue": 3},
            model="gpt",
            request_id="r1",
        )

    (event,) = experiment

    assert (event.name, event.level, event.latency_ms) == ("ensemble.model.stop", "model", 1.5)
    assert (event.cost_usd, event.input_tokens, event.output_tokens) == (0.25, 7, None)
    assert (event.condition, event.item_id, event.repeat) == ("a", "i1", 2)
    assert (event.model, event.success) == ("gpt", True)
    assert event.attributes == {"request_id": "r1", "queue": 3, "note": "x"}
    assert event.thread == threading.current_thread().name
    assert event.event_id.startswith(experiment.id)


@pytest.mark.slow
def test_outside_an_experiment_nothing_is_stored_and_no_receiver_is_connected() -> None:
    gc.collect()
    before = len(signal.receivers)
    with recording("one") as experiment:
        emit("a.stop")
    emit("b.stop")

    assert [event.name for event in experiment] == ["a.stop"]
    assert len(signal.receivers) == before


@pytest.mark.parametrize(
    ("name", "metadata", "success"),
    [
        ("x.stop", {}, True),
        ("x.exception", {}, False),
        ("x.start", {}, None),
        ("x.stop", {"success": False}, False),
        ("x.start", {"success": True}, True),
    ],
)
def test_success_is_what_the_event_says_or_what_its_name_means(
    name: str, metadata: dict[str, Any], success: bool | None
) -> None:
    with recording("one") as experiment:
        emit(name, **metadata)

    assert next(iter(experiment)).success is success


def test_a_custom_event_is_captured_like_any_other() -> None:
    with recording("one") as experiment:
        record("my.retrieval.stop", {"duration_ns": 10}, {"documents": 3})

    (event,) = experiment
    assert (event.level, event.attributes) == ("custom", {"documents": 3})
    assert experiment.metrics().level("custom").requests == 1


def test_an_inner_experiment_takes_its_events_and_the_outer_continues() -> None:
    with recording("outer") as outer:
        emit("a.stop")
        with recording("inner") as inner:
            emit("b.stop")
        emit("c.stop")

    assert [event.name for event in outer] == ["a.stop", "c.stop"]
    assert [event.name for event in inner] == ["b.stop"]


def test_start_and_stop_do_what_the_block_does() -> None:
    outer = start_experiment("outer")
    inner = start_experiment("inner")
    emit("a.stop")
    stop_experiment(inner)
    emit("b.stop")
    stop_experiment(outer)
    stop_experiment(outer)
    emit("c.stop")

    assert [event.name for event in inner] == ["a.stop"]
    assert [event.name for event in outer] == ["b.stop"]
    assert current_experiment() is None


async def test_a_task_that_outlives_the_experiment_is_counted_as_late() -> None:
    go = asyncio.Event()

    async def late() -> None:
        await go.wait()
        emit("late.stop")

    async with recording("other"):
        async with recording("one") as experiment:
            task = asyncio.create_task(late())
        go.set()
        await task

    assert len(experiment) == 0
    assert experiment.late_events == 1


class Hostile:
    def __repr__(self) -> str:
        return "<hostile>"


def test_a_value_without_a_json_form_is_kept_as_its_repr_and_marked() -> None:
    loop: dict[str, Any] = {}
    loop["self"] = loop
    with recording("one") as experiment:
        emit("a.stop", thing=Hostile(), half="\ud800", text="ok")
        emit("b.stop", thing=Hostile(), text="ok")
        emit("c.stop", loop=loop)

    first, second, third = experiment
    assert first.attributes["thing"] == {"repr": "<hostile>"}
    assert first.attributes["half"] == {"repr": "'\\ud800'"}
    assert first.attributes["text"] == "ok"
    assert second.attributes == {"thing": {"repr": "<hostile>"}, "text": "ok"}
    assert "repr" in third.attributes["loop"]
    assert experiment.handler_errors == 0


@pytest.mark.parametrize("bad", ["soon", 2**70, [1]])
def test_a_measurement_of_the_wrong_type_is_kept_and_marked_and_the_columns_stay_whole(
    bad: object,
) -> None:
    with recording("one") as experiment:
        emit("a.stop", {"duration_ns": 1})
        emit("b.stop", {"duration_ns": bad})
        emit("c.stop", {"duration_ns": 3})

    assert [(event.name, event.duration_ns) for event in experiment] == [
        ("a.stop", 1),
        ("b.stop", None),
        ("c.stop", 3),
    ]
    assert experiment.events("b.*")[0].attributes["malformed"] == ["duration_ns"]
    assert experiment.handler_errors == 0
    assert experiment.table().num_rows == 3


async def test_eight_experiments_over_tasks_and_threads_neither_leak_nor_lose() -> None:
    events_each, tasks = 40, 6

    async def work(marker: str) -> None:
        for number in range(events_each):
            emit("work.stop", {"duration_ns": number}, marker=marker)
            if number % 7 == 0:
                await asyncio.sleep(0)

    def in_thread(marker: str) -> None:
        for number in range(events_each):
            emit("thread.stop", {"duration_ns": number}, marker=marker)

    async def run(marker: str) -> Recording:
        async with recording(marker, tags=["stress"]) as experiment:
            await asyncio.gather(
                *(work(marker) for _ in range(tasks)),
                *(asyncio.to_thread(in_thread, marker) for _ in range(tasks)),
            )
        return experiment

    markers = [f"secret-{number}" for number in range(8)]
    experiments = await asyncio.gather(*(run(marker) for marker in markers))

    for marker, experiment in zip(markers, experiments, strict=True):
        assert {event.attributes["marker"] for event in experiment} == {marker}
        assert len(experiment) == events_each * tasks * 2
        assert experiment.handler_errors == experiment.late_events == 0
        per_task = [event.task for event in experiment.events("work.stop")]
        assert len(set(per_task)) == tasks


async def test_scopes_of_concurrent_tasks_do_not_mix() -> None:
    async def work(item: str) -> None:
        with scope(item_id=item):
            for _ in range(20):
                emit("x.stop", item=item)
                await asyncio.sleep(0)

    with recording("one") as experiment, scope(condition="c"):
        await asyncio.gather(*(work(f"i{number}") for number in range(10)))

    assert all(event.item_id == event.attributes["item"] for event in experiment)
    assert {event.condition for event in experiment} == {"c"}
