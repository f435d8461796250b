"""The progress of a run: a live view on a terminal, a line every five seconds elsewhere."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TextIO

from .._engine.counters import Counters
from .._report.wording import count_text, value_text
from .live_view import LiveView

_REFRESH_SECONDS = 0.1
_LINE_SECONDS = 5.0
_NO_TABLE = (
    "no live table, as rich is not installed:"
    " pip install 'crucible-framework-research-harness[live]'"
)


@contextmanager
def show_progress(counters: Counters, *, stream: TextIO | None = None) -> Iterator[None]:
    """Display the counters until the block ends.

    They are looked at from a thread, ten times a second, in real time: a row costs the display
    nothing, and simulated time does not confuse it.

    Args:
        counters: What to show.
        stream: Where to; standard error when left out.
    """
    stream = stream or sys.stderr
    view = _lines
    if stream.isatty():
        if find_spec("rich") is None:
            print(_NO_TABLE, file=stream)  # the display
        else:
            view = _live
    stop = threading.Event()
    thread = threading.Thread(target=view, args=(counters, stop, stream), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _lines(counters: Counters, stop: threading.Event, stream: TextIO) -> None:
    print(line(counters, time.monotonic()), file=stream, flush=True)  # the display
    while not stop.wait(_LINE_SECONDS):
        print(line(counters, time.monotonic()), file=stream, flush=True)  # same
    print(line(counters, time.monotonic()), file=stream, flush=True)  # same


def _live(counters: Counters, stop: threading.Event, stream: TextIO) -> None:
    from rich.console import Console
    from rich.live import Live

    view = LiveView(counters, counters.folder)
    try:
        with Live(console=Console(file=stream), auto_refresh=False) as live:
            while not stop.wait(_REFRESH_SECONDS):
                live.update(view.frame(time.monotonic()), refresh=True)
            live.update(view.frame(time.monotonic(), last=True), refresh=True)
    finally:
        view.close()


def cost_text(counters: Counters) -> str:
    """What the rows of this session cost; "at least" when the cost of a row is unknown."""
    if counters.unknown_costs and not counters.cost_usd:
        return "cost unknown"
    least = "at least " if counters.unknown_costs else ""
    limit = counters.ceiling_usd
    most = "" if limit is None else f" of at most {value_text(limit, 'usd')}"
    return f"{least}{value_text(counters.cost_usd, 'usd')}{most}"


def line(counters: Counters, now: float) -> str:
    """The progress of a run in one plain line.

    Args:
        counters: The state.
        now: Seconds of ``time.monotonic``.
    """
    if counters.stage:
        return f"{counters.stage}: {counters.stage_rows}/{count_text(counters.total, 'row')}"
    seconds = max(now - counters.started, 1e-9)
    fresh = counters.done - counters.resumed
    share = 100 * counters.done / counters.total if counters.total else 100.0
    parts = [f"{counters.done}/{count_text(counters.total, 'row')} ({share:.0f} %)"]
    if counters.resumed:
        parts.append(f"{counters.resumed} from before")
    parts += [f"{counters.failed} failed", f"{seconds:.1f} s"]
    if counters.ceiling_usd is not None:
        parts.append(cost_text(counters))
    if fresh > 0 and counters.done < counters.total:
        left = (counters.total - counters.done) * seconds / fresh
        parts.append(f"about {left:.0f} s left")
    return ", ".join(parts)
