"""The experiment that a file or a module defines."""

import importlib
import importlib.machinery
import importlib.util
import inspect
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from .._core.errors import ExperimentFileError, HarnessError
from .._core.text import error_text, type_name
from .experiment import Experiment
from .written import SUFFIXES, written_experiment

_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(:[A-Za-z_]\w*)?")


def load_experiment(file: str | Path | None, name: str | None = None) -> type[Experiment]:
    """Import a file or a module and return its experiment.

    Args:
        file: A Python file, ``file.py::ClassName``, ``package.module:ClassName``, or a YAML or TOML
            file that describes an experiment.
        name: The name of the class; needed only when the file defines several.

    Returns:
        The class.

    Raises:
        ExperimentFileError: There is no such file or module, importing it raised an error, it
            defines no experiment, or several.
    """
    if file is None:
        raise ExperimentFileError(
            Path("?"), "this run was not started from a file; pass its experiment to resume()"
        )
    path, inline_name = experiment_source(file)
    if path.suffix in SUFFIXES:
        return written_experiment(path)
    return _chosen(_imported(path, None), path, inline_name or name, str(file))


def load_content(path: Path, content: bytes, name: str) -> type[Experiment]:
    """Import what a file held when it was checked, and no compiled form of it or its neighbours.

    Args:
        path: A Python file, or a YAML or TOML file that describes an experiment.
        content: What it held.
        name: The name of the class.

    Raises:
        ExperimentFileError: As of ``load_experiment``.
    """
    if path.suffix in SUFFIXES:
        return written_experiment(path, content)
    before = sys.pycache_prefix
    with TemporaryDirectory() as empty:
        sys.pycache_prefix = empty
        try:
            return _chosen(_imported(path, content), path, name, str(path))
        finally:
            sys.pycache_prefix = before


def experiment_source(file: str | Path) -> tuple[Path, str]:
    """The Python file that is meant, and the name of the class; empty without one.

    Args:
        file: A Python file, ``file.py::ClassName``, or ``package.module:ClassName``.

    Raises:
        ExperimentFileError: There is no such file or module.
    """
    text = str(file)
    path, _, name = text.partition("::")
    if Path(path).is_file():
        return Path(path), name
    if _MODULE.fullmatch(text) and not text.endswith(".py"):
        module, _, name = text.partition(":")
        return _file_of_module(module), name
    raise ExperimentFileError(
        Path(path), "there is no such file; give a Python file, or package.module:ClassName"
    )


def _file_of_module(module: str) -> Path:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found = importlib.util.find_spec(module)
    except Exception as error:
        raise _import_error(Path(module), error) from error
    if found is None or not found.origin or not Path(found.origin).is_file():
        raise ExperimentFileError(Path(module), f"there is no module of this name in {here}")
    return Path(found.origin)


def _chosen(module: ModuleType, path: Path, name: str | None, given: str) -> type[Experiment]:
    found = {
        value.__qualname__: value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Experiment)
        and value.__module__ == module.__name__
    }
    if name and name in found:
        return found[name]
    if name:
        raise ExperimentFileError(
            path, f"no experiment {name!r}; it has {', '.join(found) or 'none'}"
        )
    whole = {key: value for key, value in found.items() if not inspect.isabstract(value)}
    if len(whole) == 1:
        return next(iter(whole.values()))
    if not whole:
        raise ExperimentFileError(path, "defines no class that derives from Experiment")
    raise ExperimentFileError(
        path, f"defines several experiments; choose one with {given}::{next(iter(whole))}"
    )


class _Source(importlib.machinery.SourceFileLoader):
    """Runs the text of a file; a compiled form beside it may be of another text."""

    def __init__(self, name: str, path: str, content: bytes | None) -> None:
        super().__init__(name, path)
        self._content = content

    def get_code(self, fullname: str) -> Any:  # noqa: ARG002  # the loader has one module
        """The code of the file."""
        content = self.get_data(self.path) if self._content is None else self._content
        return self.source_to_code(content, self.path)

    def find_spec(self, fullname: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        """The module, when it is this one."""
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self)


def _imported(path: Path, content: bytes | None) -> ModuleType:
    try:
        return _module_of_package(path, content) or _module_of_file(path, content)
    except HarnessError:
        raise
    except (Exception, SystemExit) as error:
        raise _import_error(path, error) from error


def _module_of_package(path: Path, content: bytes | None) -> ModuleType | None:
    """The module of a file in a package, so that relative imports work; None outside of one."""
    names, folder = [path.stem], path.resolve().parent
    while (folder / "__init__.py").is_file():
        names.append(folder.name)
        folder = folder.parent
    name = ".".join(reversed(names)).removesuffix(".__init__")
    if len(names) < 2 or not _MODULE.fullmatch(name):
        return None
    _add_to_path(folder)
    source: Any = _Source(name, str(path.resolve()), content)
    sys.meta_path.insert(0, source)
    try:
        module = importlib.import_module(name)
    finally:
        sys.meta_path.remove(source)
    own = getattr(module, "__file__", None)
    # A package of the same name from elsewhere was imported before.
    return module if own is not None and Path(own).resolve() == path.resolve() else None


def _module_of_file(path: Path, content: bytes | None) -> ModuleType:
    name = f"experiment_{path.stem}"
    if path.suffix != ".py":
        raise ExperimentFileError(path, "is not a Python file; its name must end in .py")
    source = _Source(name, str(path), content)
    specification = importlib.util.spec_from_file_location(name, path, loader=source)
    if specification is None or specification.loader is None:
        raise ExperimentFileError(path, "is not a Python file; its name must end in .py")
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    # As when Python runs the file itself: modules in its folder can be imported.
    _add_to_path(path.resolve().parent)
    specification.loader.exec_module(module)
    return module


def _add_to_path(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


def _import_error(path: Path, error: BaseException) -> ExperimentFileError:
    where = error_location(error)
    text = f"{type_name(error)}: {error_text(error)}"
    return ExperimentFileError(path, f"importing it failed{f' ({where})' if where else ''}: {text}")


def error_location(error: BaseException) -> str:
    """The innermost line outside of installed packages that an error came through, in words.

    Args:
        error: The error.

    Returns:
        Such as ``study.py, line 5``; empty when there is no such line.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}, line {error.lineno}"
    own = str(Path(__file__).resolve().parents[1])
    found, step = "", error.__traceback__
    while step is not None:
        name = step.tb_frame.f_code.co_filename
        if not name.startswith((own, "<")) and not _is_installed(name):
            found = f"{name}, line {step.tb_lineno}"
        step = step.tb_next
    return found


def _is_installed(file: str) -> bool:
    standard = str(Path(importlib.__file__).resolve().parents[1])
    return "site-packages" in file or file.startswith(standard)
