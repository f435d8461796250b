"""What is made when it is used first, so that an import does not wait for it."""

import re
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, cast

_METHODS = ("finditer", "findall", "fullmatch", "match", "search", "split", "sub", "pattern")


class _Later:
    """Stands for a pattern; its methods are those of the compiled one from the first use on."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._given = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(*self._given)
        for each in _METHODS:
            setattr(self, each, getattr(compiled, each))
        return getattr(compiled, name)


def compiled_later(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern whose methods can be called; it cannot be passed to the functions of ``re``.

    Args:
        pattern: The pattern.
        flags: Its flags.
    """
    return cast("re.Pattern[str]", _Later(pattern, flags))


def names_of_modules(
    package: str, modules: Mapping[str, tuple[str, ...]], *, otherwise: Callable[[str], Any]
) -> Callable[[str], Any]:
    """Return a module ``__getattr__`` that imports the module of a name.

    Args:
        package: The import name of the package.
        modules: The names by their module, such as ``._study.analysis``.
        otherwise: The ``__getattr__`` for all other names.
    """
    places = {name: module for module, names in modules.items() for name in names}

    def find(name: str) -> Any:
        if name not in places:
            return otherwise(name)
        found = getattr(import_module(places[name], package), name)
        setattr(sys.modules[package], name, found)
        return found

    return find
