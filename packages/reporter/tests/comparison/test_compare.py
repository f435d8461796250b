"""Two reports side by side."""

import json
from pathlib import Path

from reporter import (
    Interval,
    Number,
    Report,
    Section,
    Verdict,
    VerdictName,
    check_report,
    compare_reports,
    render,
)
from reporter.__main__ import main


def report(accuracy: float, cost: float | None, verdict: VerdictName, *more: Section) -> Report:
    interval = Interval(low=accuracy - 0.02, high=accuracy + 0.02)
    numbers = [
        Number(
            value=accuracy, unit="share", interval=interval, direction="higher", name="accuracy"
        ),
        Number(value=cost, unit="usd_per_query", direction="lower", name="cost"),
    ]
    section = Section("Results", [Verdict(claim="b wins", verdict=verdict)])
    return Report(title="Run", numbers=numbers, sections=[section, *more])


OLD = report(0.90, 0.001, "INCONCLUSIVE")
NEW = report(0.95, 0.002, "SUPPORTED", Section("More", []))


def test_numbers_verdicts_and_sections_are_compared() -> None:
    text = render(compare_reports(OLD, NEW))

    assert "2 numbers are in both reports; 2 of them changed." in text
    assert "+5.0 pp | better, outside of the old interval" in text
    assert r"+\$1.00 per 1,000 queries | worse" in text
    assert "| b wins | INCONCLUSIVE | SUPPORTED |" in text
    assert "only after: More" in text


def test_every_format_has_the_numbers_of_the_comparison() -> None:
    assert [str(finding) for finding in check_report(compare_reports(OLD, NEW))] == []


def test_equal_reports_have_no_change() -> None:
    text = render(compare_reports(OLD, OLD))

    assert "0 of them changed" in text
    assert "Both reports have the same sections." in text


def test_an_unknown_value_has_no_change() -> None:
    text = render(compare_reports(OLD, report(0.9, None, "SUPPORTED")))

    assert "unknown | - |" in text


def test_the_command_line_compares(tmp_path: Path) -> None:
    old, new, out = tmp_path / "old.json", tmp_path / "new.json", tmp_path / "c.html"
    old.write_text(json.dumps(OLD.to_dict()))
    new.write_text(json.dumps(NEW.to_dict()))

    assert main(["compare", str(old), str(new), str(out)]) == 0
    assert "outside of the old interval" in out.read_text()
