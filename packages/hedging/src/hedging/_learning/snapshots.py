"""Snapshots in files; imported only when one is read or written."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._core.errors import SnapshotError
from .plain_files import read_plain


def write_snapshot(path: str | Path, state: Mapping[str, Any]) -> None:
    """Write a snapshot in one step: a reader never sees half of it."""
    path = Path(path)
    # A random name, so that no link can wait in its place.
    partial = path.with_name(f".{path.name[:100]}.{os.urandom(8).hex()}.part")
    try:
        with partial.open("x", encoding="utf-8") as file:
            json.dump(state, file)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read_snapshot(path: str | Path) -> dict[str, Any]:
    """The snapshot in a file.

    Raises:
        SnapshotError: It does not hold JSON.
        OSError: It cannot be read.
    """
    try:
        state = json.loads(read_plain(Path(path)))
    except (ValueError, RecursionError) as error:
        raise SnapshotError(f"{path} is not a snapshot: {error}") from error
    return state if isinstance(state, dict) else {}
