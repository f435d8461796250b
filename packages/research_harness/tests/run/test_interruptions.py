"""An interrupted command says how to go on, whatever it was doing."""

import asyncio
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dataset_manager import Item
from research_harness import Experiment, Metric, condition, resume, run, run_sync
from research_harness._cli.main import cli
from research_harness._control.lock import RunLock
from research_harness._control.own_loop import OwnLoop, interrupt_sessions
from research_harness._core.files import read_json

STUDY = """
import os, time
from pathlib import Path

from research_harness import Experiment, Metric, condition

HERE = Path(__file__).parent


def ended(row):
    if (HERE / "interrupts").exists():
        (HERE / "interrupts").unlink()
        raise KeyboardInterrupt
    if (HERE / "waits").exists():
        (HERE / "waits").unlink()
        (HERE / "waiting").touch()
        while True:
            time.sleep(0.01)
    return 1.0


class Study(Experiment):
    name = "Study"
    dataset = [{"id": str(n), "input": "2 + 2", "expected": "4"} for n in range(20)]
    metrics = ("accuracy", Metric(name="ended", column=ended))
    formats = ()

    @condition
    async def one(self, item):
        if item.id == "3" and (HERE / "away").exists():
            raise ConnectionError("the service is away")
        return "4"
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.py").write_text(STUDY)
    return tmp_path


def crucible(line: str) -> Result:
    return CliRunner().invoke(cli, shlex.split(line))


def command_in(text: str) -> str:
    found = re.search(r"^go on with: crucible (.*)$", text, re.MULTILINE)
    assert found is not None, text
    return found[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "line", "again"),
    [
        ("", "run study.py --id x --quiet", "resume {place}/results/x"),
        ("run study.py --id x --quiet --max-calls 900", "resume x study.py --quiet", ""),
        ("run study.py --id x --quiet", "retry x --only dead --quiet --max-calls 7", ""),
        ("run study.py --id x --quiet", "analyse x study.py --json", ""),
    ],
)
def test_an_interruption_of_the_results_names_the_command_that_writes_them(
    place: Path, before: str, line: str, again: str
) -> None:
    if before:
        assert crucible(before).exit_code == 0
    (place / "interrupts").touch()

    ended = crucible(line)

    assert ended.exit_code == 130
    said = command_in(ended.stderr)
    assert said == (again.format(place=place) or line)
    if not line.startswith("analyse"):
        assert "20 of 20 rows are on disk, the results are not written, in " in ended.stderr
    assert crucible(said).exit_code == 0
    assert crucible("verify x").exit_code == 0


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="the system has no such signals")
@pytest.mark.parametrize(
    ("command", "name"),
    [("run study.py --id x", "SIGTERM"), ("resume x", "SIGHUP"), ("analyse x", "SIGINT")],
)
def test_a_signal_while_results_are_written_ends_with_the_way_on(
    place: Path, command: str, name: str
) -> None:
    def prepare() -> None:
        for each in ("SIGHUP", "SIGTERM", "SIGINT"):
            signal.signal(getattr(signal, each), signal.SIG_DFL)

    if not command.startswith("run"):
        assert crucible("run study.py --id x --quiet").exit_code == 0
    (place / "waits").touch()
    process = subprocess.Popen(
        [sys.executable, "-m", "research_harness", *command.split()],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        preexec_fn=prepare,  # noqa: PLW1509  # one thread
    )
    while not (place / "waiting").exists():
        assert process.poll() is None
        time.sleep(0.001)

    process.send_signal(signal.Signals[name])
    said = process.communicate()[1]

    assert process.returncode == 128 + signal.Signals[name], said
    assert ("interrupted" if name == "SIGINT" else f"ended by {name}") in said
    assert crucible(command_in(said)).exit_code == 0
    assert crucible("verify x").exit_code == 0


def test_a_run_that_was_interrupted_before_its_rows_leaves_its_id_free(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("research_harness._run.session.write_plan", interrupted)
        ended = crucible("run study.py --id x --quiet")

    assert ended.exit_code == 130
    assert command_in(ended.stderr) == "run study.py --id x --quiet"
    assert crucible(command_in(ended.stderr)).exit_code == 0


def test_an_interruption_before_there_is_a_run_is_no_error(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "study.py").write_text("raise KeyboardInterrupt")

    ended = crucible("run study.py")

    assert (ended.exit_code, ended.output) == (130, "interrupted\n")


class Waiting(Experiment):
    """Each of its rows waits for a signal."""

    name = "Waiting"
    dataset = ({"id": "0", "input": "2 + 2", "expected": "4"},)
    metrics = ("accuracy",)
    formats = ()
    begun: Callable[[], object] = int

    @condition
    async def one(self, item: Item) -> str:
        type(self).begun()
        await asyncio.Event().wait()
        return "4"


def test_a_signal_ends_the_runs_of_all_threads(tmp_path: Path) -> None:
    begun = threading.Semaphore(0)
    ended: list[BaseException] = []

    class Released(Waiting):
        pass

    Released.begun = staticmethod(begun.release)

    def in_a_thread(name: str) -> None:
        try:
            run_sync(Released, output_dir=tmp_path, run_id=name)
        except BaseException as error:  # noqa: BLE001  # an interruption
            ended.append(error)
        finally:
            begun.release()  # a run that fails before its row must not leave the test waiting

    threads = [threading.Thread(target=in_a_thread, args=(name,)) for name in ("a", "b", "c")]
    for each in threads:
        each.start()
    for _ in threads:
        begun.acquire()

    assert interrupt_sessions() is False  # none is of this thread
    for each in threads:
        each.join()

    assert [type(each) for each in ended] == [KeyboardInterrupt] * 3
    assert all(str(tmp_path) in str(getattr(each, "again", "")) for each in ended)


def test_an_interruption_before_the_session_begins_is_not_lost() -> None:
    session, begun = OwnLoop(), []

    async def rows() -> None:
        begun.append(1)

    session.interrupt()
    with pytest.raises(KeyboardInterrupt):
        session.run(rows())

    assert begun == []


async def test_a_cancelled_run_is_held_until_its_results_are_written(tmp_path: Path) -> None:
    writing, go_on = threading.Event(), threading.Event()

    def slow(_: object) -> float:
        writing.set()
        go_on.wait()
        return 1.0

    class Slow(Waiting):
        metrics = (Metric(name="slow", column=slow),)  # type: ignore[assignment]  # of another kind

        @condition
        async def one(self, item: Item) -> str:
            return "4"

    running = asyncio.ensure_future(run(Slow, output_dir=tmp_path, run_id="x"))
    await asyncio.to_thread(writing.wait)
    running.cancel()
    await asyncio.sleep(0)
    is_held = not running.done() and "process" in (tmp_path / "x/checkpoints/lock").read_text()
    go_on.set()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert is_held
    RunLock(tmp_path / "x").release()
    assert (await resume("x", Slow, output_dir=tmp_path)).complete


async def test_a_cancelled_run_of_simulated_time_ends_its_rows(tmp_path: Path) -> None:
    begun = threading.Event()

    class Simulated(Waiting):
        virtual_time = True

        @condition
        async def one(self, item: Item) -> str:
            begun.set()
            await asyncio.sleep(1e9)
            return "4"

    running = asyncio.ensure_future(run(Simulated, output_dir=tmp_path, run_id="x"))
    await asyncio.to_thread(begun.wait)
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    RunLock(tmp_path / "x").release()
    assert read_json(tmp_path / "x/checkpoints/session.json")["state"] == "interrupted"
