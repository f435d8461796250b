"""A run that is called finished is complete; one that is not says so everywhere."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from research_harness import (
    Condition,
    Criterion,
    Experiment,
    JournalError,
    Retries,
    RunExistsError,
    RunLockedError,
    resume_sync,
    run_sync,
)
from research_harness._cli.main import cli
from research_harness._control.lock import RunLock
from research_harness._core import system
from research_harness._engine import journal as journal_module
from research_harness._engine.journal import Journal

Answer = Callable[[Any], object]


def experiment(answer: Answer, *, size: int = 30) -> type[Experiment]:
    async def ask(item: Any) -> object:
        return answer(item)

    class Ends(Experiment):
        name = "ends"
        conditions = (Condition(name="a", function=ask),)
        metrics = ("accuracy",)
        criteria = (
            Criterion(claim="It is right.", metric="accuracy", condition="a", min_value=0.5),
        )
        formats = ()
        concurrency = 4
        virtual_time = True

        def dataset(self) -> list[dict[str, str]]:
            return [{"id": f"i{n}", "input": "2 + 2", "expected": "4"} for n in range(size)]

    return Ends


def right(_: Any) -> object:
    return "4"


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


class Service:
    """A service that is away for some of its calls."""

    def __init__(self, away: range) -> None:
        self.away = away
        self.calls = 0

    def __call__(self, _: Any) -> object:
        self.calls += 1
        if self.calls in self.away:
            raise ConnectionRefusedError("nothing listens")
        return "4"


def test_an_outage_pauses_the_run_and_costs_no_row(tmp_path: Path) -> None:
    result = run_sync(experiment(Service(range(8, 16))), output_dir=tmp_path)

    assert result.failures == 0
    assert result.complete
    assert result.analysis["criteria"][0]["verdict"] == "SUPPORTED"


def test_a_single_refused_call_is_a_failed_row_of_its_own_kind(tmp_path: Path) -> None:
    result = run_sync(experiment(Service(range(8, 9))), output_dir=tmp_path)

    assert result.analysis["conditions"][0]["causes"] == {"world": 1}
    assert result.complete


def test_an_outage_that_does_not_end_stops_the_run_incomplete(tmp_path: Path) -> None:
    service = Service(range(8, 10_000))
    ends = experiment(service)
    ends.formats = ("markdown",)

    result = run_sync(ends, output_dir=tmp_path, run_id="x")

    assert not result.complete
    assert result.analysis["state"] == "incomplete"
    assert result.analysis["rows"] == 7
    assert result.analysis["criteria"][0]["verdict"] == "NO VERDICT"
    assert "INCOMPLETE: 7 of 30 rows" in str(result)
    assert "INCOMPLETE: 7 of 30 rows" in (tmp_path / "x_report.md").read_text()
    service.away = range(0)
    assert resume_sync("x", ends, output_dir=tmp_path).complete


@pytest.mark.slow
def test_without_a_limit_refused_rows_are_kept_and_can_be_asked_again(tmp_path: Path) -> None:
    service = Service(range(8, 18))
    ends = experiment(service)
    ends.outage_ms = None

    first = run_sync(ends, output_dir=tmp_path, run_id="x")
    same = resume_sync("x", ends, output_dir=tmp_path)
    again = resume_sync("x", ends, output_dir=tmp_path, retry_failed=True)

    assert first.failures == same.failures == 10
    assert first.analysis["criteria"][0]["verdict"] == "NO VERDICT"
    assert "because a service was away" in str(first)
    assert again.failures == 0
    assert again.analysis["criteria"][0]["verdict"] == "SUPPORTED"
    assert service.calls == 40
    tries = again.analysis["conditions"][0]["tries"]
    assert (tries["again_rows"], tries["again_right"], tries["first_rows"]) == (10, 10, 20)
    assert "10 rows were asked again, 10 of them right" in str(again)


def test_each_session_that_asks_a_row_again_has_all_its_retries(tmp_path: Path) -> None:
    service = Service(range(8, 10_000))
    ends = experiment(service)
    ends.outage_ms = None
    ends.retries = Retries(max_retries=1, first_pause_ms=1.0, quarantine_after=None)

    first = run_sync(ends, output_dir=tmp_path, run_id="x")
    assert first.failures == 23
    calls = service.calls
    again = resume_sync("x", ends, output_dir=tmp_path, retry_failed=True)

    assert again.failures == 23
    assert service.calls - calls == 46  # once, and one retry, as in the first session
    attempts = [row["attempts"] for row in again.frame().to_pylist()]
    assert sorted(set(attempts)) == [1, 4]


def test_wrong_answers_and_errors_of_the_condition_do_not_pause_the_run(tmp_path: Path) -> None:
    calls = []

    def fails(item: Any) -> object:
        calls.append(item.id)
        raise ValueError("no answer")

    result = run_sync(experiment(fails), output_dir=tmp_path)

    assert result.analysis["conditions"][0]["causes"] == {"answer": 30}
    assert len(calls) == 30


def test_a_run_that_was_never_answered_ends_with_exit_status_3(tmp_path: Path) -> None:
    file = tmp_path / "e.py"
    file.write_text(
        "from research_harness import Experiment, condition\n"
        "class E(Experiment):\n"
        "    name = 'e'\n    metrics = ('accuracy',)\n    formats = ('markdown',)\n"
        "    dataset = [{'id': str(n), 'input': 'q', 'expected': '4'} for n in range(9)]\n"
        "    outage_ms = 1\n"
        "    @condition\n"
        "    async def a(self, item):\n"
        "        raise ConnectionResetError('gone')\n"
    )

    ran = CliRunner().invoke(
        cli, ["run", str(file), "--id", "x", "--quiet", "--output-dir", str(tmp_path)]
    )

    assert ran.exit_code == 3, ran.output
    assert "INCOMPLETE: 0 of 9 rows" in ran.output
    assert f"crucible resume {tmp_path}/x" in ran.output


@pytest.mark.slow
def test_a_writer_that_ended_is_noticed_at_the_next_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(_: int) -> None:
        raise MemoryError("no memory")

    async def slow(_: Any) -> object:
        await asyncio.sleep(0.05)
        return "4"

    class Ends(experiment(right, size=200)):  # type: ignore[misc]  # made above
        conditions = (Condition(name="a", function=slow),)
        virtual_time = False

    monkeypatch.setattr(journal_module, "sync_file", dies)
    with pytest.raises(JournalError, match="no memory"):
        run_sync(Ends, output_dir=tmp_path, run_id="x")
    monkeypatch.undo()

    assert resume_sync("x", Ends, output_dir=tmp_path).complete


@pytest.mark.slow
@pytest.mark.parametrize("missing", ["fdatasync", "pread", "O_DIRECTORY", "O_NOFOLLOW"])
def test_a_run_is_whole_on_a_system_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delattr(os, missing)
    ends = experiment(right)

    result = run_sync(ends, output_dir=tmp_path, run_id="x")
    journal = result.folder / "checkpoints" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-5])

    assert resume_sync("x", ends, output_dir=tmp_path).analysis["rows"] == 30


class NoFcntl:
    """Windows has no fcntl; its msvcrt locks one byte."""

    LK_NBLCK = 2

    def __init__(self) -> None:
        self.locked: set[tuple[int, int]] = set()

    def locking(self, file: int, _: int, __: int) -> None:
        found = os.fstat(file)
        key = (found.st_dev, found.st_ino)
        if key in self.locked:
            raise PermissionError("locked")
        self.locked.add(key)


def test_a_run_is_locked_and_whole_on_a_system_without_fcntl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = NoFcntl()
    monkeypatch.setattr(system, "_module", lambda name: windows if name == "msvcrt" else None)

    result = run_sync(experiment(right), output_dir=tmp_path, run_id="x")

    assert result.complete
    assert system.supported()["locks"] == "msvcrt"
    assert json.loads((result.folder / "environment.json").read_text())["files"]["locks"]
    with pytest.raises(RunLockedError):
        RunLock(result.folder)


def test_a_refused_call_on_a_live_run_changes_nothing_and_names_the_holder(tmp_path: Path) -> None:
    ends = experiment(right)
    folder = run_sync(ends, output_dir=tmp_path, run_id="x").folder
    other = experiment(lambda _: "5", size=20)

    with RunLock(folder):
        before = files_of(tmp_path)
        with pytest.raises(RunLockedError, match=f"process {os.getpid()} on"):
            run_sync(other, output_dir=tmp_path, run_id="x", overwrite=True)
        for options in ({}, {"force": True}, {"retry_failed": True}):
            with pytest.raises(RunLockedError, match="Nothing was changed"):
                resume_sync("x", other, output_dir=tmp_path, **options)  # type: ignore[arg-type]
        assert files_of(tmp_path) == before


def test_of_two_runs_for_one_id_one_wins(tmp_path: Path) -> None:
    results: list[object] = []

    def nested(_: Any) -> object:
        if not results:
            results.append(None)
            try:
                run_sync(experiment(right), output_dir=tmp_path, run_id="x", overwrite=True)
            except Exception as error:  # noqa: BLE001  # looked at below
                results.append(error)
        return "4"

    class Plain(experiment(right)):  # type: ignore[misc]  # made above
        conditions = (Condition(name="a", function=nested),)
        virtual_time = False

    result = run_sync(Plain, output_dir=tmp_path, run_id="x")

    assert result.complete
    assert isinstance(results[1], RunLockedError)
    with pytest.raises(RunExistsError):
        run_sync(Plain, output_dir=tmp_path, run_id="x")


def test_an_overwritten_run_leaves_nothing_of_the_old_one(tmp_path: Path) -> None:
    run_sync(experiment(right), output_dir=tmp_path, run_id="x")
    result = run_sync(experiment(right, size=5), output_dir=tmp_path, run_id="x", overwrite=True)

    assert len(list(Journal(result.folder / "checkpoints" / "journal.jsonl"))) == 5
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []
