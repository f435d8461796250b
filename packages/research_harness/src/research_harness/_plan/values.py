"""Values that conditions read and no file shows: of the cells of a notebook, and of closures."""

import functools
import hashlib
import inspect
import sys
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .._core.text import type_name
from .class_parts import attributes_of, functions_of
from .code import add_file, described, file_of, is_installed
from .encoded import NotPlainError, encoded
from .models import is_model, is_secret
from .written_values import codes_of, written_attributes, written_names

VALUE = "value "


def value_parts(kind: type) -> tuple[dict[str, str], list[str]]:
    """What the answers of an experiment are made of beside its code.

    Those are what its functions close over and, of a class without a file, its attributes and the
    values, functions, classes and own modules that its functions read of the notebook. Values that
    these functions fill, such as a cache, are no part of what was asked.

    Args:
        kind: The experiment's class.

    Returns:
        The SHA-256 of each value by its name, behind ``VALUE``; and the names, with their types, of
        those that are not compared, because they are filled or are objects of another kind.
    """
    functions = dict(functions_of(kind))
    found = _Values(kind, with_globals=file_of(kind, functions) is None)
    for function in functions.values():
        found.add_function(function)
    if found.with_globals:
        found.add_attributes(kind, "")
    return dict(sorted(found.parts.items())), sorted(found.left_out)


class _Values:
    def __init__(self, kind: type, *, with_globals: bool) -> None:
        self.with_globals = with_globals
        self.parts: dict[str, str] = {}
        self.left_out: set[str] = set()
        self._module = kind.__module__
        self._seen: set[int] = set()
        self._written: set[str] = set()

    def add_attributes(self, kind: type, prefix: str) -> None:
        """Add the attributes of a class that are no functions."""
        for name, value in attributes_of(kind):
            self._add(f"{prefix}{name}", value, is_filled=name in self._written)

    def add_function(self, function: types.FunctionType) -> None:
        """Add what a function closes over and reads, and what those that it calls do."""
        code = function.__code__
        if id(code) in self._seen:
            return
        self._seen.add(id(code))
        written = written_names(code)
        self._written |= written_attributes(code)
        for name, value in _closed_over(function):
            self._add(name, value, is_filled=name in written)
        if not self.with_globals:
            return
        names = dict.fromkeys(name for each in codes_of(code) for name in each.co_names)
        near = "" if function.__module__ == self._module else f"{function.__module__}."
        for name in names:
            if name in function.__globals__:
                value = function.__globals__[name]
                self._add(f"{near}{name}", value, is_filled=name in written)

    def _add(self, name: str, value: Any, *, is_filled: bool) -> None:
        if is_secret(name) or is_model(value):  # models are compared by their parameters
            return
        if isinstance(value, types.ModuleType | type):
            self._add_code(name, value)
        elif (function := _function_in(value)) is not None:
            self._add_called(name, function)
        elif is_filled:
            self._leave_out(name, value)
        else:
            self._add_value(name, value)

    def _add_code(self, name: str, value: types.ModuleType | type) -> None:
        if not self.with_globals:  # the file holds it
            return
        if isinstance(value, types.ModuleType):
            self._add_module(name, value)
        else:
            self._add_class(name, value)

    def _add_value(self, name: str, value: Any) -> None:
        try:
            self._put(name, encoded(value))
        except NotPlainError:
            self._leave_out(name, value)
        except Exception:  # noqa: BLE001  # a foreign object may raise anything
            self._leave_out(name, value)
        if isinstance(value, functools.partial):
            self._add_called(name, value.func)

    def _leave_out(self, name: str, value: object) -> None:
        self.parts.pop(VALUE + name, None)  # another function fills what this one reads
        self.left_out.add(f"{name} ({type_name(value)})")

    def _put(self, name: str, text: str) -> None:
        if not any(each.startswith(f"{name} (") for each in self.left_out):
            self.parts[VALUE + name] = _hash(text)

    def _add_called(self, name: str, function: Any) -> None:
        if isinstance(function, types.FunctionType) and _is_own(function.__module__):
            if self.with_globals:
                self._put(name, described(function))
            self.add_function(function)

    def _add_class(self, name: str, value: type) -> None:
        if not _is_own(value.__module__) or id(value) in self._seen:
            return
        self._seen.add(id(value))
        functions = dict(functions_of(value))
        self._put(name, "\n".join(f"{each}: {described(functions[each])}" for each in functions))
        for each in functions.values():
            self.add_function(each)
        self.add_attributes(value, f"{name}.")

    def _add_module(self, name: str, module: types.ModuleType) -> None:
        file = getattr(module, "__file__", None)
        if file and _is_own(module.__name__):
            inner: dict[str, str] = {}
            add_file(Path(file), module.__name__, inner)
            self._put(name, "\n".join(f"{label}: {inner[label]}" for label in sorted(inner)))


def _function_in(value: Any) -> Any:
    """The function that a decorator such as ``functools.cache`` has wrapped; None without one."""
    if isinstance(value, functools.partial) or not callable(value):
        return None
    try:
        found = inspect.unwrap(value)
    except ValueError:
        return None
    plain = isinstance(found, types.FunctionType | types.BuiltinFunctionType)
    return found if plain else None


def _closed_over(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            yield name, cell.cell_contents
        except ValueError:
            continue


def _is_own(module: str) -> bool:
    """Whether a module is the user's: one without a file is that of a notebook."""
    if module == "__main__":
        return True
    if module.partition(".")[0] in sys.stdlib_module_names:
        return False
    loaded: Mapping[str, Any] = vars(sys.modules[module]) if module in sys.modules else {}
    file = loaded.get("__file__")
    return not file or not is_installed(Path(file).resolve())


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
