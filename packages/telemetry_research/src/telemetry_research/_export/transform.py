"""Transforms the rows of an export and selects its columns."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from .._core.chunk import schema
from .._core.columns import to_list
from .._core.event import attributes_of
from .derived import column_of
from .hidden_columns import anonymized
from .lines import cell, flat
from .redact import Anonymize
from .spool import append_batch, spooled

Transformer = Callable[[dict[str, Any]], dict[str, Any] | None]
Batches = Callable[[], Iterator[Any]]
_encode = msgspec.json.Encoder(enc_hook=lambda value: {"repr": repr(value)}).encode


@contextmanager
def changed(
    batches: Batches, hide: Anonymize | None, steps: Sequence[Transformer], folder: Path
) -> Iterator[Batches]:
    """The batches after anonymisation and transformers, which run once.

    Args:
        batches: Gives the batches.
        hide: What to anonymise.
        steps: The transformers; what they make is held in a temporary file.
        folder: Where that file is made.

    Yields:
        Gives the changed batches, all with the same columns, as often as it is called.
    """
    hidden = batches if hide is None else lambda: (anonymized(each, hide) for each in batches())
    if not steps:
        yield hidden
        return
    with tempfile.TemporaryFile(dir=folder) as file:
        kinds = _spool(file, _transformed(hidden(), steps))
        yield lambda: _spooled(file, kinds)


def _spool(file: Any, batches: Iterable[Any]) -> dict[str, Any]:
    """Write batches of different columns, and return the types of all columns."""
    kinds: dict[str, Any] = {}
    for batch in batches:
        for field in batch.schema:
            kinds[field.name] = _common_type(kinds.get(field.name), field.type)
        append_batch(file, batch, "lz4")
    return kinds


def _spooled(file: Any, kinds: Mapping[str, Any]) -> Iterator[Any]:
    """The batches of a file, each with all columns, of a type that holds the values of all."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    for batch in spooled(file):
        arrays = [
            _as_type(batch.column(name), kind)
            if name in batch.schema.names
            else pa.nulls(batch.num_rows, kind)
            for name, kind in kinds.items()
        ]
        yield pa.RecordBatch.from_arrays(arrays, names=list(kinds))


def _transformed(batches: Iterable[Any], steps: Sequence[Transformer]) -> Iterator[Any]:
    """The batches after the transformers."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    plain = schema()
    for batch in batches:
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
        yield {**row, "attributes": attributes_of(row["attributes"])}


def with_columns(batch: Any, columns: Sequence[str] | None) -> Any:
    """The selected columns; ``attributes.key`` is one attribute."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    if columns is None:
        return batch
    rows = [flat(attributes_of(text)) for text in batch.column("attributes").to_pylist()]
    arrays = [
        pa.array([cell(row.get(name.removeprefix("attributes."))) for row in rows], pa.string())
        if name.startswith("attributes.")
        else column_of(batch, name)
        for name in columns
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))
