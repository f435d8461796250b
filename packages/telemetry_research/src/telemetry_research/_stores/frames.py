"""The format of an event file: a head with counters, then frames that are found and checked alone.

A file begins with a magic text and two counter slots, which are written in turn. Each frame has a
mark, its kind, the number of its rows, its length, the CRC-32 of these and of its payload, and the
SHA-256 of itself and all frames before it. A reader that meets damage searches for the next mark,
so that a flipped bit costs one frame. The counters say how much was acknowledged, so that a
removed end shows.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO, Literal

MAGIC = b"CRUCIBLE-EVENTS2"
MARK = b"\x89CRUC\r\n\x1a"
HEAD_SIZE = 256
_SLOTS = (64, 160)
_SLOT = struct.Struct("<QQQQ?16s")
_HEAD = struct.Struct("<8scIQQII32s")
_CRC = struct.Struct("<I")
FRAME_HEAD_SIZE = _HEAD.size + _CRC.size
_MAX_RAW = 2**32
_SEARCH_BYTES = 1 << 20

Kind = Literal["about", "batch"]
_CODES: dict[Kind, bytes] = {"about": b"A", "batch": b"B"}
_KINDS: dict[bytes, Kind] = {code: kind for kind, code in _CODES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame and where it is.

    Attributes:
        kind: ``about`` holds the description as JSON, ``batch`` an Arrow stream of one batch.
        rows: The number of events in it.
        payload: Its bytes, still compressed.
        raw_size: Their number without compression.
        chain: The hash of this frame and all before it.
        linked: Whether the hash continues that of the frame before.
        start: Where it begins in the file.
        end: Where the next one begins.
    """

    kind: Kind
    rows: int
    payload: bytes
    raw_size: int
    chain: bytes
    linked: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Bytes that are not a frame.

    Attributes:
        start: Where they begin.
        end: Where the next frame begins, or the file ends.
    """

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What the head of a file says.

    Attributes:
        number: The number of the write.
        events: How many events were acknowledged.
        before: How many before the last write.
        end: Where the last frame ends.
        closed: Whether the writer has closed the file.
    """

    number: int
    events: int
    before: int
    end: int
    closed: bool

    def slot(self, chain: bytes) -> tuple[int, bytes]:
        """Where it is written, and its bytes."""
        packed = _SLOT.pack(
            self.number, self.events, self.before, self.end, self.closed, chain[:16]
        )
        return _SLOTS[self.number % 2], packed + _CRC.pack(zlib.crc32(packed))


def empty_head() -> bytes:
    """The head of a new file, without counters."""
    return MAGIC.ljust(HEAD_SIZE, b"\0")


def counters_of(file: BinaryIO) -> Counters | None:
    """The newest counters of a file that are whole; None when there are none."""
    file.seek(0)
    head = file.read(HEAD_SIZE)
    found = [counters for at in _SLOTS if (counters := _counters(head[at:])) is not None]
    return max(found, key=lambda each: each.number, default=None)


def _counters(slot: bytes) -> Counters | None:
    packed, stored = slot[: _SLOT.size], slot[_SLOT.size : _SLOT.size + _CRC.size]
    if len(stored) < _CRC.size or _CRC.unpack(stored)[0] != zlib.crc32(packed):
        return None
    number, events, before, end, closed, _ = _SLOT.unpack(packed)
    return Counters(number=number, events=events, before=before, end=end, closed=closed)


def frame_bytes(kind: Kind, rows: int, payload: bytes, raw_size: int, chain: bytes) -> bytes:
    """A frame as bytes.

    Args:
        kind: What it holds.
        rows: The number of events in it.
        payload: Its content, compressed.
        raw_size: The size of the content without compression.
        chain: The hash of all frames, this one included.
    """
    head = _HEAD.pack(
        MARK, _CODES[kind], rows, len(payload), raw_size, zlib.crc32(payload), 0, chain
    )
    return b"".join((head, _CRC.pack(zlib.crc32(head)), payload))


def chained(previous: bytes, kind: Kind, payload: bytes) -> bytes:
    """The hash of a frame and of the hash before it."""
    return sha256(b"".join((previous, _CODES[kind], payload))).digest()


def read_frames(file: BinaryIO, size: int) -> Iterator[Frame | Damage]:
    """The frames of a file in their order, and the bytes between them that are not frames.

    Args:
        file: The file.
        size: Where to stop.
    """
    at, chain = HEAD_SIZE, b""
    while at < size:
        found = _frame_at(file, at, size, chain)
        if found is None:
            start, at = at, _next_frame(file, at + 1, size)
            yield Damage(start=start, end=at)
            continue
        chain, at = found.chain, found.end
        yield found


def _frame_at(file: BinaryIO, at: int, size: int, chain: bytes) -> Frame | None:
    file.seek(at)
    head = file.read(FRAME_HEAD_SIZE)
    if len(head) < FRAME_HEAD_SIZE or not head.startswith(MARK):
        return None
    if _CRC.unpack(head[_HEAD.size :])[0] != zlib.crc32(head[: _HEAD.size]):
        return None
    _, code, rows, length, raw_size, crc, _, stored = _HEAD.unpack(head[: _HEAD.size])
    end = at + FRAME_HEAD_SIZE + length
    if code not in _KINDS or end > size or raw_size > _MAX_RAW:
        return None
    payload = file.read(length)
    if len(payload) < length or zlib.crc32(payload) != crc:
        return None
    kind = _KINDS[code]
    linked = chained(chain, kind, payload) == stored
    return Frame(
        kind=kind,
        rows=rows,
        payload=payload,
        raw_size=raw_size,
        chain=stored,
        linked=linked,
        start=at,
        end=end,
    )


def _next_frame(file: BinaryIO, at: int, size: int) -> int:
    """Where the next whole frame begins; the size of the file when no frame follows."""
    while at < size:
        file.seek(at)
        block = file.read(min(_SEARCH_BYTES, size - at))
        found = block.find(MARK)
        if found < 0:
            if len(block) < len(MARK):
                return size
            at += len(block) - len(MARK) + 1
        elif _frame_at(file, at + found, size, b"") is not None:
            return at + found
        else:
            at += found + 1
    return size
