"""The page in a real browser, with a real server, while runs are written."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from research_harness._control.lock import RunLock
from research_harness._control.request_file import read_request
from research_harness._control.session_file import SessionStatus, write_status
from research_harness._dashboard.freeze import freeze
from research_harness._dashboard.serve import serving
from research_harness._engine.journal import JournalWriter

from ..following.folders import append, failed, followed, make_folder, row
from .browser import CHROMIUM, Browser

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

HOSTILE = "<img src=x onerror='document.title=\"owned\"'>\u202e"
NAMES = ("plain", HOSTILE)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    folder = make_folder(tmp_path / "runs" / "one", conditions=NAMES, name=HOSTILE)
    rows = [row(n, correct=n % 4 > 0, conditions=NAMES, prediction=HOSTILE) for n in range(80)]
    append(folder, [*rows, failed(80, conditions=NAMES, error=HOSTILE, error_type=HOSTILE)])
    other = make_folder(tmp_path / "runs" / "two", name="Another")
    append(other, [row(n) for n in range(20)])
    return tmp_path / "runs"


def _go(browser: Browser, place: str, until: str) -> None:
    browser.run(f"location.hash = {json.dumps(place)}")
    browser.wait(until)


def _cells(browser: Browser) -> list[list[str]]:
    found: list[list[str]] = browser.run(
        "[...document.querySelectorAll('table[aria-label=conditions] tbody tr')]"
        ".map((r) => [...r.children].map((c) => c.textContent))"
    )
    return found


CONDITIONS = "document.querySelectorAll('table[aria-label=conditions] tbody tr').length === 2"
ROWS = "document.querySelectorAll('table[aria-label=rows] tbody tr').length > 0"


@pytest.mark.slow
def test_every_view_shows_hostile_texts_as_texts(browser: Browser, runs: Path) -> None:
    with serving(runs) as address:
        browser.open(address)
        assert "token" not in browser.run("location.href")
        browser.wait("document.querySelectorAll('table[aria-label=runs] tbody tr').length === 2")
        assert browser.run("document.querySelector('#main').textContent").count("onerror") >= 1
        _go(browser, "#/run/one", f"{CONDITIONS} && {ROWS}")
        browser.wait("document.querySelectorAll('.chart canvas').length === 1")
        assert _cells(browser)[1][0] == HOSTILE
        _go(browser, "#/run/one/row/80", "document.querySelectorAll('pre').length > 3")
        assert HOSTILE in browser.run("document.querySelector('#main').textContent")
        both = "document.querySelectorAll('table tbody tr').length === 4"
        _go(browser, "#/compare/one/two", both)

        assert browser.run("document.querySelectorAll('img').length") == 0
        assert browser.run("document.title") != "owned"
        assert browser.problems() == []
        base = address.split("#")[0]
        assert all(each.startswith(base) for each in browser.requests())


def test_rows_that_come_after_the_page_was_opened_are_in_the_list(
    browser: Browser, tmp_path: Path
) -> None:
    folder = make_folder(tmp_path / "runs" / "live")
    write_status(folder.journal.parent, SessionStatus(session=1, rows=80, concurrency=4))
    with (
        serving(tmp_path / "runs") as address,
        RunLock(folder.path),
        JournalWriter(folder.journal) as journal,
    ):
        browser.open(address)
        _go(browser, "#/run/live", "document.body.textContent.includes('no row fits')")
        for n in range(3):
            journal.append(row(n))
        journal.flush()
        browser.wait("document.querySelectorAll('table[aria-label=rows] tbody tr').length === 3")
        assert browser.problems() == []


def test_what_the_page_shows_follows_the_journal(browser: Browser, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "runs" / "live")
    status = SessionStatus(session=1, rows=4_000, concurrency=4, max_cost_usd=10.0)
    write_status(folder.journal.parent, status)
    with (
        serving(tmp_path / "runs") as address,
        RunLock(folder.path),
        JournalWriter(folder.journal) as journal,
    ):
        browser.open(address)
        journal.append(row(0))
        _go(browser, "#/run/live", CONDITIONS)
        for n in range(1, 3_000):
            journal.append(failed(n) if n % 50 == 0 else row(n, correct=n % 3 > 0))
        journal.flush()
        browser.wait("document.querySelector('.facts dd').textContent.startsWith('3,000')")

        shown = _cells(browser)
        known = followed(folder).snapshot()["conditions"]
        for cells, each in zip(shown, known.values(), strict=True):
            assert cells[1] == f"{each['rows']:,}"
            assert cells[2] == f"{100 * each['estimate']:.1f} %"
            low, high = each["interval_low"], each["interval_high"]
            assert cells[3].startswith(f"[{100 * low:.1f} %, {100 * high:.1f} %]")
            assert cells[9] == f"{each['failed']:,}"
        assert browser.run("document.querySelector('.badge').textContent") == "running"
        assert browser.problems() == []


def test_the_page_pauses_a_run_with_the_token_only(browser: Browser, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "runs" / "live")
    append(folder, [row(0)])
    write_status(folder.journal.parent, SessionStatus(session=1, rows=9, concurrency=4))
    with serving(tmp_path / "runs") as address, RunLock(folder.path):
        browser.open(address)
        _go(browser, "#/run/live", "document.querySelector('#pause')?.offsetParent")
        browser.click("#pause")
        browser.wait("document.querySelector('p[role=status]').textContent.startsWith('asked')")
        asked = read_request(folder.journal.parent)
        assert asked is not None
        assert asked.paused
        browser.run("sessionStorage.clear()")
        browser.open(address.split("#")[0])
        _go(browser, "#/run/live", CONDITIONS)
        assert browser.run("document.querySelector('#pause').offsetParent") is None


def test_rows_are_filtered_and_found_by_keyboard(browser: Browser, runs: Path) -> None:
    with serving(runs) as address:
        browser.open(address)
        _go(browser, "#/run/one", ROWS)
        browser.run("document.activeElement.blur()")
        browser.key("/")
        assert browser.run("document.activeElement.id") == "search"
        browser.run(
            "(() => { const e = document.querySelector('select[aria-label=\"kind of answer\"]');"
            " e.value = 'failed'; e.dispatchEvent(new Event('change')); })()"
        )
        browser.wait("document.querySelectorAll('table[aria-label=rows] tbody tr').length === 1")
        browser.key("Escape")
        browser.key("Escape")
        browser.wait("location.hash === '#/'")


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [380, 1280])
def test_nothing_is_wider_than_the_window(
    browser: Browser, runs: Path, width: int, dark: bool
) -> None:
    browser.size(width, 800, dark=dark)
    with serving(runs) as address:
        browser.open(address)
        places = {
            "#/": "true",
            "#/run/one": ROWS,
            "#/run/one/row/3": "document.querySelector('pre')",
        }
        for place, until in places.items():
            _go(browser, place, until)
            assert browser.run("document.documentElement.scrollWidth") <= width
    browser.size(1280, 900)


def test_the_frozen_file_shows_the_same_without_a_server(
    browser: Browser, runs: Path, tmp_path: Path
) -> None:
    path = freeze(runs, tmp_path / "view.html")
    with serving(runs) as address:
        browser.open(address)
        _go(browser, "#/run/one", CONDITIONS)
        live = _cells(browser)

    browser.open(path.as_uri())
    _go(browser, "#/run/one", f"{CONDITIONS} && {ROWS}")
    frozen = _cells(browser)
    _go(browser, "#/run/one/row/80", "document.querySelectorAll('pre').length > 3")

    assert frozen == live
    assert browser.problems() == []
    assert browser.requests() == [path.as_uri()]


def test_a_page_whose_server_is_gone_says_so(browser: Browser, runs: Path) -> None:
    with serving(runs) as address:
        browser.open(address)
        browser.wait("document.querySelector('#link').dataset.state === 'live'")

    browser.wait("document.querySelector('#link').dataset.state === 'lost'")
    values: Any = browser.run("document.querySelectorAll('table[aria-label=runs] tbody tr').length")
    assert values == 2
