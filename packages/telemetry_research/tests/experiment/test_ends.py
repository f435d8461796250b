"""However a program or a block ends, what was captured is stored."""

import asyncio
import contextvars
import subprocess
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from telemetry_research import (
    FileStore,
    Recording,
    StoreError,
    current_experiment,
    open_experiment,
    record,
    recording,
    scope,
    start_experiment,
    stop_experiment,
)

from ..support import ListStore

PROGRAM = """
import asyncio, sys
from telemetry_research import FileStore, record, start_experiment
experiment = start_experiment("one", store=FileStore(sys.argv[1]))
for number in range(300):
    record("a.stop", {{"duration_ns": number}})
{end}
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "end", ["", "raise SystemError('x')", "sys.exit(3)", "asyncio.run(asyncio.sleep(0))"]
)
def test_a_program_that_ends_without_stop_keeps_its_events(end: str, tmp_path: Path) -> None:
    path = tmp_path / "events.arrows"

    subprocess.run(
        [sys.executable, "-c", PROGRAM.format(end=end), str(path)], check=False, capture_output=True
    )

    assert len(open_experiment(path)) == 300


def test_a_block_can_be_left_in_another_context() -> None:
    block, inside = recording("one"), scope(item_id="i1")
    here = contextvars.copy_context()
    experiment = here.run(block.__enter__)
    here.run(inside.__enter__)
    here.run(record, "a.stop")

    inside.__exit__(None, None, None)
    block.__exit__(None, None, None)

    assert experiment.status == "stopped"
    assert [event.item_id for event in experiment] == ["i1"]
    assert current_experiment() is None


async def test_a_generator_that_is_never_finished_ends_its_recording_and_scope() -> None:
    kept = []

    async def numbers() -> AsyncIterator[int]:
        async with recording("one") as experiment:
            kept.append(experiment)
            with scope(item_id="i1"):
                while True:
                    record("a.stop")
                    yield 1

    generator = numbers()
    async for _ in generator:
        break
    await asyncio.create_task(generator.aclose())  # type: ignore[attr-defined]  # another task

    assert kept[0].status == "stopped"
    assert len(kept[0]) == 1


def test_a_generator_that_is_collected_ends_its_recording() -> None:
    kept = []

    def numbers() -> Iterator[int]:
        with recording("one") as experiment:
            kept.append(experiment)
            yield 1

    generator = numbers()
    contextvars.copy_context().run(next, generator)
    del generator

    assert kept[0].status == "stopped"
    assert current_experiment() is None


class Away(ListStore):
    """Fails some times, as a server that restarts."""

    background = True

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.failures = failures

    def write(self, chunks: Any) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("away")
        super().write(chunks)


def test_a_stop_tries_again_while_the_store_is_away() -> None:
    experiment = start_experiment("one", store=Away(3), stop_timeout_ms=60_000)
    record("a.stop")

    stop_experiment(experiment)

    assert len(experiment) == 1


def test_a_stop_that_gives_up_keeps_the_events_for_a_later_flush() -> None:
    store = Away(1000)
    experiment = start_experiment("one", store=store, stop_timeout_ms=0)
    record("a.stop")
    with pytest.raises(StoreError, match="away"):
        stop_experiment(experiment)

    assert (len(experiment), experiment.status) == (0, "stopped")
    assert "away" in str(experiment)
    store.failures = 0
    experiment.flush()
    assert len(experiment) == 1


def test_a_store_that_cannot_be_read_does_not_break_str(tmp_path: Path) -> None:
    class Unreadable(ListStore):
        def batches(self) -> Iterator[Any]:
            raise OSError("gone")

    with recording("one", store=Unreadable()) as experiment:
        record("a.stop")

    assert "cannot be read" in str(experiment)
    assert repr(experiment).startswith("<Recording 'one'")
    assert FileStore(tmp_path / "none.arrows").count() == 0


def opened(name: str) -> Generator[Recording]:
    with recording(name) as experiment:
        yield experiment


def test_an_outer_recording_that_ends_first_leaves_the_inner_one() -> None:
    blocks = [opened(name) for name in ("first", "second", "third")]
    first, second, third = (next(block) for block in blocks)
    seen = []
    for block in (blocks[1], blocks[2], blocks[0]):
        record("a.stop")
        block.close()
        seen.append(current_experiment())

    assert seen == [third, first, None]
    assert [len(each) for each in (first, second, third)] == [1, 0, 2]


def test_stops_in_any_order_go_back_to_the_nearest_experiment_that_runs() -> None:
    first, second, third = (start_experiment(name) for name in ("first", "second", "third"))
    stop_experiment(second)
    assert current_experiment() is third
    stop_experiment(third)
    assert current_experiment() is first
    stop_experiment(first)
    assert current_experiment() is None
