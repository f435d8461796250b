"""How many parts a value has, counted as often as they are reached.

A list that holds another twice, which holds another twice, and so on, is small in memory and
endless in a text. Nothing is packed or printed before its parts are counted.
"""

import gc
from collections import deque
from collections.abc import Mapping
from functools import partial
from types import FunctionType, MappingProxyType, MethodType, SimpleNamespace
from typing import Any

MAX_NODES = 1_000_000
SCALARS = frozenset((str, int, float, bool, type(None), bytes))
_FEW = 10_000
_MAX_CONTAINERS = 10_000
# Their reprs show what they hold.
_SHOWING: tuple[type, ...] = (
    dict, list, tuple, set, frozenset, deque, type({}.values()), type({}.items()), slice, partial,
    MappingProxyType, MethodType, SimpleNamespace, BaseException,
)  # fmt: skip


def is_small_and_plain(value: object) -> bool:
    """Whether a value has only built-in parts, and few of them.

    Args:
        value: A dict, as it was emitted.
    """
    try:
        if _plain_parts(value, _FEW) >= 0:
            return True
        return has_few_parts(value) and _plain_parts(value, MAX_NODES) >= 0
    except RecursionError:
        return False


def _plain_parts(value: Any, left: int) -> int:
    """How many parts are left after those of a value; negative when it is not small and plain."""
    kind = type(value)
    if kind in SCALARS:
        return left - 1
    if kind is dict:
        parts = value.values()
    elif kind is list or kind is tuple:
        parts = value
    else:
        return -1
    left -= len(value)
    if left < 0 or SCALARS.issuperset(map(type, parts)):
        return left
    for each in parts:
        if type(each) not in SCALARS:
            left = _plain_parts(each, left - 1)
            if left < 0:
                return -1
    return left


def has_few_parts(value: object) -> bool:
    """Whether the repr of a value comes to an end soon, as far as its built-in parts show.

    Args:
        value: Anything.
    """
    try:
        return _size(value, {}) <= MAX_NODES
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001  # foreign code, or nested too deeply
        return False


def _size(value: object, known: dict[int, int]) -> int:
    """How many parts a value shows; each is counted once, and added as often as it is reached."""
    if not gc.is_tracked(value) and type(value) is not tuple and not hasattr(value, "dtype"):
        return 1
    found = known.get(id(value))
    if found is not None:
        return found
    known[id(value)] = 1  # for a value that contains itself
    parts = _parts(value)
    size = 1 + len(parts)
    for each in [part for part in parts if type(part) not in SCALARS]:
        if size > MAX_NODES or len(known) > _MAX_CONTAINERS:
            return MAX_NODES + 1
        size += _size(each, known) - 1
    known[id(value)] = size
    return size


def _parts(value: object) -> list[Any]:
    kind: Any = type(value)
    if kind.__module__ == "numpy" and kind.__name__ == "ndarray":
        held = value.dtype == object and value.size <= MAX_NODES  # type: ignore[attr-defined]  # numpy
        found: list[Any] = value.ravel().tolist() if held else []  # type: ignore[attr-defined]
        return found
    # A repr that is made by Python code may show all that the object holds.
    own = isinstance(kind.__repr__, FunctionType) or hasattr(kind, "__struct_fields__")
    shown = own or issubclass(kind, _SHOWING)
    return gc.get_referents(value) if shown and not issubclass(kind, type) else []


def fields_of_record(value: object) -> Mapping[str, object] | None:
    """The fields of an instance of a dataclass, of attrs or of msgspec; None of anything else.

    Args:
        value: Anything.
    """
    kind = type(value)
    for listing in ("__dataclass_fields__", "__struct_fields__"):
        if hasattr(kind, listing):
            return _present(value, getattr(kind, listing))
    if hasattr(kind, "__attrs_attrs__"):
        return _present(value, [each.name for each in kind.__attrs_attrs__])
    return None


def _present(value: object, names: Any) -> dict[str, object]:
    """The fields that are set; those of slots may not be."""
    return {name: getattr(value, name) for name in names if hasattr(value, name)}
