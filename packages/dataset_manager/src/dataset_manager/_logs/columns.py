"""A large plain file in columns, without a value for each row."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .._core.bounds import budget_of, open_plain
from .._core.errors import DatasetError
from .._data.readers import arrow, format_of, read_records
from .._data.tables import whole_table
from .._readers.plain import check_fields, roles_of
from .._readers.row import as_count, as_ms, as_number, as_score
from .read import kind_of

# Smaller files are read row by row, which names the line of whatever is wrong.
_LARGE = 1 << 20
_NUMBERS: Mapping[str, Callable[[Any], Any]] = {
    "score": as_score,
    "cost_usd": as_number,
    "latency_ms": as_number,
    "latency_s": as_ms,
    "epoch": as_count,
}
_ROLES = frozenset({"id", "input", "prediction", "model", "variant", "error", *_NUMBERS})
_UNREADABLE = (
    *(DatasetError, ImportError, KeyError, NotImplementedError, OSError, StopIteration, TypeError),
    ValueError,
)
_PLAIN = (str, int, float, bool, type(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class LogColumns:
    """A plain log in columns of pyarrow, each with a value for every row.

    Attributes:
        name: The task, which is the name of the file.
        source: The name of the file.
        columns: By the names of the fields of ``LogRow`` the columns that the file has: texts, and
            numbers as floats, with null where a value is not known.
        metadata: The other columns by their own names.
    """

    name: str
    source: str
    columns: Mapping[str, Any] = field(repr=False)
    metadata: Mapping[str, Any] = field(repr=False)

    def __len__(self) -> int:
        return len(self.columns["prediction"])

    def to_dict(self) -> dict[str, Any]:
        """The columns as lists of plain values."""
        return {
            "name": self.name,
            "source": self.source,
            "columns": {name: each.to_pylist() for name, each in self.columns.items()},
            "metadata": {name: each.to_pylist() for name, each in self.metadata.items()},
        }


def read_log_columns(
    path: str | Path, *, fields: Mapping[str, str] | None = None
) -> LogColumns | None:
    """Read a large plain CSV, JSON Lines or Parquet file as columns.

    The columns have the values that ``read_log`` gives row by row, in a small part of its time and
    memory.

    Args:
        path: The file.
        fields: What its columns mean, as ``read_log`` takes it.

    Returns:
        The columns; None for a file that has to be read row by row: one below a megabyte, of
        another tool, packed, with nested values, or with anything that ``read_log`` may refuse.

    Raises:
        ValueError: A name in ``fields`` is unknown.
    """
    path = Path(path)
    check_fields(fields or {})
    kind = format_of(path) or ""
    if kind not in _READERS or path.suffix.lower() not in (".csv", ".jsonl", ".parquet"):
        return None
    try:
        if path.stat().st_size < _LARGE or kind_of(path) != "plain":
            return None
        with closing(read_records(path)) as records:
            line, first = next(records)
        roles, contested = roles_of(first, fields or {}, path, line)
        if contested or not _is_simple(first, roles):
            return None
        return _columns(path, _READERS[kind](path, first), roles)
    except Exception as error:
        if not isinstance(error, _UNREADABLE) and type(error).__module__ != "pyarrow.lib":
            raise
        return None  # row by row it is read, or refused with the line


def _is_simple(first: Any, roles: Mapping[str, str]) -> bool:
    if not isinstance(first, Mapping) or not all(
        isinstance(each, _PLAIN) for each in first.values()
    ):
        return False
    return "id" in roles and "prediction" in roles and "choices" not in roles


def _read_csv(path: Path, first: Mapping[str, Any]) -> Any:
    csv, pa = arrow("pyarrow.csv"), arrow("pyarrow")
    with open_plain(path) as file:
        return csv.read_csv(
            file,
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(first, pa.string()),
                include_columns=list(first),
                strings_can_be_null=False,
            ),
        )


def _read_json(path: Path, first: Mapping[str, Any]) -> Any:
    json, pa = arrow("pyarrow.json"), arrow("pyarrow")
    kinds = {str: pa.string(), bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
    schema = pa.schema([(name, kinds.get(type(value), pa.null())) for name, value in first.items()])
    options = json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error")
    with open_plain(path) as file:
        return json.read_json(file, parse_options=options)


def _read_parquet(path: Path, first: Mapping[str, Any]) -> Any:
    with open_plain(path) as opened, arrow("pyarrow.parquet").ParquetFile(opened) as file:
        return whole_table(file, budget_of(path), list(first))


_READERS: Mapping[str, Callable[[Path, Mapping[str, Any]], Any]] = {
    "csv": _read_csv,
    "jsonl": _read_json,
    "parquet": _read_parquet,
}


def _columns(path: Path, table: Any, roles: Mapping[str, str]) -> LogColumns | None:
    found: dict[str, Any] = {}
    for role, name in roles.items():
        if role not in _ROLES:
            continue
        column = table[name].combine_chunks()
        if role in _NUMBERS:
            made = _numbers(column, _NUMBERS[role])
        else:
            made = _texts(column, whole=role in ("id", "prediction"))
        if made is None:
            return None
        found[role] = made
    if "latency_s" in found:
        seconds = found.pop("latency_s")
        found.setdefault("latency_ms", seconds)
    used = {*roles.values()}
    others = {name: table[name] for name in table.column_names if name not in used}
    return LogColumns(
        name=path.name.partition(".")[0], source=path.name, columns=found, metadata=others
    )


def _numbers(column: Any, read: Callable[[Any], Any]) -> Any:
    """The numbers of a column; each different value is read once."""
    pa, pc = arrow("pyarrow"), arrow("pyarrow.compute")
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    values = [read(each) for each in coded.dictionary.to_pylist()]
    return pc.take(pa.array(values, pa.float64()), coded.indices)


def _texts(column: Any, *, whole: bool) -> Any:
    """The texts of a column; None where ``str`` of a value would be another text."""
    pa, pc = arrow("pyarrow"), arrow("pyarrow.compute")
    kind = column.type
    if whole and column.null_count:
        return None
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if pa.types.is_null(kind):
        return pa.array([""] * len(column), pa.string())
    if not (
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind)
    ):
        return None
    return pc.fill_null(pc.cast(column, pa.string()), "")
