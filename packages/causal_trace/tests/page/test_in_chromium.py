"""Every control of the page, used in a real browser."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from causal_trace import (
    Annotation,
    AnnotationFile,
    Chain,
    TraceEvent,
    extract_code,
    fork,
    import_chains,
    parse,
    save_visualization,
)

from .browser import CHROMIUM, Browser
from .test_page import HARMFUL, _chain

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

TEXT = """<think>weigh \U0001f642 Redis and memory</think>
<event type="task_decomposed" id="a"><decision>Split it</decision>
<reasoning>parts</reasoning></event>
<event type="hypothesis_formed" id="b" parent_id="a"><decision>Keep tokens in memory</decision>
<alternatives>Redis; a file</alternatives><reasoning>fast</reasoning><confidence>0.85</confidence>
<code_section>class Cache</code_section></event>
<event type="ambiguity_flagged" parent_id="b" timestamp="2027-01-01T00:00:00Z">
<decision>No expiry given</decision><confidence>0.3</confidence></event>
<code>class Cache:
    pass</code>"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


def _full() -> Chain:
    chain = parse(TEXT, "cache", description="tokens", metadata={"model": "m"})
    return fork(chain, chain.events[2].id, "retry", TraceEvent(type="synthesis", decision="again"))


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> tuple[Browser, Chain, str]:
    chain = _full()
    target = chain.events[2].id
    path = save_visualization(
        chain,
        tmp_path / "page.html",
        source=TEXT,
        code=extract_code(TEXT),
        importance={target: {"value": 0.7, "low": 0.6, "high": 0.8}},
        annotations=[Annotation(chain_id=chain.id, event_id=target, rater="r1", label="sound")],
    )
    browser.size(1280, 900)
    browser.open(path.as_uri())
    return browser, chain, path.as_uri()


def _count(browser: Browser) -> int:
    return int(browser.run("document.getElementById('count').textContent").split()[0])


Page = tuple[Browser, Chain, str]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("control", "value", "shown"),
    [
        ("#q", "REDIS", 2),
        ("#q", "memory tokens", 1),
        ("#type", "hypothesis_formed", 1),
        ("#type", "=task decomposition", 1),
        ("#evidence", "native_reasoning", 1),
        ("#branch", "retry", 1),
        ("#branch", "trunk", 4),
        ("#code", "class Cache", 1),
        ("#low", "0.5", 4),
        ("#high", "0.5", 4),
        ("#stated", "on", 2),
        ("#since", "2026-12-31T00:00:00", 1),
        ("#until", "2026-12-31T00:00:00", 4),
    ],
)
def test_a_filter_limits_the_list_and_lives_in_the_address(
    page: Page, control: str, value: str, shown: int
) -> None:
    browser, chain, url = page
    assert _count(browser) == len(chain)

    browser.fill(control, value)

    assert _count(browser) == shown
    assert browser.run("document.querySelectorAll('.row').length") == shown
    address = browser.run("location.href")
    assert address != url
    browser.open(address)
    assert _count(browser) == shown
    browser.click("#reset")
    assert _count(browser) == len(chain)


def test_filters_combine_and_a_regular_expression_is_checked(page: Page) -> None:
    browser, _, _ = page
    browser.fill("#stated", "on")
    browser.fill("#regex", "on")
    browser.fill("#q", "^keep|expiry")
    assert _count(browser) == 2
    browser.fill("#high", "0.5")
    assert _count(browser) == 1
    browser.fill("#q", "(")
    assert "not valid" in browser.run("document.getElementById('count').textContent")
    assert browser.run("document.getElementById('q').getAttribute('aria-invalid')") == "true"


def test_the_keyboard_reaches_everything(page: Page) -> None:
    browser, chain, _ = page
    chosen = "document.querySelector('[aria-selected=true]').getAttribute('aria-posinset')"
    browser.run("document.getElementById('list').focus()")
    for key, position in (("ArrowDown", "2"), ("j", "3"), ("k", "2"), ("End", "5"), ("Home", "1")):
        browser.key(key)
        assert browser.run(chosen) == position, key
    active = "document.getElementById('list').getAttribute('aria-activedescendant')"
    assert browser.run(f"document.getElementById({active}) !== null")
    browser.key("Enter")
    assert browser.run("document.activeElement.id") == "detail"
    browser.key("Escape")
    assert browser.run("document.activeElement.id") == "list"
    browser.key("/")
    assert browser.run("document.activeElement.id") == "q"
    assert len(chain) == 5


def test_an_event_shows_alternatives_relations_importance_and_its_text(page: Page) -> None:
    browser, chain, _ = page
    browser.run("select(2, true)")
    detail = browser.run("document.getElementById('detail').textContent")
    for part in ("Keep tokens in memory", "Rejected alternatives", "Redis", "0.70 [0.60, 0.80]"):
        assert part in detail
    assert "r1: sound" in detail
    assert browser.run("document.querySelector('#text mark').textContent").startswith("<event")
    browser.click("#detail svg .box[role=button]")
    assert browser.run("state.event") == chain.events[1].id


def test_a_link_leads_to_an_event_and_to_characters(page: Page) -> None:
    browser, chain, url = page
    event = chain.events[3]
    browser.open(f"{url}#event={event.id}")
    assert "No expiry" in browser.run("document.getElementById('detail').textContent")
    start = TEXT.index("Keep tokens")
    browser.open(f"{url}#chars={start}-{start + 4}")
    assert browser.run("document.querySelector('#text mark').textContent") == "Keep"
    assert "Keep tokens" in browser.run("document.getElementById('detail').textContent")


def test_code_leads_to_its_decisions_and_back(page: Page) -> None:
    browser, _, _ = page
    browser.click(".code-link")
    assert _count(browser) == 1
    browser.click("#reset")
    browser.run("select(2, false)")
    browser.click("#same-code")
    assert _count(browser) == 1


def test_the_timeline_leads_to_events_by_position_and_by_time(page: Page) -> None:
    browser, _, _ = page
    browser.click("#timeline rect:last-of-type")
    assert browser.run("state.event") != ""
    browser.fill("#axis", "time")
    assert browser.run("document.querySelectorAll('#timeline rect').length") >= 2
    assert "axis=time" in browser.run("location.href")


def test_colors_follow_the_system_or_the_button(page: Page) -> None:
    browser, _, _ = page
    color = "getComputedStyle(document.body).backgroundColor"
    light = browser.run(color)
    browser.size(1280, 900, dark=True)
    dark = browser.run(color)
    assert light != dark
    browser.click("#theme")
    assert browser.run(color) == light
    browser.click("#theme")
    assert browser.run(color) == dark
    assert "theme=dark" in browser.run("location.href")


def test_annotations_are_added_and_saved_beside_the_chain(
    page: Page, browser: Browser, tmp_path: Path
) -> None:
    saved: dict[str, Any] = {}
    browser.run("select(0, false)")
    browser.fill("#rater", "r2")
    browser.fill("#label", "unclear")
    browser.click("#annotate")
    assert "r2: unclear" in browser.run("document.getElementById('detail').textContent")
    browser.run("window.kept = []")
    browser.run("URL.createObjectURL = (blob) => { kept.push(blob); return '#saved'; }")
    for button in ("#save-notes", "#save-json", "#save-csv"):
        browser.click(button)
        saved[button] = browser.run("kept.at(-1).text()")

    path = tmp_path / "notes.json"
    path.write_text(saved["#save-notes"], encoding="utf-8")
    assert [each.rater for each in AnnotationFile(path).annotations()] == ["r1", "r2"]
    (again,) = import_chains(json.loads(saved["#save-json"]))
    assert [each.decision for each in again] == [each.decision for each in page[1]]
    assert saved["#save-csv"].splitlines()[0].startswith("id,timestamp,type,evidence")
    assert len(saved["#save-csv"].splitlines()) >= 6


def test_two_chains_stand_side_by_side(browser: Browser, tmp_path: Path) -> None:
    other = parse(TEXT.replace("in memory", "in Redis").replace("Split it", "x y z"), "second")
    path = save_visualization(parse(TEXT, "first"), tmp_path / "p.html", other=other)
    browser.open(path.as_uri())

    statuses = browser.run("[...document.querySelectorAll('.row.pair')].map((r) => r.className)")
    assert any("changed" in each for each in statuses)
    number = next(n for n, each in enumerate(statuses) if "changed" in each)
    browser.run(f"select({number}, false)")
    detail = browser.run("document.getElementById('detail').textContent")
    assert "Changed" in detail
    assert "In the other chain" in detail


@pytest.mark.slow
@pytest.mark.parametrize("text", [*HARMFUL, "<svg onload=x()>", "<a href='javascript:x()'>a</a>"])
def test_harmful_texts_do_nothing(browser: Browser, tmp_path: Path, text: str) -> None:
    chain = _chain(text)
    path = save_visualization(
        chain,
        tmp_path / "p.html",
        title=text,
        source=text,
        code=text,
        other=_chain(text + " "),
        annotations=[
            Annotation(chain_id="c", event_id=chain.events[0].id, rater=text, label=text, note=text)
        ],
    )
    browser.events.clear()
    browser.open(path.as_uri())
    browser.run("select(0, false)")

    assert browser.problems() == []
    allowed = (path.as_uri(), "data:", "about:")
    assert [each for each in browser.requests() if not each.startswith(allowed)] == []
    elements = "script, style, img, iframe, object, embed, link, base, form"
    assert browser.run(f"document.querySelectorAll('{elements}').length") == 4
    marked = any(each in text for each in "\u2028\u202e")
    if marked:
        assert browser.run("document.querySelectorAll('.sign').length") > 0


@pytest.mark.slow
def test_thirty_thousand_events_keep_the_document_small(browser: Browser, tmp_path: Path) -> None:
    events = tuple(TraceEvent(type="synthesis", decision=f"decision {n}") for n in range(30_000))
    path = save_visualization(Chain(name="big", events=events), tmp_path / "big.html")

    spent = []
    for number in range(3):
        with Browser(tmp_path / str(number)) as fresh:
            spent.append(fresh.cpu_seconds_to_open(path.as_uri()))
    assert min(spent) > 0.01  # a process of its own, and not the difference of two
    assert min(spent) < 1
    browser.open(path.as_uri())
    assert _count(browser) == 30_000
    for share in (0, 0.3, 0.7, 1):
        browser.run(f"$('list').scrollTop = {share} * $('list').scrollHeight")
        browser.run(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        assert 0 < browser.run("document.querySelectorAll('.row').length") < 60
    assert "decision 29999" in browser.run("document.getElementById('list').textContent")
    browser.fill("#q", "decision 2999")
    assert _count(browser) == 13  # 2999, 12999, 22999 and 29990 to 29999


def test_print_has_all_events_and_says_where_it_ends(browser: Browser, tmp_path: Path) -> None:
    events = tuple(TraceEvent(type="synthesis", decision=f"decision {n}") for n in range(2_500))
    path = save_visualization(Chain(name="long", events=events), tmp_path / "long.html")
    browser.open(path.as_uri())

    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert browser.run("document.querySelectorAll('.row').length") == 2_000
    assert "first 2000 are printed" in browser.run("$('printed').textContent")
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert browser.run("document.querySelectorAll('.row').length") < 60
    assert browser.run("$('printed').textContent") == ""


def test_large_data_are_compressed_and_read_back(browser: Browser, tmp_path: Path) -> None:
    texts = [f"decision {n} \u05d0\U0001f600</script>\ud83d {'word ' * 60}" for n in range(4_000)]
    events = tuple(TraceEvent(type="synthesis", decision=text) for text in texts)
    path = save_visualization(Chain(name="big", events=events), tmp_path / "big.html")
    browser.open(path.as_uri())

    assert path.stat().st_size < 500_000
    assert browser.run("EVENTS.length") == 4_000
    # A half of a pair of surrogates cannot come back through the pipe.
    assert browser.run("EVENTS[7].decision.replace('\\ud83d ', '')") == texts[7].replace(
        "\ud83d ", ""
    )
    assert browser.problems() == []


def test_branches_are_lanes_from_where_they_leave_to_their_last_event(
    browser: Browser, tmp_path: Path
) -> None:
    trunk = tuple(TraceEvent(id=f"e{n}", type="synthesis", decision=f"step {n}") for n in range(4))
    chain = fork(
        Chain(name="c", events=trunk),
        "e1",
        "retry",
        TraceEvent(id="r0", type="synthesis", decision="again"),
        TraceEvent(id="r1", type="synthesis", decision="once more"),
    )
    drawn = (
        "[...document.querySelectorAll('.row')].sort((a, b) => a.ariaPosInSet - b.ariaPosInSet)"
        ".map((row) => [row.querySelector('.lanes').getAttribute('aria-label'),"
        " row.querySelectorAll('path.lane0').length, row.querySelectorAll('path.lane1').length])"
    )
    browser.open(save_visualization(chain, tmp_path / "lanes.html").as_uri())

    trunk_row, fork_row, both = ["trunk", 1, 0], ["trunk", 1, 1], ["trunk", 1, 1]
    branch_row = ["branch retry", 0, 1]
    assert browser.run(drawn) == [trunk_row, fork_row, both, both, branch_row, branch_row]

    browser.open(save_visualization(Chain(name="c", events=trunk), tmp_path / "one.html").as_uri())
    assert browser.run("document.querySelectorAll('.lanes').length") == 0


def test_a_phone_needs_no_sideways_scrolling(browser: Browser, tmp_path: Path) -> None:
    path = save_visualization(_full(), tmp_path / "p.html", source=TEXT, other=_full())
    browser.size(390, 844)
    browser.open(path.as_uri())

    assert browser.run("document.documentElement.scrollWidth") <= 390
    assert browser.run("document.getElementById('more').open") is False
    browser.size(1280, 900)


@pytest.mark.parametrize(
    ("last", "shown"),
    [("2026-02-01T00:00:00Z", "31.0 d"), ("2026-01-01T00:02:30Z", "2.5 min"),
     ("2026-01-01T00:00:01.5Z", "1.50 s")],
)  # fmt: skip
def test_the_time_between_events_has_a_unit_of_its_size(
    browser: Browser, tmp_path: Path, last: str, shown: str
) -> None:
    events = tuple(
        TraceEvent(type="synthesis", decision="d", timestamp=each)
        for each in ("2026-01-01T00:00:00Z", last)
    )
    browser.open(save_visualization(Chain(name="c", events=events), tmp_path / "c.html").as_uri())

    assert shown in browser.run("document.querySelector('#statistics').textContent")
