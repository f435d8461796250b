"""The user's modules in a worker: their source travels, and is imported there as here."""

import importlib.abc
import importlib.util
import inspect
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import msgspec

# The packages that are installed wherever the worker can run.
_OURS = frozenset(
    {
        "bench",
        "causal_trace",
        "dataset_manager",
        "ensemble",
        "hedging",
        "reporter",
        "research_harness",
        "telemetry_research",
    }
)
_MAX_FILES = 500
_MAX_BYTES = 20_000_000


class Source(msgspec.Struct, frozen=True):
    """A module of the user: its name, where its file is on the driver's machine, and its text."""

    name: str
    path: str
    package: bool
    text: bytes


def user_sources(kind: type) -> list[Source]:
    """The modules that an experiment may import: those of its folder, then others imported so far.

    Args:
        kind: The class of the experiment.
    """
    found = {name: path for name, path in _imported() if _is_users(path)}
    for name, path in _beside(kind):
        if name not in sys.modules and name.partition(".")[0] not in sys.stdlib_module_names:
            found.setdefault(name, path)
    root = _folder_of(kind)

    def rank(module: tuple[str, Path]) -> tuple[bool, bool, str]:
        name, path = module
        is_apart = root is None or not path.resolve().is_relative_to(root)
        return is_apart, name not in sys.modules, name

    sources, size = [], 0
    for name, path in sorted(found.items(), key=rank)[:_MAX_FILES]:
        text = path.read_bytes()
        size += len(text)
        if size <= _MAX_BYTES:
            sources.append(Source(name, str(path), path.name == "__init__.py", text))
    return sources


def install(sources: Sequence[Source]) -> None:
    """Have these modules imported from what was sent, before any of the same name on disk.

    Args:
        sources: The modules; those that are imported already stay as they are.
    """
    sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, _SentModules)]
    sys.meta_path.insert(0, _SentModules(sources))


def _imported() -> Iterator[tuple[str, Path]]:
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name != "__main__" and isinstance(file, str) and file.endswith(".py"):
            yield name, Path(file)


def _is_users(path: Path) -> bool:
    """Whether a file is the user's own: neither installed, nor of Python, nor of this framework."""
    folder = str(path.parent)
    if "site-packages" in path.parts or "dist-packages" in path.parts:
        return False
    if any(folder.startswith(each) for each in _installed()) or not path.is_file():
        return False
    return not any(parent.name in _OURS for parent in path.parents if _is_ours(parent))


def _installed() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    return tuple(paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib"))


def _is_ours(folder: Path) -> bool:
    module = sys.modules.get(folder.name)
    file = getattr(module, "__file__", None)
    return folder.name in _OURS and file is not None and Path(file).parent == folder


def _folder_of(kind: type) -> Path | None:
    """The folder from which an experiment was imported; None for one of a notebook."""
    try:
        folder = Path(inspect.getfile(kind)).resolve().parent
    except (TypeError, OSError):
        return None
    while (folder / "__init__.py").is_file():
        folder = folder.parent
    return folder


def _beside(kind: type) -> Iterator[tuple[str, Path]]:
    """The modules and packages in the folder from which the experiment was imported."""
    folder = _folder_of(kind)
    if folder is None:
        return
    for path in sorted(folder.glob("*.py")):
        yield path.stem, path
    for package in sorted(folder.glob("*/__init__.py")):
        for path in sorted(package.parent.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            if all(part.isidentifier() for part in parts):
                yield ".".join(parts).removesuffix(".__init__"), path


class _SentModules(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds and runs the modules that were sent."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = {each.name: each for each in sources}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002  # the signature of finders
        target: ModuleType | None = None,  # noqa: ARG002  # the same
    ) -> ModuleSpec | None:
        found = self._sources.get(fullname)
        if found is None:
            return None
        spec = importlib.util.spec_from_loader(
            fullname, self, origin=found.path, is_package=found.package
        )
        if spec is not None and found.package:
            # What was not sent, such as a file of data, is looked for where it was.
            spec.submodule_search_locations = [str(Path(found.path).parent)]
        return spec

    def get_source(self, fullname: str) -> str:
        return importlib.util.decode_source(self._sources[fullname].text)

    def is_package(self, fullname: str) -> bool:
        return self._sources[fullname].package

    def exec_module(self, module: ModuleType) -> None:
        found = self._sources[module.__name__]
        module.__file__ = found.path
        code = compile(self.get_source(module.__name__), found.path, "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102  # it is the user's own module
