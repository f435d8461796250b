"""What each library writes has the rights that SECURITY.md says."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

import causal_trace
import ensemble
import hedging
import reporter
import telemetry_research
from dataset_manager._core.replacing import replacing as dataset_replacing
from dataset_manager._results.store import _write as write_result
from research_harness._core.files import write_text
from research_harness._core.system import open_own

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")


def write_events(path: Path) -> object:
    store = telemetry_research.FileStore(path)
    with telemetry_research.recording("a", store=store):
        telemetry_research.record("call.stop", {"duration_ns": 1}, {})
    return store


def write_archive(path: Path) -> object:
    with telemetry_research.recording("a") as experiment:
        telemetry_research.record("call.stop", {"duration_ns": 1}, {})
    return telemetry_research.archive_experiment(experiment, path)


def write_export(path: Path) -> object:
    with telemetry_research.recording("a") as experiment:
        telemetry_research.record("call.stop", {"duration_ns": 1}, {})
    return experiment.export(path)


def write_dataset(path: Path) -> None:
    with dataset_replacing(path) as temporary:
        temporary.write_text("a")


def write_cache(path: Path) -> None:
    with ensemble.ResponseCache(path) as cache:
        len(cache)


BY_UMASK: dict[str, Callable[[Path], object]] = {
    "traces.html": lambda path: causal_trace.save_visualization(causal_trace.Chain(name="c"), path),
    "data.parquet": write_dataset,
    "learned.json": lambda path: hedging.Hedger().save(path),
    "report.md": lambda path: reporter.write(reporter.Report(title="t"), path, "markdown"),
    "archive.parquet": write_archive,
    "events.csv": write_export,
}
OWNERS: dict[str, Callable[[Path], object]] = {
    "result.json": lambda path: write_result(path, "{}"),
    "rows.json": lambda path: write_text(path, "{}"),
    "journal.jsonl": lambda path: os.close(open_own(path, os.O_WRONLY | os.O_CREAT)),
}


def rights(write: Callable[[Path], object], path: Path, umask: int) -> int:
    before = os.umask(umask)
    try:
        write(path)
    finally:
        os.umask(before)
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o002, 0o022, 0o027, 0o077])
@pytest.mark.parametrize("name", BY_UMASK)
def test_the_umask_says_who_reads_what_is_made_to_be_passed_on(
    name: str, umask: int, tmp_path: Path
) -> None:
    assert rights(BY_UMASK[name], tmp_path / name, umask) == 0o666 & ~umask


@pytest.mark.parametrize("umask", [0o002, 0o022, 0o077])
@pytest.mark.parametrize("name", OWNERS)
def test_what_holds_answers_of_a_run_is_read_by_its_owner_alone(
    name: str, umask: int, tmp_path: Path
) -> None:
    assert rights(OWNERS[name], tmp_path / name, umask) == 0o600


@pytest.mark.parametrize("umask", [0o002, 0o022, 0o077])
@pytest.mark.parametrize("write", [write_events, write_cache])
def test_event_files_and_caches_are_written_by_their_owner_alone(
    write: Callable[[Path], object], umask: int, tmp_path: Path
) -> None:
    assert rights(write, tmp_path / "a.arrows", umask) == 0o644 & ~umask
