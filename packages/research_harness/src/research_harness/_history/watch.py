"""A comparison while a run goes on: shown again when rows have come, until the run ends."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .._artifacts.folder import RunFolder, find_run
from .._compare.terminal import table
from .._compare.wording import bracket
from .._core.text import on_lines
from .._following.follower import RunFollower
from .._following.run_state import RunState
from .._report.wording import count_text, value_text
from .differences import PairedDifferences, WatchedDifference

_ENDED = ("complete", "incomplete", "damaged")


def watch(
    run: str | Path,
    *,
    show: Callable[[str], None],
    every_s: float = 5.0,
    output_dir: str | Path = "results",
    sleep: Callable[[float], None] = time.sleep,
    state: RunState | None = None,
) -> RunFolder:
    """Show the comparison of a run's conditions until it ends.

    Args:
        run: The run's id, or the path of its folder.
        show: Takes the text, each time that there are new rows.
        every_s: The seconds between two looks.
        output_dir: The folder of all runs, for ids.
        sleep: Waits so many seconds.
        state: The settings and the state of the run; read from its folder when None.

    Returns:
        The folder of the run, which has ended.

    Raises:
        RunNotFoundError: There is no such run.
    """
    folder = find_run(run, Path(output_dir))
    follower = RunFollower(folder)
    follower.state = state or follower.state
    differences = PairedDifferences(follower.state)
    rows = -1
    try:
        while True:
            while follower.poll() or differences.poll():
                pass
            found = follower.snapshot()
            ended = found["state"] in _ENDED
            if found["rows"] != rows or ended:
                rows = found["rows"]
                show(on_lines(_lines(found, differences.differences())))
            if ended:
                return folder
            sleep(every_s)
    finally:
        follower.close()


def _lines(found: Mapping[str, Any], differences: tuple[WatchedDifference, ...]) -> Iterator[str]:
    planned = found.get("planned_rows")
    of = "" if planned is None else f" of {planned:,}"
    yield f"{found['id']}: {found['state']}, {found['rows']:,}{of} rows"
    if found["simulated"]:
        yield "SIMULATED: some of these answers come from simulated models."
    level = f"{found['level']:.0%}"
    rows = [(name, f"{each['rows']:,}", _score(each)) for name, each in found["conditions"].items()]
    yield from table(("condition", "rows", f"{found['metric']} [{level} at any time]"), rows)
    for each in differences:
        yield (
            f"{each.treatment} minus {each.control}: {value_text(each.estimate, '')}"
            f" {bracket(each.low, each.high)} on {count_text(each.items, 'item')}: {each.verdict}"
        )
    if found["no_interval"]:
        yield f"no intervals: {found['no_interval']}"
    yield ""


def _score(each: Mapping[str, Any]) -> str:
    if "interval_estimate" not in each:
        estimate = each.get("estimate")
        return "-" if estimate is None else value_text(estimate, "")
    interval = bracket(each["interval_low"], each["interval_high"])
    return f"{value_text(each['interval_estimate'], '')} {interval}"
