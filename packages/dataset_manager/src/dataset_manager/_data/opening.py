"""A file as bytes in UTF-8: unpacked within a budget, and with its encoding known."""

import bz2
import codecs
import gzip
import io
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePath
from typing import IO, Any

from .._core.bounds import MOST_LINE, Budget, budget_of, check_members, open_plain
from .._core.errors import DatasetFileError
from .._core.extras import optional

PACKED = (".gz", ".bz2", ".zst", ".zip")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENCRYPTED = 1
_LISTED = 20


def bare(path: PurePath) -> PurePath:
    """A path without the ending of a packed file."""
    return path.with_suffix("") if path.suffix.lower() in PACKED else path


def stem_of(path: PurePath) -> str:
    """The name of a file without its endings, that of its packing included."""
    return bare(PurePath(path.name)).stem


@contextmanager
def lines_of(path: Path, packing: str, encoding: str | None) -> Iterator[tuple[Any, Budget]]:
    """The lines of a file as bytes in UTF-8, and the budget of what is parsed of them.

    Args:
        path: The file.
        packing: ``gz``, ``bz2``, ``zst`` or ``zip``; empty for a plain file.
        encoding: The encoding of its text; UTF-8, or what its byte order mark says, when None.

    Raises:
        DatasetFileError: It cannot be unpacked, or is not in this encoding.
    """
    budget = budget_of(path)
    with ExitStack() as stack:
        raw: Any = stack.enter_context(open_plain(path))
        if packing:
            inner = stack.enter_context(_unpacked(raw, path, packing))
            raw = io.BufferedReader(_Bounded(inner, budget))
        file = raw if hasattr(raw, "peek") else io.BufferedReader(raw)
        lines = _in_utf8(file, path, encoding)
        stack.callback(lines.close)  # before the file that they are read from
        yield lines, budget


class _Bounded(io.RawIOBase):
    """A stream whose bytes are booked."""

    def __init__(self, inner: IO[bytes], budget: Budget) -> None:
        super().__init__()
        self._inner, self._budget = inner, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            content = self._inner.read(len(buffer))
        except Exception as error:  # each packing has errors of its own
            raise DatasetFileError(self._budget.path, f"cannot be read ({error})") from error
        self._budget.spend(len(content))
        buffer[: len(content)] = content
        return len(content)


def _unpacked(raw: IO[bytes], path: Path, packing: str) -> Any:
    if packing == "gz":
        return gzip.GzipFile(fileobj=raw)
    if packing == "bz2":
        return bz2.BZ2File(raw)
    if packing == "zip":
        return _only_member(raw, path)
    zstandard = optional("zstandard", extra="logs", purpose="reading .zst files")
    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
    return unpacker.stream_reader(raw, read_across_frames=True, closefd=False)


def member_name(path: Path) -> str | None:
    """The name of the one file in a zip archive; None for a file that is not packed so.

    Raises:
        DatasetFileError: It holds several files, or cannot be read.
    """
    if path.suffix.lower() != ".zip" or not path.is_file():
        return None
    with open_plain(path) as raw:
        return _only_info(_archive(raw, path), path).filename


def _only_member(raw: IO[bytes], path: Path) -> Any:
    archive = _archive(raw, path)
    info = _only_info(archive, path)
    if info.flag_bits & _ENCRYPTED:
        raise DatasetFileError(path, f"{info.filename} is encrypted")
    try:
        return archive.open(info)
    except (NotImplementedError, RuntimeError, zipfile.BadZipFile) as error:
        raise DatasetFileError(path, f"cannot be read ({error})") from error


def _archive(raw: IO[bytes], path: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(raw)
    except (ValueError, NotImplementedError, zipfile.BadZipFile) as error:
        raise DatasetFileError(path, f"cannot be read ({error})") from error
    check_members(path, len(archive.infolist()))
    return archive


def _only_info(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    members = [
        info
        for info in archive.infolist()
        # ``is_dir`` fails for a member without a name.
        if not info.filename.endswith("/") and not info.filename.startswith(("__MACOSX/", "."))
    ]
    if len(members) != 1:
        names = ", ".join(info.filename for info in members[:_LISTED]) or "none"
        more = f" and {len(members) - _LISTED} more" if len(members) > _LISTED else ""
        problem = f"must hold one file, but holds {len(members)} ({names}{more}); unpack it"
        raise DatasetFileError(path, problem)
    return members[0]


def _in_utf8(file: io.BufferedReader, path: Path, encoding: str | None) -> Any:
    head = file.peek(4)[:4]
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if encoding is None and marked == "utf-8-sig":
        file.read(len(codecs.BOM_UTF8))
        return file
    if encoding is None and marked is None:
        if b"\0" in head:
            raise DatasetFileError(
                path,
                "begins with zero bytes, as UTF-16 without a byte order mark does; pass"
                " encoding='utf-16-le' or 'utf-16-be' if it is that",
            )
        return file
    return _transcoded(file, path, encoding or marked or "utf-8")


def _transcoded(file: io.BufferedReader, path: Path, encoding: str) -> Iterator[bytes]:
    try:
        text = io.TextIOWrapper(file, encoding=encoding, newline="\n")
    except LookupError:
        raise ValueError(f"encoding: {encoding!r} is unknown; see the codecs of Python") from None
    number = 0
    try:
        for number, line in enumerate(iter(lambda: text.readline(MOST_LINE + 1), ""), start=1):
            yield (line.removeprefix("\ufeff") if number == 1 else line).encode()
    except UnicodeError as error:
        raise DatasetFileError(path, f"is not {encoding} ({error})", number + 1) from error
    finally:
        text.detach()
