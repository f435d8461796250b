"""Values and errors of foreign code in a form that can be stored: the front door of all events.

Numpy and pandas scalars become Python values. What MessagePack or JSON cannot hold (a tuple as a
key, half of a surrogate pair, a value that contains itself) becomes ``{"repr": ...}``.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

# What a terminal acts on (C0 without tab and newline, DEL, C1), and what reverses the order in
# which text is read (Unicode TR 36, bidirectional spoofing).
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_MAX_DEPTH = 64
_MAX_NODES = 100_000
_MAX_REPR = 10_000
_PLAIN = (bool, int, float, str, bytes)
_MISSING_MARKS = frozenset(("NAType", "NaTType"))


class _TooDeepError(Exception):
    """The value contains itself, is nested too deeply, or has too many parts."""


def repr_of(value: object) -> str:
    """The repr of a value, whatever that does; without surrogates, and of bounded length."""
    try:
        return text_of(repr(value))[:_MAX_REPR]
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # foreign code
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"


def text_of(value: object) -> str:
    """A text that UTF-8 can encode; the repr of anything that is not a text."""
    if not isinstance(value, str):
        return repr_of(value)
    return str.__str__(value).encode("utf-8", "backslashreplace").decode()


def printable(text: str) -> str:
    """Return a text in which control and direction characters are visible escapes.

    Args:
        text: Any text; tabs and ends of lines stay.
    """
    return _ACTING.sub(lambda found: ascii(found[0])[1:-1], text)


def described(error: BaseException) -> str:
    """The class and the text of an error, also when its ``str`` raises."""
    try:
        text = str(error)
    except KeyboardInterrupt:
        raise
    except BaseException as another:  # noqa: BLE001  # foreign code
        text = f"<its str raises {type(another).__name__}>"
    return text_of(f"{type(error).__name__}: {text}")


def plain(value: object) -> object:
    """A value that MessagePack lacks: a scalar as its Python value, anything else as its repr."""
    kind = type(value)
    if kind.__name__ in _MISSING_MARKS and kind.__module__.startswith("pandas"):
        return None
    try:
        return _converted(value)
    except Exception:  # noqa: BLE001  # foreign code: its repr remains
        return {"repr": repr_of(value)}


def _converted(value: object) -> object:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(type(value), "dtype") and getattr(value, "shape", None) == ():
        item = value.item()  # type: ignore[attr-defined]  # a numpy scalar
        if type(item) in _PLAIN:
            return item
    return {"repr": repr_of(value)}


_pack = msgspec.msgpack.Encoder(enc_hook=plain).encode
_encode = msgspec.json.Encoder(enc_hook=plain).encode


def fields_of(values: object) -> dict[Any, Any]:
    """Measurements or metadata as a dict, whatever was given."""
    if values is None:
        return {}
    try:
        return dict(values)  # type: ignore[call-overload,no-any-return]  # anything may come
    except Exception:  # noqa: BLE001  # not a mapping
        return {"value": values}


def storable(values: Mapping[Any, Any]) -> dict[str, Any]:
    """The same fields, with each part that cannot be stored replaced; the others are untouched."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        name = key_of(key, found)
        try:
            found[name] = _storable(value, (), [0])
        except (_TooDeepError, RecursionError):
            found[name] = {"repr": repr_of(value)}
    return found


def key_of(key: object, taken: Mapping[str, Any]) -> str:
    """A key as a text that no other key of the same dict has."""
    name = text_of(key)
    while name in taken:
        name += "'"
    return name


def _storable(value: object, path: tuple[int, ...], nodes: list[int]) -> object:
    nodes[0] += 1
    if id(value) in path or len(path) > _MAX_DEPTH or nodes[0] > _MAX_NODES:
        raise _TooDeepError
    inside = (*path, id(value))
    if isinstance(value, Mapping):
        found: dict[str, Any] = {}
        for key, each in value.items():
            found[key_of(key, found)] = _storable(each, inside, nodes)
        return found
    if isinstance(value, list | tuple | set | frozenset):
        return [_storable(each, inside, nodes) for each in value]
    return value if _encodable(value) else {"repr": repr_of(value)}


def _encodable(value: object) -> bool:
    try:
        _pack(value)
        _encode(value)
    except Exception:  # noqa: BLE001  # whatever the reason, its repr is stored
        return False
    return True
