"""Old names work for one more minor version, with a DeprecationWarning that gives the new name."""

import warnings
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def renamed_names(package: str, new_names: dict[str, str]) -> Callable[[str], Any]:
    """Return a module `__getattr__` that finds each old name under its new one.

    Args:
        package: The import name of the package.
        new_names: For each old name, the new one.
    """

    def find(name: str) -> Any:
        if name not in new_names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        new = new_names[name]
        warnings.warn(f"{package}.{name} is now {package}.{new}", DeprecationWarning, stacklevel=2)
        return getattr(import_module(package), new)

    return find


def renamed_arguments(**new_names: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Accept old keyword arguments of a function (sync or async) under their new names.

    Args:
        **new_names: For each old keyword, the new one.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            for old in new_names.keys() & kwargs.keys():
                new = new_names[old]
                if new in kwargs:
                    raise TypeError(f"{function.__name__}: give {new} only; {old} is its old name")
                text = f"{function.__name__}: {old}= is now {new}="
                warnings.warn(text, DeprecationWarning, stacklevel=2)
                kwargs[new] = kwargs.pop(old)
            return function(*args, **kwargs)

        return call

    return decorate
