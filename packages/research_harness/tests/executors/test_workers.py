"""Rows of workers: the files of one process, whatever happens to the workers."""

import asyncio
import random
import threading
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ensemble import SimulatedModel, predict
from research_harness import (
    Condition,
    ExperimentError,
    Outcome,
    SetupError,
    TransferError,
    WorkersError,
    resume,
    resume_sync,
    run,
    run_sync,
)
from research_harness._engine.journal import Journal
from research_harness._executors.messages import Begin

from .conftest import Sums, files_of, indexes, right


class Both(Sums):
    """Two conditions, one of which is a plain function."""

    repeat = 2

    def all_conditions(self) -> Any:
        return tuple(
            Condition(name=name, function=function)
            for name, function in (("right", right), ("wrong", _wrong))
        )


class Many(Both):
    repeat = 20
    concurrency = 8


def _wrong(item: Any) -> Outcome:
    return Outcome(prediction=0, latency_ms=7.0, cost_usd=0.5)


def row_events(folder: Path) -> int:
    names: list[Any] = []
    for path in folder.glob("events*.parquet"):
        names += pq.read_table(path, columns=["name"]).column(0).to_pylist()
    return sum(name in ("harness.row.stop", "harness.row.exception") for name in names)


@pytest.mark.slow
def test_workers_give_the_files_of_one_process(tmp_path: Path, fake_executor: Any) -> None:
    here = run_sync(Both, output_dir=tmp_path / "here", run_id="a")
    there = run_sync(Both, output_dir=tmp_path / "there", run_id="a", executor=fake_executor(3))

    assert there.complete
    assert files_of(there.folder) == files_of(here.folder)
    assert row_events(there.folder) == row_events(here.folder) == 160


@pytest.mark.slow
def test_workers_that_are_ended_at_random_points_lose_and_double_nothing(
    tmp_path: Path, fake_executor: Any
) -> None:
    chance = random.Random(7)
    executor = fake_executor(2, kills=lambda point: chance.random() < 0.05)

    here = run_sync(Both, output_dir=tmp_path / "here", run_id="a")
    there = run_sync(Both, output_dir=tmp_path / "there", run_id="a", executor=executor)

    assert executor.ended > 0
    assert files_of(there.folder) == files_of(here.folder)
    assert sorted(indexes(there.folder)) == list(range(160))
    assert row_events(there.folder) == 160


@pytest.mark.slow
def test_a_thousand_workers_that_are_ended_lose_and_double_nothing(
    tmp_path: Path, fake_executor: Any
) -> None:
    chance = random.Random(1)

    def kills(point: str) -> bool:
        taken = point == "after it took rows"
        return taken and executor.ended < 1000 and chance.random() < 0.7

    executor = fake_executor(4, kills=kills, kills_alone=False)
    here = run_sync(Many, output_dir=tmp_path / "here", run_id="a")
    there = run_sync(Many, output_dir=tmp_path / "there", run_id="a", executor=executor)

    assert executor.ended == 1000
    assert files_of(there.folder) == files_of(here.folder)
    assert sorted(indexes(there.folder)) == list(range(1600))


@pytest.mark.slow
def test_a_row_that_ends_each_worker_fails_alone(tmp_path: Path, fake_executor: Any) -> None:
    def deadly(begin: Begin) -> bool:
        return begin.index == 17

    executor = fake_executor(2, ends_its_worker=deadly)

    result = run_sync(Both, output_dir=tmp_path, run_id="a", executor=executor)

    rows = {row.index: row for row in Journal(result.folder / "checkpoints" / "journal.jsonl")}
    assert result.complete
    assert [index for index, row in rows.items() if row.failed] == [17]
    assert rows[17].error_type == "WorkerEndedError"
    assert executor.alone > 0


@pytest.mark.slow
def test_a_run_whose_workers_never_start_ends_and_can_be_resumed(
    tmp_path: Path, fake_executor: Any
) -> None:
    with pytest.raises(WorkersError, match="before they took a row"):
        run_sync(
            Both, output_dir=tmp_path, run_id="a", executor=fake_executor(kills=lambda point: True)
        )

    assert resume_sync("a", Both, output_dir=tmp_path, executor=fake_executor()).complete


@pytest.mark.slow
async def test_rows_of_an_earlier_session_are_not_given_to_workers(
    tmp_path: Path, fake_executor: Any
) -> None:
    given: list[int] = []

    def cancel_at_30(done: int, total: int) -> None:
        if done == 30:
            work.cancel()

    def seen(begin: Begin) -> bool:
        given.append(begin.index)
        return False

    first = run(
        Both, output_dir=tmp_path, run_id="a", executor=fake_executor(), on_progress=cancel_at_30
    )
    work = asyncio.create_task(first)
    with pytest.raises(asyncio.CancelledError):
        await work
    before = set(indexes(tmp_path / "a"))
    executor = fake_executor(ends_its_worker=seen)
    result = await resume("a", Both, output_dir=tmp_path, executor=executor)

    assert len(before) >= 30
    assert result.complete
    assert not before & set(given)
    assert sorted(indexes(result.folder)) == list(range(160))


ENDS: list[str] = []
BEGUN: dict[str, asyncio.Event] = {}


class Slow(Both):
    repeat = 1
    timeout_ms = None

    def all_conditions(self) -> Any:
        return (Condition(name="slow", function=_until_cancelled),)

    async def teardown(self) -> None:
        ENDS.append("teardown")


async def _until_cancelled(item: Any) -> None:
    ENDS.append("begun")
    if ENDS.count("begun") == Slow.concurrency:
        BEGUN["all"].set()
    try:
        await asyncio.Event().wait()
    finally:
        ENDS.append("cancelled")


@pytest.mark.slow
async def test_a_run_that_is_cancelled_cancels_its_rows_in_the_workers(
    tmp_path: Path, fake_executor: Any
) -> None:
    ENDS.clear()
    BEGUN["all"] = asyncio.Event()
    executor = fake_executor(1)
    work = asyncio.create_task(run(Slow, output_dir=tmp_path, run_id="a", executor=executor))
    await BEGUN["all"].wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    assert ENDS.count("cancelled") == Slow.concurrency
    assert ENDS.count("teardown") == 2  # of the worker, and of the driver


def test_what_cannot_be_sent_is_named_before_anything_is_begun(
    tmp_path: Path, fake_executor: Any
) -> None:
    class Locked(Both):
        def __init__(self) -> None:
            self.guard = threading.Lock()

    with pytest.raises(TransferError, match="attribute 'guard'") as caught:
        run_sync(Locked, output_dir=tmp_path / "runs", executor=fake_executor())

    assert "setup()" in str(caught.value)
    assert not (tmp_path / "runs").exists()


def test_simulated_time_is_refused(tmp_path: Path, fake_executor: Any) -> None:
    class Simulated(Both):
        virtual_time = True

    with pytest.raises(ExperimentError, match="clock of one process"):
        run_sync(Simulated, output_dir=tmp_path / "runs", executor=fake_executor())

    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_a_setup_that_raises_in_a_worker_is_named(tmp_path: Path, fake_executor: Any) -> None:
    class Broken(Both):
        async def setup(self) -> None:
            raise RuntimeError("no device")

    with pytest.raises(SetupError, match="no device"):
        run_sync(Broken, output_dir=tmp_path, run_id="a", executor=fake_executor())


@pytest.mark.slow
def test_what_a_worker_cannot_begin_is_named(tmp_path: Path, fake_executor: Any) -> None:
    class Broken(Both):
        in_worker = False

        async def setup(self) -> None:
            self.in_worker = True

        def all_conditions(self) -> Any:
            if self.in_worker:
                raise RuntimeError("no conditions in a worker")
            return super().all_conditions()

    with pytest.raises(TransferError, match="no conditions in a worker"):
        run_sync(Broken, output_dir=tmp_path, run_id="a", executor=fake_executor())


@pytest.mark.slow
def test_a_ceiling_holds_over_all_workers_also_when_they_end(
    tmp_path: Path, fake_executor: Any
) -> None:
    chance = random.Random(11)

    class Limited(Both):
        def all_conditions(self) -> Any:
            return (Condition(name="asked", function=self.asked),)

        async def asked(self, item: Any) -> Any:
            return await predict(item, models=[SimulatedModel("a", input_price=1e6)])

    result = run_sync(
        Limited,
        output_dir=tmp_path,
        run_id="a",
        executor=fake_executor(3, kills=lambda point: chance.random() < 0.03),
        ceilings={"max_calls": 25},
    )

    rows = list(Journal(result.folder / "checkpoints" / "journal.jsonl"))
    assert not result.complete
    assert 0 < len(rows) <= 25
    assert "25 requests" in result.analysis["stopped"]
