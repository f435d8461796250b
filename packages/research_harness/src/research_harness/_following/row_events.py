"""The telemetry of one row, from the files of all sessions, also of the one that goes on."""

import contextlib
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .._artifacts.folder import RunFolder
from .._core.errors import OutputError
from .._core.system import require_file
from .._outcome.row import Row
from .._rows.parquet_files import filtered_rows

_COLUMNS = ("name", "timestamp_us", "duration_ns", "model", "cost_usd", "success", "error_type")
_KEY = ("condition", "item_id", "repeat")
_MAX_EVENTS = 200
_MAX_LIVE = 256 * 2**20
_FINISHED = re.compile(r"events[0-9-]*\.parquet")
_LIVE = re.compile(r"events-\d{1,9}\.arrows")


def events_of_row(folder: RunFolder, row: Row) -> list[dict[str, Any]]:
    """The events of a row in the order of time.

    Args:
        folder: The run.
        row: The row.

    Returns:
        At most 200 of them; empty when none is readable.
    """
    found: list[dict[str, Any]] = []
    for table in _tables(folder, row):
        found += table.slice(0, _MAX_EVENTS - len(found)).to_pylist()
        if len(found) >= _MAX_EVENTS:
            break
    found.sort(key=lambda each: each.get("timestamp_us") or 0)
    return found[:_MAX_EVENTS]


def _tables(folder: RunFolder, row: Row) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    fits = (
        (pc.field("condition") == row.condition)
        & (pc.field("item_id") == row.item_id)
        & (pc.field("repeat") == row.repeat)
    )
    for path in _files(folder.path, _FINISHED):
        try:
            yield filtered_rows(path, _COLUMNS, fits, by=_KEY, most=_MAX_EVENTS).slice(
                0, _MAX_EVENTS
            )
        except (pa.ArrowException, OutputError, OSError, KeyError):
            continue
    for path in _files(folder.state.parent, _LIVE):
        for batch in _batches(path):
            try:
                table = pa.Table.from_batches([batch])
                yield table.filter(fits).select(list(_COLUMNS))
            except (pa.ArrowException, KeyError):
                break


def _batches(path: Path) -> Iterator[Any]:
    """The batches of a file that is being written; its end may be torn.

    Others may have made it: telemetry checks and bounds each batch before it is unpacked.
    """
    import pyarrow as pa

    import telemetry_research

    errors = (telemetry_research.TelemetryError, pa.ArrowException, OSError, ValueError)
    with contextlib.suppress(*errors), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is damaged is left out here
        require_file(path, most=_MAX_LIVE)
        yield from telemetry_research.open_experiment(path, damaged="skip").batches()


def _files(folder: Path, form: re.Pattern[str]) -> Iterator[Path]:
    try:
        names = sorted(each.name for each in folder.iterdir())
    except OSError:
        return
    for name in names:
        if form.fullmatch(name) and (folder / name).is_file():
            yield folder / name
