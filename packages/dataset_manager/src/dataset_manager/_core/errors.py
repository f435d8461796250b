"""What can go wrong with data sets.

DatasetError
├── UnknownDatasetError (ValueError)      no data set has this name
├── UnknownScorerError (ValueError)       no scorer has this name
├── NoScorerError (ValueError)            a data set whose answers are not scored here
├── UnknownMetricError (ValueError)       no metric has this name
├── UnknownOptionError (ValueError)       a split, subset or grouping that is not there
├── RevisionError (ValueError)            a repository without a commit to load it at
├── DatasetFileError (ValueError)         a file cannot be read; names file and line
├── InvalidItemsError (ValueError)        ids are missing or used twice
├── PredictionError (ValueError)          predictions do not fit the data set
├── ResultNotFoundError (LookupError)     no result was saved under this id
├── SandboxError (RuntimeError)          programs cannot be held here, so none is run
├── ChecksumError (OSError)               a file is not the one that was pinned
├── DownloadError (OSError)               a file could not be downloaded
└── UnavailableError (OSError)            a file is in no source
"""

from collections.abc import Iterable, Sequence
from pathlib import Path


class DatasetError(Exception):
    """The base of every error this library raises on purpose."""


class UnknownDatasetError(DatasetError, ValueError):
    """No data set has this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(sorted(known))
        super().__init__(
            f"unknown data set {name!r}; known: {', '.join(self.known)}; pass the path of a file"
            " (.jsonl, .json, .csv, .tsv, .parquet), owner/name of a Hugging Face repository with"
            " revision=, or add a loader with dataset_manager.register(name, loader)"
        )


class UnknownScorerError(DatasetError, ValueError):
    """No scorer has this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(sorted(known))
        super().__init__(
            f"unknown scorer {name!r}; known: {', '.join(self.known)};"
            " add one with dataset_manager.register_scorer(name, function)"
        )


class NoScorerError(DatasetError, ValueError):
    """A data set has no scorer of its own, and none was named."""

    def __init__(self, dataset: str, known: Iterable[str], reason: str = "") -> None:
        self.dataset = dataset
        self.known = tuple(sorted(known))
        self.reason = reason
        because = f" ({reason})" if reason else ""
        super().__init__(
            f"{dataset} has no scorer of its own{because}; pass scorer= with one of"
            f" {', '.join(self.known)}, or add one with dataset_manager.register_scorer"
        )


class UnknownMetricError(DatasetError, ValueError):
    """No metric has this name."""

    def __init__(self, name: object, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(known)
        super().__init__(
            f"unknown metric {name!r}; known: {', '.join(self.known)};"
            " every scorer is a metric, and dataset_manager.register_scorer adds one"
        )


class UnknownOptionError(DatasetError, ValueError):
    """The data set does not have this split, subset, grouping or version."""

    def __init__(self, dataset: str, option: str, value: object, known: Iterable[str]) -> None:
        self.dataset = dataset
        self.option = option
        self.value = value
        self.known = tuple(known)
        known_ones = f"it has {', '.join(self.known)}" if self.known else f"it takes no {option}"
        super().__init__(f"{dataset} has no {option} {value!r}; {known_ones}")


class RevisionError(DatasetError, ValueError):
    """A repository is asked for without a commit."""

    def __init__(self, repository: str, revision: str | None) -> None:
        self.repository = repository
        self.revision = revision
        given = "no revision is given" if revision is None else f"{revision!r} is no commit"
        super().__init__(
            f"{repository} would be a repository of Hugging Face, but {given}; pass revision= with"
            " 40 hexadecimal digits, since a branch or tag can be moved"
        )


class DatasetFileError(DatasetError, ValueError):
    """A file cannot be read as a data set."""

    def __init__(self, path: Path, message: str, line: int | None = None) -> None:
        self.path = path
        self.problem = message
        self.line = line
        place = f"{path}, line {line}" if line else str(path)
        super().__init__(f"{place}: {message}")


class InvalidItemsError(DatasetError, ValueError):
    """Items without an id, several with the same, or one that JSON cannot hold."""

    def __init__(self, message: str, *, ids: Iterable[str] = ()) -> None:
        self.ids = tuple(ids)
        super().__init__(message)


class PredictionError(DatasetError, ValueError):
    """Predictions that cannot be matched with the items of a data set."""

    def __init__(self, message: str, *, ids: Iterable[str] = ()) -> None:
        self.ids = tuple(ids)
        super().__init__(message)


class ResultNotFoundError(DatasetError, LookupError):
    """No result was saved under this id."""

    def __init__(self, identifier: str, folder: Path) -> None:
        self.id = identifier
        self.folder = folder
        super().__init__(f"no result {identifier!r} in {folder}; query() lists those there are")


class SandboxError(DatasetError, RuntimeError):
    """Programs cannot be held here, so none was run."""

    def __init__(self, layers: Sequence[str]) -> None:
        self.layers = tuple(layers)
        super().__init__(
            "programs of unknown origin are run only inside of namespaces or bubblewrap together"
            " with Landlock or seccomp (Linux), but here there is only"
            f" {', '.join(self.layers) or 'nothing'};"
            " pass Sandbox(unsafe=True) to run programs that you trust"
        )


class ChecksumError(DatasetError, OSError):
    """A file is not the one that was pinned, and is not used."""

    def __init__(self, path: object, expected: str, actual: str) -> None:
        self.path = path
        self.expected = expected
        self.actual = actual
        super().__init__(
            f"{path} has SHA-256 {actual[:16]}..., but {expected[:16]}... is pinned;"
            " the file was changed or damaged and is not used"
        )


class DownloadError(DatasetError, OSError):
    """A file could not be downloaded."""

    def __init__(self, url: str, problem: str, tries: int) -> None:
        self.url = url
        self.problem = problem
        self.tries = tries
        super().__init__(f"{url}: {problem} (tried {tries} times)")


class UnavailableError(DatasetError, OSError):
    """A file is in none of the sources."""

    def __init__(self, name: str, tried: Sequence[str]) -> None:
        self.name = name
        self.tried = tuple(tried)
        steps = "".join(f"\n  - {step}" for step in tried)
        super().__init__(
            f"{name} is not to be had:{steps}\n"
            "set CRUCIBLE_MIRROR to a folder that holds the benchmark files, or go online once"
        )
