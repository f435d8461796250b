"""All runs of a folder, each with its state and its first metric."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from .._artifacts.folder import RunFolder
from .._control.lock import LOCK
from .._control.session_file import read_status
from .._core.errors import OutputError, RunNotFoundError
from .._core.files import read_json
from .._core.system import open_own, try_lock
from .._core.text import error_text, safe_text, type_name
from .._engine.journal import Journal
from .._report.wording import metric_text

State = Literal["complete", "incomplete", "running", "damaged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEntry:
    """One run of a folder.

    Attributes:
        id: The run's id.
        name: The experiment's name.
        description: Its description.
        state: ``complete``, ``incomplete``, ``running``, or ``damaged`` when it cannot be read.
        conditions: The names of its conditions.
        rows: The number of finished rows.
        planned_rows: The number of rows in the plan; None where no file says it.
        simulated: Whether models or data are simulated.
        started_at: When its first session began, in ISO 8601.
        metric: The name of the first metric; empty before the first analysis.
        values: For each condition this metric with its interval, in words.
        problem: Why it cannot be read; empty otherwise.
        tags: The tags of the experiment.
    """

    id: str
    name: str = ""
    description: str = ""
    state: State
    conditions: tuple[str, ...] = ()
    rows: int = 0
    planned_rows: int | None = None
    simulated: bool = False
    started_at: str = ""
    metric: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    tags: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The entry as plain values."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            **found,
            "conditions": list(self.conditions),
            "tags": list(self.tags),
            "values": dict(self.values),
        }


def list_runs(
    output_dir: str | Path = "results", *, text: str = "", tags: Sequence[str] = ()
) -> tuple[RunEntry, ...]:
    """The runs of a folder, the newest first.

    Args:
        output_dir: The folder of all runs.
        text: Only runs with this text in their id, name, description or tags, in any case.
        tags: Only runs that have all of these tags.

    Returns:
        One entry a run; damaged runs come last.

    Raises:
        RunNotFoundError: The folder is not there.
        OutputError: The folder cannot be read.
    """
    parent = Path(output_dir)
    if not parent.is_dir():
        raise RunNotFoundError(parent)
    try:
        folders = [path for path in sorted(parent.iterdir()) if _is_run(path)]
    except OSError as error:
        raise OutputError(parent, error.strerror or str(error), reading=True) from error
    found = [
        each for each in map(_entry, folders) if _matches(each, text) and {*tags} <= {*each.tags}
    ]
    return tuple(sorted(found, key=lambda each: each.started_at, reverse=True))


def _is_run(path: Path) -> bool:
    if path.name.startswith(".") or not path.is_dir():
        return False
    return any(os.path.lexists(path / name) for name in ("checkpoints", "config.json"))


def _matches(entry: RunEntry, text: str) -> bool:
    searched = "\n".join((entry.id, entry.name, entry.description, *entry.tags))
    return text.casefold() in searched.casefold()


def _entry(path: Path) -> RunEntry:
    try:
        return _read(RunFolder(path))
    except Exception as error:  # noqa: BLE001  # foreign files may break any rule
        what = error_text(error) if isinstance(error, OSError) else type_name(error)
        return RunEntry(id=safe_text(path.name), state="damaged", problem=what)


def _read(folder: RunFolder) -> RunEntry:
    config, state = read_json(folder.file("config.json")), read_json(folder.state)
    running = is_running(folder)
    try:
        analysis = read_json(folder.file("analysis.json"))
    except RunNotFoundError:
        analysis = None
    counted = _counted(folder, config) if running or analysis is None else {}
    known: dict[str, Any] = {**({} if analysis is None else analysis), **counted}
    first = {str(each["name"]): each["metrics"][0] for each in known.get("conditions", ())}
    return RunEntry(
        id=safe_text(folder.id),
        name=str(config["name"]),
        description=str(config["description"]),
        state="running" if running else _state(known),
        tags=tuple(str(each) for each in config.get("tags", ())),
        conditions=tuple(str(each["name"]) for each in config["conditions"]),
        rows=int(known["rows"]),
        planned_rows=_planned(folder, known),
        simulated=bool(known["origin"]["simulated"]),
        started_at=str(state["sessions"][0]["started_at"]),
        metric=next((str(each["metric"]) for each in first.values()), ""),
        values={name: metric_text(each) for name, each in first.items()},
    )


def _planned(folder: RunFolder, known: Mapping[str, Any]) -> int | None:
    """The number of rows of the plan, which a session says before the first analysis does."""
    if "planned_rows" in known:
        return int(known["planned_rows"])
    session = read_status(folder.journal.parent)
    return None if session is None else session.rows


def _state(analysis: Any) -> State:
    """The state that an analysis has; one of a version before 0.2 is of a whole run."""
    return "incomplete" if analysis.get("state", "complete") != "complete" else "complete"


def _counted(folder: RunFolder, config: Any) -> dict[str, Any]:
    """What the analysis of a run will say, as far as its rows are in the journal."""
    rows: set[int] = set()
    simulated = bool(config["dataset"].get("synthetic"))
    for row in Journal(folder.journal):
        rows.add(row.index)
        simulated = simulated or row.source == "simulated"
    return {"state": "incomplete", "rows": len(rows), "origin": {"simulated": simulated}}


def is_running(folder: RunFolder) -> bool:
    """Whether a session holds the run's lock.

    A holder writes its name into the lock, so that an empty one is not touched: taking it for a
    moment could refuse a session that begins.
    """
    try:
        file = open_own(folder.journal.parent / LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return os.fstat(file).st_size > 0 and not try_lock(file)
    finally:
        os.close(file)
