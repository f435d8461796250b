"""Events as CSV: pyarrow writes the cells, after texts that a spreadsheet would run are marked."""

import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .attribute_columns import attribute_columns
from .derived import column_of
from .lines import SPAN_COLUMNS, cell, hex_digits, is_number, pieces
from .spool import append_batch, spooled

_ATTRIBUTE = "attributes."
_FORMULA_STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "|",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)
_FORMULA = "^[=+\\-@\t\r\n|\uff1d\uff0b\uff0d\uff20]"  # the same for pyarrow
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")


def write_csv(path: Path, batches: Iterable[Any], columns: Sequence[str] | None) -> None:
    """Write events; ``attributes.a.b`` is a nested attribute.

    Args:
        path: The file to write.
        batches: Arrow batches of events, all with the same columns.
        columns: The columns, each once or more often; by default all. Those of the
            attributes are known at the end, so the cells are held in a temporary file.
    """
    parts = map(_spread, pieces(batches))
    if columns is not None:
        _write(path, parts, columns)
        return
    found: dict[str, None] = {}
    with tempfile.TemporaryFile(dir=path.parent) as file:
        for part in parts:
            found.update(dict.fromkeys(part.schema.names))
            append_batch(file, part)
        _write(path, spooled(file), _ordered(found))


def _ordered(found: Iterable[str]) -> list[str]:
    """The columns of events, then the attributes by name."""
    ordered = [name for name in found if not name.startswith(_ATTRIBUTE)]
    if "duration_ns" in ordered:
        ordered.insert(ordered.index("duration_ns") + 1, "latency_ms")
    return [*ordered, *sorted(name for name in found if name.startswith(_ATTRIBUTE))]


def _write(path: Path, parts: Iterable[Any], names: Sequence[str]) -> None:
    """Write the columns with these names; the type of an attribute may differ from part to part."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it
    import pyarrow.csv as pc  # noqa: PLC0415  # same

    options = pc.WriteOptions(include_header=False)
    with pa.OSFile(str(path), "wb") as file:
        file.write((",".join(map(_quoted, names)) + "\n").encode())
        for part in parts:
            cells = pa.RecordBatch.from_arrays(
                [_column(part, name) for name in names], names=[*map(str, range(len(names)))]
            )
            pc.write_csv(cells, file, options)


def _spread(batch: Any) -> Any:
    """A batch with a column for each attribute; equal attributes are decoded once."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it

    coded = batch.column("attributes").dictionary_encode()
    distinct = len(coded.dictionary) == len(coded)
    found = {name: batch.column(name) for name in batch.schema.names if name != "attributes"}
    for name, values in attribute_columns(coded.dictionary).items():
        found[_ATTRIBUTE + name] = (
            values if distinct else pa.DictionaryArray.from_arrays(coded.indices, values)
        )
    return pa.RecordBatch.from_arrays([*found.values()], names=[*found])


def _column(batch: Any, name: str) -> Any:
    """A column as pyarrow writes it: numbers, truth values, or texts that are safe."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it

    if name in SPAN_COLUMNS and is_number(batch, name):
        return hex_digits(batch.column(name))
    if name.startswith(_ATTRIBUTE) and name not in batch.schema.names:
        return pa.nulls(batch.num_rows, pa.large_string())
    column = column_of(batch, name)
    if pa.types.is_dictionary(column.type):
        return _cells(column.dictionary).take(column.indices)
    return _cells(column)


def _cells(values: Any) -> Any:
    """Values as pyarrow writes them."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it

    kind = values.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _safe_texts(values)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return values
    return _safe_texts(pa.array([cell(each) for each in values.to_pylist()], pa.large_string()))


def _safe_texts(texts: Any) -> Any:
    """Texts of which none begins as a formula."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    found: Any = pc.any(pc.match_substring_regex(texts, _FORMULA))
    if not found.as_py():
        return texts.cast(pa.large_string())
    known = texts.to_pylist()
    return pa.array([None if each is None else _safe(each) for each in known], pa.large_string())


def _quoted(text: str) -> str:
    return '"' + _safe(text).replace('"', '""') + '"'


def _safe(text: str) -> str:
    """A text that a spreadsheet would run as a formula begins with an apostrophe.

    See OWASP, CSV Injection.
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(text) else text
