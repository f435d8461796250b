"""Finds stored experiments: in files, folders and databases."""

import os
import re
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .._core.errors import DamagedFileError, TelemetryError
from .._core.safe import described, without_keys
from .._experiment.archive import NoArchiveError, restore_experiment
from .._experiment.continuation import open_experiment
from .._experiment.recording import Recording
from .._stores.postgres import PostgresStore

_DATABASES = ("postgres://", "postgresql://")
_ENDINGS = (".arrows", ".parquet")
_MAX_FILES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredExperiment:
    """A stored experiment, or the reason why it cannot be read.

    Attributes:
        source: Where it is, without a password.
        experiment: The experiment; None when it cannot be read.
        problem: The reason, or what is damaged.
    """

    source: str
    experiment: Recording | None
    problem: str = ""

    def to_dict(self) -> dict[str, object]:
        """The description as plain values; without one, the source and the problem."""
        about = {} if self.experiment is None else self.experiment.description()
        return {**about, "source": self.source, "problem": self.problem}


def stored_experiments(source: str | os.PathLike[str]) -> list[StoredExperiment]:
    """The experiments that a file, a folder with its subfolders, or a database holds.

    Args:
        source: A path, or an address that begins with ``postgresql://``.

    Returns:
        One entry for each experiment or archive; a file that cannot be read has its problem.
        Parquet files of a folder that are no archives, such as exports, are left out.

    Raises:
        FileNotFoundError: The path does not exist.
        OSError: The database does not answer.

    Example:
        >>> with recording("kept", store=FileStore("kept/run.arrows")):
        ...     record("a.stop")
        >>> [each.experiment.name for each in stored_experiments("kept")]
        ['kept']
    """
    return list(stored_in(os.fspath(source)))


def is_database(source: str) -> bool:
    """Whether a source is the address of a database."""
    return source.lower().startswith(_DATABASES)


def stored_in(source: str) -> Iterator[StoredExperiment]:
    """The experiments of a file, of a folder and its subfolders, or of a database.

    Args:
        source: A path, or an address that begins with ``postgresql://``.

    Raises:
        FileNotFoundError: The path does not exist.
        OSError: The database does not answer.
    """
    if is_database(source):
        yield from _in_database(source)
        return
    path = Path(source)
    if path.is_dir():
        for each in _files(path):
            with suppress(NoArchiveError):  # an export beside its experiment
                yield _in_file(each)
    elif path.exists():
        try:
            yield _in_file(path)
        except NoArchiveError as error:
            yield StoredExperiment(source=source, experiment=None, problem=str(error))
    else:
        text = f"{_without_password(source)} does not exist"
        raise FileNotFoundError(f"{text}; give a file, a folder or postgresql://...")


def one_stored(source: str, experiment_id: str | None) -> tuple[Recording, str]:
    """The one experiment of a source, or that with an id, and what is damaged.

    Args:
        source: As for ``stored_in``.
        experiment_id: The id, or its first characters; None when there is only one.

    Raises:
        DamagedFileError: It cannot be read.
        ValueError: There are several, or none.
    """
    found = [
        each
        for each in stored_in(source)
        if each.experiment is None or each.experiment.id.startswith(experiment_id or "")
    ]
    # An archive of an experiment beside its file is the same experiment.
    found.sort(key=lambda each: not each.problem)
    whole = {each.experiment.id: each for each in found if each.experiment is not None}
    for each in whole.values():
        if len(whole) == 1 and each.experiment is not None:
            return each.experiment, each.problem
    if not whole and found:
        raise DamagedFileError(found[0].problem)
    ids = ", ".join(whole) or "no experiment"
    raise ValueError(f"{_public(source)} has {ids}; choose one with --id")


def _files(folder: Path) -> list[Path]:
    """The event files and archives of a folder; links are not followed."""
    found: list[Path] = []
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        paths = [Path(parent, name) for name in sorted(names) if name.endswith(_ENDINGS)]
        found += [each for each in paths if each.is_file() and not each.is_symlink()]
        if len(found) > _MAX_FILES:
            raise ValueError(f"{folder} has more than {_MAX_FILES} files; give a smaller folder")
    return found


def _in_file(path: Path) -> StoredExperiment:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            archive = path.suffix == ".parquet"
            found = restore_experiment(path) if archive else open_experiment(path, damaged="skip")
        except NoArchiveError:
            raise
        except (TelemetryError, OSError, ValueError) as error:
            return StoredExperiment(source=str(path), experiment=None, problem=described(error))
    problem = str(caught[0].message) if caught else ""
    return StoredExperiment(source=str(path), experiment=found, problem=problem)


def _in_database(source: str) -> Iterator[StoredExperiment]:
    scheme, _, rest = source.partition("://")
    store = PostgresStore(f"{scheme.lower()}://{rest}")
    for about in store.experiments():
        found = open_experiment(store, str(about["id"]))
        yield StoredExperiment(source=_public(source), experiment=found)


def _without_password(source: str) -> str:
    """A path, or the address of a database in a form that is not read here."""
    shown = re.sub(r"[^/@\s]*:[^@]*@", "[key]@", without_keys(source))
    # The settings of libpq: a value with blanks stands in quotes.
    hidden = r"(password\s*=\s*)('(?:[^'\\]|\\.)*'?|[^&\s]*)"
    return re.sub(hidden, r"\1[key]", shown, flags=re.IGNORECASE)


def _public(source: str) -> str:
    """An address without user, password and options."""
    if not is_database(source):
        return source
    parts = urlsplit(source)
    return f"{parts.scheme}://{parts.hostname or ''}/{parts.path.rpartition('@')[2].lstrip('/')}"
