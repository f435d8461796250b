"""Participants fill in the pages of their tasks in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from causal_trace import (
    Assignment,
    StudyResponse,
    parse,
    read_study_responses,
    task_page,
    visualize,
)

from ..page.browser import CHROMIUM, Browser

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

HARM = (
    "<script>window.harmed=1</script><img src=x onerror='window.harmed=1'>"
    "</textarea></script><svg onload=window.harmed=1>{{ 7*7 }}\u202e\u2066"
)
# Names of properties of a form and of objects, which must stay what they are.
HOSTILE = ("addEventListener", "elements", "submit", "__proto__", "constructor", HARM)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


def _write(folder: Path, participant: str = "p1", task: str = "t1", **changes: Any) -> str:
    values: dict[str, Any] = {
        "text": "Find the <b>cause</b>",
        "questions": {"cause": "What is the cause?", "why": "Why?"},
        "consent": "Your answers are kept without your name.",
        "trace_page": visualize(parse("<think>because of X</think>", "c")),
    }
    assignment = Assignment(participant=participant, position=1, task=task, condition="with trace")
    path = folder / "task.html"
    path.write_text(task_page(assignment, **values | changes), encoding="utf-8")
    return path.as_uri()


def _begin(browser: Browser) -> None:
    browser.click("#agree")
    browser.wait("!document.getElementById('begin').disabled")
    browser.click("#begin")
    browser.wait("!document.getElementById('task').hidden")


def _visible(browser: Browser, name: str) -> bool:
    found = browser.run(f"getComputedStyle(document.getElementById({name!r})).display")
    return bool(found != "none")


def _saved(browser: Browser, folder: Path) -> StudyResponse:
    """Return the response in the file that the page saves."""
    browser.run("window.kept = []")
    browser.run("URL.createObjectURL = (blob) => { kept.push(blob); return '#saved'; }")
    if _visible(browser, "done"):
        browser.click("#again")
    else:
        browser.click("#finish")
    folder.mkdir(exist_ok=True)
    content = browser.run("kept[0].text()")
    (folder / "a.response.json").write_text(content, encoding="utf-8")
    (response,) = read_study_responses(folder)
    return response


@pytest.mark.slow
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_a_participant_does_a_task(
    browser: Browser, tmp_path: Path, width: int, *, dark: bool
) -> None:
    browser.size(width, 800, dark=dark)
    browser.open(_write(tmp_path, participant=f"p{width}"))
    assert not _visible(browser, "task")
    assert browser.run("document.getElementById('begin').disabled") is True
    _begin(browser)
    frame = "document.querySelector('iframe').contentDocument"
    browser.wait(f"{frame}?.documentElement?.dataset.ready")
    assert "because of X" in browser.run(f"{frame}.body.innerText")
    assert "with trace" not in browser.run("document.body.innerText")
    assert browser.run("document.documentElement.scrollWidth <= innerWidth")
    browser.click("#finish")
    assert _visible(browser, "task")  # an answer is missing
    browser.fill("textarea[name=answer-1]", "X")
    browser.fill("textarea[name=answer-2]", "Y\n\u00e9\U0001f642")

    response = _saved(browser, tmp_path / "answers")

    assert response.answers == {"cause": "X", "why": "Y\n\u00e9\U0001f642"}
    assert 0 < response.duration_ms < 600_000
    assert response.started_at is not None
    assert response.finished_at is not None
    assert response.started_at <= response.finished_at
    assert _visible(browser, "done")
    assert browser.problems() == []
    assert not [each for each in browser.requests() if each.startswith(("http", "ws", "ftp"))]


def test_the_keyboard_alone_is_enough(browser: Browser, tmp_path: Path) -> None:
    browser.size(1280, 800)
    browser.open(_write(tmp_path, participant="keys", trace_page=None))
    focused = "document.activeElement.id || document.activeElement.name"
    browser.tab()
    assert browser.run(focused) == "agree"
    browser.key(" ")
    browser.tab()
    assert browser.run(focused) == "begin"
    browser.key(" ")
    assert browser.run(focused) == "task"
    for name in ("answer-1", "answer-2"):
        browser.tab()
        assert browser.run(focused) == name
        browser.key("k")
    browser.tab()
    assert browser.run(focused) == "finish"

    response = _saved(browser, tmp_path / "answers")

    assert response.answers == {"cause": "k", "why": "k"}
    assert browser.run(focused) == "done"


def test_a_reload_goes_on_and_a_finished_task_is_not_done_again(
    browser: Browser, tmp_path: Path
) -> None:
    url = _write(tmp_path, participant="again", trace_page=None)
    browser.open(url)
    _begin(browser)
    browser.fill("textarea[name=answer-1]", "half")
    first = browser.run("elapsed()")
    browser.reload()
    assert browser.run("document.querySelector('textarea').value") == "half"
    assert browser.run("elapsed()") >= first
    browser.fill("textarea[name=answer-2]", "whole")

    response = _saved(browser, tmp_path / "answers")
    browser.open(url)
    again = _saved(browser, tmp_path / "more")

    assert response.answers == {"cause": "half", "why": "whole"}
    assert response.resumed == 1
    assert response.duration_ms >= first
    assert again == response
    assert _visible(browser, "done")

    browser.open(_write(tmp_path, participant="next", trace_page=None))
    assert _visible(browser, "consent")  # nothing of one participant reaches another


def test_payloads_and_hostile_names_do_nothing_and_are_answered(
    browser: Browser, tmp_path: Path
) -> None:
    trace = parse(f"<think>{HARM}</think>", HARM)
    url = _write(
        tmp_path,
        participant=f"../{HARM}",
        task="nul" * 200,
        text=HARM,
        consent=HARM,
        questions={name: f"{name}? {HARM}" for name in HOSTILE},
        trace_page=visualize(trace, title=HARM),
    )
    browser.open(url)
    _begin(browser)
    browser.wait("document.querySelector('iframe').contentDocument?.documentElement?.dataset.ready")
    for number, _ in enumerate(HOSTILE, start=1):
        browser.fill(f"textarea[name=answer-{number}]", f"{number} {HARM}")
    browser.run("window.names = []")
    browser.run("HTMLAnchorElement.prototype.click = function () { names.push(this.download); }")

    response = _saved(browser, tmp_path / "answers")

    expected = {name: f"{number} {HARM}" for number, name in enumerate(HOSTILE, start=1)}
    assert response.answers == expected
    assert (response.participant, response.task) == (f"../{HARM}", "nul" * 200)
    (name,) = browser.run("names")
    assert re.fullmatch(r"[\w.-]{1,190}\.response\.json", name)
    assert "/" not in name
    for document in ("window", "document.querySelector('iframe').contentWindow"):
        assert browser.run(f"{document}.harmed ?? null") is None

    assert "49" not in browser.run("document.querySelector('label').innerText")
    assert browser.problems() == []
