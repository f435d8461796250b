"""Progress is a line where there is no terminal, or no library for one."""

import io
import sys

import pytest

from research_harness._engine.counters import Counters
from research_harness._run.progress import line, show_progress


def test_a_line_says_how_far_it_is_and_how_long_it_will_take() -> None:
    counters = Counters(total=200, done=50, failed=2, started=100.0)

    assert line(counters, now=110.0) == ("50/200 rows (25 %), 2 failed, 10.0 s, about 30 s left")


def test_rows_of_an_earlier_session_do_not_flatter_the_forecast() -> None:
    counters = Counters(total=200, done=150, resumed=140, started=100.0)

    assert "140 from before" in line(counters, now=110.0)
    assert "about 50 s left" in line(counters, now=110.0)


def test_without_a_terminal_there_are_plain_lines() -> None:
    stream = io.StringIO()
    counters = Counters(total=2)

    with show_progress(counters, stream=stream):
        counters.done = 2

    first, *_, last = stream.getvalue().splitlines()
    assert first.startswith(("0/2 rows", "2/2 rows"))
    assert last.startswith("2/2 rows (100 %)")
    assert "\x1b" not in stream.getvalue()


def test_a_terminal_without_the_library_for_tables_has_lines_and_a_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    counters = Counters(total=2)
    monkeypatch.setitem(sys.modules, "rich", None)

    with show_progress(counters, stream=stream):
        counters.done = 2

    reason, *_, last = stream.getvalue().splitlines()
    assert reason.endswith("pip install 'crucible-framework-research-harness[live]'")
    assert last.startswith("2/2 rows (100 %)")
