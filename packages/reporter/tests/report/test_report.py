"""A report as text, JSON and a page in a notebook."""

import html
import json
import re

from reporter import Paragraph, Report, Section, TestLine, render

REPORT = Report(title="T <b>", sections=[Section("s", [TestLine(sentence="p = .5")])])


def test_a_report_has_its_text_in_each_format() -> None:
    assert str(REPORT) == REPORT.to_markdown() == render(REPORT, "markdown")
    assert REPORT.to_html() == render(REPORT, "html")
    assert json.loads(REPORT.to_json()) == REPORT.to_dict()


def test_a_report_with_half_a_surrogate_pair_is_valid_json() -> None:
    report = Report(title="a\ud83d", sections=[Section("s", [Paragraph("ü")])])

    text = report.to_json()

    assert text.isascii()
    assert json.loads(text)["title"] == "a\ud83d"


def test_a_notebook_shows_the_page_in_a_frame_without_scripts() -> None:
    shown = REPORT._repr_html_()  # the name that notebooks call

    found = re.fullmatch(
        r'<iframe sandbox="" title="([^"]*)" [^>]*srcdoc="([^"]*)"></iframe>', shown
    )
    assert found
    assert html.unescape(found[1]) == "T <b>"
    assert html.unescape(found[2]) == REPORT.to_html()
