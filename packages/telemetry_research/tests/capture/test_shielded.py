"""Recordings that the code of a block writes to and cannot reach."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from telemetry_research import (
    ExperimentNotFoundError,
    FileStore,
    Reservoir,
    cleanup_experiment,
    current_experiment,
    get_experiment,
    list_experiments,
    open_experiment,
    record,
    recording,
    shielded,
    span,
    start_experiment,
    stop_experiment,
)


def _stops_what_it_finds() -> None:
    found = current_experiment()
    if found is not None:
        stop_experiment(found)


def _pauses_what_it_finds() -> None:
    found = current_experiment()
    if found is not None:
        found.pause()


def _removes_all() -> None:
    for each in list_experiments():
        cleanup_experiment(each)


def _starts_its_own_and_leaves_it() -> None:
    start_experiment("left behind")
    record("theirs.stop")


@pytest.mark.parametrize(
    "code",
    [
        _stops_what_it_finds,
        _pauses_what_it_finds,
        _removes_all,
        _starts_its_own_and_leaves_it,
    ],
)
def test_code_of_a_block_does_not_reach_the_recording_that_takes_its_events(
    code: Callable[[], None],
) -> None:
    try:
        with recording("ours", listed=False) as experiment:
            for _ in range(3):
                with shielded(experiment):
                    record("before.stop")
                    code()
                with shielded(experiment):
                    record("after.stop")
    finally:
        _removes_all()  # what was left would be running in the tests that follow

    names = [each.name for each in experiment.events()]
    assert names == ["before.stop", "after.stop"] * 3


def test_an_unlisted_recording_is_found_neither_by_its_id_nor_in_the_list() -> None:
    with recording("ours", listed=False) as experiment:
        assert experiment not in list_experiments()
        with pytest.raises(ExperimentNotFoundError):
            get_experiment(experiment.id)

    assert experiment.status == "stopped"


def test_other_recordings_get_copies_under_their_own_filters() -> None:
    seen: list[str] = []
    with (
        recording("all") as outer,
        recording("some", exclude=("*.token",)) as some,
        recording("few", sampling=Reservoir(size=1)) as few,
        recording("ours", listed=False) as experiment,
    ):
        some.subscribe(lambda event: seen.append(event.name))
        with shielded(experiment, outer, some, few):
            with span("model"):
                record("model.token")
            record("tool.stop", {"duration_ns": 5}, {"names": ("a", "b")})

    assert len(experiment) == len(outer) == 4
    assert [each.span_id for each in experiment.events()] == [
        each.span_id for each in outer.events()
    ]
    assert outer.events(name="tool.stop")[0].attributes == {"names": ["a", "b"]}
    assert seen == [each.name for each in some.events()]
    assert seen == ["model.start", "model.stop", "tool.stop"]
    assert (some.filtered_events, len(few)) == (1, 1)


def test_a_recording_that_was_stopped_meanwhile_counts_the_events_and_harms_no_other() -> None:
    with (
        recording("outer") as outer,
        recording("ours", listed=False) as experiment,
        shielded(experiment, outer),
    ):
        record("one.stop")
        stop_experiment(outer)
        record("two.stop")

    assert (len(experiment), len(outer), outer.late_events) == (2, 1, 1)


def test_a_recording_started_inside_takes_its_events_and_then_the_outer_one_goes_on() -> None:
    with recording("ours", listed=False) as experiment, shielded(experiment):
        inner = start_experiment("theirs")
        record("inner.stop")
        stop_experiment(inner)
        record("outer.stop")

    assert [each.name for each in inner.events()] == ["inner.stop"]
    assert [each.name for each in experiment.events()] == ["outer.stop"]


async def test_tasks_and_threads_of_the_block_are_in_the_recording_too() -> None:
    async def task() -> None:
        record("task.stop")

    with recording("ours", listed=False) as experiment, shielded(experiment):
        await asyncio.create_task(task())
        await asyncio.to_thread(record, "thread.stop")

    assert {each.name for each in experiment.events()} == {"task.stop", "thread.stop"}


def test_observers_of_the_first_recording_see_the_events() -> None:
    seen: list[str] = []
    with recording("ours", listed=False) as experiment:
        experiment.subscribe(lambda event: seen.append(event.name))
        with shielded(experiment):
            record("one.stop")
        with shielded(experiment, experiment):
            record("two.stop")

    assert seen == ["one.stop", "two.stop", "two.stop"]


@pytest.mark.forks
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_does_not_write_to_an_unlisted_recording(tmp_path: Path) -> None:
    path = tmp_path / "events.arrows"
    with recording("ours", listed=False, store=FileStore(path)) as ours, shielded(ours):
        child = os.fork()
        if child == 0:
            for _ in range(2_000):
                record("child.stop")
            os._exit(0)
        os.waitpid(child, 0)
        record("parent.stop")

    assert [each.name for each in open_experiment(path).events()] == ["parent.stop"]
