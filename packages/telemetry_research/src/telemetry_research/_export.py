"""Events as files: CSV, JSON Lines and Parquet, a batch at a time."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec

from ._catalogue import event_info
from ._chunk import schema
from ._columns import to_list
from ._errors import NoDataError, UnsupportedFormatError
from ._lines import cell, flat, flat_names, write_csv, write_json
from ._redact import Anonymize

Transformer = Callable[[dict[str, Any]], dict[str, Any] | None]
Batches = Callable[[], Iterator[Any]]
_decode = msgspec.json.Decoder().decode
_encoder = msgspec.json.Encoder(enc_hook=lambda value: {"repr": repr(value)})
_encode, _encode_lines = _encoder.encode, _encoder.encode_lines
_FORMATS = ("csv", "jsonl", "parquet")


def export(
    path: Path,
    batches: Batches,
    *,
    format: str | None = None,
    columns: Sequence[str] | None = None,
    transform: Sequence[Transformer] = (),
    anonymize: Anonymize | None = None,
    partition: bool = False,
) -> Path:
    """Write events to a file; see ``Experiment.export``.

    Raises:
        UnsupportedFormatError: The format is none of these, or is not written in partitions.
        NoDataError: There are no events.
    """
    name = format or path.suffix.removeprefix(".")
    if name not in _FORMATS or (partition and name != "parquet"):
        raise UnsupportedFormatError(name, ("parquet",) if partition else _FORMATS)
    if not any(batch.num_rows for batch in batches()):
        raise NoDataError(f"there are no events to write to {path}")
    steps: list[Transformer] = [*([anonymize] if anonymize is not None else []), *transform]
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    if partition:
        _write_partitions(path, lambda: _changed(batches, steps), columns)
        return path
    if name == "parquet":
        _write_parquet(temporary, (_chosen(each, columns) for each in _changed(batches, steps)))
    elif name == "jsonl":
        _write_jsonl(temporary, batches, steps, columns)
    else:
        _write_csv(temporary, lambda: _changed(batches, steps), columns)
    temporary.replace(path)
    return path


def _changed(batches: Batches, steps: Sequence[Transformer]) -> Iterator[Any]:
    """The batches after anonymisation and transformers."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    if not steps:
        yield from batches()
        return
    plain = schema()
    for batch in batches():
        rows = [
            {**row, "attributes": _encode(row.get("attributes", {})).decode()}
            for row in _transformed(_rows(batch), steps)
        ]
        named = dict.fromkeys(key for row in rows for key in row)
        known = [plain.field(name) for name in plain.names if name in named]
        kinds = {field.name: _kind(field.type, rows, field.name) for field in known}
        extra = {key: None for key in named if key not in kinds}
        arrays = {
            key: pa.array([row.get(key) for row in rows], kinds.get(key))
            for key in (*kinds, *extra)
        }
        if rows:
            yield pa.RecordBatch.from_arrays(list(arrays.values()), names=list(arrays))


def _kind(kind: Any, rows: Sequence[Mapping[str, Any]], name: str) -> Any:
    """The type of a column; a text where hashing has made one of a number."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    text = pa.types.is_dictionary(kind) or any(isinstance(row.get(name), str) for row in rows)
    return pa.string() if text else kind


def _transformed(rows: Iterable[dict[str, Any]], steps: Sequence[Transformer]) -> Iterator[Any]:
    for row in rows:
        found: dict[str, Any] | None = row
        for step in steps:
            found = step(found) if found is not None else None
        if found is not None:
            yield found


def _rows(batch: Any) -> Iterator[dict[str, Any]]:
    columns = {name: to_list(batch.column(name)) for name in batch.schema.names}
    for place in range(batch.num_rows):
        row = {name: column[place] for name, column in columns.items()}
        yield {**row, "attributes": _decode(row["attributes"])}


def _chosen(batch: Any, columns: Sequence[str] | None) -> Any:
    """Only the columns asked for; ``attributes.key`` is taken out of the attributes."""
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


def _write_parquet(path: Path, batches: Iterable[Any]) -> None:
    """Delta-coded numbers, split floats, dictionaries for texts, zstd over all of it."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it
    import pyarrow.parquet as pq  # noqa: PLC0415  # same

    writer: Any = None
    try:
        for batch in _gathered(batches):
            if writer is None:
                integers = [f.name for f in batch.schema if pa.types.is_integer(f.type)]
                floats = [f.name for f in batch.schema if pa.types.is_floating(f.type)]
                texts = [f.name for f in batch.schema if f.name not in {*integers, *floats}]
                encodings = dict.fromkeys(integers, "DELTA_BINARY_PACKED")
                encodings |= dict.fromkeys(floats, "BYTE_STREAM_SPLIT")
                dictionaries = [each for each in texts if each != "attributes"]
                encodings |= {
                    each: "DELTA_LENGTH_BYTE_ARRAY" for each in texts if each == "attributes"
                }
                writer = pq.ParquetWriter(
                    path,
                    batch.schema,
                    compression="zstd",
                    write_statistics=[f.name for f in batch.schema if f.name != "attributes"],
                    use_dictionary=cast("Any", dictionaries),  # the stubs know only the flag
                    column_encoding=encodings,
                )
            writer.write_table(batch.cast(writer.schema))
    finally:
        if writer is not None:
            writer.close()


def _write_partitions(
    path: Path, batches: Callable[[], Iterator[Any]], columns: Sequence[str] | None
) -> None:
    import pyarrow.compute as pc  # noqa: PLC0415  # only an export needs it

    ids = dict.fromkeys(
        each for batch in batches() for each in batch.column("experiment_id").unique().to_pylist()
    )
    shutil.rmtree(path, ignore_errors=True)
    for number in ids:
        folder = path / f"experiment_id={number}"
        folder.mkdir(parents=True)
        own = (
            _chosen(
                batch.filter(pc.equal(batch.column("experiment_id").cast("string"), number)),
                columns,
            )
            for batch in batches()
        )
        _write_parquet(folder / "events.parquet", (batch for batch in own if batch.num_rows))


def _gathered(batches: Iterable[Any], rows: int = 65_536) -> Iterator[Any]:
    """Batches as tables of some 65,000 rows, which compress better than a thousand."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it

    waiting: list[Any] = []
    for batch in batches:
        waiting.append(batch)
        if sum(each.num_rows for each in waiting) >= rows:
            yield pa.Table.from_batches(waiting).unify_dictionaries()
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting).unify_dictionaries()


def _write_jsonl(
    path: Path, batches: Batches, steps: Sequence[Transformer], columns: Sequence[str] | None
) -> None:
    with path.open("wb") as file:
        if not steps and columns is None:
            write_json(file, batches())
            return
        for batch in batches():
            rows = _transformed(_json_rows(batch), steps)
            file.write(_encode_lines([_named(row, columns) for row in rows]))


def _json_rows(batch: Any) -> Iterator[dict[str, Any]]:
    """Rows as ``Event.to_dict`` gives them."""
    for row in _rows(batch):
        duration = row["duration_ns"]
        yield {
            **row,
            "event_id": f"{row['experiment_id']}-{row['source']}-{row['sequence']}",
            "level": event_info(row["name"]).level,
            "latency_ms": None if duration is None else duration / 1e6,
            **{k: None if row[k] is None else f"{row[k]:016x}" for k in ("span_id", "parent_id")},
        }


def _named(row: dict[str, Any], columns: Sequence[str] | None) -> dict[str, Any]:
    if columns is None:
        return row
    nested = flat({"attributes": row["attributes"]})
    return {name: row[name] if name in row else nested.get(name) for name in columns}


def _write_csv(path: Path, batches: Batches, columns: Sequence[str] | None) -> None:
    """All columns of all events: nested attributes become ``attributes.a.b``."""
    names = list(columns) if columns is not None else _csv_columns(batches())
    with path.open("wb") as file:
        write_csv(file, batches(), names)


def _csv_columns(batches: Iterable[Any]) -> list[str]:
    fixed: dict[str, None] = {}
    extra: set[str] = set()
    for batch in batches:
        fixed.update(dict.fromkeys(name for name in batch.schema.names if name != "attributes"))
        extra |= flat_names(batch.column("attributes"))
    ordered = [*fixed]
    if "duration_ns" in fixed:
        ordered.insert(ordered.index("duration_ns") + 1, "latency_ms")
    return [*ordered, *sorted(extra)]
