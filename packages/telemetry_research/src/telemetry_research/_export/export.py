"""Events as files: CSV, JSON Lines and Parquet, a batch at a time."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from .._core.catalogue import event_info
from .._core.errors import NoDataError, UnknownExportFormatError
from .csv_lines import write_csv
from .derived import require_columns
from .lines import flat, spans_as_text, write_json
from .parquet import write_parquet, write_partitions
from .redact import Anonymize
from .replacing import replacing
from .transform import (
    Batches,
    Transformer,
    changed,
    rows_of,
    transformed_rows,
    with_columns,
)

_encode_lines = msgspec.json.Encoder(enc_hook=lambda value: {"repr": repr(value)}).encode_lines
Format = Literal["csv", "jsonl", "parquet"]
_FORMATS = get_args(Format)


def export(
    path: Path,
    batches: Batches,
    *,
    format: Format | None = None,
    columns: Sequence[str] | None = None,
    transform: Sequence[Transformer] = (),
    anonymize: Anonymize | None = None,
    partition: bool = False,
) -> Path:
    """Write events to a file; see ``Recording.export``.

    Raises:
        UnknownExportFormatError: The format is none of the three, or has no partitions.
        NoDataError: There are no events.
        ValueError: ``anonymize`` or ``columns`` names a field that no event has.
    """
    name = format or path.suffix.removeprefix(".")
    if name not in _FORMATS or (partition and name != "parquet"):
        raise UnknownExportFormatError(name, ("parquet",) if partition else _FORMATS)
    if not any(batch.num_rows for batch in batches()):
        raise NoDataError(f"the experiment has no events to write to {path}")
    if anonymize is not None:
        anonymize.require_known(row for batch in batches() for row in rows_of(batch))
    if columns is not None and not transform:
        require_columns(columns)
    path.parent.mkdir(parents=True, exist_ok=True)
    if name == "jsonl":
        steps: list[Transformer] = [*([anonymize] if anonymize is not None else []), *transform]
        with replacing(path) as temporary:
            _write_jsonl(temporary, batches, steps, columns)
        return path
    with changed(batches, anonymize, transform, path.parent) as given:
        if partition:
            write_partitions(path, given, columns)
            return path
        with replacing(path) as temporary:
            if name == "parquet":
                chosen = (spans_as_text(with_columns(each, columns)) for each in given())
                write_parquet(temporary, chosen)
            else:
                write_csv(temporary, given(), columns)
    return path


def _write_jsonl(
    path: Path, batches: Batches, steps: Sequence[Transformer], columns: Sequence[str] | None
) -> None:
    with path.open("wb") as file:
        if not steps and columns is None:
            write_json(file, batches())
            return
        for batch in batches():
            rows = transformed_rows(_json_rows(batch), steps)
            file.write(_encode_lines([_named(row, columns) for row in rows]))


def _json_rows(batch: Any) -> Iterator[dict[str, Any]]:
    """Rows as ``Event.to_dict`` gives them."""
    for row in rows_of(batch):
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
