"""Builds the public classes of the libraries with texts that a terminal would obey."""

import collections.abc
import dataclasses
import inspect
import types
import typing
from pathlib import Path
from typing import Any

# Moves the clipboard, clears the screen, colours, reverses what follows, has no width.
HOSTILE = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b31m\u202eabc\u2066\u200b\u2060\u00ad\ufff9\U000e0041"
# The same as a name that writes lines of its own, with each end of line that a reader knows.
LINES = HOSTILE + "".join(f"{end}forged p = .001" for end in "\n\r\v\f\x1c\x85\u2028\u2029")
_DEPTH = 6
_PLAIN: dict[Any, Any] = {
    str: LINES,
    int: 3,
    float: 0.5,
    bool: True,
    type(None): None,
    Path: Path(LINES),
    Any: LINES,
    object: LINES,
}


def build(kind: type, depth: int = 0) -> Any:
    """A value of a class whose texts are all hostile.

    Args:
        kind: The class.
        depth: How many classes it is a part of.

    Raises:
        Exception: It cannot be built without knowing what it means.
    """
    if depth > _DEPTH:
        raise RecursionError("it holds itself")
    if dataclasses.is_dataclass(kind):
        names = [each.name for each in dataclasses.fields(kind) if each.init]
        hints = typing.get_type_hints(kind, localns={"Field": dataclasses.Field})
        return kind(**{name: _value(hints[name], depth) for name in names})
    parameters = list(inspect.signature(kind).parameters.values())
    if issubclass(kind, BaseException) and all(
        each.kind.name.startswith("VAR") for each in parameters
    ):
        return kind(LINES)
    hints = typing.get_type_hints(inspect.getattr_static(kind, "__init__"))
    needed = [
        each
        for each in parameters
        if each.default is each.empty and not each.kind.name.startswith("VAR")
    ]
    return kind(**{each.name: _value(hints.get(each.name, str), depth) for each in needed})


def _value(hint: Any, depth: int) -> Any:
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return LINES if str in inner else _value(inner[0], depth)
    if origin is None:
        return build(hint, depth + 1) if inspect.isclass(hint) else LINES
    return inner[0] if origin is typing.Literal else _values(origin, inner, depth)


def _values(origin: type, inner: tuple[Any, ...], depth: int) -> Any:
    """A collection with one value of each kind."""
    if origin is tuple:
        return tuple(_value(each, depth) for each in inner if each is not ...)
    if issubclass(origin, dict | collections.abc.Mapping):
        return {_value(inner[0], depth): _value(inner[1], depth)}
    return [_value(inner[0], depth)] if inner else LINES
