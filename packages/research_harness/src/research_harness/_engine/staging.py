"""Rows that are added to a journal all together or not at all, as when they are scored again."""

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from .._core.files import replacing
from .._core.parts import with_schema
from .._outcome.row import Row, encode_row
from .frames import Frame, cut_torn_line

_FRAME = Frame("row")


def stage_changed(path: Path, rows: Iterable[tuple[Row, Row]]) -> Iterator[Row]:
    """Write rows that are to be added to a journal together.

    Args:
        path: The file; it is there when all rows were taken, and replaced when present.
        rows: Each row before and after; those that changed are written.

    Returns:
        Each row after.

    Raises:
        OutputError: The file cannot be written.
    """
    with replacing(path) as temporary, temporary.open("wb") as file:
        for old, new in rows:
            if new is not old and new != old:
                file.write(_FRAME.line(encode_row(new)))
            yield new


def take_staged(path: Path, staged: Path) -> None:
    """Add staged rows to a journal, all of them or, where that fails or is killed, not one.

    Only for the owner of the run's lock, while no writer is open.

    Args:
        path: The file that rows are appended to.
        staged: The rows.

    Raises:
        OutputError: The journal cannot be written; it is untouched.
    """
    if not staged.stat().st_size:
        return
    with replacing(path) as temporary:
        if path.exists():
            shutil.copyfile(path, temporary)
        with temporary.open("rb+") as file, staged.open("rb") as rows:
            cut_torn_line(file.fileno())
            if not file.seek(0, os.SEEK_END):
                file.write(with_schema(rows.readline()))
            shutil.copyfileobj(rows, file, 1 << 20)
