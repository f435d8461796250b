"""Transforms the rows of an export and selects its columns."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from .._core.chunk import schema
from .._core.columns import to_list
from .derived import column_of
from .lines import cell, flat

Transformer = Callable[[dict[str, Any]], dict[str, Any] | None]
Batches = Callable[[], Iterator[Any]]
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder(enc_hook=lambda value: {"repr": repr(value)}).encode


def transformed_batches(batches: Batches, steps: Sequence[Transformer]) -> Iterator[Any]:
    """The batches after anonymisation and transformers."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    if not steps:
        yield from batches()
        return
    plain = schema()
    for batch in batches():
        rows = [
            {**row, "attributes": _encode(row.get("attributes", {})).decode()}
            for row in transformed_rows(rows_of(batch), steps)
        ]
        named = dict.fromkeys(key for row in rows for key in row)
        known = [plain.field(name) for name in plain.names if name in named]
        kinds = {field.name: _column_type(field.type, rows, field.name) for field in known}
        extra = {key: None for key in named if key not in kinds}
        arrays = {
            key: _column([row.get(key) for row in rows], kinds.get(key)) for key in (*kinds, *extra)
        }
        if rows:
            yield pa.RecordBatch.from_arrays(list(arrays.values()), names=list(arrays))


def _column_type(kind: Any, rows: Sequence[Mapping[str, Any]], name: str) -> Any:
    """The type of a column; text where a number was hashed."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    text = pa.types.is_dictionary(kind) or any(isinstance(row.get(name), str) for row in rows)
    return pa.string() if text else kind


def _column(values: Sequence[Any], kind: Any) -> Any:
    """Values as a column; as texts when they have no common type."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    try:
        return pa.array(values, kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([cell(value) for value in values], pa.string())


def of_one_schema(batches: Batches) -> Iterator[Any]:
    """Batches with the columns of all of them, each of a type that holds its values.

    Args:
        batches: Gives the batches; called twice.
    """
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    kinds: dict[str, Any] = {}
    for batch in batches():
        for field in batch.schema:
            kinds[field.name] = _common_type(kinds.get(field.name), field.type)
    for batch in batches():
        arrays = [
            _as_type(batch.column(name), kind)
            if name in batch.schema.names
            else pa.nulls(batch.num_rows, kind)
            for name, kind in kinds.items()
        ]
        yield pa.RecordBatch.from_arrays(arrays, names=list(kinds))


def _common_type(one: Any, other: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    if one is None or one == other or pa.types.is_null(one):
        return other
    if pa.types.is_null(other):
        return one
    numbers = {pa.int64(), pa.float64()}
    return pa.float64() if {one, other} == numbers else pa.string()


def _as_type(column: Any, kind: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    if column.type == kind:
        return column
    if pa.types.is_string(kind):
        return pa.array([cell(value) for value in to_list(column)], kind)
    return column.cast(kind, safe=False)


def transformed_rows(rows: Iterable[dict[str, Any]], steps: Sequence[Transformer]) -> Iterator[Any]:
    for row in rows:
        found: dict[str, Any] | None = row
        for step in steps:
            found = step(found) if found is not None else None
        if found is not None:
            yield found


def rows_of(batch: Any) -> Iterator[dict[str, Any]]:
    columns = {name: to_list(batch.column(name)) for name in batch.schema.names}
    for index in range(batch.num_rows):
        row = {name: column[index] for name, column in columns.items()}
        yield {**row, "attributes": _decode(row["attributes"])}


def with_columns(batch: Any, columns: Sequence[str] | None) -> Any:
    """The selected columns; ``attributes.key`` is one attribute."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    if columns is None:
        return batch
    rows = [flat(_decode(text)) for text in batch.column("attributes").to_pylist()]
    arrays = [
        pa.array([cell(row.get(name.removeprefix("attributes."))) for row in rows], pa.string())
        if name.startswith("attributes.")
        else column_of(batch, name)
        for name in columns
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))
