"""``checkpoints/session.json``: what the session of a run that goes on says about itself.

It is written when the session begins, whenever a request has changed it, and when the session
ends; one that is killed leaves what it said last. It is not needed to resume a run, and no result
depends on it.
"""

import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from .._core.errors import HarnessError, OutputError
from .._core.files import read_json, write_json

SESSION = "session.json"
SessionState = Literal["running", "paused", "stopping", "finishing", "ended", "interrupted"]
# A session that has ended says one of these; the lock alone says whether one goes on.
ENDED: tuple[SessionState, ...] = ("ended", "interrupted")
_STATES: tuple[SessionState, ...] = get_args(SessionState)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStatus:
    """The session of a run as it sees itself.

    Attributes:
        session: The number of the session, from 1.
        rows: The number of rows of the plan.
        concurrency: How many rows are run at a time.
        max_cost_usd: What the whole run may cost; None without a ceiling.
        virtual_time: Whether time is simulated.
        state: ``running``, ``paused``, ``stopping``, or ``finishing`` once no request is followed;
            ``ended`` once the results are written, ``interrupted`` when it ended before that.
        request: The number of the last request that was followed; 0 for none.
    """

    session: int
    rows: int
    concurrency: int
    max_cost_usd: float | None = None
    virtual_time: bool = False
    state: SessionState = "running"
    request: int = 0


def write_status(folder: Path, status: SessionStatus) -> None:
    """Write the status of a session.

    Args:
        folder: The folder ``checkpoints`` of the run.
        status: The status.

    Raises:
        OutputError: The file cannot be written.
    """
    write_json(folder / SESSION, asdict(status))


def end_status(folder: Path, state: SessionState) -> None:
    """Say that a session has ended; a full disk is passed over.

    Args:
        folder: The folder ``checkpoints`` of the run.
        state: How it ended; ``ended`` is only said of one whose rows have ended.
    """
    status = read_status(folder)
    if status is None or status.state in ENDED:
        return
    if state == "interrupted" or status.state == "finishing":
        with suppress(OutputError):
            write_status(folder, replace(status, state=state))


def read_status(folder: Path) -> SessionStatus | None:
    """The status of the last session; None where none is readable.

    Args:
        folder: The folder ``checkpoints`` of the run.
    """
    try:
        found: Any = read_json(folder / SESSION)
    except (HarnessError, OSError):
        return None
    if not isinstance(found, Mapping):
        return None
    known = {each.name: found[each.name] for each in fields(SessionStatus) if each.name in found}
    return _checked(known)


def _checked(known: dict[str, Any]) -> SessionStatus | None:
    whole = ("session", "rows", "concurrency")
    if any(not _is_count(known.get(name)) for name in whole):
        return None
    known["request"] = known["request"] if _is_count(known.get("request")) else 0
    if known.get("state") not in _STATES:
        known["state"] = "running"
    known["max_cost_usd"] = finite_cost(known.get("max_cost_usd"))
    known["virtual_time"] = known.get("virtual_time") is True
    return SessionStatus(**known)


def finite_cost(value: object) -> float | None:
    """A cost in dollars that others wrote into a file; None where it is no finite number.

    Args:
        value: What the file has.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= sys.float_info.max else None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
