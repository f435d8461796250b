"""JSON objects that have each key once."""

import json
import re
from collections.abc import Sequence
from typing import Any

_SHOWN = 60
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"(?P<colon>\s*:)?|[{}]')


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
