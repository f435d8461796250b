"""What distinguishes one function from another: its code, and the values it uses."""

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from types import CodeType
from typing import Any

_DEEPEST = 8
_PLAIN = (str, int, float, complex, bool, bytes, type(None))


def function_identity(function: Callable[..., Any]) -> dict[str, str]:
    """A hash of a function, the same in every process; what it uses of unknown content by name.

    Args:
        function: A function, a method, a partial or an object that can be called.

    Returns:
        ``code``, the hash, and ``unknown``, the kind of the first value that is not known.
    """
    unknown: list[str] = []
    text = repr(_described(function, unknown, 0))
    found = {"code": blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()}
    return {**found, "unknown": unknown[0]} if unknown else found


def _described(value: Any, unknown: list[str], depth: int) -> Any:  # noqa: PLR0911  # a kind each
    if isinstance(value, _PLAIN):
        return value
    if depth > _DEEPEST:  # such as a function that holds itself
        return type(value).__qualname__
    describe = functools.partial(_described, unknown=unknown, depth=depth + 1)
    if isinstance(value, Mapping | AbstractSet | Sequence):
        return _of_collection(value, describe)
    if isinstance(value, functools.partial):
        return ("partial", *map(describe, (value.func, value.args, value.keywords)))
    if inspect.ismethod(value):
        return describe(value.__func__), describe(value.__self__)
    if inspect.isfunction(value):
        return _of_function(value, describe)
    if isinstance(value, CodeType):
        return value.co_code.hex(), value.co_names, describe(value.co_consts)
    if (callable(value) and hasattr(value, "__qualname__")) or inspect.ismodule(value):
        name = getattr(value, "__qualname__", value.__name__)
        return f"{getattr(value, '__module__', '')}.{name}"
    return _of_object(value, unknown, describe)


def _of_collection(value: Any, describe: Callable[[Any], Any]) -> Any:
    if isinstance(value, Mapping):
        items = sorted(value.items(), key=repr)
        return [(repr(key), describe(each)) for key, each in items]
    described = [describe(each) for each in value]
    return sorted(described, key=repr) if isinstance(value, AbstractSet) else described


def _of_function(function: Any, describe: Callable[[Any], Any]) -> Any:
    cells = []
    for cell in function.__closure__ or ():
        try:
            cells.append(describe(cell.cell_contents))
        except ValueError:  # not set yet
            cells.append("empty")
    defaults = (function.__defaults__, function.__kwdefaults__)
    return (describe(function.__code__), *map(describe, defaults), cells)


def _of_object(value: Any, unknown: list[str], describe: Callable[[Any], Any]) -> Any:
    """An object by its class and its fields; one without fields to look at is unknown."""
    name = type(value).__qualname__
    fields = getattr(value, "__dict__", None)
    if fields is None:
        unknown.append(f"an object of {name}")
        return name
    call = inspect.getattr_static(type(value), "__call__", None)
    code = _of_function(call, describe) if inspect.isfunction(call) else ""
    return name, code, describe(fields)
