"""Data sets of your own in JSON Lines."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

from ._dataset import Dataset
from ._errors import DatasetFileError, InvalidItemsError
from ._item import Item, fitting_scorer, item_from_mapping


def load_jsonl(path: Path, *, name: str | None = None, scorer: str | None = None) -> Dataset:
    """Read a JSONL file; ids are taken from it, else made of the name and the line.

    Args:
        path: The file.
        name: What to call the data set; the file's name when left out.
        scorer: The scorer; when left out, ``choice`` if all items have choices, ``number`` if all
            answers are numbers, else ``text``.

    Raises:
        DatasetFileError: A line is no JSON object with a question and an answer; names file and
            line.
        InvalidItemsError: An id is used twice.
    """
    name = name or path.stem
    content = _read(path)
    items = list(_items(content, path, name))
    try:
        return Dataset(
            items,
            name=name,
            scorer=scorer or fitting_scorer(items),
            metadata={"source": path.name, "sha256": sha256(content).hexdigest()},
        )
    except InvalidItemsError as error:
        raise InvalidItemsError(f"{path}: {error}", ids=error.ids) from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DatasetFileError(path, "there is no such file") from None
    except OSError as error:
        raise DatasetFileError(path, f"cannot be read ({error.strerror})") from error


def _items(content: bytes, path: Path, name: str) -> Iterator[Item]:
    try:
        # Only \n ends a line here: U+2028 and its like may stand inside a text.
        lines = content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        before = content.count(b"\n", 0, error.start)
        raise DatasetFileError(path, f"is not UTF-8 ({error.reason})", before + 1) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise DatasetFileError(path, f"is not JSON: {error}", number) from error
        if not isinstance(record, dict):
            raise DatasetFileError(path, f"is {type(record).__name__}, not an object", number)
        try:
            yield item_from_mapping(record, default_id=f"{name}_{number}")
        except ValueError as error:
            raise DatasetFileError(path, str(error), number) from error


def _refuse_constant(name: str) -> NoReturn:
    """Python reads NaN and Infinity; JSON does not know them."""
    raise ValueError(f"{name} is no JSON value")
