"""Where each row of a run is in its journal, in a temporary file instead of memory."""

import os
import struct
import tempfile
import weakref
from typing import Any, NamedTuple

import numpy as np

RIGHT, WRONG, FAILED = 1, 2, 3
MAX_ROWS = 2**31
_FORM = np.dtype(
    [
        ("at", "<u8"),
        ("value", "<f8"),
        ("condition", "<u4"),
        ("kind", "u1"),
        ("first", "u1"),
        ("unused", "<u2"),
    ]
)
_RECORD = struct.Struct("<QdIBBH")  # the same fields, many times as fast to fill


class Entry(NamedTuple):
    """What is known of a row without reading it.

    Attributes:
        position: Where the row is in the journal.
        value: Its value of the metric that is followed.
        condition: The number of its condition.
        kind: ``RIGHT``, ``WRONG`` or ``FAILED``.
        first: Whether it is the first repeat of its item.
    """

    position: int
    value: float
    condition: int
    kind: int
    first: bool


class RowIndex:
    """An entry for each row, by its number in the plan."""

    def __init__(self) -> None:
        file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # closed with the index
        self.close = weakref.finalize(self, file.close)
        self._file = file
        self.length = 0

    def get(self, number: int) -> Entry | None:
        """The entry of a row; None when it is not finished."""
        if number >= self.length:  # so it is for most rows of a journal that is read
            return None
        found = self.entries(number, 1)
        if not len(found) or not found["at"][0]:
            return None
        one = found[0]
        return Entry(
            int(one["at"]) - 1,
            float(one["value"]),
            int(one["condition"]),
            int(one["kind"]),
            bool(one["first"]),
        )

    def put(self, number: int, entry: Entry) -> None:
        """Set the entry of a row.

        Args:
            number: From 0 to ``MAX_ROWS``.
            entry: What is known of it.
        """
        record = _RECORD.pack(
            entry.position + 1, entry.value, entry.condition, entry.kind, entry.first, 0
        )
        self._file.seek(number * _FORM.itemsize)
        self._file.write(record)
        self.length = max(self.length, number + 1)

    def entries(self, start: int, count: int) -> Any:
        """Records from a number on, as a numpy array; ``at`` is 0 for a row that is missing.

        Args:
            start: The number of the first row.
            count: The maximum number of records.
        """
        self._file.seek(start * _FORM.itemsize)
        data = self._file.read(max(0, min(count, self.length - start)) * _FORM.itemsize)
        whole = len(data) // _FORM.itemsize
        return np.frombuffer(data, _FORM, count=whole)

    def clear(self) -> None:
        """Forget all rows."""
        os.ftruncate(self._file.fileno(), 0)
        self.length = 0
