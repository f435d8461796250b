"""Progress is a bar on a terminal, and never an obstacle."""

import io
import re
import sys
from pathlib import Path

import pytest

from dataset_manager import Item
from research_harness import Experiment, condition, run_sync
from research_harness._engine.counters import Counters
from research_harness._run import live_view
from research_harness._run.live_view import LiveView, duration_text
from research_harness._run.progress import show_progress

rich_console = pytest.importorskip("rich.console", reason="the extra live is not installed")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_there_is_a_bar_that_ends_full() -> None:
    stream = Terminal()
    counters = Counters(total=2)

    with show_progress(counters, stream=stream):
        counters.done = 2

    assert "2/2 rows" in stream.getvalue()


def frames(console_width: int, *shown: object) -> str:
    stream = Terminal()
    console = rich_console.Console(file=stream, width=console_width, force_terminal=False)
    for each in shown:
        console.print(each)
    return stream.getvalue()


class Followed(Experiment):
    """One condition that answers and one that partly fails."""

    name = "Followed"
    dataset = [{"id": str(n), "question": "1+1?", "answer": "2"} for n in range(20)]  # noqa: RUF012
    scorer = "number"
    metrics = ("accuracy",)
    formats = ("json",)
    outage_ms = None

    @condition
    async def good(self, item: Item) -> dict[str, object]:
        return {"prediction": "2", "cost": 0.125, "latency": 80.0}

    @condition
    async def bad(self, item: Item) -> str:
        if int(item.id) % 2:
            raise ValueError("[red]no[/red]")
        return "2"


@pytest.mark.slow
def test_the_view_has_estimates_that_hold_at_every_look_costs_quantiles_and_errors(
    tmp_path: Path,
) -> None:
    folder = run_sync(Followed, output_dir=tmp_path).folder
    counters = Counters(total=80, done=40, started=100.0, cost_usd=2.5, ceiling_usd=10.0)
    view = LiveView(counters, folder)

    view.frame(109.0)
    text = frames(200, view.frame(110.0))
    last = frames(200, view.frame(111.0, last=True))
    view.close()

    head, _, _, *rows = text.splitlines()  # the bar and the names of the columns
    assert head.startswith("40/80 rows, 0 failed, ")
    assert "at least $2.50 of at most $10.00 (25 %)" in head
    assert "left" in head
    assert "95 % at every look" in text
    good, bad = (next(each for each in rows if each.startswith(name)) for name in ("good", "bad"))
    assert [*good.split()[1:3], "[0." in good, "ms" in good, "$2.50" in good] == [
        "20",
        "1.000",
        True,
        True,
        True,
    ]
    assert "10 x answer: ValueError" in bad
    assert "good" not in last


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "shown"),
    [(80, ("P50", "cost", "errors")), (60, ("cost",)), (40, ())],
    ids=["wide", "narrow", "phone"],
)
def test_a_narrow_terminal_has_fewer_columns_and_whole_words(
    tmp_path: Path, width: int, shown: tuple[str, ...]
) -> None:
    folder = run_sync(Followed, output_dir=tmp_path).folder
    view = LiveView(Counters(total=40, done=40, started=100.0), folder)

    text = frames(width, view.frame(110.0))
    view.close()

    assert all(len(each) <= width for each in text.splitlines())
    assert re.search(r"\[0\.\d{3}, 1\.000\]", text)
    assert re.search(r"\[0\.\d{3}, 0\.\d{3}\]", text)
    assert [each for each in ("P50", "cost", "errors") if each in text.split()] == list(shown)


def test_a_journal_that_cannot_be_followed_leaves_the_counters(tmp_path: Path) -> None:
    view = LiveView(Counters(total=4, done=1, started=100.0), tmp_path / "nothing")

    assert "1/4 rows" in frames(100, view.frame(110.0))
    counters = Counters(total=4, done=4, stage="writing results", stage_rows=2)
    assert "writing results: 2/4 rows" in frames(100, LiveView(counters, None).frame(1.0))


@pytest.mark.parametrize(
    ("seconds", "text"), [(5.0, "5 s"), (300.0, "5 min"), (9_000.0, "2.5 h")], ids=str
)
def test_times_are_in_fitting_units(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.slow
def test_a_run_on_a_terminal_shows_its_conditions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = Terminal()
    monkeypatch.setattr(live_view, "_POLL_SECONDS", 0.0)
    monkeypatch.setattr(sys, "stderr", stream)

    run_sync(Followed, output_dir=tmp_path, progress=show_progress)

    assert "40/40 rows" in stream.getvalue()
