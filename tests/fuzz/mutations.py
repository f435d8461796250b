"""Damaged and hostile forms of a valid file: of its bytes, and of the values in its JSON."""

import json
import random
from typing import Any

# What readers stumble over: signs that open or close something, numbers that cannot be right,
# characters that are none, and names that mean something to Python.
TOKENS = (
    *(b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\\ud800", b"\r", b"\n\n"),
    *(b"[" * 3000, b'{"a":' * 2000, b'"', b"{", b"}", b"]", b",", b"null", b"NaN", b"-Infinity"),
    *(b"1e999", b"-1", b"9" * 400, b"0.1e-400", b"true", b"__class__", b"../../x", b"\xe2\x80\xa8"),
    *(b"\x1b[2J", b"<think>", b"</think>", b"<event>", b"=1+1", b"PAR1", b"PK\x03\x04", b"ARROW1"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**30, -(10**30), 10**400, 1e308, float("nan"), float("inf")),
    *("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "\u00b2", "--5"),
    *("", " ", "x", "1", "\x00", "\ud800", "../..", "1970-01-01", "a" * 3000, "\u202e=1"),
    *([], {}, [None], [[]], {"": None}, {"text": None}, [{"type": "text"}], {"value": {}}),
)


def damaged(content: bytes, chance: random.Random) -> bytes:
    """One damaged form of a file.

    Args:
        content: The valid file.
        chance: Where the damage is drawn from.
    """
    if chance.random() < 0.6:
        changed = _with_other_values(content, chance)
        if changed is not None:
            return changed
    for _ in range(chance.randint(1, 3)):
        content = _with_other_bytes(content, chance)
    return content


def _with_other_bytes(content: bytes, chance: random.Random) -> bytes:
    start = chance.randint(0, len(content))
    end = min(len(content), start + chance.choice((0, 1, 1, 2, 8, 64)))
    kind = chance.randrange(4)
    if kind == 0:
        return content[:start] + chance.choice(TOKENS) + content[end:]
    if kind == 1:
        return content[:start] + content[end:]
    if kind == 2:
        return content[:end] + content[start:]
    flipped = bytes(each ^ (1 << chance.randrange(8)) for each in content[start:end])
    return content[:start] + flipped + content[end:]


def _with_other_values(content: bytes, chance: random.Random) -> bytes | None:
    """The file with a value of its JSON, or of a line of it, replaced; None if it has none."""
    lines = content.split(b"\n") if content.count(b"\n") > 1 else [content]
    number = chance.randrange(len(lines))
    try:
        value = json.loads(lines[number])
    except ValueError:
        return None
    places = list(_places(value))
    if not places:
        return None
    for holder, key in chance.sample(places, min(len(places), chance.choice((1, 1, 2)))):
        _change(holder, key, chance)
    lines[number] = json.dumps(value).encode()
    return b"\n".join(lines)


def _change(holder: Any, key: Any, chance: random.Random) -> None:
    kind = chance.randrange(6)
    if isinstance(holder, dict) and kind == 0:
        holder.pop(key, None)
    elif isinstance(holder, dict) and kind == 1 and key in holder:
        holder[chance.choice(("", "id", "x", "type"))] = holder.pop(key)
    elif isinstance(holder, list) and kind == 0:
        holder.extend(holder[:3])
    elif isinstance(holder, dict) or key < len(holder):
        holder[key] = chance.choice(VALUES)


def _places(value: Any) -> Any:
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])
