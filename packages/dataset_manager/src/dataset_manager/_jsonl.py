"""Data sets of your own in JSON Lines."""

import json
from collections.abc import Iterator
from pathlib import Path

from ._dataset import Dataset
from ._errors import DatasetFileError, InvalidItemsError
from ._item import Item, item_from_mapping


def load_jsonl(path: Path, *, name: str | None = None, scorer: str | None = None) -> Dataset:
    """Read a JSONL file; ids are taken from it, else made of the name and the line.

    Args:
        path: The file.
        name: What to call the data set; the file's name when left out.
        scorer: The scorer; ``choice`` where the items have choices, else ``text``.

    Raises:
        DatasetFileError: A line is no JSON object with a question and an answer; names file and
            line.
        InvalidItemsError: An id is used twice.
    """
    name = name or path.stem
    items = list(_items(path, name))
    if scorer is None:
        scorer = "choice" if items and all(item.choices for item in items) else "text"
    try:
        return Dataset(items, name=name, scorer=scorer, metadata={"source": path.name})
    except InvalidItemsError as error:
        raise InvalidItemsError(f"{path}: {error}") from None


def _items(path: Path, name: str) -> Iterator[Item]:
    try:
        # Only \n ends a line here: U+2028 and its like may stand inside a text.
        lines = path.read_bytes().decode("utf-8-sig").split("\n")
    except FileNotFoundError:
        raise DatasetFileError(path, "there is no such file") from None
    except UnicodeDecodeError as error:
        raise DatasetFileError(path, f"is not UTF-8 ({error.reason})") from error
    except OSError as error:
        raise DatasetFileError(path, f"cannot be read ({error.strerror})") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise DatasetFileError(path, f"is not JSON: {error}", number) from error
        if not isinstance(record, dict):
            raise DatasetFileError(path, f"is {type(record).__name__}, not an object", number)
        try:
            yield item_from_mapping(record, default_id=f"{name}_{number}")
        except ValueError as error:
            raise DatasetFileError(path, str(error), number) from error
