"""Which values a function fills: a cache or a counter is not a part of what was asked."""

import dis
import types
from collections.abc import Iterator

_LOADS = frozenset({"LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF"})
_ATTRIBUTES = frozenset({"LOAD_ATTR", "LOAD_METHOD"})
_STORES = frozenset({"STORE_GLOBAL", "STORE_DEREF", "DELETE_GLOBAL", "DELETE_DEREF"})
_SUBSCRIPTS = frozenset({"STORE_SUBSCR", "DELETE_SUBSCR"})
_METHODS = frozenset(
    {
        *("add", "append", "appendleft", "clear", "discard", "extend", "extendleft", "insert"),
        *("pop", "popitem", "popleft", "remove", "reverse", "setdefault", "sort", "subtract"),
        *("update", "difference_update", "intersection_update", "symmetric_difference_update"),
    }
)


def written_names(code: types.CodeType) -> set[str]:
    """The globals and enclosing variables that a function assigns or whose value it changes.

    Args:
        code: The code of the function; that of the functions in it counts.
    """
    return {name for each in codes_of(code) for name in _written(each, _LOADS, _STORES)}


def written_attributes(code: types.CodeType) -> set[str]:
    """The attributes of any object that a function assigns or whose value it changes.

    Args:
        code: The code of the function; that of the functions in it counts.
    """
    stores = frozenset({"STORE_ATTR", "DELETE_ATTR"})
    return {name for each in codes_of(code) for name in _written(each, _ATTRIBUTES, stores)}


def codes_of(code: types.CodeType) -> Iterator[types.CodeType]:
    """The code of a function and of the functions, classes and comprehensions in it."""
    yield code
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield from codes_of(each)


def _written(code: types.CodeType, loads: frozenset[str], stores: frozenset[str]) -> Iterator[str]:
    steps = list(dis.get_instructions(code))
    filled = {_start(each) for each in steps if each.opname in _SUBSCRIPTS}
    for number, step in enumerate(steps):
        if step.opname in stores:
            yield step.argval
        if step.opname in loads and (_start(step) in filled or _calls_changing(steps, number)):
            yield step.argval


def _start(step: dis.Instruction) -> tuple[int | None, int | None]:
    """Where an expression begins; ``x`` and ``x[1] = 2`` begin at one place."""
    where = step.positions
    return (where.lineno, where.col_offset) if where is not None else (None, None)


def _calls_changing(steps: list[dis.Instruction], number: int) -> bool:
    following = steps[number + 1] if number + 1 < len(steps) else None
    return (
        following is not None and following.opname in _ATTRIBUTES and following.argval in _METHODS
    )
