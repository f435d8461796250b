"""Events as files: CSV, JSON Lines and Parquet."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ._errors import NoDataError, UnsupportedFormatError
from ._event import Event

_FIXED = (
    "event_id",
    "experiment_id",
    "name",
    "level",
    "timestamp_us",
    "monotonic_ns",
    "condition",
    "item_id",
    "repeat",
    "pid",
    "thread",
    "task",
    "duration_ns",
    "latency_ms",
    "cost_usd",
    "input_tokens",
    "output_tokens",
    "success",
    "model",
    "error_type",
)


def export(
    path: Path,
    *,
    format: str | None,
    events: Callable[[], Iterable[Event]],
    table: Any,
) -> Path:
    """Write events to a file.

    Args:
        path: The file; replaced when there.
        format: ``csv``, ``jsonl`` or ``parquet``; the ending of the path when left out.
        events: Gives the events; called as often as they are passed over.
        table: Gives them as an Arrow table.

    Raises:
        UnsupportedFormatError: The format is none of these.
        NoDataError: There are no events.
    """
    name = format or path.suffix.removeprefix(".")
    if name not in _WRITERS:
        raise UnsupportedFormatError(name, _WRITERS)
    if next(iter(events()), None) is None:
        raise NoDataError(f"there are no events to write to {path}")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    _WRITERS[name](temporary, events, table)
    temporary.replace(path)
    return path


def _write_csv(path: Path, events: Callable[[], Iterable[Event]], _: Any) -> None:
    """All columns of all events: nested attributes become ``attributes.a.b``."""
    extra = sorted({key for event in events() for key in _flat("attributes", event.attributes)})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*_FIXED, *extra], restval="", lineterminator="\n")
        writer.writeheader()
        for event in events():
            values = event.to_dict()
            row = {key: values[key] for key in _FIXED if values[key] is not None}
            row.update(_flat("attributes", event.attributes))
            writer.writerow(row)


def _write_jsonl(path: Path, events: Callable[[], Iterable[Event]], _: Any) -> None:
    encoder = msgspec.json.Encoder()
    with path.open("wb") as file:
        for event in events():
            file.write(encoder.encode(event.to_dict()))
            file.write(b"\n")


def _write_parquet(path: Path, _: Callable[[], Iterable[Event]], table: Any) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415  # only an export needs it

    pq.write_table(table(), path, compression="zstd")


_WRITERS: Mapping[str, Callable[[Path, Callable[[], Iterable[Event]], Any], None]] = {
    "csv": _write_csv,
    "jsonl": _write_jsonl,
    "parquet": _write_parquet,
}


def _flat(prefix: str, values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in values.items():
        name = f"{prefix}.{key}"
        if isinstance(value, Mapping):
            found.update(_flat(name, value))
        elif isinstance(value, list):
            found[name] = json.dumps(value, ensure_ascii=False)
        elif value is not None:
            found[name] = value
    return found
