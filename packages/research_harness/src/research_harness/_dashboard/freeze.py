"""The view of a folder of runs as one file that needs no server."""

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .._core.errors import OutputError, RunNotFoundError
from .._core.files import write_text
from .._following.browsing import MAX_PAGE, RowFilter, rows_page, whole_row
from .._following.follower import RunFollower
from .hub import LISTED, Hub
from .page import frozen_page

MAX_RUNS = 20
MAX_ROWS = 2_000
MAX_ANSWERS = 100
_MAX_TEXT = 5_000


def freeze(output_dir: Path, path: Path) -> Path:
    """Write the view of all runs of a folder as an HTML file.

    It holds the states of the newest runs, their first rows, and single answers with their prompts:
    those that failed or are wrong before the others. It loads nothing.

    Args:
        output_dir: The folder of all runs.
        path: The file.

    Returns:
        The path.

    Raises:
        RunNotFoundError: The folder is not there.
        OutputError: The file cannot be written, or it lies in the folder of a run.
    """
    if not output_dir.is_dir():
        raise RunNotFoundError(output_dir)
    hub = Hub(output_dir)
    found = hub.listed(cost_seconds=math.inf)
    inside = (hub.folder(run).path for run in found["runs"])
    if any(path.resolve().is_relative_to(each.resolve()) for each in inside):
        raise OutputError(path, "it is in the folder of a run; give a path outside of it")
    runs = {}
    for run in list(found["runs"])[:MAX_RUNS]:
        runs[run] = _frozen(hub, run)
        state = runs[run]["state"]
        found["runs"][run] |= {name: state[name] for name in LISTED if name in state}
    time = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, frozen_page({"time": time, "list": found, "runs": runs}))
    return path


def _frozen(hub: Hub, run: str) -> dict[str, Any]:
    follower = RunFollower(hub.folder(run))
    try:
        while follower.poll():
            pass
        state = follower.snapshot(history=True)
        rows, more = _rows(follower)
        return {
            "state": state,
            "history": {
                name: each.pop("history")
                for name, each in state["conditions"].items()
                if "history" in each
            },
            "rows": rows,
            "more": more,
            "answers": _answers(follower),
        }
    finally:
        follower.close()


def _rows(follower: RunFollower) -> tuple[list[dict[str, Any]], bool]:
    rows: list[dict[str, Any]] = []
    start: int | None = 0
    while start is not None and len(rows) < MAX_ROWS:
        page = rows_page(follower, RowFilter(), start=start, limit=MAX_PAGE)
        rows += page["rows"]
        start = page.get("next")
    return rows, start is not None


def _answers(follower: RunFollower) -> dict[str, Any]:
    """Single answers by their numbers: failed ones, wrong ones, then the first ones."""
    numbers: list[int] = []
    for wanted in (RowFilter(kind="failed"), RowFilter(kind="wrong"), RowFilter()):
        page = rows_page(follower, wanted, limit=MAX_ANSWERS)
        numbers += [each["index"] for each in page["rows"] if each["index"] not in numbers]
    chosen = sorted(numbers[:MAX_ANSWERS])
    found = ((number, whole_row(follower, number, max_text=_MAX_TEXT)) for number in chosen)
    return {str(number): each for number, each in found if each is not None}
