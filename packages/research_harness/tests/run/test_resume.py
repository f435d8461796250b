"""A run that is killed at any moment goes on where it was, and ends as if nothing had happened."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from research_harness import (
    ResumeRefusedError,
    RunLockedError,
    RunNotFoundError,
    RunResult,
    resume_sync,
    run_sync,
    verify,
)
from research_harness._definition.load import load_experiment
from research_harness._engine.journal import Journal, JournalWriter

EXPERIMENT = """
from dataset_manager import DatasetError
from ensemble import SimulatedModel, predict, LogNormal
from research_harness import DatasetSpec, Experiment, condition

PANEL = [SimulatedModel(name, accuracy=0.8, latency=LogNormal(median_ms=300)) for name in "abc"]


class Long(Experiment):
    name = "Long"
    dataset = DatasetSpec("arithmetic")
    sample_size = {size}
    metrics = ("accuracy", "latency_p99", "cost_per_query")
    repeat = 2
    seed = 7
    virtual_time = True
    concurrency = 20

    @condition
    async def one(self, item):
        return await predict(item, models=PANEL[:1], normalize="number")

    @condition
    async def three(self, item):
        return await predict(item, models=PANEL, normalize="number")
"""
FILES = (
    "config.json",
    "dataset.jsonl",
    "results.csv",
    "results.parquet",
    "responses.parquet",
    "analysis.json",
)


def experiment_file(folder: Path, size: int = 150, name: str = "long.py") -> Path:
    path = folder / name
    path.write_text(EXPERIMENT.replace("{size}", str(size)))
    return path


def start(file: Path, output: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "research_harness", "run", str(file), "--id", "killed"]
    return subprocess.Popen(
        [*command, "--output-dir", str(output), "--quiet"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def rows_on_disk(output: Path) -> int:
    journal = output / "killed" / "checkpoints" / "journal.jsonl"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def kill_after(process: "subprocess.Popen[bytes]", output: Path, rows: int) -> int:
    """Kill the run as soon as so many rows are on disk; give how many there are then."""
    deadline = time.monotonic() + 600
    while rows_on_disk(output) < rows and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return rows_on_disk(output)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    folder = tmp_path_factory.mktemp("uninterrupted")
    file = experiment_file(folder)
    return run_sync(load_experiment(file), output_dir=folder, run_id="whole", experiment_file=file)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_kill_at_random_moments_and_resume_ends_like_an_uninterrupted_run(
    tmp_path: Path, seed: int, uninterrupted: RunResult
) -> None:
    file = experiment_file(tmp_path)
    whole = uninterrupted
    shutil.copytree(whole.folder, tmp_path / "whole")
    chance = random.Random(seed)

    survived = kill_after(start(file, tmp_path), tmp_path, chance.randint(1, whole.rows * 3 // 4))
    journal = tmp_path / "killed" / "checkpoints" / "journal.jsonl"
    if seed % 2:
        journal.write_bytes(journal.read_bytes()[: -chance.randint(1, 200)])
    result = resume_sync("killed", output_dir=tmp_path)

    assert result.resumed_rows >= survived - 2
    rows = [row.index for row in Journal(journal)]
    assert sorted(rows) == list(range(whole.rows))
    for name in FILES:
        assert (result.folder / name).read_bytes() == (whole.folder / name).read_bytes(), name
    assert verify("whole", "killed", output_dir=tmp_path).agree
    assert verify("killed", output_dir=tmp_path).agree


@pytest.mark.slow
def test_a_flipped_bit_costs_its_row_alone_which_is_run_again(tmp_path: Path) -> None:
    file = experiment_file(tmp_path, size=50)
    whole = run_sync(
        load_experiment(file), output_dir=tmp_path, run_id="whole", experiment_file=file
    )
    other = run_sync(
        load_experiment(file), output_dir=tmp_path, run_id="flipped", experiment_file=file
    )
    journal = other.folder / "checkpoints" / "journal.jsonl"
    data = bytearray(journal.read_bytes())
    data[len(data) // 2] ^= 4
    journal.write_bytes(data)

    result = resume_sync("flipped", output_dir=tmp_path)

    assert result.resumed_rows == whole.rows - 1
    for name in FILES:
        assert (result.folder / name).read_bytes() == (whole.folder / name).read_bytes(), name


def test_resuming_a_finished_run_runs_nothing(tmp_path: Path) -> None:
    file = experiment_file(tmp_path, size=20)
    first = run_sync(load_experiment(file), output_dir=tmp_path, run_id="r", experiment_file=file)

    again = resume_sync("r", output_dir=tmp_path)

    assert again.resumed_rows == again.rows == first.rows
    assert again.analysis == first.analysis


def test_a_changed_experiment_is_refused_with_what_changed_and_can_be_forced(
    tmp_path: Path,
) -> None:
    file = experiment_file(tmp_path, size=20)
    run_sync(load_experiment(file), output_dir=tmp_path, run_id="r", experiment_file=file)
    file.write_text(file.read_text().replace("repeat = 2", "repeat = 3").replace("0.8", "0.9"))

    with pytest.raises(ResumeRefusedError, match="the code of the experiment") as caught:
        resume_sync("r", output_dir=tmp_path)
    result = resume_sync("r", output_dir=tmp_path, force=True)

    assert any("SHA-256" in change for change in caught.value.changes)
    assert result.analysis["deviations"]
    assert "resumed although it had changed" in result.reports["markdown"].read_text()


def test_changed_data_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "d.jsonl"
    data.write_text('{"question": "1+1", "answer": "2"}\n{"question": "1+2", "answer": "3"}\n')
    file = tmp_path / "e.py"
    file.write_text(
        "from research_harness import Experiment, condition\n"
        "class E(Experiment):\n"
        "    name, metrics, virtual_time = 'E', ['accuracy'], True\n"
        f"    dataset = {str(data)!r}\n"
        "    @condition\n"
        "    async def c(self, item):\n"
        "        return item.expected\n"
    )
    run_sync(load_experiment(file), output_dir=tmp_path, run_id="r", experiment_file=file)
    data.write_text(data.read_text().replace("3", "4"))

    with pytest.raises(ResumeRefusedError, match="the content of the data set"):
        resume_sync("r", output_dir=tmp_path)


def test_a_run_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    file = experiment_file(tmp_path, size=20)
    run_sync(load_experiment(file), output_dir=tmp_path, run_id="r", experiment_file=file)
    journal = tmp_path / "r" / "checkpoints" / "journal.jsonl"

    with JournalWriter(journal), pytest.raises(RunLockedError):
        resume_sync("r", output_dir=tmp_path)


def test_a_run_that_is_not_there_is_an_error_that_lists_those_that_are(tmp_path: Path) -> None:
    file = experiment_file(tmp_path, size=5)
    run_sync(load_experiment(file), output_dir=tmp_path, run_id="here", experiment_file=file)

    with pytest.raises(RunNotFoundError, match="runs there: here"):
        resume_sync("gone", output_dir=tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("results.csv", lambda text: text.replace("True", "False", 1), "results.csv"),
        ("dataset.jsonl", lambda text: text.replace("How", "Why", 1), "content hash"),
        ("analysis.json", lambda text: text + " ", "analysis.json"),
        ("events.parquet", None, "no file"),
    ],
)
def test_verify_names_what_was_tampered_with(
    tmp_path: Path, name: str, change: object, message: str
) -> None:
    file = experiment_file(tmp_path, size=10)
    result = run_sync(load_experiment(file), output_dir=tmp_path, run_id="r", experiment_file=file)
    path = result.folder / name
    if callable(change):
        path.write_text(change(path.read_text()))
    else:
        path.unlink()

    found = verify("r", output_dir=tmp_path)

    assert not found.agree
    assert message in str(found)


@pytest.mark.slow
def test_a_run_whose_id_begins_as_that_of_another_changes_nothing_of_it(tmp_path: Path) -> None:
    file = experiment_file(tmp_path, size=10)
    for name in ("r_x", "r"):
        run_sync(load_experiment(file), output_dir=tmp_path, run_id=name, experiment_file=file)
    (tmp_path / "r_x_report.md").write_text("another report")

    assert verify("r", output_dir=tmp_path).agree
    assert "r_x_report.md" in str(verify("r_x", output_dir=tmp_path))


def test_verify_names_the_first_place_where_two_runs_differ(tmp_path: Path) -> None:
    file = experiment_file(tmp_path, size=10)
    for name in ("a", "b"):
        run_sync(load_experiment(file), output_dir=tmp_path, run_id=name, experiment_file=file)
    path = tmp_path / "b" / "results.csv"
    lines = path.read_text().splitlines(keepends=True)
    lines[3] = lines[3].replace("number", "?").replace("arithmetic_", "arithmetic-")
    path.write_text("".join(lines))

    found = verify("a", "b", output_dir=tmp_path)

    assert str(found.differences[0]).startswith("results.csv, row 3, column item_id:")
    assert json.loads(json.dumps(found.to_dict()))["agree"] is False


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "interrupts", "says"),
    [
        ("SIGINT", signal.SIG_DFL, "interrupted"),
        ("SIGTERM", signal.SIG_DFL, "ended by SIGTERM"),
        ("SIGTERM", signal.SIG_IGN, "ended by SIGTERM"),  # as in a job in the background
        ("SIGHUP", signal.SIG_DFL, "ended by SIGHUP"),
    ],
)
@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="the system has no such signals")
def test_an_interrupted_run_says_where_it_is_and_can_be_resumed(
    tmp_path: Path, name: str, interrupts: signal.Handlers, says: str
) -> None:
    def prepare() -> None:
        """What started the tests, such as nohup, may have signals ignored."""
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, interrupts)

    file = experiment_file(tmp_path, size=400)
    process = subprocess.Popen(
        [sys.executable, "-m", "research_harness", "run", str(file), "--id", "killed", "--quiet"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        preexec_fn=prepare,  # noqa: PLW1509  # one thread
    )
    output = tmp_path / "results"
    deadline = time.monotonic() + 600
    while rows_on_disk(output) < 100:
        assert time.monotonic() < deadline
        time.sleep(0.001)

    process.send_signal(signal.Signals[name])
    _, said = process.communicate(timeout=600)

    assert process.returncode == 128 + signal.Signals[name]
    assert said.startswith(says)
    assert "go on with: crucible resume " in said
    assert "of 1,600 rows on disk" in said
    assert "Traceback" not in said
    if name == "SIGINT":
        assert resume_sync(output / "killed").rows == 1600
