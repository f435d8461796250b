"""Whether the buffers of an Arrow stream are packed, which Arrow does not say before it unpacks.

A packed buffer states its own size, up to 2^63 bytes, and Arrow allocates it. This reads the
fields that say so: ``RecordBatch.compression`` and the first bytes of each buffer (Arrow columnar
format 1.5, ``Message.fbs``, tables of FlatBuffers).
"""

import struct
from typing import Any, BinaryIO

# The numbers of fields in Message.fbs.
_HEADER, _BODY, _DATA, _BUFFERS, _COMPRESSION = 2, 3, 1, 2, 3
_DICTIONARY_BATCH = 2
_KIND = 1
_MARK = b"\xff\xff\xff\xff"
_MAX_BATCH, _MAX_RATIO, _MAX_ENDS = 64 * 2**20, 32, 1_000


def has_packed_buffers(stream: Any) -> bool:
    """Whether a batch or a dictionary of a stream is packed.

    Args:
        stream: The stream, as a buffer.

    Raises:
        struct.error: A message is not one.
    """
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    reader = pa.ipc.MessageReader.open_stream(stream)
    while True:
        try:
            message = reader.read_next_message()
        except StopIteration:
            return False
        if message.type in ("record batch", "dictionary"):
            is_dictionary = message.type == "dictionary"
            if _is_packed(message.metadata.to_pybytes(), is_dictionary=is_dictionary):
                return True


def require_bounded(file: BinaryIO, size: int) -> None:
    """Refuse streams in a file of which a message unpacks to much more than it is.

    Args:
        file: The file, whose streams follow each other; it is read from its beginning.
        size: Its size in bytes.

    Raises:
        ValueError: A message says that it unpacks to more than 64 MiB and 32 times its size, has a
            head of more than 64 MiB, or a thousand ends of streams follow each other.
    """
    at = ends = 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(8)
        marked = head.startswith(_MARK)
        (length,) = struct.unpack_from("<i", head, 4 if marked else 0)
        at += 8 if marked else 4
        ends = ends + 1 if length == 0 else 0
        if ends > _MAX_ENDS:
            raise ValueError(f"{ends:,} streams before byte {at:,} end without a beginning")
        if length == 0:
            continue  # the end of a stream
        if length < 0 or at + length > size:
            return  # torn: Arrow reads no further either
        if length > _MAX_BATCH:
            raise ValueError(f"the message at byte {at:,} has a head of {length:,} bytes")
        file.seek(at)
        metadata = file.read(length)
        try:
            message = _number(metadata, "<I", 0)
            body = _field(metadata, message, _BODY)
            body_length = 0 if body is None else _number(metadata, "<q", body)
            unpacked = _unpacked_size(file, metadata, message, at + length)
        except struct.error:
            return  # no message: Arrow says so
        if unpacked > max(_MAX_BATCH, _MAX_RATIO * max(0, body_length)):
            raise ValueError(
                f"the message at byte {at:,} unpacks to {unpacked:,} bytes, more than"
                f" {_MAX_BATCH:,} and {_MAX_RATIO} times its size"
            )
        at += length + max(0, body_length)


def _unpacked_size(file: BinaryIO, metadata: bytes, message: int, body: int) -> int:
    """What the buffers of a message say that they unpack to; 0 of one that is not packed."""
    batch = _table(metadata, message, _HEADER)
    kind = _field(metadata, message, _KIND)
    if kind is not None and batch is not None and metadata[kind] == _DICTIONARY_BATCH:
        batch = _table(metadata, batch, _DATA)
    if batch is None or _field(metadata, batch, _COMPRESSION) is None:
        return 0
    buffers = _table(metadata, batch, _BUFFERS)
    if buffers is None:
        return 0
    found = 0
    for number in range(_number(metadata, "<I", buffers)):
        offset, length = struct.unpack_from("<qq", metadata, buffers + 4 + 16 * number)
        if length < 8 or offset < 0:
            continue
        file.seek(body + offset)
        found += max(0, int.from_bytes(file.read(8), "little", signed=True))
    return found


def _is_packed(metadata: bytes, *, is_dictionary: bool) -> bool:
    batch = _table(metadata, _number(metadata, "<I", 0), _HEADER)
    if is_dictionary and batch is not None:
        batch = _table(metadata, batch, _DATA)
    return batch is not None and _field(metadata, batch, _COMPRESSION) is not None


def _table(data: bytes, table: int, number: int) -> int | None:
    """Where the table in a field of a table begins."""
    at = _field(data, table, number)
    return None if at is None else at + _number(data, "<I", at)


def _field(data: bytes, table: int, number: int) -> int | None:
    """Where a field of a table is; None where the table does not have it."""
    fields = table - _number(data, "<i", table)
    place = 4 + 2 * number
    if place >= _number(data, "<H", fields):
        return None
    offset = _number(data, "<H", fields + place)
    return table + offset if offset else None


def _number(data: bytes, form: str, at: int) -> int:
    if at < 0:
        raise struct.error("a place before the beginning")
    found: int = struct.unpack_from(form, data, at)[0]
    return found
