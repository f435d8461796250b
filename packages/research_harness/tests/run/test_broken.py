"""What ends a run from outside of its rows is named, and the rows before it are not lost."""

import asyncio
import gc
import json
import math
import os
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dataset_manager import Item
from research_harness import (
    BrokenRunError,
    Experiment,
    HarnessError,
    JournalError,
    Metric,
    MetricError,
    OutputError,
    RunNotFoundError,
    RunResult,
    condition,
    resume_sync,
    run,
    run_sync,
    verify,
)
from research_harness._cli.main import cli
from research_harness._core.events import signal
from research_harness._engine import journal as journal_module

ROWS = 40
ACTS: list[Callable[[], object]] = []


class Acting(Experiment):
    """One row of forty does what a test has put into ``ACTS``."""

    name = "Acting"
    dataset = tuple({"id": str(n), "input": "2 + 2", "expected": "4"} for n in range(ROWS))
    metrics = ("accuracy",)
    formats = ()
    concurrency = 3
    randomize = False

    @condition
    async def one(self, item: Item) -> str:
        await asyncio.sleep(0)
        if item.id == "20" and ACTS:
            ACTS.pop()()
            await asyncio.sleep(0)
        return "4"


@pytest.fixture(autouse=True)
def _no_act() -> Iterator[None]:
    yield
    ACTS.clear()


def begun(tmp_path: Path, act: Callable[[], object]) -> RunResult:
    ACTS[:] = [act]
    return run_sync(Acting, output_dir=tmp_path, run_id="x")


def assert_goes_on(tmp_path: Path) -> None:
    again = resume_sync("x", Acting, output_dir=tmp_path)

    assert (again.complete, again.rows, again.failures) == (True, ROWS, 0)
    assert again.resumed_rows > 0
    assert verify("x", output_dir=tmp_path).agree


@pytest.mark.slow
def test_a_folder_that_is_renamed_meanwhile_is_named_and_goes_on_when_it_is_back(
    tmp_path: Path,
) -> None:
    with pytest.raises(JournalError, match="removed, renamed or shortened while the run went on"):
        begun(tmp_path, lambda: (tmp_path / "x").rename(tmp_path / "away"))

    (tmp_path / "away").rename(tmp_path / "x")
    assert_goes_on(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "act",
    [
        shutil.rmtree,
        lambda folder: shutil.rmtree(folder / "checkpoints"),
        lambda folder: (folder / "checkpoints").rename(folder / "away"),
        lambda folder: (folder / "checkpoints" / "journal.jsonl").unlink(),
        lambda folder: os.truncate(folder / "checkpoints" / "journal.jsonl", 0),
    ],
)
def test_rows_that_are_taken_away_meanwhile_are_never_called_finished(
    tmp_path: Path, act: Callable[[Path], object]
) -> None:
    def later() -> None:
        folder = tmp_path / "x"
        while not (folder / "checkpoints" / "journal.jsonl").stat().st_size:
            os.sched_yield()  # until there are rows that can be lost
        act(folder)

    with pytest.raises(JournalError, match=r"journal.jsonl: .* put it back, and resume the run"):
        begun(tmp_path, later)


def raises() -> object:
    raise ValueError("changed by the experiment")


def stop_the_loop() -> None:
    asyncio.get_running_loop().stop()


def cancel_all_tasks() -> None:
    for each in asyncio.all_tasks():
        each.cancel()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("act", "reason"),
    [(stop_the_loop, "Event loop stopped"), (cancel_all_tasks, "its tasks were cancelled")],
)
def test_a_condition_that_ends_the_loop_ends_the_run_with_the_command_that_goes_on(
    tmp_path: Path, act: Callable[[], object], reason: str
) -> None:
    with pytest.raises(BrokenRunError, match=rf"with \d+ of 40 rows on disk: .*{reason}") as caught:
        begun(tmp_path, act)

    assert f"crucible resume {tmp_path / 'x'}" in str(caught.value)
    assert_goes_on(tmp_path)


def test_results_that_cannot_be_written_are_named_and_can_be_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act() -> None:
        monkeypatch.setattr(shutil, "copyfile", lambda *_: raises())

    with pytest.raises(BrokenRunError, match="results are not written: ValueError: changed"):
        begun(tmp_path, act)
    with pytest.raises(RunNotFoundError, match="is not finished: it has no MANIFEST"):
        verify("x", output_dir=tmp_path)

    monkeypatch.undo()
    assert_goes_on(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["teardown", "metric"])
def test_results_without_a_free_descriptor_name_the_rows_and_the_way_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    fills = [True]

    def fill() -> float:
        def full(*_: object, **__: object) -> Any:
            raise OSError(24, "Too many open files")

        if fills:
            monkeypatch.setattr(tempfile, "mkstemp", full)
        return 1.0

    class Filling(Acting):
        metrics = (Metric(name="fills", column=lambda _: where == "metric" and fill()),)  # type: ignore[assignment]  # of another kind

        async def teardown(self) -> None:
            if where == "teardown":
                fill()

    with pytest.raises(OutputError, match="Too many open files") as caught:
        run_sync(Filling, output_dir=tmp_path, run_id="x")

    assert "40 of 40 rows" in str(caught.value)
    assert str(caught.value).endswith(f"go on with: crucible resume {tmp_path / 'x'}")
    monkeypatch.undo()
    fills.clear()
    assert resume_sync("x", Filling, output_dir=tmp_path).complete
    assert verify("x", output_dir=tmp_path).agree


def test_a_journal_that_cannot_be_written_names_the_rows_and_the_way_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act() -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(journal_module, "write_all", full)

    with pytest.raises(JournalError, match="No space left") as caught:
        begun(tmp_path, act)

    found = re.search(
        r"the run ended with (\d+) of 40 rows on disk; go on with: ", str(caught.value)
    )
    assert found is not None
    journal = tmp_path / "x" / "checkpoints" / "journal.jsonl"
    assert int(found[1]) == journal.read_bytes().count(b"\n")
    assert str(caught.value).endswith(f"crucible resume {tmp_path / 'x'}")
    assert "another folder" not in str(caught.value)  # its rows are in this one


def test_a_module_that_a_condition_changes_breaks_the_run_with_one_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act() -> None:
        monkeypatch.setattr(json, "dumps", lambda *_, **__: raises())

    with pytest.raises(BrokenRunError, match=r"ValueError: changed .* crucible resume"):
        begun(tmp_path, act)

    monkeypatch.undo()
    assert_goes_on(tmp_path)


async def test_a_cancellation_from_outside_stays_one(tmp_path: Path) -> None:
    running = asyncio.ensure_future(run(Acting, output_dir=tmp_path, run_id="x"))
    ACTS[:] = [running.cancel]

    with pytest.raises(asyncio.CancelledError):
        await running


def test_a_callback_that_exits_with_success_has_not_finished_the_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(SystemExit):
        begun(tmp_path, lambda: asyncio.get_running_loop().call_soon(sys.exit, 0))

    assert "of 40 rows on disk: SystemExit: 0; nothing is lost" in caplog.text
    assert_goes_on(tmp_path)


def test_a_run_that_callbacks_end_again_and_again_leaves_nothing_in_the_process(
    tmp_path: Path,
) -> None:
    class Exiting(Acting):
        @condition
        async def one(self, item: Item) -> str:
            asyncio.get_running_loop().call_soon(sys.exit, 0)
            try:
                await asyncio.sleep(0)
            finally:
                asyncio.get_running_loop().call_soon(asyncio.get_running_loop().stop)
                await asyncio.sleep(0)
                asyncio.get_running_loop().call_soon(sys.exit, 1)
                await asyncio.sleep(0)
            return "4"

    before = (gc.get_threshold(), gc.get_freeze_count(), threading.active_count())

    with pytest.raises(SystemExit):
        run_sync(Exiting, output_dir=tmp_path, run_id="x")

    assert (gc.get_threshold(), gc.get_freeze_count(), threading.active_count()) == before
    assert not any(signal.receivers_for("ensemble.model.stop"))
    assert resume_sync("x", Acting, output_dir=tmp_path).complete


def test_the_command_of_a_run_that_exits_early_does_not_end_with_success(tmp_path: Path) -> None:
    file = tmp_path / "e.py"
    file.write_text(
        "import asyncio, sys\n"
        "from research_harness import Experiment, condition\n\n\n"
        "class E(Experiment):\n"
        "    name = 'e'\n    metrics = ('accuracy',)\n    formats = ()\n"
        "    dataset = [{'id': str(n), 'input': 'q', 'expected': '4'} for n in range(3)]\n\n"
        "    @condition\n"
        "    async def a(self, item):\n"
        "        asyncio.get_running_loop().call_soon(sys.exit, 0)\n"
        "        await asyncio.sleep(0)\n"
        "        return '4'\n"
    )

    ended = CliRunner().invoke(cli, ["run", str(file), "--quiet", "--output-dir", str(tmp_path)])

    assert ended.exit_code == 3


@pytest.mark.slow
@pytest.mark.forks
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("ends_with", [None, 3])
def test_a_copy_of_the_process_that_a_condition_forks_does_not_go_on_with_the_run(
    tmp_path: Path, ends_with: int | None
) -> None:
    own, ended = os.getpid(), []

    def fork() -> None:
        child = os.fork()
        if child:
            ended.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        elif ends_with is not None:
            sys.exit(ends_with)

    result = begun(tmp_path, fork)

    assert os.getpid() == own
    assert (result.complete, result.rows, result.failures) == (True, ROWS, 0)
    assert ended == [ends_with or 0]


@pytest.mark.slow
@pytest.mark.forks
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_copy_that_a_metric_a_hook_or_a_display_forks_writes_no_results(tmp_path: Path) -> None:
    ended: list[int] = []

    def fork(*_: object) -> float:
        if not ended:
            child = os.fork()
            ended.append(child and os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        return 1.0

    class Measured(Acting):
        metrics = (Metric(name="forks", column=fork),)  # type: ignore[assignment]  # of another kind

    class SetUp(Acting):
        async def setup(self) -> None:
            fork()

    class Torn(Acting):
        async def teardown(self) -> None:
            fork()

    def on_progress(*_: int) -> None:
        fork()

    codes = []
    for kind in (Measured, SetUp, Torn, Acting):
        display = on_progress if kind is Acting else None
        result = run_sync(kind, output_dir=tmp_path / kind.__name__, on_progress=display)
        codes.append((result.rows, *ended))
        ended.clear()
    assert codes == [(ROWS, 0)] * 4


def test_a_journal_in_whose_place_is_a_folder_is_named(tmp_path: Path) -> None:
    journal = tmp_path / "x" / "checkpoints" / "journal.jsonl"

    def replace() -> None:
        journal.unlink()
        journal.mkdir()

    with pytest.raises(JournalError, match="removed, renamed or shortened"):
        begun(tmp_path, replace)
    with pytest.raises(JournalError, match=r"cannot be opened: journal\.jsonl is a folder"):
        resume_sync("x", Acting, output_dir=tmp_path)


def test_files_that_a_condition_closes_end_the_run_with_one_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act() -> None:
        def closed(*_: object) -> int:
            raise OSError(9, "Bad file descriptor")

        for name in ("write", "close", "ftruncate"):
            monkeypatch.setattr(os, name, closed)

    with pytest.raises(HarnessError, match="Bad file descriptor"):
        begun(tmp_path, act)
    monkeypatch.undo()


@pytest.mark.slow
@pytest.mark.parametrize("value", [math.inf, -math.inf, 1e308])
def test_a_metric_whose_values_cannot_be_averaged_is_named_with_the_row(
    tmp_path: Path, value: float
) -> None:
    class Endless(Acting):
        metrics = (Metric(name="endless", column=lambda _: value),)  # type: ignore[assignment]  # same

    with pytest.raises(MetricError, match=r"'endless' failed: row 0 .* or None"):
        run_sync(Endless, output_dir=tmp_path)
