"""Records from files, one at a time and with the number of their line."""

import csv
import io
import json
import math
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path, PurePath
from typing import Any, Literal, NoReturn

from .._core.bounds import Budget, bounded_lines, budget_of, open_plain
from .._core.canonical import DoubledKeyError, doubled_key_line, problem_of, unique_keys
from .._core.errors import DatasetFileError, DatasetFileNotFoundError
from .._core.extras import optional
from .opening import PACKED, bare, lines_of, member_name

FileFormat = Literal["jsonl", "json", "csv", "tsv", "parquet", "arrow"]
Record = tuple[int | None, Any]  # the line it begins on, and the record
_FORMATS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
}
_BATCH = 8192
_ARROW_FILE = b"ARROW1"
_DELIMITERS = (";", "\t", "|")
FORMATS = tuple(dict.fromkeys(_FORMATS.values()))
# What a JSON file with one object may call its list of records.
_LISTS = ("data", "items", "examples", "questions", "records", "rows", "results")


def format_of(path: PurePath) -> str | None:
    """The format by the ending of a file's name; None for an unknown one."""
    return _FORMATS.get(bare(PurePath(path.name)).suffix.lower())


def format_in(path: Path) -> str | None:
    """The format of a file, by its name or by that of the one file in a zip archive.

    Raises:
        DatasetFileError: The name of an archive does not say it, and it holds several files.
    """
    kind = format_of(path)
    inner = member_name(path) if kind is None else None
    return kind if inner is None else _FORMATS.get(PurePath(inner).suffix.lower())


def read_records(
    path: Path, format: str | None = None, encoding: str | None = None
) -> Generator[Record, None, None]:
    """The records of a file in their order. Only a JSON file is read into memory as a whole.

    Args:
        path: The file; ``.gz``, ``.bz2``, ``.zst`` and a ``.zip`` with one file are unpacked.
        format: ``jsonl``, ``json``, ``csv``, ``tsv``, ``parquet`` or ``arrow``, with ``.gz`` for a
            packed file; from its name, or that of the file in a ``.zip``, when left out.
        encoding: The encoding of its text; UTF-8, or what its byte order mark says, when None.

    Raises:
        DatasetFileError: The file cannot be read; names file and line.
        ValueError: The format or the encoding is unknown.
    """
    kind = format or format_in(path)
    packing = path.suffix.lower() if path.suffix.lower() in PACKED else ""
    if (kind or "").endswith(".gz"):
        kind, packing = (kind or "").removesuffix(".gz"), ".gz"
    if kind not in FORMATS:
        named = (
            "its name does not say its format" if kind is None else f"format {kind!r} is unknown"
        )
        raise ValueError(f"{path}: {named}; pass format= one of {FORMATS}")
    try:
        if kind in ("parquet", "arrow"):
            yield from _table(path, kind)
            return
        with lines_of(path, packing.removeprefix("."), encoding) as (file, budget):
            if kind == "jsonl":
                yield from _json_lines(file, path, budget)
            elif kind == "json":
                yield from _json(file, path, budget)
            else:
                yield from _csv(file, path, kind, budget)
    except FileNotFoundError:
        raise DatasetFileNotFoundError(path) from None
    except DatasetFileError:
        raise
    except (OSError, EOFError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise DatasetFileError(path, f"cannot be read ({problem})") from error


def _json_lines(file: Iterable[bytes], path: Path, budget: Budget) -> Iterator[Record]:
    # Only \n ends a line here: U+2028 and its like may stand inside a text.
    for number, line in enumerate(bounded_lines(file, path), start=1):
        budget.parse(line, f"line {number}")
        text = _text(line, path, number)
        if not text.isspace() and text:
            try:
                yield number, _DECODER.decode(text)
            except (ValueError, RecursionError) as error:
                raise DatasetFileError(path, problem_of(error), number) from error


def _json(file: Iterable[bytes], path: Path, budget: Budget) -> Iterator[Record]:
    content = _whole(file)
    budget.fits(content, path.name)
    text = _text(content, path)
    if _is_lines(text):
        yield from _json_lines(io.BytesIO(content), path, budget)
        return
    budget.parse(content, path.name)
    del content
    if text.lstrip().startswith("["):
        yield from _json_array(text, path)
        return
    try:
        whole = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise DatasetFileError(path, problem_of(error), _line_of(error, text)) from error
    for name in _LISTS:
        if isinstance(whole, Mapping) and isinstance(whole.get(name), list):
            yield from ((None, record) for record in whole[name])
            return
    if isinstance(whole, Mapping) and "\n" not in text.strip():
        yield 1, whole  # JSON Lines with one line
        return
    raise DatasetFileError(
        path, f"has no list of records, neither at the top nor under {', '.join(_LISTS)}"
    )


def _whole(file: Any) -> bytearray:
    """The content of a file; a list of its lines, which may be short, would take many times it."""
    if hasattr(file, "read"):
        return bytearray(file.read())
    content = bytearray()
    for line in file:
        content += line
    return content


def _is_lines(text: str) -> bool:
    """Whether the first line is a JSON object and another one follows: these are JSON Lines."""
    first, _, rest = text.lstrip().partition("\n")
    if not first.startswith("{") or not rest.lstrip().startswith("{"):
        return False
    try:
        return isinstance(_DECODER.decode(first), dict)
    except (ValueError, RecursionError):
        return False


def _json_array(text: str, path: Path) -> Iterator[Record]:
    """Element by element, so that each has its line."""
    position, line, counted = text.index("[") + 1, 1, 0
    while True:
        position = _after_space(text, position)
        if text[position : position + 1] == "]":
            break
        line, counted = line + text.count("\n", counted, position), position
        try:
            record, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            found = _line_of(error, text) or line
            raise DatasetFileError(path, problem_of(error), found) from error
        yield line, record
        position = _after_space(text, position)
        if text[position : position + 1] not in (",", "]"):
            raise DatasetFileError(path, "is not JSON: a ',' or ']' is missing", line)
        if text[position] == ",":
            position = _after_space(text, position + 1)
            if text[position : position + 1] == "]":
                raise DatasetFileError(path, "is not JSON: nothing follows the last ','", line)
    if _after_space(text, position + 1) < len(text):
        raise DatasetFileError(path, "is not JSON: something follows the list", line)


def _after_space(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _csv(file: Iterable[bytes], path: Path, kind: str, budget: Budget) -> Iterator[Record]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a question may be longer than 128 KiB
    lines = _table_lines(file, path, budget)
    first = next(lines, "")
    stated = first.strip() if kind == "csv" and first.lower().startswith("sep=") else None
    if stated is not None:  # as Excel writes it
        first = next(lines, "")
    delimiter = stated[4:5] if stated else _delimiter(first, kind)
    reader = csv.reader(
        chain((first,) if first else (), lines),
        delimiter=delimiter,
        skipinitialspace=_is_spaced(first, delimiter),
        strict=True,
    )
    skipped = int(stated is not None)
    header: list[str] | None = None
    begins = 1 + skipped
    try:
        for row in reader:
            if header is None:
                header = _header(row, path)
            elif row:
                if len(row) != len(header):
                    raise DatasetFileError(
                        path, f"has {len(row)} cells under {len(header)} headings", begins
                    )
                yield begins, dict(zip(header, row, strict=True))
            begins = reader.line_num + 1 + skipped
    except csv.Error as error:
        raise DatasetFileError(path, f"is not CSV: {error}", begins) from error
    if header is None:
        raise DatasetFileError(path, "has no line with headings", 1)


def _table_lines(file: Iterable[bytes], path: Path, budget: Budget) -> Iterator[str]:
    for number, line in enumerate(bounded_lines(file, path), start=1):
        budget.row(line, number)
        yield _text(line, path, number)


def _delimiter(header: str, kind: str) -> str:
    """The comma, unless the line of headings has none and one other delimiter."""
    if kind == "tsv":
        return "\t"
    others = [mark for mark in _DELIMITERS if mark in header]
    return others[0] if "," not in header and len(others) == 1 else ","


def _is_spaced(header: str, delimiter: str) -> bool:
    """Whether a space stands behind each delimiter, as in a table that was typed by hand."""
    return 0 < header.count(delimiter) == header.count(f"{delimiter} ")


def _header(row: list[str], path: Path) -> list[str]:
    names = [name.strip() for name in row]
    _refuse_repeated(names, path, "heading", 1)
    return names


def _table(path: Path, kind: str) -> Iterator[Record]:
    """The records of a Parquet file, or of an Arrow file (Feather) or stream."""
    budget = budget_of(path)
    try:
        with ExitStack() as stack:
            names, batches = (_parquet if kind == "parquet" else _arrow)(path, stack, budget)
            _refuse_repeated(names, path, "column")
            for batch in batches:
                budget.spend(sum(map(_size, batch.columns)), "its table")
                yield from ((None, record) for record in batch.to_pylist())
    except DatasetFileError:
        raise
    except (arrow("pyarrow").ArrowException, ValueError, OverflowError) as error:
        raise DatasetFileError(path, f"is not {kind.capitalize()}: {error}") from error


def _parquet(path: Path, stack: ExitStack, budget: Budget) -> tuple[list[str], Iterable[Any]]:
    content = stack.enter_context(open_plain(path))
    file = stack.enter_context(arrow("pyarrow.parquet").ParquetFile(content))
    return file.schema_arrow.names, budget.batches(file)


def _arrow(path: Path, stack: ExitStack, _budget: Budget) -> tuple[list[str], Iterable[Any]]:
    content = stack.enter_context(open_plain(path))
    ipc = arrow("pyarrow.ipc")
    if content.read(len(_ARROW_FILE)) == _ARROW_FILE:
        file = stack.enter_context(ipc.open_file(content))
        return file.schema.names, map(file.get_batch, range(file.num_record_batches))
    content.seek(0)
    stream = stack.enter_context(ipc.open_stream(content))
    return stream.schema.names, stream


def repeated(names: Sequence[str]) -> list[str]:
    """The names that stand more than once, each of them once."""
    return [name for name, count in Counter(names).items() if count > 1]


def _refuse_repeated(names: Sequence[str], path: Path, what: str, line: int | None = None) -> None:
    twice = repeated(names)
    if twice:
        raise DatasetFileError(path, f"has a {what} twice: {', '.join(twice)}", line)


def _size(column: Any) -> int:
    """The bytes of a column once each value stands for itself."""
    texts = getattr(column, "dictionary", None)
    if texts is None:
        return int(column.nbytes) + 8 * len(column)
    compute, pa = arrow("pyarrow.compute"), arrow("pyarrow")
    if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
        return 16 * len(column)
    lengths = compute.take(compute.binary_length(texts).cast("int64"), column.indices)
    return int(compute.sum(lengths).as_py() or 0) + 8 * len(column)


def arrow(module: str) -> Any:
    """A module of pyarrow.

    Raises:
        MissingExtraError: It is not installed.
    """
    return optional(module, extra="arrow", purpose="reading and writing Parquet and Arrow")


def _text(content: bytes | bytearray, path: Path, number: int | None = None) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = number or content.count(b"\n", 0, error.start) + 1
        problem = f"is not UTF-8 ({error.reason}); pass encoding=, such as 'latin-1' or 'cp1252'"
        raise DatasetFileError(path, problem, line) from error


def _line_of(error: Exception, text: str) -> int | None:
    if isinstance(error, DoubledKeyError):
        return doubled_key_line(text)
    return getattr(error, "lineno", None)


def _refuse_constant(name: str) -> NoReturn:
    """Python reads NaN and Infinity; JSON does not know them."""
    raise ValueError(f"{name} is not a JSON value")


def _finite(digits: str) -> float:
    """A number that JSON allows and a float cannot hold, such as 1e400, would become infinite."""
    value = float(digits)
    if math.isinf(value):
        raise ValueError(f"{digits[:40]} is too large for a number")
    return value


_DECODER = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=unique_keys
)
