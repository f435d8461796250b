"""Whether the buffers of an Arrow stream are packed, which Arrow does not say before it unpacks.

A packed buffer states its own size, up to 2^63 bytes, and Arrow allocates it. This reads the
field that says so: ``RecordBatch.compression`` of the format (Arrow columnar format 1.5,
``Message.fbs``), a table of FlatBuffers.
"""

import struct
from typing import Any

# The numbers of fields in Message.fbs.
_HEADER, _DATA, _COMPRESSION = 2, 1, 3


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
