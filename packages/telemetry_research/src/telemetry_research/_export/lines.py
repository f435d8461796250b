"""Events as lines of JSON, column by column without an object for each cell."""

import functools
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO

import msgspec

from .._core.catalogue import event_info
from .._core.event import attributes_of
from .._core.storable import key_of

_ROWS_AT_ONCE = 8192
_decode_all = msgspec.json.Decoder(list[dict[str, Any]]).decode
_encode = msgspec.json.Encoder(enc_hook=lambda value: {"repr": repr(value)}).encode
_HEX_DIGITS = 16
SPAN_COLUMNS = ("span_id", "parent_id")


class _Lines:
    """Lines that are joined from left to right; constant parts are joined once."""

    def __init__(self, null: str) -> None:
        self._null = null
        self._text = ""
        self._pieces: list[Any] = []

    def add(self, *cells: Any) -> None:
        """Add to the right: a text for all lines, or a column with one for each."""
        import pyarrow as pa  # noqa: PLC0415  # only an export needs it

        for cell in cells:
            if isinstance(cell, str):
                self._text += cell
            else:
                self._pieces += [pa.scalar(self._text, pa.large_string()), cell]
                self._text = ""

    def write(self, file: BinaryIO, count: int) -> None:
        """Write all of them."""
        import pyarrow as pa  # noqa: PLC0415  # only an export needs it
        import pyarrow.compute as pc  # noqa: PLC0415  # same

        if not self._pieces:
            file.write((self._text * count).encode())
            return
        ends = [pa.scalar(text, pa.large_string()) for text in (self._text, "")]
        lines = pc.binary_join_element_wise(
            *self._pieces, *ends, null_handling="replace", null_replacement=self._null
        )
        file.write(memoryview(lines.buffers()[2])[: byte_count(lines)])


def write_json(file: BinaryIO, batches: Iterable[Any]) -> None:
    """Write events as ``Event.to_dict`` gives them, one JSON object on a line."""
    for batch in pieces(batches):
        lines = _Lines("null")
        for name in batch.schema.names:
            lines.add("{" if name == batch.schema.names[0] else ",", f'"{name}":')
            lines.add(_json_cells(batch, name))
        known = {name: _cells(batch.column(name), str, "") for name in ("experiment_id", "source")}
        lines.add(',"event_id":"', known["experiment_id"], "-", known["source"], "-")
        lines.add(_cells(batch.column("sequence"), str, ""), '"')
        level = _cells(batch.column("name"), lambda name: _json_text(event_info(name).level), "")
        lines.add(',"level":', level, ',"latency_ms":', _latency(batch, "null"), "}\n")
        lines.write(file, batch.num_rows)


def flat(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Nested values under dotted names; one that is taken gets an apostrophe at its end."""
    if not any(type(value) is dict for value in values.values()):
        return values
    found: dict[str, Any] = {}
    for name, value in _flattened("", values):
        found[key_of(name, found)] = value
    return found


def cell(value: Any) -> str | None:
    """A value as the text of a cell."""
    return value if value is None or type(value) is str else _encode(value).decode()


def byte_count(texts: Any) -> int:
    """The number of bytes of an Arrow array of large strings."""
    ends = memoryview(texts.buffers()[1]).cast("q")
    return int(ends[len(texts)])


def pieces(batches: Iterable[Any]) -> Iterator[Any]:
    for batch in batches:
        for start in range(0, batch.num_rows, _ROWS_AT_ONCE):
            yield batch.slice(start, _ROWS_AT_ONCE)


def _cells(column: Any, text: Callable[[str], str], null: str) -> Any:
    """A column as texts, with nulls; one text when it is the same for all."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    if column.null_count == len(column):
        return null
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = column.dictionary_encode()
    if pa.types.is_dictionary(column.type):
        codes: Any = pc.min_max(column.indices).as_py()
        if column.null_count == 0 and codes["min"] == codes["max"]:
            return text(column.dictionary[codes["min"]].as_py())
        texts = pa.array(map(text, column.dictionary.to_pylist()), pa.large_string())
        return texts.take(column.indices)
    if pa.types.is_integer(kind) and column.null_count == 0:
        ends: Any = pc.min_max(column).as_py()
        if ends["min"] == ends["max"]:
            return str(ends["min"])
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return column.cast(pa.large_string())
    values = [None if each is None else text(str(cell(each))) for each in column.to_pylist()]
    return pa.array(values, pa.large_string())


def _json_cells(batch: Any, name: str) -> Any:
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    column = batch.column(name)
    if name == "attributes":
        return column.cast(pa.large_string())
    if name in SPAN_COLUMNS:
        return _hexadecimal(column, "null")
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type))
    return _cells(column, _json_text, "null")


def _latency(batch: Any, null: str) -> Any:
    import pyarrow.compute as pc  # noqa: PLC0415  # only an export needs it

    return _cells(
        pc.divide(batch.column("duration_ns").cast("float64", safe=False), 1e6), str, null
    )


def spans_as_text(batch: Any) -> Any:
    """The batch with its span ids as 16 hexadecimal digits, as events give them."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it

    for name in SPAN_COLUMNS:
        if name in batch.schema.names and is_number(batch, name):
            position = batch.schema.get_field_index(name)
            texts = hex_digits(batch.column(name)).cast(pa.string())
            batch = batch.set_column(position, name, texts)
    return batch


def with_span_texts(table: Any) -> Any:
    """A table with its span ids as 16 hexadecimal digits.

    Args:
        table: An Arrow table of events.
    """
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it

    for name in SPAN_COLUMNS:
        chunks = [hex_digits(each) for each in table.column(name).chunks]
        column = pa.chunked_array(chunks, pa.large_string())
        table = table.set_column(table.schema.get_field_index(name), name, column)
    return table


def is_number(batch: Any, name: str) -> bool:
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it

    return name in batch.schema.names and pa.types.is_integer(batch.column(name).type)


def _hexadecimal(column: Any, null: str) -> Any:
    """64-bit numbers as 16 digits in quotes."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    if column.null_count == len(column):
        return null
    quote, nothing = (pa.scalar(text, pa.large_string()) for text in ('"', ""))
    return pc.binary_join_element_wise(quote, hex_digits(column), quote, nothing)


def hex_digits(column: Any) -> Any:
    """64-bit numbers as 16 digits: the digits of all of them at once.

    Args:
        column: An Arrow array of numbers.
    """
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    if column.null_count == len(column):
        return pa.nulls(len(column), pa.large_string())
    filled = column
    if column.null_count:  # fill_null would load pandas, as all does that makes Arrow of a value
        zeros = pa.py_buffer(bytes(8 * len(column)))
        other = pa.Array.from_buffers(column.type, len(column), [None, zeros])
        filled = pc.if_else(column.is_valid(), column, other)
    numbers = memoryview(filled.buffers()[1]).cast("B")
    found = array("q")
    found.frombytes(numbers[8 * filled.offset : 8 * (filled.offset + len(filled))])
    if sys.byteorder == "little":
        found.byteswap()
    digits = pa.py_buffer(found.tobytes().hex().encode())
    known = column.is_valid().buffers()[1] if column.null_count else None
    ends = pa.py_buffer(_ends_of_digits(len(column)))
    return pa.Array.from_buffers(pa.large_string(), len(column), [known, ends, digits])


@functools.lru_cache(maxsize=8)
def _ends_of_digits(count: int) -> bytes:
    return array("q", range(0, _HEX_DIGITS * count + 1, _HEX_DIGITS)).tobytes()


def objects_of(texts: list[str]) -> list[dict[str, Any]]:
    """Attributes from their JSON, which others may have written.

    Raises:
        DamagedFileError: One of them is not a JSON object.
    """
    try:
        rows = _decode_all(f"[{','.join(texts)}]")  # a third of the time of one after the other
    except (TypeError, ValueError, RecursionError):
        rows = []
    return rows if len(rows) == len(texts) else list(map(attributes_of, texts))


def flat_rows(texts: Any) -> list[Mapping[str, Any]]:
    return list(map(flat, objects_of(texts.to_pylist())))


def _flattened(prefix: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    nested = {key: value for key, value in values.items() if isinstance(value, Mapping)}
    for key, value in values.items():
        if key not in nested:
            yield f"{prefix}{key}", value
    for key, value in nested.items():
        yield from _flattened(f"{prefix}{key}.", value)


def _json_text(text: str) -> str:
    return _encode(text).decode()
