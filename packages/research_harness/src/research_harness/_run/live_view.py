"""What a terminal shows while a run goes on: estimates, costs, latencies, errors and the end.

The estimates have confidence sequences, so that looking at them at any time changes nothing.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._artifacts.folder import RunFolder
from .._core.text import printable
from .._engine.counters import Counters
from .._following.follower import RunFollower
from .._report.wording import count_text, value_text

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

_POLL_SECONDS = 1.0
_POLLS = 4  # about a megabyte of the journal each
_MOST_CONDITIONS, _MOST_NAME = 20, 40
# The columns that are shown from a width on: cut into pieces, all of them can no longer be read.
_INTERVAL, _INTERVAL_AT = len("[0.123, 0.456] "), 3
_NARROW, _WIDE = 56, 100
_COLUMNS = ((72, range(8)), (_NARROW, (0, 1, 2, 3, 6)), (0, (0, 1, 2, 3)))


class LiveView:
    """The frames of a view. Its rows come from the journal, so that those of a resume count too.

    Args:
        counters: The counters of the session.
        folder: The run; None shows the counters only.
    """

    def __init__(self, counters: Counters, folder: Path | None) -> None:
        self._counters = counters
        self._folder = folder
        self._follower: RunFollower | None = None
        self._polled = 0.0
        self._state: Mapping[str, Any] = {}

    def frame(self, now: float, *, last: bool = False) -> "RenderableType":
        """What is to be shown.

        Args:
            now: Seconds of ``time.monotonic``.
            last: Whether it is the last frame, which has no estimates: the result follows.
        """
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        counters = self._counters
        done = counters.stage_rows if counters.stage else counters.done
        bar = Table.grid()  # a bar alone does not end its line
        bar.add_row(ProgressBar(total=max(1, counters.total), completed=done, width=60))
        parts: list[RenderableType] = [Text(headline(counters, self._state, now)), bar]
        if not last and not counters.stage:
            self._look(now)
            if self._state.get("conditions"):
                parts.append(_Conditions(self._state))
        return Group(*parts)

    def close(self) -> None:
        """Give the files back."""
        if self._follower is not None:
            self._follower.close()

    def _look(self, now: float) -> None:
        if self._folder is None or now - self._polled < _POLL_SECONDS:
            return
        self._polled = now
        try:
            if self._follower is None:
                self._follower = RunFollower(RunFolder(self._folder))
            for _ in range(_POLLS):
                if not self._follower.poll():
                    break
            self._state = self._follower.snapshot()
        except Exception:  # noqa: BLE001  # a view must not end a run
            self._folder, self._state = None, {}


def headline(counters: Counters, state: Mapping[str, Any], now: float) -> str:
    """The state of the whole run in one line.

    Args:
        counters: The counters of the session.
        state: What the journal says; empty before it was read.
        now: Seconds of ``time.monotonic``.
    """
    if counters.stage:
        return f"{counters.stage}: {counters.stage_rows}/{count_text(counters.total, 'row')}"
    seconds = max(now - counters.started, 1e-9)
    fresh = counters.done - counters.resumed
    rate = state.get("rate") or fresh / seconds
    parts = [
        f"{counters.done}/{count_text(counters.total, 'row')}",
        f"{counters.failed} failed",
        f"{rate:.1f} rows/s",
        _cost(counters, state),
    ]
    if fresh > 0 and rate > 0 and counters.done < counters.total:
        parts.append(f"about {duration_text((counters.total - counters.done) / rate)} left")
    return ", ".join(each for each in parts if each)


def _cost(counters: Counters, state: Mapping[str, Any]) -> str:
    """The known costs of all sessions against the ceiling."""
    cost = max(float(state.get("cost_usd") or 0.0), counters.cost_usd)
    unknown = counters.unknown_costs or state.get("unknown_costs")
    limit = counters.ceiling_usd
    if unknown and not cost:
        text = "cost unknown"
    else:
        text = f"{'at least ' if unknown else ''}{value_text(cost, 'usd')}"
    if limit is None:
        return text
    return f"{text} of at most {value_text(limit, 'usd')} ({100 * cost / limit:.0f} %)"


class _Conditions:
    """The table of the conditions, with the columns that fit the terminal."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        self._state = state

    def __rich_console__(
        self, _: "Console", options: "ConsoleOptions"
    ) -> "Iterator[RenderableType]":
        yield _table(self._state, options.max_width)


def _table(state: Mapping[str, Any], width: int) -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    level = f"{100 * float(state.get('level', 0.95)):g} %"
    heads = [
        *("condition", "rows", str(state.get("metric", "")), f"{level} at every look"),
        *("P50", "P95", "cost", "errors"),
    ]
    shown = next(kept for least, kept in _COLUMNS if width >= least)
    # One blank between columns, where two do not fit.
    gap = 1 if width < _WIDE else 2
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0))
    for number in shown:
        least = _INTERVAL if number == _INTERVAL_AT else None
        table.add_column(Text(printable(heads[number])), overflow="fold", min_width=least)
    for name, found in list(state["conditions"].items())[:_MOST_CONDITIONS]:
        cells = _cells(name, found)
        table.add_row(*(Text(printable(cells[number])) for number in shown))
    return table


def _cells(name: str, found: Mapping[str, Any]) -> list[str]:
    interval = ""
    if "interval_low" in found:
        interval = f"[{found['interval_low']:.3f}, {found['interval_high']:.3f}]"
    latencies = found.get("latency_ms") or {}
    cost = value_text(found["cost_usd"], "usd")
    if found["unknown_costs"]:
        cost = f"at least {cost}" if found["cost_usd"] else "unknown"
    errors = sorted(found["errors"].items(), key=lambda each: -each[1])
    return [
        name[:_MOST_NAME],
        f"{found['rows']:,}",
        f"{found['estimate']:.3f}" if "estimate" in found else "",
        interval,
        *(
            value_text(latencies[each], "ms") if each in latencies else ""
            for each in ("p50", "p95")
        ),
        cost,
        f"{errors[0][1]} x {errors[0][0]}" if errors else "",
    ]


def duration_text(seconds: float) -> str:
    """A time in seconds, minutes or hours.

    Args:
        seconds: The time.
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
