"""What killed writers left is removed by the next writer, and nothing else is."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from causal_trace import Chain, JsonStore, archive_chains, parse, save_visualization

HEX = "0123456789abcdef" * 2
OLD = "2020-01-01T00:00:00Z"


def _save(folder: Path) -> None:
    JsonStore(folder).save(Chain(name="c", id="one"))


def _archive(folder: Path) -> None:
    store = JsonStore(folder / "store")
    store.save(Chain(name="c", id="one", created_at=OLD, updated_at=OLD))
    archive_chains(store, folder / "one", min_age_days=1)


def _page(folder: Path) -> None:
    save_visualization(parse("<think>a</think>", "c"), folder / "one")


WRITERS = pytest.mark.parametrize("write", [_save, _archive, _page])
Write = Callable[[Path], None]


def _left(path: Path, *, hours: float = 2) -> Path:
    path.write_bytes(b"half")
    then = time.time() - hours * 3600
    os.utime(path, (then, then))
    return path


@WRITERS
def test_a_stale_file_of_this_naming_is_removed(tmp_path: Path, write: Write) -> None:
    stale = _left(tmp_path / f".one.{HEX}.part")

    write(tmp_path)

    assert not stale.exists()
    assert not list(tmp_path.rglob("*.part"))


@WRITERS
def test_a_young_file_a_folder_a_link_and_other_names_stay(tmp_path: Path, write: Write) -> None:
    other = tmp_path / "other"
    other.write_text("kept")
    kept = [
        _left(tmp_path / f".one.{HEX}.part", hours=0.5),
        _left(tmp_path / f"one.{HEX}.part"),
        _left(tmp_path / f".one.{HEX[:31]}.part"),
        _left(tmp_path / ".one.part"),
        _left(tmp_path / f".one.{HEX}.part.txt"),
        _left(tmp_path / f".a b.{HEX}.part"),
    ]
    folder = tmp_path / f".one.{HEX[::-1]}.part"
    folder.mkdir()
    os.utime(folder, (0, 0))
    link = tmp_path / f".one.{'0' * 32}.part"
    link.symlink_to(other)
    os.utime(link, (0, 0), follow_symlinks=False)

    write(tmp_path)

    assert all(each.exists() for each in kept)
    assert folder.is_dir()
    assert link.is_symlink()
    assert other.read_text() == "kept"


HOLDING = """
import sys
from pathlib import Path
from causal_trace._store.whole_files import whole_file
with whole_file(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_the_file_of_a_writer_that_lives_stays_and_goes_once_it_was_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDING, str(tmp_path / "one")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        (left,) = tmp_path.glob(".one.*.part")
        os.utime(left, (0, 0))

        subprocess.run([sys.executable, "-c", SAVING, str(tmp_path)], check=True)
        assert left.exists()
        process.send_signal(signal.SIGKILL)

    subprocess.run([sys.executable, "-c", SAVING, str(tmp_path)], check=True)
    assert not left.exists()
    assert JsonStore(tmp_path).load("two").name == "c"


SAVING = """
import sys
from causal_trace import Chain, JsonStore
JsonStore(sys.argv[1]).save(Chain(name="c", id="two"))
"""
