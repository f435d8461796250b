"""The log of responses: the calls of every row, each different text once.

It stands beside the journal. Its lines are the texts (prompts and answers) under their BLAKE2b
hash, and the calls of a row that refer to them. A text that comes again costs its hash only.
"""

import logging
import os
import weakref
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from hashlib import blake2b
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import msgspec

from .._core.files import bounded_lines
from .._core.parts import open_parts, rotate, with_schema
from .._core.secrets import known_keys, redacted
from .._core.system import sync_file
from .._outcome.digest_index import DigestIndex
from .._outcome.responses import ResponseRecord
from .._outcome.row import Row
from .._plan.plan import RowOfPlan
from .frames import Frame, cut_torn_line, open_for_append, require_own_file, write_all

_log = logging.getLogger("crucible")
_FRAME = Frame("responses")
# The hashes of the last texts are kept; an older text that comes again is written again.
_MAX_HASHES = 65_536
_MAX_TEXTS = 1_024
_TEXTS = ("prompt", "answer")
Line = TypeVar("Line")


class _Text(msgspec.Struct, frozen=True, tag="text"):
    hash: str
    text: str


class _Calls(msgspec.Struct, frozen=True, tag="calls"):
    index: int
    condition: str
    item_id: str
    repeat: int
    calls: list[dict[str, Any]]


class _TextKey(msgspec.Struct, frozen=True, tag="text"):
    hash: str


class _CallsKey(msgspec.Struct, frozen=True, tag="calls"):
    condition: str
    item_id: str
    repeat: int


_encoder = msgspec.json.Encoder(enc_hook=repr)
_decoder = msgspec.json.Decoder(_Text | _Calls)
_key_decoder = msgspec.json.Decoder(_TextKey | _CallsKey)


class ResponseLogWriter:
    """Appends the calls of rows; the journal decides when they are written.

    Args:
        path: The file; made when the first call is added.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None
        self._bytes = 0
        self._buffer: list[bytes] = []
        self._known: OrderedDict[str, None] = OrderedDict()

    def open_existing(self) -> None:
        """Cut off a torn last line; only for the owner of the journal's lock.

        Raises:
            OSError: The file cannot be opened.
        """
        if self.path.exists():
            self._open()

    def add(
        self, row: Row, calls: Sequence[Mapping[str, Any]], keys: tuple[str, ...] | None = None
    ) -> None:
        """Take the calls of a row, without keys; None looks for those that are known.

        Calls that cannot be written are left out and logged; their row is kept.
        """
        keys = known_keys() if keys is None else keys
        try:
            kept = [
                {name: self._kept(each, keys) if name in _TEXTS else each for name, each in fields}
                for fields in (call.items() for call in calls)
            ]
            self._append(_Calls(row.index, row.condition, row.item_id, row.repeat, kept), keys)
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001  # foreign values may raise anything here
            _log.exception("the calls of row %d could not be written", row.index)

    def write(self) -> None:
        """Hand what has gathered to the operating system.

        Raises:
            OSError: The file cannot be written.
        """
        if self._buffer:
            data, self._buffer = b"".join(self._buffer), []
            file = self._open() if self._file is None else self._file
            fresh = not self._bytes
            self._bytes += len(data)
            write_all(file, with_schema(data) if fresh else data)

    def sync(self) -> None:
        """Wait until the disk has it.

        Raises:
            OSError: The disk refused.
        """
        if self._file is not None:
            sync_file(self._file)
            require_own_file(self._file, self.path, 0)

    def rotate(self, most_bytes: int) -> Path | None:
        """Close the file and begin a new one when it has grown so far.

        Args:
            most_bytes: How large it may be.

        Returns:
            The file that was closed, to be compressed; None when it was not.

        Raises:
            OutputError: The file cannot be renamed.
        """
        if self._file is None or self._bytes < most_bytes:
            return None
        self.close()
        return rotate(self.path)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> int:
        self._file = open_for_append(self.path)
        cut_torn_line(self._file)
        self._bytes = os.fstat(self._file).st_size
        return self._file

    def _kept(self, text: str, keys: tuple[str, ...]) -> str:
        """The hash of a text, which is written before it when it is new."""
        key = blake2b(text.encode(), digest_size=16).hexdigest()
        if key in self._known:
            self._known.move_to_end(key)
            return key
        self._known[key] = None
        if len(self._known) > _MAX_HASHES:
            self._known.popitem(last=False)
        self._append(_Text(key, text), keys)
        return key

    def _append(self, value: _Text | _Calls, keys: tuple[str, ...]) -> None:
        self._buffer.append(_FRAME.line(redacted(_encoder.encode(value), keys)))


class ResponseLog:
    """The responses of a run's finished rows, read from the log.

    Where an interrupted row was run again, its last calls count.

    Args:
        path: The file; a log that is absent has no responses.

    Attributes:
        damaged: How many complete lines could not be read.
        close: Closes the log; the responses cannot be read any more.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged = 0
        self._texts = DigestIndex()
        self._rows = DigestIndex()
        self._file = open_parts(path)
        self.close = weakref.finalize(self, _close, self._file)
        if self._file is not None:
            self._find_lines(self._file)

    def of_rows(self, rows: Iterable[RowOfPlan]) -> Iterator[ResponseRecord]:
        """The responses of these rows, row by row.

        Args:
            rows: The rows, or what they belong to.
        """
        if not len(self._rows) or self._file is None:
            return
        texts = _Texts(self._file, self._texts)
        for row in rows:
            found = self._last_calls(row.condition, row.item_id, row.repeat, index=row.index)
            if found is not None:
                yield from _records(found, texts)

    def of_trial(self, condition: str, item_id: str, repeat: int) -> list[ResponseRecord]:
        """The responses of a row, whatever its number in the plan."""
        found = self._last_calls(condition, item_id, repeat)
        if found is None or self._file is None:
            return []
        return list(_records(found, _Texts(self._file, self._texts)))

    def requests(self) -> Iterator[tuple[tuple[str, str, int], str]]:
        """The row and the key of each request, in the order of the log."""
        for at in self._rows.in_order():
            found = _line_at(self._file, at)
            if not isinstance(found, _Calls):
                continue
            last = self._last_calls(found.condition, found.item_id, found.repeat, index=found.index)
            if found == last:
                for call in found.calls:
                    row = found.condition, found.item_id, found.repeat
                    yield row, call.get("request_key", "")

    def request_ids(self) -> Iterator[tuple[tuple[str, str, int], str]]:
        """The row and the provider's id of each answer, those of earlier attempts among them."""
        for at in self._rows.in_order():
            found = _line_at(self._file, at)
            if not isinstance(found, _Calls):
                continue
            row = found.condition, found.item_id, found.repeat
            yield from ((row, call["request_id"]) for call in found.calls if call.get("request_id"))

    def _last_calls(
        self, condition: str, item_id: str, repeat: int, *, index: int | None = None
    ) -> "_Calls | None":
        """The last calls of a row; of any number in the plan when none is given."""
        for at in self._rows.positions((condition, item_id, repeat)):
            found = _line_at(self._file, at)
            if (
                isinstance(found, _Calls)
                and (found.condition, found.item_id, found.repeat) == (condition, item_id, repeat)
                and index in (None, found.index)
            ):
                return found
        return None

    def _find_lines(self, file: BinaryIO) -> None:
        """Note where each text and the last calls of each row are."""
        at = 0
        for line in bounded_lines(file, self.path):
            found = _read_key(line)
            if isinstance(found, _TextKey):
                self._texts.add(found.hash, at)
            elif found is not None:
                self._rows.add((found.condition, found.item_id, found.repeat), at)
            elif line.endswith(b"\n"):
                self.damaged += 1
            at += len(line)


def _close(file: BinaryIO | None) -> None:
    if file is not None:
        file.close()


def calls_of_row(
    files: Sequence[BinaryIO], *, index: int, condition: str, item_id: str, repeat: int
) -> list[ResponseRecord]:
    """The last calls of one row, found without reading the whole log into memory.

    Args:
        files: The log, the oldest lines first; the last file may be written to meanwhile.
        index: The number of the row in the plan.
        condition: Its condition.
        item_id: The id of its item.
        repeat: Its repeat.
    """
    # Within a JSON text a quote stands behind a backslash, so that no answer passes for a key.
    key = b'"index":%d,"condition":' % index
    wanted = (index, condition, item_id, repeat)
    with ExitStack() as stack:
        logs = [
            stack.enter_context(mmap(file.fileno(), 0, access=ACCESS_READ))
            for file in files
            if os.fstat(file.fileno()).st_size
        ]
        for number in reversed(range(len(logs))):
            log = logs[number]
            for start in _starts_of_lines(log, key):
                found = _mapped_line(log, start)
                if isinstance(found, _Calls) and wanted == _key(found):
                    return list(_records(found, _MappedTexts(logs[: number + 1])))
    return []


def _starts_of_lines(log: mmap, key: bytes) -> Iterator[int]:
    """Where the complete lines with a text begin, the last one first."""
    end = log.rfind(b"\n") + 1
    while (at := log.rfind(key, 0, end)) >= 0:
        end = log.rfind(b"\n", 0, at) + 1
        yield end


def _mapped_line(log: mmap, start: int) -> _Text | _Calls | None:
    return _read(log[start : log.find(b"\n", start) + 1])


def _key(found: _Calls) -> tuple[int, str, str, int]:
    return found.index, found.condition, found.item_id, found.repeat


class _MappedTexts:
    """The texts of a log by their hash, searched for in its files."""

    def __init__(self, logs: Sequence[mmap]) -> None:
        self._logs = logs

    def find(self, key: str) -> str | None:
        """The text; None when its line is not there or damaged."""
        sought = b'"hash":"%b"' % key.encode()
        for log in reversed(self._logs):
            for start in _starts_of_lines(log, sought):
                found = _mapped_line(log, start)
                if isinstance(found, _Text) and found.hash == key:
                    return found.text
        return None


class _Texts:
    """The texts of a log by their hash; the last ones are kept."""

    def __init__(self, file: Any, index: DigestIndex) -> None:
        self._file = file
        self._index = index
        self._kept: dict[str, str | None] = {}

    def find(self, key: str) -> str | None:
        """The text; None when its line is damaged."""
        if key not in self._kept:
            if len(self._kept) >= _MAX_TEXTS:
                self._kept.clear()
            self._kept[key] = self._read(key)
        return self._kept[key]

    def _read(self, key: str) -> str | None:
        for at in self._index.positions(key):
            found = _line_at(self._file, at)
            if isinstance(found, _Text) and found.hash == key:
                return found.text
        return None


def _records(found: _Calls, texts: _Texts | _MappedTexts) -> Iterator[ResponseRecord]:
    for number, call in enumerate(found.calls):
        given: dict[str, Any] = {
            name: texts.find(value) if name in _TEXTS else value for name, value in call.items()
        }
        yield ResponseRecord(
            index=found.index,
            condition=found.condition,
            item_id=found.item_id,
            repeat=found.repeat,
            call=number,
            **given,
        )


def _line_at(file: Any, at: int) -> _Text | _Calls | None:
    file.seek(at)
    return _read(file.readline())


def _read(line: bytes) -> _Text | _Calls | None:
    return _decoded(line, _decoder)


def _read_key(line: bytes) -> _TextKey | _CallsKey | None:
    """What a line is found by; its other fields are passed over."""
    return _decoded(line, _key_decoder)


def _decoded(line: bytes, decoder: msgspec.json.Decoder[Line]) -> Line | None:
    text = _FRAME.value(line)
    if text is None:
        return None
    try:
        return decoder.decode(text)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None
