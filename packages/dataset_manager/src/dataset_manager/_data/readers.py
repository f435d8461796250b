"""Records from files, one at a time and with the number of their line."""

import csv
import gzip
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import IO, Any, Literal, NoReturn

from .._core.errors import DatasetFileError, DatasetFileNotFoundError
from .._core.extras import optional

FileFormat = Literal["jsonl", "json", "csv", "tsv", "parquet"]
Record = tuple[int | None, Any]  # the line it begins on, and the record
_FORMATS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
}
FORMATS = tuple(dict.fromkeys(_FORMATS.values()))
# What a JSON file with one object may call its list of records.
_LISTS = ("data", "items", "examples", "questions", "records", "rows", "results")


def format_of(path: PurePath) -> str | None:
    """The format by the ending of a file's name; None for an unknown one."""
    return _FORMATS.get(PurePath(path.name.removesuffix(".gz")).suffix.lower())


def read_records(path: Path, format: str | None = None) -> Iterator[Record]:
    """The records of a file in their order. Only a JSON file is read into memory as a whole.

    Args:
        path: The file; ``.gz`` is unpacked on the way.
        format: ``jsonl``, ``json``, ``csv``, ``tsv`` or ``parquet``, with ``.gz`` for a packed
            file; from the name when left out.

    Raises:
        DatasetFileError: The file cannot be read; names file and line.
        ValueError: The format is unknown.
    """
    kind = format or format_of(path)
    packed = path.suffix.lower() == ".gz" or (kind or "").endswith(".gz")
    kind = (kind or "").removesuffix(".gz")
    if kind not in FORMATS:
        raise ValueError(f"{path}: format {format!r} is unknown; pass format= one of {FORMATS}")
    try:
        if kind == "parquet":
            yield from _parquet(path)
            return
        with _open(path, packed=packed) as file:
            reader = {"jsonl": _json_lines, "json": _json}.get(kind)
            yield from reader(file, path) if reader else _csv(file, path, kind)
    except FileNotFoundError:
        raise DatasetFileNotFoundError(path) from None
    except DatasetFileError:
        raise
    except (OSError, EOFError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise DatasetFileError(path, f"cannot be read ({problem})") from error


def _open(path: Path, *, packed: bool) -> IO[bytes] | gzip.GzipFile:
    return gzip.open(path, "rb") if packed else path.open("rb")


def _json_lines(file: Iterable[bytes], path: Path) -> Iterator[Record]:
    # Only \n ends a line here: U+2028 and its like may stand inside a text.
    for number, line in enumerate(file, start=1):
        text = _text(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line, path, number)
        if not text.isspace() and text:
            try:
                yield number, _DECODER.decode(text)
            except (ValueError, RecursionError) as error:
                raise DatasetFileError(path, f"is not JSON: {error}", number) from error


def _json(file: IO[bytes] | gzip.GzipFile, path: Path) -> Iterator[Record]:
    text = _text(file.read().removeprefix(b"\xef\xbb\xbf"), path)
    if text.lstrip().startswith("["):
        yield from _json_array(text, path)
        return
    try:
        whole = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise DatasetFileError(path, f"is not JSON: {error}", _line_of(error)) from error
    for name in _LISTS:
        if isinstance(whole, Mapping) and isinstance(whole.get(name), list):
            yield from ((None, record) for record in whole[name])
            return
    raise DatasetFileError(
        path, f"has no list of records, neither at the top nor under {', '.join(_LISTS)}"
    )


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
            raise DatasetFileError(
                path, f"is not JSON: {error}", _line_of(error) or line
            ) from error
        yield line, record
        position = _after_space(text, position)
        if text[position : position + 1] not in (",", "]"):
            raise DatasetFileError(path, "is not JSON: a ',' or ']' is missing", line)
        position += text[position] == ","
    if _after_space(text, position + 1) < len(text):
        raise DatasetFileError(path, "is not JSON: something follows the list", line)


def _after_space(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _csv(file: Iterable[bytes], path: Path, kind: str) -> Iterator[Record]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a question may be longer than 128 KiB
    lines = (
        _text(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line, path, number)
        for number, line in enumerate(file, start=1)
    )
    reader = csv.reader(lines, delimiter="\t" if kind == "tsv" else ",", strict=True)
    header: list[str] | None = None
    begins = 1
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
            begins = reader.line_num + 1
    except csv.Error as error:
        raise DatasetFileError(path, f"is not CSV: {error}", begins) from error
    if header is None:
        raise DatasetFileError(path, "has no line with headings", 1)


def _header(row: list[str], path: Path) -> list[str]:
    names = [name.strip() for name in row]
    if len(set(names)) != len(names):
        raise DatasetFileError(path, f"has a heading twice: {', '.join(names)}", 1)
    return names


def _parquet(path: Path) -> Iterator[Record]:
    parquet = arrow("pyarrow.parquet")
    if not path.is_file():
        raise FileNotFoundError(path)
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches():
                yield from ((None, record) for record in batch.to_pylist())
    except arrow("pyarrow").ArrowException as error:
        raise DatasetFileError(path, f"is not Parquet: {error}") from error


def arrow(module: str) -> Any:
    """A module of pyarrow.

    Raises:
        MissingExtraError: It is not installed.
    """
    return optional(module, extra="arrow", purpose="reading and writing Parquet and Arrow")


def _text(content: bytes, path: Path, number: int | None = None) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = number or content.count(b"\n", 0, error.start) + 1
        raise DatasetFileError(path, f"is not UTF-8 ({error.reason})", line) from error


def _line_of(error: Exception) -> int | None:
    return getattr(error, "lineno", None)


def _refuse_constant(name: str) -> NoReturn:
    """Python reads NaN and Infinity; JSON does not know them."""
    raise ValueError(f"{name} is not a JSON value")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
