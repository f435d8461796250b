"""What the small files of a run say: its settings, whether it goes on, and how it ended."""

import os
import platform
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeGuard

from .._artifacts.folder import RunFolder
from .._browse.runs import is_running
from .._control.lock import LOCK, holding_host
from .._control.session_file import ENDED, SESSION, SessionStatus, finite_cost, read_status
from .._core.errors import HarnessError
from .._core.files import read_json
from .._core.text import safe_text

_Signature = tuple[int, int, int] | None
_LIMIT = 300
_MAX_CONDITIONS = 200
# Columns whose values lie between 0 and 1, so that an interval may be looked at at any time.
_BOUNDED = ("correct", "score", "failed")
_CONFIG = (
    *("name", "description", "tags", "alpha", "clusters", "randomize", "conditions", "metrics"),
    *("control", "hypothesis", "seed", "repeat", "scorer", "dataset_hash"),
)
_ANALYSIS = ("state", "stopped", "planned_rows", "rows")


class CachedFile:
    """A JSON file that is read again only when it has changed.

    Args:
        path: The file.
        kept: The keys that are kept in memory.
    """

    def __init__(self, path: Path, kept: Sequence[str]) -> None:
        self._path = path
        self._kept = kept
        self._signature: _Signature = None
        self._value: Mapping[str, Any] = {}

    def read(self) -> Mapping[str, Any]:
        """The kept values; empty while the file is not there or not readable."""
        found = signature(self._path)
        if found != self._signature:
            self._value = {} if found is None else self._read()
            self._signature = found
        return self._value

    def _read(self) -> Mapping[str, Any]:
        try:
            whole = read_json(self._path)
        except (HarnessError, OSError):
            return {}
        if not isinstance(whole, Mapping):
            return {}
        return {name: whole[name] for name in self._kept if name in whole}


def signature(path: Path) -> _Signature:
    """What changes when a file does; None for one that is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


class RunState:
    """The settings and the state of one run.

    Args:
        folder: The run.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self._config = CachedFile(folder.file("config.json"), _CONFIG)
        self._state = CachedFile(folder.state, ("sessions",))
        self._analysis = CachedFile(folder.file("analysis.json"), _ANALYSIS)
        self._spending = CachedFile(folder.file("spending.json"), ("ceilings",))
        self._session_signature: _Signature = None
        self._session: SessionStatus | None = None
        self._free: _Signature = None
        self._elsewhere = False

    @property
    def config(self) -> Mapping[str, Any]:
        """The settings of the run; empty when they cannot be read."""
        return self._config.read()

    @property
    def analysis(self) -> Mapping[str, Any]:
        """The analysis of the last session that ended; empty before."""
        return self._analysis.read()

    @property
    def session(self) -> SessionStatus | None:
        """What the last session says about itself."""
        folder = self.folder.journal.parent
        found = signature(folder / SESSION)
        if found != self._session_signature:
            self._session = read_status(folder)
            self._session_signature = found
        return self._session

    def running(self) -> bool:
        """Whether a session holds the run.

        A lock that was found free is not tried again until its file changes, so that a session that
        begins does not find it taken by a watcher.
        """
        found = signature(self.folder.journal.parent / LOCK)
        if found is None or not found[1]:
            self._elsewhere = False
            return False
        if found == self._free:
            return False
        try:
            held = is_running(self.folder)
        except OSError:
            return False
        self._free = None if held else found
        self._elsewhere = not held and holding_host(self.folder.path) not in {"", platform.node()}
        return held

    @property
    def may_run_elsewhere(self) -> bool:
        """Whether a session of another machine may hold the run, whose lock is not seen here."""
        return self._elsewhere and not self.running()

    @property
    def conditions(self) -> tuple[str, ...]:
        """The names of the conditions, the control first where it is so in the class."""
        listed = _mappings(self.config.get("conditions"))
        names = [str(each["name"]) for each in listed if "name" in each]
        return tuple(names[:_MAX_CONDITIONS])

    @property
    def level(self) -> float:
        """The level of the intervals."""
        alpha = self.config.get("alpha")
        level = 1 - alpha if isinstance(alpha, float) else 0.0
        return level if 0 < level < 1 else 0.95

    @property
    def metric(self) -> tuple[str, str]:
        """The first metric whose values lie between 0 and 1, and its column."""
        for each in _mappings(self.config.get("metrics")):
            name, column = each.get("name"), each.get("column")
            if isinstance(name, str) and column in _BOUNDED and each.get("summary") == "mean":
                return safe_text(name, limit=_LIMIT), str(column)
        return "accuracy", "correct"

    @property
    def no_interval(self) -> str:
        """Why no interval is shown; empty when one is."""
        if self.config.get("clusters"):
            return "the items lie in clusters, and this interval takes them as independent"
        if self.config.get("randomize") is False:
            return "the items are asked in the order of the data set, not in random order"
        return ""

    def planned_rows(self) -> int | None:
        """The number of rows of the plan; None when no file says it."""
        session = self.session
        if session is not None:
            return session.rows
        planned = self.analysis.get("planned_rows", self.rows)
        return planned if _is_count(planned) else None

    @property
    def rows(self) -> int | None:
        """How many rows the analysis counted; None before one is there."""
        rows = self.analysis.get("rows")
        return rows if _is_count(rows) else None

    def ceiling_usd(self) -> float | None:
        """What the whole run may cost; None without a ceiling, or when no file says it."""
        session = self.session
        if session is not None:
            return session.max_cost_usd
        for each in _mappings(self._spending.read().get("ceilings")):
            if each.get("name") == "the run":
                return finite_cost(each.get("max_cost_usd"))
        return None

    def to_dict(self, *, growing: bool = False) -> dict[str, object]:
        """What the files say, as plain values; what is not known is left out.

        Args:
            growing: Whether rows were appended just now, which shows a session of another machine
                whose lock is not seen here.
        """
        running, session = self.running(), self.session
        running = running or (growing and self._elsewhere)
        analysis, config = self.analysis, self.config
        given = self._state.read().get("sessions")
        sessions = given if isinstance(given, list) else []
        state = "running" if running else _ended(analysis)
        if running and session is not None and session.state not in ENDED:
            state = session.state
        metric, _ = self.metric
        found: dict[str, object] = {
            "id": safe_text(self.folder.id, limit=_LIMIT),
            "name": safe_text(config.get("name", ""), limit=_LIMIT),
            "description": safe_text(config.get("description", ""), limit=2_000),
            "state": state if config else "damaged",
            "sessions": len(sessions),
            "started_at": _started(sessions),
            "metric": metric,
            "level": round(self.level, 6),
            "no_interval": self.no_interval,
        }
        if running and session is not None:
            found |= {"concurrency": session.concurrency, "request": session.request}
            found["virtual_time"] = session.virtual_time
        if not running and analysis.get("stopped"):
            found["stopped"] = safe_text(analysis["stopped"], limit=_LIMIT)
        optional = {"planned_rows": self.planned_rows(), "ceiling_usd": self.ceiling_usd()}
        return found | {name: value for name, value in optional.items() if value is not None}


def _mappings(value: object) -> list[Mapping[str, Any]]:
    """The mappings of what should be a list of them; others may have written the file."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _ended(analysis: Mapping[str, Any]) -> str:
    if not analysis:
        return "incomplete"
    return "incomplete" if analysis.get("state", "complete") != "complete" else "complete"


def _started(sessions: Any) -> str:
    try:
        text = str(sessions[0]["started_at"])
    except (LookupError, TypeError):
        return ""
    return text if re.fullmatch(r"[0-9T:.+Z-]{10,40}", text) else ""


def is_run(path: Path) -> bool:
    """Whether a folder is that of a run."""
    if path.name.startswith(".") or not path.is_dir():
        return False
    return any(os.path.lexists(path / name) for name in ("checkpoints", "config.json"))
