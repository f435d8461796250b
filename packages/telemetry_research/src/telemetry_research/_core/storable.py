"""Foreign values in a form that can be stored: the front door of all events.

Numpy and pandas scalars become Python values. What MessagePack or JSON cannot hold (a tuple as a
key, half of a surrogate pair, a value that contains itself) becomes ``{"repr": ...}``.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec

from .safe import repr_of, text_of
from .sizes import SCALARS, fields_of_record, has_few_parts

_MAX_DEPTH = 64
_MAX_NODES = 100_000
_MAX_FIELDS = 10_000
_PLAIN = (bool, int, float, str, bytes)
_LISTS = (list, tuple, set, frozenset, deque)
# What MessagePack and JSON both hold, and the encoder writes itself.
_LEAVES = SCALARS | {bytearray, memoryview, date, datetime, time, timedelta, Decimal, UUID}
_NO_KEYS = frozenset((dict, list, tuple, set, frozenset, type(None)))
_MISSING_MARKS = frozenset(("NAType", "NaTType"))


class _TooLargeError(Exception):
    """The value contains itself, is nested too deeply, or has too many parts."""


def plain(value: object) -> object:
    """A value that MessagePack lacks: a scalar as its Python value, anything else as its repr."""
    kind = type(value)
    try:
        if kind.__name__ in _MISSING_MARKS and kind.__module__.startswith("pandas"):
            return None
        return _converted(value)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001  # foreign code: its repr remains
        return {"repr": repr_of(value)}


def plain_in_json(value: object) -> object:
    """A value that JSON lacks, as ``plain`` has it.

    Raises:
        TypeError: JSON has such values, so that this one is a key. A repr in its place would be no
            key either, and the encoder would ask for the form of that one, a thousand times over.
    """
    if type(value) in _NO_KEYS:
        raise TypeError(f"{type(value).__name__} as a key")
    return plain(value)


def _converted(value: object) -> object:
    if isinstance(value, str):
        return str.__str__(value)
    item: object = None
    if isinstance(value, date):
        item = value.isoformat()
    elif hasattr(type(value), "dtype") and getattr(value, "shape", None) == ():
        item = value.item()  # type: ignore[attr-defined]  # a numpy scalar
    return item if type(item) in _PLAIN else {"repr": repr_of(value)}


_pack = msgspec.msgpack.Encoder(enc_hook=plain).encode
_encode = msgspec.json.Encoder(enc_hook=plain_in_json).encode


def fields_of(values: object) -> dict[Any, Any]:
    """Measurements or metadata as a dict, whatever was given."""
    if values is None:
        return {}
    try:
        if isinstance(values, Iterator):  # it belongs to the emitter
            return {"value": values}
        found: dict[Any, Any] = {}
        for key, value in islice(_pairs(values), _MAX_FIELDS + 1):
            # The hash of a tuple of tuples may have no end.
            found[key if type(key) in SCALARS else text_of(key)] = value
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001  # not a mapping, or one that fails
        return {"value": values}
    return found if len(found) <= _MAX_FIELDS else {"value": values}


def _pairs(values: Any) -> Iterator[tuple[Any, Any]]:
    if hasattr(values, "keys"):
        keys = values.keys
        return ((key, values[key]) for key in keys())
    return iter(values)


def storable(values: Mapping[Any, Any]) -> dict[str, Any]:
    """The same fields, with each part that cannot be stored replaced; the others are untouched."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        name = key_of(key, found)
        try:
            found[name] = _storable(value, (), [0 if has_few_parts(value) else _MAX_NODES])
        except (_TooLargeError, RecursionError):
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
        raise _TooLargeError
    if type(value) in SCALARS:
        return _leaf(value)
    try:
        return _in_parts(value, (*path, id(value)), nodes)
    except (KeyboardInterrupt, _TooLargeError, RecursionError):
        raise
    except BaseException:  # noqa: BLE001  # foreign code: its repr remains
        return {"repr": repr_of(value)}


def _in_parts(value: object, path: tuple[int, ...], nodes: list[int]) -> object:
    if isinstance(value, Enum):
        return _storable(value.value, path, nodes)
    if isinstance(value, Mapping):
        return _of_pairs(value.items(), path, nodes)
    if isinstance(value, _LISTS):
        return [_storable(each, path, nodes) for each in value]
    fields = fields_of_record(value)
    if fields is not None:
        return _of_pairs(fields.items(), path, nodes)
    return _leaf(value)


def _of_pairs(
    pairs: Iterable[tuple[Any, Any]], path: tuple[int, ...], nodes: list[int]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, each in pairs:
        found[key_of(key, found)] = _storable(each, path, nodes)
    return found


def _leaf(value: object) -> object:
    found = value if type(value) in _LEAVES else plain(value)
    return found if _encodable(found) else {"repr": repr_of(value)}


def _encodable(value: object) -> bool:
    try:
        _pack(value)
        _encode(value)
    except Exception:  # noqa: BLE001  # whatever the reason, its repr is stored
        return False
    return True
