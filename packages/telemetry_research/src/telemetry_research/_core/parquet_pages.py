"""What the pages of a Parquet file say of themselves, read before any of them is unpacked.

The end of a Parquet file states sizes too, but a reader trusts the head of each page (Apache
Parquet, ``parquet.thrift``, ``PageHeader``, in Thrift's compact protocol).
"""

import os
from collections.abc import Iterable
from typing import Any, BinaryIO

_FREE_BYTES = 64 << 20
_FREE_VALUES = 500_000  # of each column
_HEADS = (1 << 10, 1 << 16, 1 << 24)
_DEEPEST = 8


def bounded_rows(file: BinaryIO, *, ratio: int, at_once: int = 65_536) -> int:
    """How many rows of a Parquet file can be read at once.

    Args:
        file: The file, which is open.
        ratio: How many times its size it may unpack to, from 64 MiB.
        at_once: The most rows.

    Returns:
        So many that they fit, although each may hold the largest value of every dictionary.

    Raises:
        ValueError: It unpacks to more than a file of its size may, or its end or a page has
            another form.
        OSError: It cannot be read.
    """
    most, largest = largest_values(file, ratio=ratio)
    return rows_at_once(most, largest.values(), at_once=at_once)


def rows_at_once(most: int, largest: Iterable[int], *, at_once: int = 65_536) -> int:
    """How many rows fit, although each may hold the largest value of every dictionary.

    Args:
        most: The bytes that they may take.
        largest: The bytes of the largest dictionary of each column that is read.
        at_once: The most rows.
    """
    return max(1, min(at_once, most // max(1, sum(largest))))


def largest_values(file: BinaryIO, *, ratio: int) -> tuple[int, dict[int, int]]:
    """To how many bytes a Parquet file may unpack, and the largest dictionary of each column.

    Args:
        file: The file, which is open.
        ratio: How many times its size it may unpack to, from 64 MiB.

    Returns:
        The bytes, and the bytes of the dictionaries by the numbers of their columns.

    Raises:
        ValueError: It unpacks to more than that, or its end or a page has another form.
        OSError: It cannot be read.
    """
    packed = os.fstat(file.fileno()).st_size
    most = max(_FREE_BYTES, ratio * packed)
    groups = _groups(file, packed)
    values = max(1, *map(len, groups), 1) * max(_FREE_VALUES, ratio * packed)
    largest = _require_pages(file, groups, most=most, most_values=values)
    return most, largest


def _groups(file: BinaryIO, size: int) -> list[list[tuple[int, int]]]:
    """Where the pages of each column begin and end, by row group.

    pyarrow gives it too, but ends the process where a column says nothing of itself.
    """
    file.seek(max(0, size - 8))
    tail = file.read(8)
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != b"PAR1" or length > size - 8:
        raise ValueError("it does not end as Parquet does, or is encrypted")
    file.seek(size - 8 - length)
    try:
        footer, _ = _fields(file.read(length), 0, 0)
    except IndexError:
        raise ValueError("its description at the end is cut off") from None
    groups = [_columns(group) for group in _listed(footer, 4)]
    return [[_span(_struct(column, 3)) for column in columns] for columns in groups]


def _columns(group: Any) -> list[Any]:
    return _listed(group, 1) if isinstance(group, dict) else []


def _span(about: dict[int, Any]) -> tuple[int, int]:
    """Where the pages of a column begin and end (``ColumnMetaData`` of ``parquet.thrift``)."""
    known: list[Any] = [about.get(each) for each in (7, 9)]
    if not all(isinstance(each, int) for each in known):
        raise ValueError("a column does not say where its pages are")
    length, begin = known
    first = about.get(11)  # of the dictionary, where there is one
    if isinstance(first, int) and 0 < first < begin:
        begin = first
    return begin, begin + length


def _require_pages(
    file: BinaryIO, groups: list[list[tuple[int, int]]], *, most: int, most_values: int
) -> dict[int, int]:
    """The bytes of the largest dictionaries; refuses pages that unpack to too much."""
    unpacked = values = 0
    largest: dict[int, int] = {}
    for columns in groups:
        for number, (at, end) in enumerate(columns):
            while at < end:
                head, size = _page_head(file, at)
                if head[2] < 0 or head[3] < 0:
                    raise ValueError("a page has a negative size")
                at += size + head[3]  # noqa: PLW2901  # the place in the column
                unpacked += head[2]
                if 7 in head:
                    largest[number] = max(largest.get(number, 0), head[2])
                count = (_struct(head, 5) or _struct(head, 8)).get(1, 0)
                values += count if isinstance(count, int) else 0
                if unpacked > most or values > most_values:
                    raise ValueError(
                        f"it unpacks to more than {most:,} bytes or {most_values:,} values, the"
                        " most that is read of a file of its size"
                    )
    return largest


def _struct(fields: Any, number: int) -> dict[int, Any]:
    found = fields.get(number) if isinstance(fields, dict) else None
    return found if isinstance(found, dict) else {}


def _listed(fields: dict[int, Any], number: int) -> list[Any]:
    found = fields.get(number)
    return found if isinstance(found, list) else []


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
    if kind in (7, 8):  # same
        length, at = (8, at) if kind == 7 else _varint(data, at)
        return None, at + length
    if kind in (9, 10):  # same
        return _list(data, at, depth)
    if kind == 12 and depth < _DEEPEST:  # same
        return _fields(data, at, depth + 1)
    raise ValueError("the head of a page, or its end, has another form")


def _list(data: bytes, at: int, depth: int) -> tuple[list[Any], int]:
    kind, count = data[at] & 15, data[at] >> 4
    at += 1
    if count == 15:  # longer lists have a number of their own
        count, at = _varint(data, at)
    if count > len(data):
        raise ValueError("a list is longer than what it is in")
    found: list[Any] = []
    for _ in range(count):
        value, at = (None, at + 1) if kind in (1, 2) else _value(data, at, kind, depth)
        found.append(value)
    return found, at


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
