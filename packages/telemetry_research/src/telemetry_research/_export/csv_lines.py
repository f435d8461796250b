"""Events as CSV: pyarrow writes the cells, after texts that a spreadsheet would run are marked."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from .attribute_columns import attribute_columns
from .derived import column_of
from .lines import SPAN_COLUMNS, cell, hex_digits, is_number, pieces

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


def write_csv(file: BinaryIO, batches: Iterable[Any], names: Sequence[str]) -> None:
    """Write events with these columns; ``attributes.a.b`` is a nested attribute.

    Args:
        file: Takes the bytes.
        batches: Arrow batches of events, all with the same columns.
        names: The columns, each once or more often.
    """
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it
    import pyarrow.csv as pc  # noqa: PLC0415  # same

    file.write((",".join(map(_quoted, names)) + "\n").encode())
    wanted = [name for name in names if name.startswith("attributes.")]
    options = pc.WriteOptions(include_header=False)
    writer: Any = None
    for batch in pieces(batches):
        attributes = _attribute_texts(batch.column("attributes"), wanted) if wanted else {}
        columns = [
            attributes[name] if name in attributes else _column(batch, name) for name in names
        ]
        cells = pa.RecordBatch.from_arrays(columns, names=[*map(str, range(len(names)))])
        if writer is None:
            writer = pc.CSVWriter(file, cells.schema, write_options=options)
        writer.write_batch(cells)
    if writer is not None:
        writer.close()


def _column(batch: Any, name: str) -> Any:
    """A column as pyarrow writes it: numbers, truth values, or texts that are safe."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it

    if name in SPAN_COLUMNS and is_number(batch, name):
        return hex_digits(batch.column(name))
    column = column_of(batch, name)
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _safe_texts(column.dictionary).take(column.indices)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _safe_texts(column)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return column
    return _safe_texts(pa.array([cell(each) for each in column.to_pylist()], pa.large_string()))


def _safe_texts(texts: Any) -> Any:
    """Texts of which none begins as a formula."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    found: Any = pc.any(pc.match_substring_regex(texts, _FORMULA))
    if not found.as_py():
        return texts.cast(pa.large_string())
    known = texts.to_pylist()
    return pa.array([None if each is None else _safe(each) for each in known], pa.large_string())


def _attribute_texts(column: Any, names: Sequence[str]) -> dict[str, Any]:
    """The columns of the attributes; equal attributes are decoded once."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it

    coded = column.dictionary_encode()
    known = attribute_columns(coded.dictionary)
    found = {}
    for name in names:
        texts = known.get(name.removeprefix("attributes."))
        if texts is None:
            found[name] = pa.nulls(len(column), pa.large_string())
        else:
            found[name] = _safe_texts(texts).take(coded.indices)
    return found


def _quoted(text: str) -> str:
    return '"' + _safe(text).replace('"', '""') + '"'


def _safe(text: str) -> str:
    """A text that a spreadsheet would run as a formula begins with an apostrophe.

    See OWASP, CSV Injection.
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(text) else text
