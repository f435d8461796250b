"""Plain values as text that is the same whenever they are equal, for comparison of two sessions."""

import datetime as dt
import decimal
import enum
import fractions
import pathlib
import re
import uuid
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

_MAX_DEPTH = 30
_MAX_VALUES = 1_000_000  # a list of lists of itself has no end
# Their ``repr`` holds their whole value.
_BY_REPR = (
    *(str, bytes, bytearray, int, float, complex, bool, type(None), range, slice),
    *(decimal.Decimal, fractions.Fraction, uuid.UUID, pathlib.PurePath),
    *(dt.date, dt.time, dt.timedelta, dt.timezone),
)
_ENDS: dict[type, str] = {list: "[]", tuple: "()", set: "{}", frozenset: "{}", deque: "[]"}


class NotPlainError(Exception):
    """A value has no stable text: a part of it is an object of another kind, or it has no end."""


def encoded(value: object) -> str:
    """A value as text.

    Args:
        value: Numbers, texts, dates, members of enumerations and dataclasses, and lists, tuples,
            sets and mappings of them. The order of a mapping counts, because a prompt that is made
            of it has that order; that of a set does not.

    Raises:
        NotPlainError: It, or a part of it, is something else.
    """
    return _Encoding().text(value, 0)


class _Encoding:
    def __init__(self) -> None:
        self._values = 0

    def text(self, value: Any, depth: int) -> str:
        self._values += 1
        if depth > _MAX_DEPTH or self._values > _MAX_VALUES:
            raise NotPlainError
        kind: Any = type(value)
        if kind in _BY_REPR or (isinstance(value, _BY_REPR) and _is_standard(kind)):
            return repr(value)
        if isinstance(value, enum.Enum):
            return f"{kind.__qualname__}.{value.name}={self.text(value.value, depth + 1)}"
        if isinstance(value, re.Pattern):
            return f"re({value.pattern!r}, {value.flags})"
        if isinstance(value, Mapping) and _is_standard(kind):
            return f"{_name(kind)}{{{','.join(self._entries(value, depth))}}}"
        if isinstance(value, tuple(_ENDS)):
            return self._collection(value, depth)
        if is_dataclass(value):
            parts = ((each.name, getattr(value, each.name)) for each in fields(value))
            texts = (f"{name}={self.text(part, depth + 1)}" for name, part in parts)
            return f"{kind.__qualname__}({','.join(texts)})"
        raise NotPlainError

    def _entries(self, value: Mapping[Any, Any], depth: int) -> Iterator[str]:
        for key, entry in value.items():
            yield f"{self.text(key, depth + 1)}:{self.text(entry, depth + 1)}"

    def _collection(self, value: Any, depth: int) -> str:
        kind: Any = type(value)
        if not _is_standard(kind) and not isinstance(value, tuple):  # a named tuple
            raise NotPlainError
        texts = [self.text(each, depth + 1) for each in value]
        ends = next(_ENDS[known] for known in _ENDS if isinstance(value, known))
        if ends == "{}":
            texts.sort()
        return f"{_name(kind)}{ends[0]}{','.join(texts)}{ends[1]}"


def _is_standard(kind: type) -> bool:
    return kind.__module__ in {
        *("builtins", "collections", "types", "datetime", "decimal", "fractions", "pathlib"),
        *("pathlib._local", "uuid"),
    }


def _name(kind: type) -> str:
    """The kind of a collection where it is not one with a notation of its own."""
    return "" if kind in (dict, list, tuple) else kind.__qualname__
