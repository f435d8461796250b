"""Foreign values as plain ones: what JSON holds, and nothing that a file cannot take.

Everything that a condition returns passes here once; inside, values are of exact built-in types.
"""

import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import math
import pathlib
import uuid
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from .._core.errors import OutcomeError
from .._core.text import safe_text, type_name

MAX_CHARACTERS = 4_000_000
_MAX_VALUES = 200_000
_MAX_DEPTH = 60
_MAX_DIGITS = 4_000
_LEAST_INTEGER, _FIRST_TOO_BIG = -(2**63), 2**64
_AS_TEXT = (dt.date, dt.time, dt.timedelta, pathlib.PurePath, uuid.UUID)


class PlainValues:
    """Makes the values of one outcome plain, within one budget for all of them."""

    def __init__(self) -> None:
        self._characters = MAX_CHARACTERS
        self._values = _MAX_VALUES
        self._path: set[int] = set()

    def plain(self, value: object, name: str) -> Any:
        """A value as JSON holds it.

        Args:
            value: Anything that a condition returned.
            name: What it is called in an error.

        Returns:
            Text, a number, a truth value, None, or lists and dicts of these. Numpy scalars and
            arrays, sets, dataclasses, enumerations and bytes of UTF-8 become what they stand for;
            an object of another class becomes its ``repr``.

        Raises:
            OutcomeError: It contains itself, is too big or too deep, or has text that cannot be
                encoded.
        """
        self._values -= 1
        if self._values < 0:
            raise OutcomeError(f"{name} has more than {_MAX_VALUES:,} values in it; return less")
        kind = type(value)
        if value is None or kind is bool:
            return value
        if isinstance(value, str):
            return self._text(str.__str__(value), name)
        if kind is dict:  # no scalar, as most metadata
            return self._compound(value, name) if value else {}
        scalar = _scalar(value, name)
        return scalar if scalar is not None else self._compound(value, name)

    def _compound(self, value: object, name: str) -> Any:
        if isinstance(value, bytes | bytearray | memoryview):
            return self._bytes(bytes(value), name)
        if isinstance(value, enum.Enum):
            return self.plain(value.value, name)
        if isinstance(value, _AS_TEXT):
            return self._text(str(value), name)
        if id(value) in self._path:
            raise OutcomeError(f"{name} contains itself; return values that can be written down")
        if len(self._path) >= _MAX_DEPTH:
            raise OutcomeError(f"{name} is nested deeper than {_MAX_DEPTH} levels")
        self._path.add(id(value))
        try:
            return self._contents(value, name)
        finally:
            self._path.discard(id(value))

    def _contents(self, value: object, name: str) -> Any:
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = [each.name for each in dataclasses.fields(value)]
            value = {each: getattr(value, each) for each in names}
        elif callable(dump := getattr(type(value), "model_dump", None)):
            value = dump(value)  # pydantic's models
        if isinstance(value, Mapping):
            return {self._key(key, name): self.plain(value[key], name) for key in value}
        if isinstance(value, AbstractSet):
            return sorted((self.plain(each, name) for each in value), key=repr)
        listed = value if isinstance(value, list | tuple) else _array_values(value)
        if listed is not None:
            return [self.plain(each, name) for each in listed]
        return self._text(repr(value), name)

    def _key(self, key: object, name: str) -> str:
        return self._text(key if type(key) is str else safe_text(key), name)

    def _text(self, text: str, name: str) -> str:
        self._characters -= len(text)
        if self._characters < 0:
            raise OutcomeError(f"{name} is longer than {MAX_CHARACTERS:,} characters; return less")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise OutcomeError(
                f"{name} has half a character (a lone surrogate) at position {error.start} and"
                " cannot be written; decode whole characters, or text.encode('utf-8', 'replace')"
            ) from None
        return text

    def _bytes(self, data: bytes, name: str) -> str:
        try:
            return self._text(data.decode(), name)
        except UnicodeDecodeError as error:
            raise OutcomeError(
                f"{name} is bytes that are not UTF-8 (at position {error.start}); return text"
            ) from None


def number(value: object) -> float | int | None:
    """A number of any library as Python's own; None for anything else.

    Args:
        value: An int, float, Decimal, Fraction, or a scalar of numpy or a tensor library.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, decimal.Decimal | fractions.Fraction):
        return float(value)
    item = _item_of(value)
    return number(item) if isinstance(item, int | float) else None


def _scalar(value: object, name: str) -> Any:
    found: object = number(value)
    if found is None:
        item = _item_of(value)
        return item if isinstance(item, bool) else None
    if isinstance(found, int) and not _LEAST_INTEGER <= found < _FIRST_TOO_BIG:
        if abs(found).bit_length() > _MAX_DIGITS * 3:
            raise OutcomeError(f"{name} is a number of more than {_MAX_DIGITS:,} digits")
        return str(found)
    if isinstance(found, float) and not math.isfinite(found):
        raise OutcomeError(f"{name} is {found}; return text, a finite number or None")
    return found


def _item_of(value: object) -> object:
    """The Python value of a scalar of numpy, torch, jax and their like; None for others."""
    kind = type(value)
    if getattr(kind, "__array_priority__", None) is None and not hasattr(kind, "__array__"):
        return None
    if getattr(value, "shape", None) not in ((), None):
        return None
    item = getattr(value, "item", None)
    found = item() if callable(item) else None
    return found if isinstance(found, bool | int | float) else None


def _array_values(value: object) -> Iterable[object] | None:
    """The values of an array or a series; None for others."""
    if not hasattr(type(value), "__array__"):
        return None
    to_list = getattr(value, "tolist", None)
    found = to_list() if callable(to_list) else None
    if isinstance(found, list):
        return found
    return None if found is None else [found]


def in_range(
    name: str, value: object, *, least: float = 0.0, most: float = math.inf
) -> float | None:
    """A number that a condition returned, checked.

    Args:
        name: What it is called in an error.
        value: The number, or None for an unknown one.
        least: The smallest value that has a meaning.
        most: The largest.

    Raises:
        OutcomeError: It is not a finite number, or out of its range.
    """
    if value is None:
        return None
    found = number(value)
    if found is None:
        shown = repr(value) if type(value) is str else f"a {type_name(value)}"
        raise OutcomeError(f"{name!r} is {shown[:80]}; return a number or None")
    try:
        plain = float(found)
    except OverflowError:
        plain = math.inf
    if not math.isfinite(plain):
        raise OutcomeError(f"{name!r} is {plain}; return a finite number or None")
    if not least <= plain <= most:
        bounds = f"at least {least:g}" if most == math.inf else f"between {least:g} and {most:g}"
        raise OutcomeError(f"{name!r} is {plain:g}; it must be {bounds}, or None where unknown")
    return plain
