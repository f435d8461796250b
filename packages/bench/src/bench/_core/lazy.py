"""Modules, imported when a name of theirs is first used, so that ``import bench`` stays quick."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy import integrate, optimize, special, stats

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]
else:

    class _LazyModule:
        """A stand-in for a module that imports it when a name of it is first used."""

        def __init__(self, path: str) -> None:
            self._path = path

        def __getattr__(self, name: str) -> Any:
            value = getattr(importlib.import_module(self._path), name)
            setattr(self, name, value)
            return value

    np = _LazyModule("numpy")
    integrate = _LazyModule("scipy.integrate")
    optimize = _LazyModule("scipy.optimize")
    special = _LazyModule("scipy.special")
    stats = _LazyModule("scipy.stats")
    FloatArray = IntArray = BoolArray = Any

__all__ = [
    "BoolArray",
    "FloatArray",
    "IntArray",
    "integrate",
    "names_of_modules",
    "np",
    "optimize",
    "special",
    "stats",
]


def names_of_modules(
    package: str, modules: Mapping[str, str], otherwise: Callable[[str], Any]
) -> Callable[[str], Any]:
    """Return a module ``__getattr__`` that imports the module of a name when it is used first.

    Args:
        package: The import name of the package.
        modules: The names, separated by spaces, by their module, such as ``._evals.scores``.
        otherwise: Finds or refuses all other names.
    """
    places = {name: module for module, names in modules.items() for name in names.split()}

    def find(name: str) -> Any:
        if name not in places:
            return otherwise(name)
        found = getattr(importlib.import_module(places[name], package), name)
        setattr(sys.modules[package], name, found)
        return found

    return find
