"""Names whose modules are imported when they are used first: few programs need them all."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def names_of_modules(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a module ``__getattr__`` that imports the module of a name.

    Args:
        package: The import name of the package.
        modules: The names, separated by spaces, by their module, such as ``._plan.plan``.
    """
    places = {name: module for module, names in modules.items() for name in names.split()}

    def find(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(places[name], package), name)
        setattr(sys.modules[package], name, found)
        return found

    return find
