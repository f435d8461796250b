"""Back and Forward of the browser restore the view of the page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from causal_trace import Chain, TraceEvent, save_visualization

from .browser import CHROMIUM, Browser

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

COUNT = "parseInt(document.getElementById('count').textContent)"
POSITION = "document.querySelector('[aria-selected=true]')?.getAttribute('aria-posinset')"
FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Browser:
    events = tuple(
        TraceEvent(
            id=f"e{n}",
            type="synthesis" if n % 2 else "hypothesis_formed",
            decision=f"decision {n}",
            parent_id="e0" if n == 5 else None,
        )
        for n in range(200)
    )
    path = save_visualization(Chain(name="c", events=events), tmp_path / "p.html")
    browser.open(path.as_uri())
    return browser


def _go(browser: Browser, where: str, condition: str) -> None:
    browser.run(f"history.{where}()")
    browser.wait(condition)


def test_back_and_forward_lead_from_filter_to_filter(page: Browser) -> None:
    page.fill("#type", "synthesis")
    page.fill("#q", "decision 1")
    assert page.run(COUNT) == 64

    _go(page, "back", f"{COUNT} === 100")
    assert page.run("$('q').value + '|' + $('type').value") == "|synthesis"
    _go(page, "back", f"{COUNT} === 200")
    assert page.run("$('type').value") == ""
    _go(page, "forward", f"{COUNT} === 100")
    _go(page, "forward", f"{COUNT} === 64")
    assert page.run("$('q').value") == "decision 1"
    page.click("#reset")
    assert page.run(COUNT) == 200
    _go(page, "back", f"{COUNT} === 64")


def test_back_undoes_a_typed_word_and_not_a_letter(page: Browser) -> None:
    for typed in ("d", "de", "decision 19"):
        page.fill("#q", typed)
    assert page.run(COUNT) == 12
    page.run("$('q').dispatchEvent(new Event('change'))")  # the reader leaves the control
    page.fill("#q", "decision 199")

    _go(page, "back", f"{COUNT} === 12")
    _go(page, "back", f"{COUNT} === 200")
    assert page.run("$('q').value") == ""


def test_back_leads_to_the_event_and_the_place_in_the_list_from_where_the_reader_went(
    page: Browser,
) -> None:
    page.click("#row-5")
    page.run("$('list').scrollTop = 120")
    page.run(FRAMES)
    page.click("#detail svg .box[role=button]")
    assert page.run(POSITION) == "1"

    _go(page, "back", f"{POSITION} === '6'")
    assert page.run("$('list').scrollTop") == 120
    assert "Event 6" in page.run("$('detail').textContent")
    _go(page, "forward", f"{POSITION} === '1'")


def test_moves_by_keys_are_one_view(page: Browser) -> None:
    before = page.run("history.length")
    page.run("$('list').focus()")
    for _ in range(5):
        page.key("ArrowDown")

    assert page.run("state.event") == "e5"
    assert page.run("history.length") == before


def test_back_from_another_page_restores_the_view(page: Browser, tmp_path: Path) -> None:
    other = tmp_path / "other.html"
    other.write_text(
        "<script>document.documentElement.dataset.ready = '1'</script>", encoding="utf-8"
    )
    page.fill("#type", "synthesis")
    page.click("#row-2")
    page.open(other.as_uri())

    page.back(2)  # over an empty page between

    assert page.run(COUNT) == 100
    assert page.run("state.event") == "e5"


def test_the_colors_stay_on_the_way_back(page: Browser) -> None:
    page.fill("#type", "synthesis")
    page.click("#theme")
    theme = page.run("document.documentElement.dataset.theme")

    _go(page, "back", f"{COUNT} === 200")
    assert page.run("document.documentElement.dataset.theme") == theme


def test_an_address_that_the_reader_changes_by_hand_is_followed(page: Browser) -> None:
    page.run("location.hash = 'type=synthesis&event=e7'")
    page.wait(f"{COUNT} === 100")
    assert page.run("state.event") == "e7"
    _go(page, "back", f"{COUNT} === 200")
