"""The artifact folder of a run and the paths in it."""

import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._control.lock import RunLock
from .._core.errors import HarnessError, OutputError, RunExistsError, RunIdError, RunNotFoundError
from .._core.files import is_there
from .._core.names import is_portable
from .._core.text import error_text, type_name

_MOST_NAME = 60
_OPTIONS = frozenset(("seed", "sample_size", "repeat", "models", "levels"))


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The paths of one run.

    Attributes:
        path: The artifact folder, ``<output folder>/<run id>``.
    """

    path: Path

    @property
    def id(self) -> str:
        """The run's id, which is the folder's name."""
        return self.path.name

    @property
    def journal(self) -> Path:
        """The append-only record of finished rows."""
        return self.path / "checkpoints" / "journal.jsonl"

    @property
    def responses(self) -> Path:
        """The append-only log of calls to models, beside the journal."""
        return self.path / "checkpoints" / "responses.jsonl"

    @property
    def spending(self) -> Path:
        """The append-only record of what was reserved and spent under the ceilings."""
        return self.path / "checkpoints" / "spending.jsonl"

    @property
    def attempts(self) -> Path:
        """The append-only record of attempts that were not kept."""
        return self.path / "checkpoints" / "attempts.jsonl"

    @property
    def batches(self) -> Path:
        """The ids and answers of batch jobs."""
        return self.path / "checkpoints" / "batches.sqlite"

    @property
    def dead(self) -> Path:
        """The rows that failed for good."""
        return self.path / "dead.jsonl"

    @property
    def canaries(self) -> Path:
        """The append-only record of answers to the fixed requests."""
        return self.path / "canaries.jsonl"

    @property
    def edits(self) -> Path:
        """The append-only record of scores that people have changed."""
        return self.path / "checkpoints" / "edits.jsonl"

    @property
    def state(self) -> Path:
        """How the run was started, for resuming it."""
        return self.path / "checkpoints" / "run.json"

    def file(self, name: str) -> Path:
        """A file inside the artifact folder."""
        return self.path / name

    def beside(self, suffix: str) -> Path:
        """A flat file beside the folder, such as ``<id>_report.md``."""
        return self.path.parent / f"{self.id}_{suffix}"

    def all_beside(self) -> dict[str, Path]:
        """The flat files beside the folder by what follows the id, without those of other runs.

        The files of a run ``a_b`` begin as those of a run ``a`` do.
        """
        near = [*self.path.parent.glob(f"{self.id}_*")]
        others = tuple(f"{each.name}_" for each in near if each.is_dir())
        return {
            each.name.removeprefix(f"{self.id}_"): each
            for each in sorted(near)
            if each.is_file() and not each.name.startswith(others)
        }


def create_folder(output_dir: Path, *, name: str, run_id: str | None, overwrite: bool) -> RunFolder:
    """Make the artifact folder of a new run.

    Args:
        output_dir: The folder of all runs.
        name: The experiment's title; the id is made from it when none is given, with a number
            behind it when that id is taken.
        run_id: The id to use.
        overwrite: Remove an older run of this id first.

    Raises:
        RunExistsError: A run of this id is there and ``overwrite`` is false.
        OutputError: The folder cannot be made or written.
        RunIdError: The id is not a plain file name.
    """
    if run_id is not None and slug(run_id) != run_id:
        raise RunIdError(run_id, slug(run_id))
    output_dir = Path(os.path.abspath(output_dir))  # noqa: PTH100  # a condition may change the folder
    wanted = run_id or slug(name).lower()
    folder = RunFolder(output_dir / wanted)
    try:
        output_dir.mkdir(parents=True, exist_ok=True)
        if overwrite and folder.path.exists():
            _remove(folder)
        number = 2
        while not _made(folder.path):
            if run_id is not None:
                raise RunExistsError(folder.path)
            folder = RunFolder(output_dir / f"{wanted}-{number}")
            number += 1
        folder.journal.parent.mkdir()
    except HarnessError:
        raise
    except OSError as error:
        raise OutputError(folder.path, error.strerror or str(error)) from error
    return folder


def _made(path: Path) -> bool:
    """Make a folder; False when it exists, also when another process made it first."""
    try:
        path.mkdir()
    except FileExistsError:
        return False
    return True


def remove_first_files(folder: RunFolder) -> None:
    """Remove a run that was interrupted before it could be resumed; one with more files stays.

    Args:
        folder: The run, which no session holds.
    """
    with suppress(OSError, HarnessError):
        if not folder.state.is_file():
            _remove(folder)


def find_run(run: str | Path, output_dir: Path) -> RunFolder:
    """The folder of an existing run, by id or by path.

    Raises:
        RunNotFoundError: No run has this id or path.
        OutputError: Its folder of checkpoints is a link.
    """
    for path in (Path(run), output_dir / run):
        folder = RunFolder(_resolved(path))
        _require_folder(folder.state.parent)
        if is_there(folder.state):
            if folder.state.parent.is_symlink():
                reason = "it is a link to a folder elsewhere; the run is read and written there"
                raise OutputError(folder.state.parent, reason, reading=True)
            return folder
    known = sorted(state.parents[1].name for state in output_dir.glob("*/checkpoints/run.json"))
    raise RunNotFoundError(output_dir / run, known)


@contextmanager
def read_as_run(folder: RunFolder) -> Iterator[None]:
    """What the files of a run lack is an error that names the run: others may have made them.

    Args:
        folder: The run.

    Raises:
        OutputError: A file holds something else than that of a run.
    """
    try:
        yield
    except HarnessError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        reason = (
            f"its files do not have the form of a run ({type_name(error)}: {error_text(error)})"
        )
        raise OutputError(folder.path, reason, reading=True) from error


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a link that leads to itself, a NUL
        raise OutputError(path, str(error), reading=True) from error


def _require_folder(path: Path) -> None:
    """Refuse what lies in the place of a folder."""
    if os.path.lexists(path) and not path.is_dir():
        raise OutputError(path, "it is not a folder", reading=True)


def slug(text: str) -> str:
    """A title as a file name: letters, digits, ``-``, ``_`` and ``.``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9._-]+", "_", plain)
    name = words.strip("._-")[:_MOST_NAME].rstrip("._-") or "experiment"
    return name if is_portable(name) else f"x-{name}"


def _remove(folder: RunFolder) -> None:
    """Remove a run, but never a folder that is not one."""
    is_run = folder.state.is_file() or _is_cut_off(folder)
    if folder.path.is_symlink() or (not is_run and any(folder.path.iterdir())):
        raise OutputError(folder.path, "it is not the folder of a run, so it is not overwritten")
    if not is_run:
        folder.path.rmdir()
        return
    with RunLock(folder.path):
        # Out of the way first: what is half removed must not be taken for a run.
        old = folder.path.with_name(f".{folder.id}.{secrets.token_hex(4)}.old")
        folder.path.rename(old)
    shutil.rmtree(old)
    for name, path in folder.all_beside().items():
        if name in FLAT_FILES:
            path.unlink()


def _is_cut_off(folder: RunFolder) -> bool:
    """Whether a run ended while it wrote its first files: it has no rows and cannot be resumed."""
    if folder.journal.parent.is_symlink() or not folder.journal.parent.is_dir():
        return False
    inside = folder.path.rglob("*")
    return all(
        path.relative_to(folder.path).as_posix() in _FIRST_FILES or _PART.fullmatch(path.name)
        for path in inside
    )


_FIRST_FILES = frozenset(
    {
        *("checkpoints", "checkpoints/lock"),
        *("config.json", "dataset.jsonl", "plan.json", "environment.json"),
    }
)
_PART = re.compile(r"\..*\.part")
FLAT_FILES = (
    "report.md",
    "report.html",
    "report.tex",
    "analysis.ipynb",
    "results.csv",
    "analysis.json",
)


def stored_options(folder: RunFolder, state: Mapping[str, Any]) -> dict[str, Any]:
    """The options that a run was begun with, which become attributes of its experiment.

    Args:
        folder: The run, which others may have made.
        state: What its ``run.json`` holds.

    Raises:
        OutputError: They are not those that a run writes.
    """
    found: Any = state.get("options")
    unknown = set(found) - _OPTIONS if isinstance(found, dict) else {"options"}
    if unknown:
        reason = f"it sets {', '.join(map(repr, sorted(unknown)))}, which is no option of a run"
        raise OutputError(folder.state, reason, reading=True)
    return dict(found)
