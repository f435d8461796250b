"""Requests of the page to a run: pause, resume, stop, another concurrency."""

import time
from dataclasses import replace
from typing import Any, Literal, TypeAlias, get_args

from .._artifacts.folder import RunFolder
from .._control.request_file import MAX_CONCURRENCY, Request, read_request, write_request
from .._control.session_file import ENDED, read_status
from .._core.errors import RequestRefusedError
from .._following.run_state import RunState

Action: TypeAlias = Literal["pause", "resume", "stop", "concurrency"]


def ask_run(folder: RunFolder, wanted: Any) -> Request:
    """Write what the session of a run is asked to do; it follows within a second.

    Args:
        folder: The run.
        wanted: The body of the page's request: ``action``, and ``value`` for a concurrency.

    Returns:
        The request as it was written.

    Raises:
        RequestRefusedError: The request makes no sense, or no session listens.
        OutputError: The folder cannot be written.
    """
    action, value = _checked(wanted)
    checkpoints = folder.journal.parent
    status = read_status(checkpoints)
    state = RunState(folder)
    going = state.running() or state.may_run_elsewhere
    if status is None or status.state in ENDED or not going:
        raise RequestRefusedError("no session of this run goes on, or it is of an older version")
    if status.state == "finishing":
        raise RequestRefusedError("its rows have ended; the results are being written")
    last = read_request(checkpoints)
    if last is None or last.number < status.request:
        last = Request(number=status.request, paused=status.state == "paused")
    number = max(last.number + 1, time.time_ns() // 1_000_000)
    request = replace(last, number=number)
    if action == "concurrency":
        request = replace(request, concurrency=value)
    else:
        request = replace(request, paused=action == "pause", stop=request.stop or action == "stop")
    write_request(checkpoints, request)
    return request


def _checked(wanted: Any) -> tuple[Action, int | None]:
    given = wanted if isinstance(wanted, dict) else {}
    action = given.get("action")
    if not isinstance(action, str) or action not in get_args(Action):
        raise RequestRefusedError(f"action is one of {', '.join(get_args(Action))}")
    value = given.get("value")
    good = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_CONCURRENCY
    if action == "concurrency" and not good:
        raise RequestRefusedError(f"value is a whole number from 1 to {MAX_CONCURRENCY:,}")
    chosen: Action = action  # type: ignore[assignment]  # one of its values
    return chosen, int(value) if good and value is not None else None
