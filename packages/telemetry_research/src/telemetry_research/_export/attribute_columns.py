"""The attributes of events as columns: pyarrow reads the JSON, where that keeps each value."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from .lines import cell, flat_rows

_encode = msgspec.json.Encoder().encode
_FEW = 32  # decoding as many takes less time than a call of pyarrow's reader
_MAX_LISTS = 64
_MAX_WHOLE = 2**53  # larger integers among floats would be rounded


def attribute_columns(texts: Any) -> Mapping[str, Any]:
    """Each attribute that has a value, as a column of texts; ``a.b`` is one inside of ``a``.

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

    if not _may_be_simple(texts):
        return None
    lines: list[str] = texts.to_pylist()
    try:
        table = _read_json(lines, None)
        times = [field for field in table.schema if pa.types.is_temporal(field.type)]
        if times:  # texts that look like times
            table = _read_json(lines, pa.schema([(each.name, pa.string()) for each in times]))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None  # values of several types in one column, or no JSON
    if table.num_rows != len(lines):
        return None
    found = {}
    for name in table.schema.names:
        column = table.column(name).combine_chunks()
        if column.null_count == len(column):
            continue
        texts_of_it = _as_texts(column)
        if texts_of_it is None:
            return None
        found[name] = texts_of_it
    return found


def _may_be_simple(texts: Any) -> bool:
    """Whether each text is one object without objects inside, on one line.

    Others may have written them. A ``null`` outside of an object, and values of thousands of
    levels, end the process in pyarrow.
    """
    import pyarrow.compute as pc  # noqa: PLC0415  # only an export needs it

    flat: Any = pc.all(pc.match_substring_regex(texts, r"^\{[^{}\n\r]*\}$"))
    lists: Any = pc.max(pc.count_substring(texts, "["))
    return not texts.null_count and flat.as_py() and lists.as_py() <= _MAX_LISTS


def _read_json(lines: Sequence[str], schema: Any) -> Any:
    import pyarrow.json as pj  # noqa: PLC0415  # same

    text = "\n".join(lines).encode()
    return pj.read_json(
        io.BytesIO(text),
        read_options=pj.ReadOptions(use_threads=False, block_size=len(text) + 1),
        parse_options=pj.ParseOptions(explicit_schema=schema),
    )


def _as_texts(column: Any) -> Any:
    """Values as the texts of their JSON; None when some are no scalars, or were rounded."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return column.cast(pa.large_string())
    if not pa.types.is_floating(kind):
        return None
    largest: Any = pc.max(pc.abs(column))
    if largest.as_py() >= _MAX_WHOLE:
        return None
    coded = column.dictionary_encode()
    numbers = _encode(coded.dictionary.to_pylist()).decode()[1:-1].split(",")
    distinct = pa.array(numbers, pa.large_string())
    return distinct.take(coded.indices)
