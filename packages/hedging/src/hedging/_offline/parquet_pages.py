"""What the pages of a Parquet file say of themselves, read before any of them is unpacked.

The end of a Parquet file states sizes too, but a reader trusts the head of each page (Apache
Parquet, ``parquet.thrift``, ``PageHeader``, in Thrift's compact protocol).
"""

from pathlib import Path
from typing import Any, BinaryIO

_FREE_BYTES = 64 << 20
_FREE_VALUES = 500_000  # of each column
_HEADS = (1 << 10, 1 << 16, 1 << 24)
_DEEPEST = 8


def bounded_rows(path: Path, metadata: Any, *, ratio: int, at_once: int = 65_536) -> int:
    """How many rows of a Parquet file can be read at once.

    Args:
        path: The file.
        metadata: Its end, as pyarrow gives it.
        ratio: How many times its size it may unpack to, from 64 MiB.
        at_once: The most rows.

    Returns:
        So many that they fit, although each may hold the largest value of every dictionary.

    Raises:
        ValueError: It unpacks to more than a file of its size may, or a page has no head.
        OSError: It cannot be read.
    """
    packed = path.stat().st_size
    most = max(_FREE_BYTES, ratio * packed)
    values = max(1, metadata.num_columns) * max(_FREE_VALUES, ratio * packed)
    with path.open("rb") as file:
        largest = _require_pages(file, metadata, most=most, most_values=values)
    return max(1, min(at_once, most // max(1, largest)))


def _require_pages(file: BinaryIO, metadata: Any, *, most: int, most_values: int) -> int:
    """The bytes of all largest dictionaries; refuses pages that unpack to too much."""
    unpacked = values = 0
    largest: dict[int, int] = {}
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for number in range(group.num_columns):
            column = group.column(number)
            at = column.data_page_offset
            if column.has_dictionary_page:
                at = min(at, column.dictionary_page_offset or at)
            end = at + column.total_compressed_size
            while at < end:
                head, size = _page_head(file, at)
                if head[2] < 0 or head[3] < 0:
                    raise ValueError("a page has a negative size")
                at += size + head[3]
                unpacked += head[2]
                if 7 in head:
                    largest[number] = max(largest.get(number, 0), head[2])
                values += (head.get(5) or head.get(8) or {1: 0})[1]
                if unpacked > most or values > most_values:
                    raise ValueError(
                        f"it unpacks to more than {most:,} bytes or {most_values:,} values, the"
                        " most that is read of a file of its size"
                    )
    return sum(largest.values())


def _page_head(file: BinaryIO, at: int) -> tuple[dict[int, Any], int]:
    """The fields of the head of a page by their numbers, and its length."""
    for length in _HEADS:
        file.seek(max(0, at))
        data = file.read(length)
        try:
            fields, size = _fields(data, 0, 0)
        except IndexError:
            if len(data) < length:
                break
            continue
        if isinstance(fields.get(2), int) and isinstance(fields.get(3), int):
            return fields, size
        break
    raise ValueError(f"there is no page at byte {at:,}")


def _fields(data: bytes, at: int, depth: int) -> tuple[dict[int, Any], int]:
    found: dict[int, Any] = {}
    number = 0
    while data[at]:
        kind, step = data[at] & 15, data[at] >> 4
        at += 1
        if not step:
            coded, at = _varint(data, at)
            number = _signed(coded)
        number += step
        found[number], at = _value(data, at, kind, depth)
    return found, at + 1


def _value(data: bytes, at: int, kind: int, depth: int) -> tuple[Any, int]:
    if kind in (1, 2):
        return kind == 1, at
    if kind == 3:  # the numbers of Thrift's types
        return data[at], at + 1
    if kind in (4, 5, 6):
        coded, at = _varint(data, at)
        return _signed(coded), at
    if kind == 7:  # same
        return None, at + 8
    if kind == 8:  # same
        length, at = _varint(data, at)
        return None, at + length
    if kind == 12 and depth < _DEEPEST:  # same
        return _fields(data, at, depth + 1)
    raise ValueError("the head of a page has another form")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    found = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        at += 1
        found |= (byte & 127) << shift
        if byte < 128:  # the last byte has no high bit
            return found, at
    raise ValueError("a number in the head of a page does not end")


def _signed(coded: int) -> int:
    return (coded >> 1) ^ -(coded & 1)
