"""A crate takes the place of an earlier one; what others put into that one stays."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from .._core.errors import OutputError
from .._core.files import read_json
from .._core.portable import is_portable
from .manifest import file_hash

METADATA = "ro-crate-metadata.json"


def replace_crate(crate: Path, new: Path) -> Path:
    """Move the files of a new crate to the place of an earlier one of the same run.

    Files that the earlier one lists, with the hash that it states, are removed. All others are
    somebody's own: they stay, and none is overwritten.

    Args:
        crate: The place.
        new: The folder of the new crate, on the same disk.

    Returns:
        The metadata file.

    Raises:
        OutputError: A file of somebody's own stands where one of the crate belongs, or the place
            is not that of a crate; nothing was changed.
    """
    if crate.is_symlink() or (crate.exists() and not (crate / METADATA).is_file()):
        raise OutputError(crate, "it is not a crate, so it is not replaced; give another --out")
    made = set(_made(crate)) if crate.exists() else set()
    names = sorted(each.relative_to(new) for each in new.rglob("*") if each.is_file())
    for name in names:
        _require_free(crate, name, made)
    for each in made:
        (crate / each).unlink()
    for name in names:
        (crate / name).parent.mkdir(parents=True, exist_ok=True)
        (new / name).replace(crate / name)
    _remove_empty(crate)
    return crate / METADATA


def _require_free(crate: Path, name: Path, made: set[Path]) -> None:
    """Refuse a place that is taken by what no crate has made, or lies behind a link."""
    if name not in made and os.path.lexists(crate / name):
        reason = "it was changed or put there by somebody; move it away, or give another --out"
        raise OutputError(crate / name, reason)
    for parent in name.parents[:-1]:
        if (crate / parent).is_symlink() or (crate / parent).is_file():
            raise OutputError(crate / parent, "it is not a folder of the crate")


def _made(crate: Path) -> Iterator[Path]:
    """The files that are as the crate's metadata say, and the metadata."""
    yield Path(METADATA)
    for entity in _entities(read_json(crate / METADATA)):
        parts = unquote(entity["@id"]).split("/")
        path = crate.joinpath(*parts)
        if all(map(is_portable, parts)) and path.is_file() and _is_own(crate, path):
            with contextlib.suppress(OSError):
                if file_hash(path) == entity["sha256"]:
                    yield Path(*parts)


def _entities(values: Any) -> Iterator[dict[str, str]]:
    """The files of a crate that have a hash; others may have written the metadata."""
    graph = values.get("@graph") if isinstance(values, dict) else None
    for each in graph if isinstance(graph, list) else ():
        if isinstance(each, dict) and all(isinstance(each.get(k), str) for k in ("@id", "sha256")):
            yield each


def _is_own(crate: Path, path: Path) -> bool:
    """Whether neither a file nor a folder on the way to it is a link."""
    inner = (path, *path.parents)
    return not any(each.is_symlink() for each in inner[: inner.index(crate)])


def _remove_empty(crate: Path) -> None:
    """Remove the folders that hold nothing any more."""
    for folder in sorted(crate.rglob("*"), reverse=True):
        if folder.is_dir() and not folder.is_symlink():
            with contextlib.suppress(OSError):  # it holds something
                folder.rmdir()
