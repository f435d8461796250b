"""Transforms the rows of an export and selects its columns."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from .._core.chunk import schema
from .._core.columns import to_list
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
            key: pa.array([row.get(key) for row in rows], kinds.get(key))
            for key in (*kinds, *extra)
        }
        if rows:
            yield pa.RecordBatch.from_arrays(list(arrays.values()), names=list(arrays))


def _column_type(kind: Any, rows: Sequence[Mapping[str, Any]], name: str) -> Any:
    """The type of a column; text where a number was hashed."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    text = pa.types.is_dictionary(kind) or any(isinstance(row.get(name), str) for row in rows)
    return pa.string() if text else kind


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
        else batch.column(name)
        for name in columns
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))
