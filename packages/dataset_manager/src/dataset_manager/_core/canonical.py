"""JSON whose equal content has equal bytes and no key twice, and the hashes of files."""

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from .bounds import open_plain

_SHOWN = 60
_BLOCK = 1 << 20
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"(?P<colon>\s*:)?|[{}]')


def canonical(value: Any) -> str:
    """A value as JSON: keys in order, no spaces, tuples as lists, arrays of numpy as numbers.

    Raises:
        TypeError: It has a value without such a form, whose text could differ
            in the next run.
        ValueError: It has a number that JSON does not have, or contains itself.
    """
    return _ENCODER.encode(value)


def json_safe(value: Any) -> Any:
    """A value for a report: as it is where JSON can represent it, else as text."""
    try:
        return json.loads(canonical(value))
    except (TypeError, ValueError, RecursionError):
        return repr(value)


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, date | Decimal | Fraction):
        return str(value)
    tolist = getattr(value, "tolist", None)
    if callable(tolist):
        return tolist()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain
)


class DoubledKeyError(ValueError):
    """A key stands twice in one object."""


def unique_keys(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """The object of its pairs, as ``object_pairs_hook`` of a JSON decoder.

    Python keeps the last value of a key that stands twice, other programs the first.

    Args:
        pairs: Its keys and values in their order.

    Returns:
        The object.

    Raises:
        DoubledKeyError: A key stands twice; the message has both values.
    """
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen:
            both = f"{_short(seen[key])} and {_short(value)}"
            raise DoubledKeyError(f"has the key {key!r} twice in one object, with {both}")
        seen[key] = value
    return found


def doubled_key_line(text: str) -> int | None:
    """The line on which a key stands for the second time in its object; None without one.

    Args:
        text: A JSON text that could be parsed but for this.
    """
    objects: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark == "{":
            objects.append(set())
        elif mark == "}":
            objects.pop()
        elif token["colon"] and objects:
            key = json.loads(mark[: -len(token["colon"])])
            if key in objects[-1]:
                return text.count("\n", 0, token.start()) + 1
            objects[-1].add(key)
    return None


def problem_of(error: Exception) -> str:
    """What is wrong with a JSON text, for a message that begins with the name of its file."""
    return str(error) if isinstance(error, DoubledKeyError) else f"is not JSON: {error}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def file_hash(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with open_plain(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def git_blob_hash(path: Path) -> str:
    """Git's hash of a file: the SHA-1 of a header and its bytes, in hexadecimal."""
    with open_plain(path) as file:
        size = os.fstat(file.fileno()).st_size
        found = hashlib.sha1(f"blob {size}\0".encode(), usedforsecurity=False)
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()
