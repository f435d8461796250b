"""The experiment that a file defines."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from .._core.errors import ExperimentFileError
from .experiment import Experiment


def load_experiment(file: str | Path | None, name: str | None = None) -> type[Experiment]:
    """Import a file and return its experiment.

    Args:
        file: A Python file, or ``file.py::ClassName``.
        name: The name of the class; needed only when the file defines several.

    Returns:
        The class.

    Raises:
        ExperimentFileError: There is no such file, it defines no experiment, or several.
    """
    if file is None:
        raise ExperimentFileError(
            Path("?"), "this run was not started from a file; pass its experiment to resume()"
        )
    text, _, inline_name = str(file).partition("::")
    path = Path(text)
    name = inline_name or name
    found = {
        value.__qualname__: value
        for value in vars(_import(path)).values()
        if isinstance(value, type)
        and issubclass(value, Experiment)
        and value.__module__ == _module_name(path)
    }
    if name is not None and name in found:
        return found[name]
    if name is not None:
        raise ExperimentFileError(
            path, f"no experiment {name!r}; it has {', '.join(found) or 'none'}"
        )
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise ExperimentFileError(path, "defines no class that derives from Experiment")
    raise ExperimentFileError(
        path, f"defines several experiments; choose one with {path}::{next(iter(found))}"
    )


def _import(path: Path) -> ModuleType:
    if not path.is_file():
        raise ExperimentFileError(path, "there is no such file")
    specification = importlib.util.spec_from_file_location(_module_name(path), path)
    if specification is None or specification.loader is None:
        raise ExperimentFileError(path, "is not a Python file; its name must end in .py")
    module = importlib.util.module_from_spec(specification)
    sys.modules[_module_name(path)] = module
    # As when Python runs the file itself: modules in its folder can be imported.
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    specification.loader.exec_module(module)
    return module


def _module_name(path: Path) -> str:
    return f"experiment_{path.stem}"
