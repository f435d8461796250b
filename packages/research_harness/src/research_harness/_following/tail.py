"""What was appended to a journal since it was last looked at."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .._core.parts import parts_of, unpacked_parts
from .._core.system import open_own, read_at
from .line_search import found_in

CHUNK = 1 << 20
_MAX_LINE = 256 << 20
_MAX_FINGERPRINT = 512


class Appended(NamedTuple):
    """Complete lines, each with its position.

    Attributes:
        lines: The position and the bytes of each line, its newline included.
        restarted: Whether the journal is another one than before, so that all begins anew.
        behind: Whether more can be read at once.
    """

    lines: list[tuple[int, bytes]]
    restarted: bool
    behind: bool


class JournalTail:
    """Reads a journal from where it stopped, whether it grows, is compressed or is replaced.

    Positions count from the first byte of the first closed part. The bytes before a position are
    compared each time, so that a journal that was replaced is noticed even where the number of its
    file is used again.

    Args:
        path: The file that rows are appended to.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parts: list[tuple[str, int, int]] = []
        self._unpacked: BinaryIO | None = None
        self._unpacked_size = 0
        self._close: weakref.finalize[[], JournalTail] | None = None
        self._at = 0
        self._last = b""

    def read(self) -> Appended:
        """The lines that were completed since; about a megabyte of them at most.

        Raises:
            OSError: The journal cannot be read.
            JournalError: A closed part is damaged.
        """
        self._look_at_parts()
        size = CHUNK
        while True:
            data = self._read(self._at - len(self._last), size + len(self._last))
            if not data.startswith(self._last):
                self._at, self._last = 0, b""
                lines = self.read().lines
                return Appended(lines, restarted=True, behind=bool(lines))
            new = data[len(self._last) :]
            end = new.rfind(b"\n") + 1
            if end or len(new) < size or size >= _MAX_LINE:
                break
            size *= 4
        lines = self._taken(new[:end])
        return Appended(lines, restarted=False, behind=len(new) >= size and bool(lines))

    def line_at(self, position: int) -> bytes:
        """The line at a position that was given before; empty when it is not there.

        Args:
            position: Where it begins.
        """
        size = 1 << 14
        while True:
            data = self._read(position, size)
            end = data.find(b"\n") + 1
            if end or len(data) < size or size >= _MAX_LINE:
                return data[:end]
            size *= 8

    def lines_with(self, text: bytes) -> Iterator[bytes]:
        """The lines of the whole journal that hold a text, whether they were read before or not.

        Args:
            text: What is looked for; without a newline.

        Raises:
            OSError: The journal cannot be read.
            JournalError: A closed part is damaged.
        """
        self._look_at_parts()
        yield from found_in(self._blocks(), text, most=_MAX_LINE)

    def _blocks(self) -> Iterator[bytes]:
        at = 0
        while data := self._read(at, CHUNK):
            yield data
            at += len(data)

    def _taken(self, data: bytes) -> list[tuple[int, bytes]]:
        lines = []
        at = self._at
        for line in data.splitlines(keepends=True) if b"\r" not in data else _split(data):
            lines.append((at, line))
            at += len(line)
        if lines:
            self._at = at
            self._last = lines[-1][1][-_MAX_FINGERPRINT:]
        return lines

    def _look_at_parts(self) -> None:
        found = [_signature(each) for each in parts_of(self._path)]
        if found == self._parts:
            return
        if self._close is not None:
            self._close()
        self._unpacked = unpacked_parts(self._path)
        self._close = (
            None if self._unpacked is None else weakref.finalize(self, self._unpacked.close)
        )
        self._unpacked_size = 0
        if self._unpacked is not None:
            self._unpacked_size = os.fstat(self._unpacked.fileno()).st_size
        self._parts = found

    def _read(self, position: int, size: int) -> bytes:
        """Bytes of the closed parts, and behind them of the file that grows."""
        data = b""
        if self._unpacked is not None and position < self._unpacked_size:
            data = read_at(self._unpacked.fileno(), size, position)
        if len(data) < size:
            data += self._read_live(position + len(data) - self._unpacked_size, size - len(data))
        return data

    def _read_live(self, position: int, size: int) -> bytes:
        try:
            file = open_own(self._path, os.O_RDONLY)
        except FileNotFoundError:
            return b""
        try:
            return read_at(file, size, position)
        finally:
            os.close(file)


def _signature(path: Path) -> tuple[str, int, int]:
    found = path.stat()
    return path.name, found.st_size, found.st_mtime_ns


def _split(data: bytes) -> list[bytes]:
    """Lines by newlines only; ``splitlines`` also ends them at a carriage return."""
    return [line + b"\n" for line in data.split(b"\n")[:-1]]
