"""Data sets as JSON Lines, Parquet, Arrow and pandas, and back without loss.

A column whose values are all texts, whole numbers, numbers or truth values keeps its type. Any
other column holds JSON texts; which ones do is noted in the table, with all else that a data set
knows.
"""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .._core.bounds import Budget, budget_of, open_plain
from .._core.canonical import canonical
from .._core.errors import MISREAD, DatasetError, DatasetFileError, InvalidItemsError
from .._core.extras import optional
from .._core.replacing import replacing
from .columns import MISSING
from .fields import FieldMapping
from .item import Item
from .readers import arrow, repeated
from .rows import Rows, RowsT, item_line

_NOTE = "crucible"
_BATCH = 10_000
_PREFIX = "metadata."
_PLAIN = (str, int, float, bool)
_INT64 = 2**63


def write_jsonl(dataset: Rows, path: Path) -> Path:
    """Write the items as JSON Lines; an older file is replaced once the new one is whole."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        if path.suffix == ".gz":
            # Without name and time, so that equal content has equal bytes.
            with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
                packed.writelines(map(item_line, dataset))
        else:
            file.writelines(map(item_line, dataset))
    return path


def write_parquet(dataset: Rows, path: Path) -> Path:
    """Write the items as Parquet; an older file is replaced once the new one is whole."""
    table = to_arrow(dataset)
    with replacing(path) as temporary:
        arrow("pyarrow.parquet").write_table(table, temporary, compression="zstd")
    return path


def read_parquet(kind: type[RowsT], path: Path, name: str | None) -> RowsT | None:
    """The data set that ``write_parquet`` wrote; None for another Parquet file."""
    parquet, budget = arrow("pyarrow.parquet"), budget_of(path)
    try:
        with open_plain(path) as opened, parquet.ParquetFile(opened) as file:
            note = (file.schema_arrow.metadata or {}).get(_NOTE.encode())
    except (OSError, ValueError, arrow("pyarrow").ArrowException):
        return None  # the reader of any Parquet file says what is wrong with it
    if note is None:
        return None
    try:
        with open_plain(path) as opened, parquet.ParquetFile(opened) as file:
            return from_arrow(kind, whole_table(file, budget), name=name, fields=None)
    except DatasetError:
        raise
    except (*MISREAD, OSError, arrow("pyarrow").ArrowException) as error:
        problem = f"is no whole data set: {type(error).__name__} {error}"
        raise DatasetFileError(path, problem) from error


def whole_table(file: Any, budget: Budget, columns: Sequence[str] | None = None) -> Any:
    """The table of a Parquet file, read in batches whose bytes are booked.

    Args:
        file: The ``pyarrow.parquet.ParquetFile``.
        budget: What it may take.
        columns: Only these columns.

    Raises:
        DatasetFileError: It has more rows or bytes than a file of its size may have.
        ValueError: Its pages unpack to more, or have no head.
    """
    batches = []
    for batch in budget.batches(file, columns=columns):
        budget.spend(batch.nbytes, "its table")
        batches.append(batch)
    if not batches:
        return file.read(columns=columns)
    return arrow("pyarrow").Table.from_batches(batches)


def to_arrow(dataset: Rows) -> Any:
    """The items as an Arrow table."""
    columns, note = _plain_columns(dataset)
    table = arrow("pyarrow").table(columns)
    return table.replace_schema_metadata({_NOTE: canonical(note)})


def to_pandas(dataset: Rows) -> Any:
    """The items as a pandas frame; name, scorer and metadata are in ``attrs``."""
    pandas = optional("pandas", extra="pandas", purpose="a pandas frame")
    columns, note = _plain_columns(dataset)
    frame = pandas.DataFrame(columns)
    frame.attrs[_NOTE] = note
    return frame


def from_arrow(
    kind: type[RowsT], table: Any, *, name: str | None, fields: FieldMapping | None
) -> RowsT:
    """A data set of an Arrow table."""
    _refuse_repeated(table.column_names, name or "table")
    note = (table.schema.metadata or {}).get(_NOTE.encode())
    if note is not None and fields is None:
        columns = {each: table.column(each).to_pylist() for each in table.column_names}
        return _read_back(kind, columns, json.loads(note), name)
    batches = table.to_batches(max_chunksize=_BATCH)
    records = (record for batch in batches for record in batch.to_pylist())
    return from_records(kind, records, name=name or "table", fields=fields)


def from_pandas(
    kind: type[RowsT], frame: Any, *, name: str | None, fields: FieldMapping | None
) -> RowsT:
    """A data set of a pandas frame. An empty cell is a missing field."""
    _refuse_repeated([str(each) for each in frame.columns], name or "frame")
    note = frame.attrs.get(_NOTE)
    columns = {str(each): frame[each].tolist() for each in frame.columns}
    if note is not None and fields is None:
        return _read_back(kind, columns, note, name)
    empty = frame.isna()
    holes = {str(each): empty[each].tolist() for each in frame.columns}
    records = (
        {each: _python(columns[each][row]) for each in columns if holes[each][row] is not True}
        for row in range(len(frame))
    )
    return from_records(kind, records, name=name or "frame", fields=fields)


def _refuse_repeated(names: Sequence[str], name: str) -> None:
    twice = repeated(names)
    if twice:
        raise InvalidItemsError(f"{name}: has a column twice: {', '.join(twice)}")


def _python(value: Any) -> Any:
    """A cell as a Python value: pandas reads the lists of a Parquet file as arrays."""
    return value.tolist() if hasattr(value, "tolist") else value


def from_records(
    kind: type[RowsT],
    records: Iterable[Mapping[str, Any]],
    *,
    name: str,
    fields: FieldMapping | None,
) -> RowsT:
    """A data set of mappings; missing ids are made of the name and the position.

    Raises:
        InvalidItemsError: A record has no question or no answer, or an id is used twice.
    """
    return kind(_items(records, name, fields or FieldMapping()), name=name)


def _items(
    records: Iterable[Mapping[str, Any]], name: str, mapping: FieldMapping
) -> Iterator[Item]:
    for position, record in enumerate(records, start=1):
        if not isinstance(record, Mapping):
            given = type(record).__name__
            raise InvalidItemsError(f"{name}: record {position} is {given}, not a mapping")
        try:
            yield mapping.apply(record, default_id=f"{name}_{position}")
        except ValueError as error:
            raise InvalidItemsError(f"{name}: record {position}: {error}") from error


def _plain_columns(dataset: Rows) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """The columns in types that every table has, and a note to read them back."""
    names = ["id", "input", "expected", *(f"{_PREFIX}{field}" for field in dataset.fields)]
    columns: dict[str, list[Any]] = {}
    encoded = []
    for name in names:
        values = dataset._columns.column(name.removeprefix(_PREFIX))  # noqa: SLF001  # keeps "missing" apart from None
        if name.startswith(_PREFIX):
            values = _field_values(dataset, name.removeprefix(_PREFIX))
        if not _is_plain(values):
            encoded.append(name)
            values = [None if value is MISSING else _json(value) for value in values]
        columns[name] = values
    about = {
        "name": dataset.name,
        "version": dataset.version,
        "split": dataset.split,
        "scorer": dataset.scorer,
        "synthetic": dataset.synthetic,
        "metadata": json.loads(canonical(dataset.metadata)),
    }
    return columns, {"encoded": encoded, "about": about}


def _field_values(dataset: Rows, field: str) -> list[Any]:
    if field in ("id", "input", "expected"):  # a field of the metadata that is called so
        return [item.metadata.get(field, MISSING) for item in dataset]
    return dataset._columns.column(field)  # noqa: SLF001  # keeps "missing" apart from None


def _is_plain(values: Sequence[Any]) -> bool:
    kinds = {type(value) for value in values}
    if len(kinds) != 1 or not kinds <= {*_PLAIN}:
        return False
    if kinds == {int}:
        return all(-_INT64 <= value < _INT64 for value in values)
    return kinds != {str} or all(_is_unicode(value) for value in values)


def _json(value: Any) -> str:
    return canonical(value).encode("utf-8", "backslashreplace").decode("utf-8")


def _is_unicode(text: str) -> bool:
    """Half a surrogate pair has no UTF-8, so it goes into JSON as an escape."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def _read_back(
    kind: type[RowsT],
    columns: Mapping[str, list[Any]],
    note: Mapping[str, Any],
    name: str | None,
) -> RowsT:
    read: Callable[[Any], Any] = lambda value: MISSING if _is_hole(value) else json.loads(value)  # noqa: E731  # one use
    values = {
        each: [read(value) for value in column] if each in note["encoded"] else column
        for each, column in columns.items()
    }
    fields = [each for each in values if each.startswith(_PREFIX)]
    items = (
        Item(
            str(identifier),
            values["input"][row],
            values["expected"][row],
            {
                field.removeprefix(_PREFIX): values[field][row]
                for field in fields
                if values[field][row] is not MISSING
            },
        )
        for row, identifier in enumerate(values["id"])
    )
    return kind(items, **{**note["about"], **({"name": name} if name else {})})


def _is_hole(value: Any) -> bool:
    """Arrow gives None for an empty cell, pandas its own kind of NaN."""
    return not isinstance(value, str)
