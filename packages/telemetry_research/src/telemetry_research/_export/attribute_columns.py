"""The attributes of events as columns: pyarrow reads the JSON, where that keeps each value."""

from collections.abc import Mapping
from typing import Any

from .lines import cell, flat_rows

_FEW = 32  # decoding as many takes less time than a call of pyarrow's reader
_MAX_LISTS = 64
_MAX_WHOLE = 2**53  # larger integers among floats would be rounded


def attribute_columns(texts: Any) -> Mapping[str, Any]:
    """Each attribute that has a value, as a column; ``a.b`` is one inside of ``a``.

    A column has numbers or truth values where all of it are such, and else texts.

    Args:
        texts: An Arrow array of JSON objects.
    """
    found = _simple_columns(texts) if len(texts) > _FEW else None
    return found if found is not None else _columns_of_rows(texts)


def _columns_of_rows(texts: Any) -> dict[str, Any]:
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it

    rows = flat_rows(texts)
    names = {key for row in rows for key, value in row.items() if value is not None}
    return {
        name: pa.array([cell(row.get(name)) for row in rows], pa.large_string()) for name in names
    }


def _simple_columns(texts: Any) -> dict[str, Any] | None:
    """The columns of attributes without nested values; None when pyarrow would change a value."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it

    lines = _joined(texts)
    if texts.null_count or not _may_be_simple(lines, len(texts)):
        return None
    try:
        table = _read_json(lines, None)
        times = [field for field in table.schema if pa.types.is_temporal(field.type)]
        if times:  # texts that look like times
            table = _read_json(lines, pa.schema([(each.name, pa.string()) for each in times]))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None  # values of several types in one column, or no JSON
    if table.num_rows != len(texts):
        return None
    columns = {name: table.column(name).combine_chunks() for name in table.schema.names}
    found = {name: each for name, each in columns.items() if each.null_count < len(each)}
    return found if all(map(_is_exact, found.values())) else None


def _may_be_simple(lines: Any, count: int) -> bool:
    """Whether each line is one object without objects inside, and has few lists.

    Others may have written them. A ``null`` outside of an object, and values of thousands of
    levels, end the process in pyarrow.
    """
    text = bytes(lines)
    ends = text.startswith(b"{") and text.endswith(b"}") and b"\r" not in text
    if not ends or {text.count(end) for end in (b"\n", b"}\n{")} != {count - 1}:
        return False
    if any(text.count(brace) != count for brace in (b"{", b"}")):
        return False
    return b"[" not in text or max(map(_lists, text.split(b"\n"))) <= _MAX_LISTS


def _lists(line: bytes) -> int:
    return line.count(b"[")


def _joined(texts: Any) -> Any:
    """The bytes of texts, with the end of a line between two."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    text = pa.large_string()  # more than 2 GiB in all
    whole = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), texts.cast(text))
    joined: Any = pc.binary_join(whole, pa.scalar("\n", text))
    return joined[0].as_buffer()


def _read_json(lines: Any, schema: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it
    import pyarrow.json as pj  # noqa: PLC0415  # same

    source: Any = pa.BufferReader(lines)
    return pj.read_json(
        source,
        read_options=pj.ReadOptions(use_threads=False, block_size=len(lines) + 1),
        parse_options=pj.ParseOptions(explicit_schema=schema),
    )


def _is_exact(column: Any) -> bool:
    """Whether the values of a column are scalars that were not rounded."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    kind = column.type
    if pa.types.is_floating(kind):
        largest: Any = pc.max(pc.abs(column))
        return bool(largest.as_py() < _MAX_WHOLE)
    return pa.types.is_string(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind)
