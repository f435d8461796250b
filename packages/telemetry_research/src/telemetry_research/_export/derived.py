"""Columns of an export that events have and the table does not: id, level and latency."""

from collections.abc import Sequence
from typing import Any

from .._core.catalogue import event_info
from .._core.chunk import FIELDS
from .._core.columns import to_list

DERIVED = ("event_id", "level", "latency_ms")
_ID_PARTS = ("experiment_id", "source", "sequence")


def require_columns(columns: Sequence[str]) -> None:
    """Refuse a column that no event has; ``attributes.key`` may be in some events only.

    Raises:
        ValueError: The name is unknown.
    """
    known = (*FIELDS, *DERIVED)
    unknown = [name for name in columns if name not in known and not _is_attribute(name)]
    if unknown:
        names = ", ".join(map(repr, unknown))
        text = f"columns= has {names}, which no event has; nothing was written"
        raise ValueError(f"{text}. Give attributes.<key>, or one of {', '.join(known)}")


def _is_attribute(name: str) -> bool:
    return name.startswith("attributes.")


def column_of(batch: Any, name: str) -> Any:
    """A column of a batch, or one derived from it; nulls where a transformer took its source.

    Args:
        batch: An Arrow batch of events.
        name: The name of the column.
    """
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    given = batch.schema.names
    if name in given:
        return batch.column(name)
    if name == "event_id" and set(_ID_PARTS) <= {*given}:
        parts = zip(*(to_list(batch.column(each)) for each in _ID_PARTS), strict=True)
        return pa.array(["-".join(map(str, each)) for each in parts], pa.string())
    if name == "level" and "name" in given:
        levels = [event_info(str(each)).level for each in to_list(batch.column("name"))]
        return pa.array(levels, pa.string())
    if name == "latency_ms" and "duration_ns" in given:
        durations = batch.column("duration_ns")
        if pa.types.is_integer(durations.type):  # and not a digest of it
            return pc.divide(durations.cast(pa.float64(), safe=False), 1e6)
    return pa.nulls(batch.num_rows, pa.string())
