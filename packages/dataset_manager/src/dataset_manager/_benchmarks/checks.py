"""Records of benchmarks must be in the published form, with values that can be right."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .._core.errors import DatasetFileError
from .._data.answers import check_values, is_blank
from .._data.item import Item
from .._sources.pins import Pin

_FORM = (KeyError, TypeError, AttributeError, ValueError, IndexError)


def text(value: Any, name: str) -> str:
    """A field that must hold text.

    Raises:
        ValueError: It is blank or no text.
    """
    if not isinstance(value, str) or is_blank(value):
        raise ValueError(f"{name!r} is {value!r}")
    return value


def texts(value: Any, name: str, *, fewest: int = 1) -> list[str]:
    """A field that must hold a list of texts.

    Args:
        value: The field.
        name: Its name.
        fewest: How many texts there must be.

    Raises:
        ValueError: It is no list, has fewer texts, or holds something else.
    """
    if not isinstance(value, list | tuple) or len(value) < fewest:
        raise ValueError(f"{name!r} is {value!r}")
    return [text(each, name) for each in value]


def formed(items: Iterable[Item], files: Sequence[Pin]) -> Iterator[Item]:
    """The items; a record that none can be made of is named by file and place.

    Raises:
        DatasetFileError: A record lacks a field, or has a value of another type.
    """
    made, number = iter(items), 0
    while True:
        number += 1
        try:
            item = next(made)
        except StopIteration:
            return
        except _FORM as error:
            problem = f"record {number} is not in the published form: {_shown(error)}"
            raise DatasetFileError(_place(files), problem) from error
        yield item


def checked(items: Iterable[Item], files: Sequence[Pin], scorer: str | None) -> Iterator[Item]:
    """The items; one whose values cannot be right is named by file and id.

    Raises:
        DatasetFileError: A question or an answer is blank or no text, an answer is outside its
            choices, tests are missing, or there are no records.
    """
    found = False
    for item in formed(items, files):
        found = True
        try:
            _check(item, scorer)
        except ValueError as error:
            raise DatasetFileError(_place(files), f"{item.id}: {error}") from None
        yield item
    if not found:
        raise DatasetFileError(_place(files), "has no records")


def _check(item: Item, scorer: str | None) -> None:
    parts = item.input if isinstance(item.input, Mapping) else {"question": item.input}
    for name in ("question", "prompt"):
        if name in parts and not isinstance(parts[name], str):
            raise ValueError(f"the {name} is {type(parts[name]).__name__}, not text")
    choices = parts.get("choices")
    if choices is not None:
        _check_choices(list(choices), item.expected)
        check_values(parts["question"], item.expected, "question", "answer")
    else:
        check_values(item.input, item.expected, "question", "answer")
        answers = item.expected if isinstance(item.expected, list) else [item.expected]
        for each in answers:
            if isinstance(each, bool) or not isinstance(each, str | int | float):
                raise ValueError(f"the answer is {type(each).__name__}, not text")  # noqa: TRY004  # bad data
    if scorer == "number" and not _is_number(item.expected):
        raise ValueError(f"the answer {item.expected!r} is not a number")
    if scorer == "tests":
        _check_tests(item.metadata, item.question)


def _check_choices(choices: list[Any], answer: Any) -> None:
    wrong = [each for each in choices if not isinstance(each, str) or is_blank(each)]
    if wrong:
        raise ValueError(f"one of the choices is {wrong[0]!r}")
    if isinstance(answer, list):
        return
    if isinstance(answer, bool) or not isinstance(answer, int):
        raise ValueError(f"the answer is {answer!r}, not the position of a choice")  # noqa: TRY004  # bad data
    if not 0 <= answer < len(choices):
        raise ValueError(f"the answer {answer} is not one of the {len(choices)} choices")


def _is_number(value: Any) -> bool:
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


def _check_tests(metadata: Mapping[str, Any], question: str) -> None:
    tests = metadata.get("test")
    if not isinstance(tests, str) or is_blank(tests):
        raise ValueError(f"the tests are {tests!r}")
    name = metadata.get("entry_point")
    if name is not None and not (isinstance(name, str) and name.isidentifier()):
        raise ValueError(f"the function to test is {name!r}")
    if "def check(" in tests and not re.search(rf"\bdef\s+{name}\b", question):
        raise ValueError(f"the prompt does not define {name!r}, which is to be tested")


def _shown(error: BaseException) -> str:
    if isinstance(error, KeyError):
        return f"{error} is missing"
    return f"{type(error).__name__}: {error}"


def _place(files: Sequence[Pin]) -> Path:
    """The file; of several ones the folder, since the id names the file."""
    if not files:
        return Path("the file")
    return Path(files[0].name) if len(files) == 1 else Path(files[0].name).parent
