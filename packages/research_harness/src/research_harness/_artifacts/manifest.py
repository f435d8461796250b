"""``MANIFEST.json``: the SHA-256 of every file, and the files that every rerun must match."""

import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .._control.lock import LOCK
from .._control.request_file import REQUEST
from .._control.session_file import SESSION
from .._core.errors import OutputError, RunNotFoundError
from .._core.files import PART, is_there, read_json, write_json
from .._core.system import open_plain
from .events import event_counts
from .folder import RunFolder
from .records import record_hashes
from .responses import RESPONSES
from .tables import VOLATILE_COLUMNS

MANIFEST = "MANIFEST.json"
SIGNATURE = MANIFEST + ".sig"
DETERMINISTIC = (
    "config.json",
    "dataset.jsonl",
    "results.csv",
    "results.parquet",
    RESPONSES,
    "analysis.json",
)
# What every finished run has, in its folder and beside it.
_ALWAYS = (
    *("config.json", "environment.json", "dataset.jsonl", "analysis.json"),
    *("results.csv", "results.parquet"),
)
_ALWAYS_BESIDE = ("analysis.json", "results.csv")
# Written to while the run goes on and after the manifest is made.
_LIVING = (
    "checkpoints/run.json",
    f"checkpoints/{LOCK}",
    f"checkpoints/{SESSION}",
    f"checkpoints/{REQUEST}",
    MANIFEST,
    SIGNATURE,
)
_LIVE_EVENTS = ".arrows"
_FREE_BYTES, _RATIO = 1 << 30, 50


def write_manifest(folder: RunFolder, *, virtual_time: bool) -> dict[str, Any]:
    """Hash the files of a finished run.

    Args:
        folder: The run.
        virtual_time: Whether latencies are simulated, and so the same in every run.
    """
    manifest = {
        **settled(folder, virtual_time=virtual_time),
        "files": {name: file_hash(folder.file(name)) for name in _files(folder)},
        "beside": {name: file_hash(path) for name, path in folder.all_beside().items()},
        "events": event_counts(folder),
        "records": record_hashes(folder),
    }
    write_json(folder.file(MANIFEST), manifest)
    return manifest


def settled(folder: RunFolder, *, virtual_time: bool) -> dict[str, Any]:
    """What a manifest says besides hashes and counts, which follows from the run.

    Args:
        folder: The run.
        virtual_time: Whether its latencies are simulated.
    """
    return {
        "schema": 1,
        "deterministic": [name for name in DETERMINISTIC if folder.file(name).exists()],
        "volatile_columns": [] if virtual_time else list(VOLATILE_COLUMNS),
    }


def read_manifest(folder: RunFolder) -> dict[str, Any]:
    """The manifest of a finished run.

    Raises:
        RunNotFoundError: The run has none, because it is not finished.
    """
    path = folder.file(MANIFEST)
    if not is_there(path):
        unfinished = f"the run in {folder.path} is not finished: it has no {MANIFEST}; resume it"
        raise RunNotFoundError(path, reason=unfinished)
    manifest: dict[str, Any] = read_json(path)
    return manifest


def file_hash(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal.

    Raises:
        OutputError: Nearly all of it are holes, which cost others nothing and take minutes to read.
        OSError: It cannot be read.
    """
    with open_plain(path) as file:
        _refuse_holes(path, file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse_holes(path: Path, file: int) -> None:
    size = os.fstat(file).st_size
    if size <= _FREE_BYTES or not hasattr(os, "SEEK_DATA"):
        return
    held = end = 0
    while end < size and held * _RATIO < size:
        try:
            begin = os.lseek(file, end, os.SEEK_DATA)
            end = os.lseek(file, begin, os.SEEK_HOLE)
        except OSError as error:
            if error.errno != errno.ENXIO:  # the file system does not know
                held = size
            break
        held += end - begin
    os.lseek(file, 0, os.SEEK_SET)
    if held * _RATIO < size:
        reason = f"it has {size:,} bytes, of which the disk holds {held:,}; no run writes such"
        raise OutputError(path, reason, reading=True)


def unnamed_files(folder: RunFolder, manifest: dict[str, Any]) -> list[str]:
    """The files that every finished run has and that the manifest of this one does not name."""
    inside = (*_ALWAYS, *([RESPONSES] if folder.responses.exists() else []))
    return [
        *(name for name in inside if name not in manifest["files"]),
        *(f"../{folder.id}_{name}" for name in _ALWAYS_BESIDE if name not in manifest["beside"]),
    ]


def unlisted_files(folder: RunFolder, manifest: dict[str, Any]) -> list[str]:
    """The files of a run that its manifest does not list, because they came later."""
    return [name for name in _files(folder) if name not in manifest["files"]]


def _files(folder: RunFolder) -> Iterator[str]:
    for path in sorted(folder.path.rglob("*")):
        name = path.relative_to(folder.path).as_posix()
        if path.is_file() and name not in _LIVING and path.suffix not in (PART, _LIVE_EVENTS):
            yield name
