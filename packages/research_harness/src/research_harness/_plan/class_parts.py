"""What the classes of an experiment hold: functions in every form, plain attributes, and whose."""

import functools
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .._definition.experiment import Experiment

# What only reads the answers, or says how long and how many at a time they are waited for.
READING = frozenset(
    {
        "alpha",
        "author",
        "batches",
        "ceilings",
        "canaries",
        "clusters",
        "concurrency",
        "control",
        "criteria",
        "description",
        "formats",
        "latency_budget",
        "hypothesis",
        "loop_block_ms",
        "max_world_failures",
        "metrics",
        "name",
        "outage_ms",
        "retries",
        "returns",
        "scorers",
        "scoring_concurrency",
        "scoring_timeout_ms",
        "stop_when",
        "subgroups",
        "tags",
        "timeout_ms",
        "traces",
    }
)
_FOREIGN = ("builtins", "research_harness")
_PROPERTY = ("fget", "fset", "fdel")


def functions_of(kind: type) -> Iterator[tuple[str, types.FunctionType]]:
    """The functions of a class and of those it derives from, each by a name of its own.

    Args:
        kind: The class.

    Returns:
        First those that are called by their names; then those that they replaced and may call,
        as ``answer of Base``. Static and class methods, properties and grids are functions too.
    """
    known: set[str] = set()
    for owner, attribute, value in _members(kind):
        given = value if attribute == "conditions" and isinstance(value, list | tuple) else (value,)
        for each in given:
            for function in _functions_in(each):
                name = str(getattr(each, "name", attribute))
                if name in known:
                    name = f"{name} of {owner.__qualname__}"
                while name in known:
                    name += "'"
                known.add(name)
                yield name, function


def attributes_of(kind: type) -> Iterator[tuple[str, Any]]:
    """The user's own attributes of a class that are no functions; those of ``Experiment`` are not.

    Args:
        kind: The class.
    """
    known: set[str] = set()
    for _, name, value in _members(kind):
        if name in known or name.startswith("__") or hasattr(Experiment, name):
            continue
        known.add(name)
        if not list(_functions_in(value)):
            yield name, value


def owners_of(kind: type, is_installed: Callable[[Path], bool]) -> str:
    """Which of the user's classes each attribute comes from, as text.

    Two classes of one file differ in this alone.

    Args:
        kind: The class.
        is_installed: Whether a file belongs to an installed package.
    """
    found: dict[str, str] = {}
    for owner, name, value in _members(kind):
        is_function = bool(list(_functions_in(value)))
        if not is_function and (name.startswith("_") or hasattr(Experiment, name)):
            continue
        file = getattr(sys.modules.get(owner.__module__), "__file__", None)
        if file and is_installed(Path(file).resolve()):
            continue
        found.setdefault(name, owner.__qualname__)
    return "\n".join(f"{name} of {owner}" for name, owner in sorted(found.items()))


def _members(kind: type) -> Iterator[tuple[type, str, Any]]:
    """Owner, name and value of what makes the answers; the most derived class first."""
    for owner in kind.__mro__:
        if owner.__module__.partition(".")[0] not in _FOREIGN:
            for name, value in vars(owner).items():
                if name not in READING:
                    yield owner, name, value


def _functions_in(value: Any) -> Iterator[types.FunctionType]:
    """The functions in an attribute, whatever they are wrapped in."""
    if isinstance(value, property):
        wrapped = [getattr(value, name) for name in _PROPERTY]
    elif isinstance(value, staticmethod | classmethod):
        wrapped = [value.__func__]
    elif isinstance(value, functools.cached_property):
        wrapped = [value.func]
    else:
        function = getattr(value, "function", value)
        wrapped = [getattr(function, "func", function)]  # of a grid
    yield from (each for each in wrapped if isinstance(each, types.FunctionType))
