"""Data sets from files."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path

from .._core.canonical import file_hash
from .._core.errors import DatasetFileError, InvalidItemsError
from .fields import FieldMapping
from .item import Item, item_from_mapping
from .opening import stem_of
from .readers import FileFormat, Record, format_in, read_records
from .rows import RowsT
from .tables import read_parquet


def read_file(
    kind: type[RowsT],
    path: Path,
    *,
    name: str | None = None,
    format: FileFormat | None = None,
    fields: FieldMapping | None = None,
    limit: int | None = None,
    encoding: str | None = None,
    allow_empty: bool = False,
) -> RowsT:
    """Read a file; missing ids are made of the name and the line.

    A Parquet file that ``to_parquet`` wrote comes back as the data set that it was.

    Its scorer is the one that fits its answers (see ``Dataset``).

    Args:
        kind: The class of the data set.
        path: The file.
        name: The name of the data set; the file's name when left out.
        format: ``jsonl``, ``json``, ``csv``, ``tsv``, ``parquet`` or ``arrow``; from the name.
        fields: Which field is what.
        limit: The largest number of records to read.
        encoding: The encoding of its text; UTF-8, or what its byte order mark says, when None.
        allow_empty: Whether a file without a record is an empty data set, not an error.

    Raises:
        DatasetFileError: A record has no question or no answer, or one that cannot be right; the
            file has no records, or cannot be read. Names file and line.
        InvalidItemsError: An id is used twice.
    """
    written_as = format or format_in(path)
    if written_as == "parquet" and fields is None and limit is None:
        kept = read_parquet(kind, path, name)
        if kept is not None:
            return kept
    name = name or stem_of(path)
    try:
        items = stream_file(
            path, name=name, format=format, fields=fields, limit=limit, encoding=encoding
        )
        found = kind(items, name=name)
    except InvalidItemsError as error:
        raise InvalidItemsError(f"{path}: {error}", ids=error.ids) from None
    if not len(found) and not allow_empty and limit != 0:
        raise DatasetFileError(path, "has no records; pass allow_empty=True if that is meant")
    return found.with_metadata(source=path.name, sha256=file_hash(path))


def stream_file(
    path: str | Path,
    *,
    name: str | None = None,
    format: FileFormat | None = None,
    fields: FieldMapping | None = None,
    limit: int | None = None,
    encoding: str | None = None,
) -> Iterator[Item]:
    """The items of a file one by one, in memory that does not grow with the file.

    Ids that occur twice are not noticed: that would need all of them in memory.

    Args:
        path: The file.
        name: Begins the ids of records without one; the file's name when left out.
        format: ``jsonl``, ``json`` (held in memory), ``csv``, ``tsv``, ``parquet`` or ``arrow``;
            from the name when left out.
        fields: Which field is what.
        limit: The largest number of records to read.
        encoding: The encoding of its text; UTF-8, or what its byte order mark says, when None.

    Returns:
        An iterator of items.

    Raises:
        DatasetFileError: As ``load`` does, when the record is reached.
    """
    path = Path(path)
    with closing(read_records(path, format, encoding)) as found:
        yield from items_of(islice(found, limit), path, name or stem_of(path), fields)


def items_of(
    records: Iterable[Record], path: Path, name: str, fields: FieldMapping | None = None
) -> Iterator[Item]:
    """Items of records; an error names file and line.

    Raises:
        DatasetFileError: A record is not an item.
    """
    make = item_from_mapping if fields is None else fields.apply
    for count, (line, record) in enumerate(records, start=1):
        if not isinstance(record, Mapping):
            problem = f"is {type(record).__name__}, not an object"
        else:
            try:
                yield make(record, default_id=f"{name}_{line or count}")
                continue
            except ValueError as error:
                problem = str(error)
        raise DatasetFileError(path, problem if line else f"record {count}: {problem}", line)
