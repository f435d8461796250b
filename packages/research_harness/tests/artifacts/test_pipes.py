"""A pipe or a device in place of a file of a run is an error; its writer is not waited for."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from research_harness import HarnessError
from research_harness._artifacts.folder import RunFolder
from research_harness._artifacts.manifest import file_hash
from research_harness._browse.runs import is_running, list_runs
from research_harness._canaries.log import append_canaries
from research_harness._control.lock import holding_host
from research_harness._core import files, system
from research_harness._core.parts import compress, open_parts
from research_harness._core.system import open_own
from research_harness._definition.written import written_experiment
from research_harness._editing.edits import read_edits
from research_harness._judging.labels import read_labels
from research_harness._limits.spending_log import spent_before
from research_harness._scheduling.attempts import read_attempts
from research_harness._settings.sources import load_settings

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")

READERS: dict[str, Callable[[Path], object]] = {
    "attempts": lambda path: list(read_attempts(path)),
    "spending": spent_before,
    "edits": read_edits,
    "labels": read_labels,
    "JSON": files.read_json,
    "settings": load_settings,
    "an experiment": written_experiment,
    "a hash": file_hash,
    "a log": open_parts,
    "a part that is to be packed": compress,
    "canaries": lambda path: append_canaries(path, []),
    "what the library opens": lambda path: open_own(path, os.O_RDONLY),
    "what it writes": lambda path: open_own(path, os.O_WRONLY | os.O_CREAT),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero"), Path.mkdir])
def test_what_is_no_plain_file_is_refused(
    name: str, make: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "given"
    make(path)

    with pytest.raises((OSError, HarnessError)):
        READERS[name](path)


@pytest.mark.parametrize("name", READERS)
def test_nor_is_a_pipe_read_that_takes_its_place_just_before_it_is_opened(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "given"
    os.mkfifo(path)
    for module in (files, system):  # it was a file a moment ago
        monkeypatch.setattr(module, "require_file", lambda *_, **__: None)

    with pytest.raises((OSError, HarnessError)):
        READERS[name](path)


def test_a_lock_that_is_a_pipe_names_no_host_and_the_run_is_listed_as_damaged(
    tmp_path: Path,
) -> None:
    checkpoints = tmp_path / "r" / "checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / "run.json").write_text("{}")
    (tmp_path / "r" / "config.json").write_text("{}")
    os.mkfifo(checkpoints / "lock")

    assert holding_host(tmp_path / "r") == ""
    with pytest.raises(OSError, match="not a plain file"):
        is_running(RunFolder(tmp_path / "r"))
    (found,) = list_runs(tmp_path)
    assert (found.state, "not a plain file" in str(found.problem)) == ("damaged", True)


def test_a_file_with_two_names_is_read_and_not_written(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text("kept")
    path = tmp_path / "journal.jsonl"
    os.link(theirs, path)

    os.close(open_own(path, os.O_RDONLY))
    for flags in (os.O_RDWR | os.O_APPEND | os.O_CREAT, os.O_WRONLY):
        with pytest.raises(OSError, match="hard link"):
            open_own(path, flags)
    with pytest.raises((OSError, HarnessError), match="hard link"):
        append_canaries(path, [])
    assert theirs.read_text() == "kept"
