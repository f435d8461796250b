"""The errors of this library.

DatasetError
├── UnknownDatasetError (ValueError)          no data set has this name
├── UnknownScorerError (ValueError)           no scorer has this name
├── NoScorerError (ValueError)                the data set has no scorer, and none was named
├── UnknownMetricError (ValueError)           no metric has this name
├── UnknownOptionError (ValueError)           the data set lacks this split, subset or grouping
├── RevisionError (ValueError)                a repository was named without a commit
├── DatasetFileError (ValueError)             a file cannot be read; gives file and line
│   └── DatasetFileNotFoundError (FileNotFoundError)
├── InvalidItemsError (ValueError)            ids are missing or used twice
├── PredictionError (ValueError)              predictions do not fit the data set
├── ResultNotFoundError (LookupError)         no result was saved under this id
├── MissingExtraError (ModuleNotFoundError)   an optional package is not installed
├── RunningLoopError (RuntimeError)           a `_sync` function was called in a running loop
├── SandboxError (RuntimeError)               no sufficient sandbox on this machine
├── ChecksumError (OSError)                   a file differs from the pinned one
├── DownloadError (OSError)                   a file could not be downloaded
└── UnavailableError (OSError)                no source has the file
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from .shown import shown

DISTRIBUTION = "crucible-framework-dataset-manager"


# What reading raises when a value is absent, of another kind, or out of every range.
MISREAD = (
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    ValueError,
    OverflowError,
    RecursionError,
)


class DatasetError(Exception):
    """The base of every error that this library raises on purpose."""

    _lines: tuple[str, ...] = ()  # of a text with more than one

    @shown
    def __str__(self) -> str | tuple[str, ...]:
        return self._lines or super().__str__()


class UnknownDatasetError(DatasetError, ValueError):
    """No data set has this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name: str = name
        self.known: tuple[str, ...] = tuple(sorted(known))
        super().__init__(
            f"unknown data set {name!r}{_nearest(name, self.known)}; known: {_listed(self.known)}."
            " Pass one of these, the path of a file (.jsonl, .json, .csv, .tsv, .parquet), or"
            " owner/name of a Hugging Face repository with revision=;"
            " dataset_manager.register_dataset(name, loader) adds a loader"
        )


class UnknownScorerError(DatasetError, ValueError):
    """No scorer has this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name: str = name
        self.known: tuple[str, ...] = tuple(sorted(known))
        super().__init__(
            f"unknown scorer {name!r}{_nearest(name, self.known)}; known: {_listed(self.known)}."
            " dataset_manager.register_scorer(name, scorer) adds one"
        )


class NoScorerError(DatasetError, ValueError):
    """A data set has no scorer of its own, and none was named."""

    def __init__(self, dataset: str, known: Iterable[str], reason: str = "") -> None:
        self.dataset: str = dataset
        self.known: tuple[str, ...] = tuple(sorted(known))
        self.reason: str = reason
        because = f" ({reason})" if reason else ""
        super().__init__(
            f"{dataset} has no scorer of its own{because}; pass scorer= with one of"
            f" {_listed(self.known)}, or add one with dataset_manager.register_scorer"
        )


class UnknownMetricError(DatasetError, ValueError):
    """No metric has this name."""

    def __init__(self, name: object, known: Iterable[str]) -> None:
        self.name: object = name
        self.known: tuple[str, ...] = tuple(known)
        super().__init__(
            f"unknown metric {name!r}{_nearest(name, self.known)}; known: {_listed(self.known)}."
            " Every scorer is a metric; dataset_manager.register_scorer(name, scorer) adds one"
        )


class UnknownOptionError(DatasetError, ValueError):
    """The data set does not have this split, subset, grouping or version."""

    def __init__(self, name: object, known: Iterable[str], *, dataset: str, option: str) -> None:
        self.name: object = name
        self.known: tuple[str, ...] = tuple(known)
        self.dataset: str = dataset
        self.option: str = option
        remedy = f"known: {_listed(self.known)}" if self.known else f"it takes no {option}="
        problem = f"has no {option} {name!r}{_nearest(name, self.known)}"
        if name is None:
            problem = f"cannot be loaded without {option}="
        super().__init__(f"{dataset} {problem}; {remedy}")

    @property
    def value(self) -> object:
        """The name that was given."""
        return self.name


class RevisionError(DatasetError, ValueError):
    """A repository was named without a commit."""

    def __init__(self, repository: str, revision: str | None) -> None:
        self.repository: str = repository
        self.revision: str | None = revision
        given = "revision= is missing" if revision is None else f"{revision!r} is not a commit"
        super().__init__(
            f"{repository} has the form of a Hugging Face repository, but {given}; pass revision="
            " with 40 hexadecimal digits, since a branch or tag can be moved"
        )


class DatasetFileError(DatasetError, ValueError):
    """A file cannot be read as a data set."""

    def __init__(self, path: Path, message: str, line: int | None = None) -> None:
        self.path: Path = path
        self.problem: str = message
        self.line: int | None = line
        where = f"{path}, line {line}" if line else str(path)
        super().__init__(f"{where}: {message}")


class DatasetFileNotFoundError(DatasetFileError, FileNotFoundError):
    """A file that was named does not exist."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "no such file; check the path")


class InvalidItemsError(DatasetError, ValueError):
    """Items without an id, with an id used twice, or with a value that JSON cannot represent."""

    def __init__(self, message: str, *, ids: Iterable[str] = ()) -> None:
        self.ids: tuple[str, ...] = tuple(ids)
        super().__init__(message)


class PredictionError(DatasetError, ValueError):
    """Predictions that cannot be matched with the items of a data set."""

    def __init__(self, message: str, *, ids: Iterable[str] = ()) -> None:
        self.ids: tuple[str, ...] = tuple(ids)
        super().__init__(message)


class ResultNotFoundError(DatasetError, LookupError):
    """No result was saved under this id."""

    def __init__(self, identifier: str, folder: Path) -> None:
        self.id: str = identifier
        self.folder: Path = folder
        super().__init__(f"no result {identifier!r} in {folder}; query() lists the saved ones")


class MissingExtraError(DatasetError, ModuleNotFoundError):
    """An optional package is not installed."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        self.package: str = package
        self.extra: str = extra
        super().__init__(
            f"{purpose} needs {package}, which is not installed; run:"
            f' pip install "{DISTRIBUTION}[{extra}]"',
            name=package,
        )


class RunningLoopError(DatasetError, RuntimeError):
    """A function that waits was called where an event loop is running."""

    def __init__(self, name: str) -> None:
        self.name: str = name
        super().__init__(
            f"`{name}_sync` cannot run inside a running event loop; use `await {name}(...)`"
        )


class SandboxError(DatasetError, RuntimeError):
    """No sufficient sandbox on this machine, so no program was run."""

    def __init__(self, layers: Sequence[str]) -> None:
        self.layers: tuple[str, ...] = tuple(layers)
        super().__init__(
            "programs of unknown origin run only inside namespaces or bubblewrap together with"
            f" Landlock or seccomp (Linux), but this machine offers {_listed(self.layers)} only;"
            " pass Sandbox(unsafe=True) to run programs that you trust"
        )


class ChecksumError(DatasetError, OSError):
    """A file differs from the pinned one, and is not used."""

    def __init__(self, path: object, expected: str, actual: str) -> None:
        self.path: object = path
        self.expected: str = expected
        self.actual: str = actual
        super().__init__(
            f"{path} has SHA-256 {actual[:16]}..., but {expected[:16]}... is pinned; the file was"
            " changed or damaged and is not used: remove it and load again"
        )


class DownloadError(DatasetError, OSError):
    """A file could not be downloaded."""

    def __init__(self, url: str, problem: str, tries: int) -> None:
        self.url: str = url
        self.problem: str = problem
        self.tries: int = tries
        times = "once" if tries == 1 else f"{tries} times"
        super().__init__(f"{url}: {problem} (tried {times})")


class UnavailableError(DatasetError, OSError):
    """No source has the file."""

    def __init__(self, name: str, tried: Sequence[str]) -> None:
        self.name: str = name
        self.tried: tuple[str, ...] = tuple(tried)
        self._lines = (
            f"{name} was not found in any source:",
            *(f"  - {step}" for step in tried),
            "set CRUCIBLE_MIRROR to a folder that holds the benchmark files, or go online once",
        )
        super().__init__("\n".join(self._lines))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "nothing"


def _nearest(name: object, known: Sequence[str]) -> str:
    near = get_close_matches(str(name), known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
