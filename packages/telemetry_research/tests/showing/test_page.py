"""The page of an experiment: complete, bounded, and without anything that runs."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from telemetry_research import FileStore, record, recording, scope, span, spans_of, write_page


class Reader(HTMLParser):
    """Collects the tags, and checks that they are closed in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.deepest = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "meta":
            self.opened.append(tag)
            self.deepest = max(self.deepest, len(self.opened))

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag


def read(path: Path) -> Reader:
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    assert not reader.opened
    return reader


def test_a_page_shows_metrics_failures_first_and_texts(tmp_path: Path) -> None:
    with recording("study", hypothesis="it works") as experiment:
        for number in range(30):
            with span("llm.request", model="m", prompt=f"question {number}") as one:
                one.set(cost_usd=0.001, success=number != 20)

    path = write_page(experiment, tmp_path / "p.html")
    text = path.read_text()

    read(path)
    assert text.index("question 20") < text.index("question 0")
    assert "96.67%" in text
    assert "it works" in text
    assert text.count("question") == 30


def test_tokens_that_no_request_states_are_unknown_and_of_a_part_at_least(tmp_path: Path) -> None:
    with recording("study") as experiment:
        record("llm.request.stop", {"input_tokens": 30})
        record("llm.request.stop", {"input_tokens": 12, "output_tokens": 0})
        record("ensemble.predict.stop")

    text = write_page(experiment, tmp_path / "p.html").read_text()

    rows = [re.findall("<td>(.*?)</td>", row) for row in text.split("<tr>")]
    found = {row[0]: row[-2:] for row in rows if row and row[0] in ("model", "predict")}
    assert found == {
        "predict": ["unknown", "unknown"],
        "model": ["42", "≥ 0 (1 of 2 known)"],
    }


def test_hostile_texts_stay_texts_and_nothing_is_loaded(tmp_path: Path) -> None:
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>\u202e\x1b]0;x\x07\"'"
    with recording(bad, tags=[bad], metadata={bad: bad}) as experiment:
        with span(bad, **{"model": bad, "prompt": bad, "key": bad, bad: [bad]}):
            record(bad, {}, {bad: bad})
        record("x.exception", {}, {"error_type": bad, "message": bad})

    path = write_page(experiment, tmp_path / "p.html")
    found, text = read(path), path.read_text(encoding="utf-8")

    assert found.tags.isdisjoint({"script", "img", "link", "iframe", "form", "a", "object"})
    assert found.attributes <= {"lang", "charset", "http-equiv", "content", "name", "class", "open"}
    assert "default-src 'none'" in text
    assert re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text) is None


@pytest.mark.slow
def test_ten_thousand_events_with_long_texts_fit(tmp_path: Path) -> None:
    with recording("many") as experiment:
        for number in range(5000):
            with span("llm.request", prompt="ü<" * 2000, answer="&" * 4000) as one:
                one.set(success=number % 100 != 0, rows={"deep": ["x" * 5000]})

    path = write_page(experiment, tmp_path / "p.html")

    assert len(experiment) == 10_000
    assert 500_000 < path.stat().st_size <= 2_000_000
    read(path)


@pytest.mark.slow
def test_a_deep_tree_and_starts_without_an_end_are_flat_below_a_depth(tmp_path: Path) -> None:
    with recording("deep") as experiment:
        for number in range(3000):
            record("step.start", {}, {"n": number})

    found = read(write_page(experiment, tmp_path / "p.html"))

    assert found.deepest < 60


@pytest.mark.slow
def test_many_events_are_counted_and_late_failures_shown(tmp_path: Path) -> None:
    with recording("long", store=FileStore(tmp_path / "e.arrows")) as experiment:
        for _ in range(21_000):
            record("a.stop", {"duration_ns": 5})
        record("late.exception", {}, {"error_type": "LateError"})

    text = write_page(experiment, tmp_path / "p.html").read_text()

    assert "1000 more events are not shown" in text
    assert "LateError" in text
    assert "21001" in text


def test_a_sum_of_some_costs_is_a_lower_bound_on_the_page_too(tmp_path: Path) -> None:
    with recording("costs") as experiment:
        record("llm.request.stop", {"cost_usd": 0.25})
        record("llm.request.stop")

    page = write_page(experiment, tmp_path / "run.html").read_text()

    assert "≥ $0.250000 (1 of 2 known)" in page


@pytest.mark.parametrize("cost", ["a lot", [1], {"usd": 1}, float("inf"), 1j])
def test_a_cost_that_is_not_a_number_is_shown_as_it_was_given(tmp_path: Path, cost: object) -> None:
    with recording("malformed") as experiment:
        record("llm.request.stop", {"cost_usd": cost})

    assert "llm.request" in write_page(experiment, tmp_path / "page.html").read_text()


def test_a_field_of_a_span_wins_over_an_attribute_of_its_name() -> None:
    with recording("named") as experiment, scope(item_id="i1"):
        record("llm.request.stop", {}, {"item_id": "other"})

    assert spans_of(experiment, experiment.id)[0].fields["item_id"] == "i1"


def test_every_table_scrolls_in_a_box_of_its_own(tmp_path: Path) -> None:
    with recording("wide") as experiment, span("llm.request", model="m"):
        record("x.exception", {}, {"error_type": "E"})
    text = write_page(experiment, tmp_path / "p.html").read_text(encoding="utf-8")

    assert ".wide{overflow-x:auto}" in text
    assert text.count('<div class="wide"><table>') == text.count("<table>") >= 3
    for shown in (experiment, experiment.metrics()):
        assert shown._repr_html_().count("overflow-x:auto") == shown._repr_html_().count("<table>")
