"""Reports of unusual sizes and values are made in every format, the same each time."""

import math
import random
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from reporter import (
    EcdfFigure,
    Interval,
    IntervalFigure,
    Number,
    Paragraph,
    Point,
    RaincloudFigure,
    Report,
    Sample,
    Section,
    Table,
    check_report,
    render,
    render_files,
    write,
)

NOTEBOOKS = ["jupyter"] if find_spec("nbformat") else []  # an extra
TEXT_FORMATS = ["csv", "html", "json", *NOTEBOOKS, "latex", "latex-twocolumn", "markdown", "typst"]


def experiment(conditions: int, values: list[float | None], samples: int = 50) -> Report:
    """A report of conditions whose numbers take the values in turn."""
    draws = random.Random(0)
    numbers = [
        Number(
            value=(value := values[at % len(values)]),
            unit="share",
            interval=None
            if value is None or not math.isfinite(value)
            else Interval(low=value - 0.01, high=value + 0.01),
            name=f"accuracy.c{at}",
        )
        for at in range(conditions)
    ]
    table = Table(
        columns=("Condition", "Accuracy", "Interval"),
        rows=[(f"c_{at}", each, each.as_interval) for at, each in enumerate(numbers)],
        caption="Accuracy",
    )
    points = [
        Point(label=f"c{at}", value=each.value)
        for at, each in enumerate(numbers)
        if each.value is not None and math.isfinite(each.value)
    ]
    clouds = [
        Sample(label=f"c{at}", values=[draws.gauss(0, 1) for _ in range(samples)])
        for at in range(min(conditions, 8))
    ]
    blocks: list[Any] = [table, EcdfFigure(samples=clouds), RaincloudFigure(samples=clouds)]
    figures = [IntervalFigure(points=points)] if points else []
    texts = [Paragraph([f"c{at}: ", each.as_full]) for at, each in enumerate(numbers)]
    return Report(title="Run", sections=[Section("Results", [*blocks, *figures, *texts])])


CASES = {
    "one condition": experiment(1, [0.9]),
    "zero variance": experiment(3, [0.5], samples=1),
    "all failed": experiment(3, [None]),
    "nan and infinity": experiment(4, [math.nan, math.inf, -math.inf, 0.5]),
    "fifty conditions": experiment(50, [0.9, 0.8, 1.0, 0.0]),
    "many samples": experiment(2, [0.9], samples=20_000),
}


@pytest.mark.slow
@pytest.mark.parametrize("report", CASES.values(), ids=CASES)
def test_every_format_has_its_numbers_and_the_same_bytes(report: Report) -> None:
    assert [str(finding) for finding in check_report(report)] == []
    for name in TEXT_FORMATS:
        assert render_files(report, name) == render_files(report, name)
    assert len(render(report, "html")) < 300_000
    assert Report.from_dict(report.to_dict()) == report


@pytest.mark.slow
@pytest.mark.parametrize("report", CASES.values(), ids=CASES)
def test_every_report_becomes_a_pdf(report: Report) -> None:
    pytest.importorskip("typst")

    assert render_files(report, "pdf") == render_files(report, "pdf")


def test_an_empty_report_is_a_page_in_every_format() -> None:
    report = Report(title="")

    for name in TEXT_FORMATS:
        assert render_files(report, name)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium")
def test_a_browser_without_network_shows_the_page_without_a_complaint(
    rich: Report, tmp_path: Path
) -> None:
    page = write(rich, tmp_path / "r.html")

    shown = subprocess.run(
        [
            *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"),
            *(
                "--proxy-server=127.0.0.1:9",
                f"--user-data-dir={tmp_path / 'profile'}",
                "--dump-dom",
            ),
            page.as_uri(),
        ],
        capture_output=True,
        check=True,
    )

    assert shown.stdout.count(b"<svg") == 3
    assert b"CONSOLE" not in shown.stderr
