"""numpy and scipy, imported when they are first used, so that ``import bench`` stays quick."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy import integrate, optimize, special, stats

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]
else:
    import importlib
    from typing import Any

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

__all__ = ["BoolArray", "FloatArray", "IntArray", "integrate", "np", "optimize", "special", "stats"]
