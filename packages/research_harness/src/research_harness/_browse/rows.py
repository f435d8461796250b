"""Single rows of a finished run, each with its question, its calls to models and its trace."""

import json
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from .._artifacts.folder import RunFolder
from .._artifacts.responses import RESPONSES
from .._artifacts.traces import TRACES, row_key
from .._core.errors import OutputError, RunNotFoundError
from .._core.files import bounded_lines, is_there, replacing
from .._core.system import open_plain_text
from .._rows.cells import as_text
from .._rows.parquet_files import filtered_rows, parquet_rows

_ID = re.compile(r"\b[0-9a-f]{32}\b")
_CALL = ("model", "role", "status", "prompt", "answer", "vote", "cost_usd", "latency_ms", "error")
_NUMBERS = ("cost_usd", "latency_ms")
_MOST_CALLS = 10_000  # of a row, on average over those that are shown


def results_table(folder: RunFolder) -> Any:
    """The rows of a run as a ``pyarrow.Table``.

    Raises:
        RunNotFoundError: The run is not finished.
        OutputError: The table cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder.file("results.parquet")
    if not is_there(path):
        raise RunNotFoundError(path)
    try:
        rows = parquet_rows(path)
        with pq.ParquetFile(path) as file:
            return pa.Table.from_batches(file.iter_batches(rows), file.schema_arrow)
    except (pa.ArrowException, OSError) as error:
        raise OutputError(path, f"it is not Parquet ({error})", reading=True) from error


def select(
    table: Any,
    *,
    item: str | None = None,
    condition: str | None = None,
    failed: bool = False,
    wrong: bool = False,
) -> Any:
    """The rows of a table that fit.

    Args:
        table: The table of ``results_table``.
        item: The id of the item.
        condition: The name of the condition.
        failed: Rows that failed.
        wrong: Rows with a wrong answer; with ``failed`` too, rows that are either.
    """
    import pyarrow.compute as pc

    error = pc.field("error_type") != ""
    chosen = pc.scalar(True)  # pyarrow takes the value by position
    for name, value in (("item_id", item), ("condition", condition)):
        if value is not None:
            chosen &= pc.field(name) == value
    kinds = [*([error] if failed else []), *([~pc.field("correct") & ~error] if wrong else [])]
    if kinds:
        chosen &= kinds[0] if len(kinds) == 1 else kinds[0] | kinds[1]
    return table.filter(chosen)


def detailed(folder: RunFolder, table: Any) -> Any:
    """A table of rows with the columns ``input``, ``calls`` and ``trace_id``.

    Args:
        folder: The run.
        table: Some of its rows.

    Returns:
        The table with what was asked, the calls to models (none in a run of before 0.2), and the
        id of the row's trace, where it has one.
    """
    import pyarrow as pa

    inputs, traces = _inputs(folder), _trace_ids(folder)
    calls = _calls(folder, table["index"].to_pylist())
    keys = [
        row_key(folder.id, row["condition"], row["item_id"], row["repeat"])
        for row in table.select(["condition", "item_id", "repeat"]).to_pylist()
    ]
    call = pa.struct([(name, pa.float64() if name in _NUMBERS else pa.string()) for name in _CALL])
    asked = [inputs.get(each) for each in table["item_id"].to_pylist()]
    lists = [calls.get(each, []) for each in table["index"].to_pylist()]
    found = [each if each in traces else None for each in keys]
    table = table.append_column("input", pa.array(asked, pa.string()))
    table = table.append_column("calls", pa.array(lists, pa.list_(call)))
    return table.append_column("trace_id", pa.array(found, pa.string()))


def chains_of_rows(folder: RunFolder, ids: Collection[str]) -> dict[str, Any]:
    """The causal chains of some rows, by their ids.

    Args:
        folder: The run.
        ids: The ids, as in the column ``trace_id``.

    Raises:
        OutputError: The file of the chains cannot be read.
    """
    if not ids:
        return {}
    import causal_trace

    path = folder.file(TRACES)
    try:
        return {chain.id: chain for chain in causal_trace.TraceLog(path).chains(ids)}
    except (causal_trace.TraceError, OSError) as error:
        raise OutputError(path, f"it does not hold chains ({error})", reading=True) from error


def write_rows(folder: RunFolder, table: Any, path: Path) -> None:
    """Write rows to a Parquet file.

    Raises:
        OutputError: The file cannot be written, or it lies in the folder of the run.
    """
    import pyarrow.parquet as pq

    if path.resolve().is_relative_to(folder.path):
        raise OutputError(path, "it is in the folder of the run; give a path outside of it")
    with replacing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def _inputs(folder: RunFolder) -> dict[str, str | None]:
    path = folder.file("dataset.jsonl")
    try:
        with open_plain_text(path) as file:
            items = [json.loads(line) for line in bounded_lines(file, path)]
        return {each["id"]: as_text(each["input"]) for each in items}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(path, f"it is not a data set ({error})", reading=True) from error


def _calls(folder: RunFolder, indexes: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    path = folder.file(RESPONSES)
    if not indexes or not is_there(path):
        return {}
    try:
        fits = pc.field("index").isin(list(indexes))
        most = _MOST_CALLS * len(indexes)
        table = filtered_rows(path, ["index", *_CALL], fits, by=["index"], most=most + 1)
    except (pa.ArrowException, OSError) as error:
        raise OutputError(path, f"it is not Parquet ({error})", reading=True) from error
    if table.num_rows > most:
        reason = f"it has more than {_MOST_CALLS:,} calls a row"
        raise OutputError(path, reason, reading=True)
    found: dict[int, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        found.setdefault(row.pop("index"), []).append(row)
    return found


def _trace_ids(folder: RunFolder) -> frozenset[str]:
    path = folder.file(TRACES)
    if not is_there(path):
        return frozenset()
    with open_plain_text(path, errors="replace") as file:
        return frozenset(found for line in bounded_lines(file, path) for found in _ID.findall(line))
