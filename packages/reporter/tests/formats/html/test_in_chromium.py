"""The page in a real browser without a network: drawn, quiet, and open to every reader."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from reporter import (
    Curve,
    Dot,
    EcdfFigure,
    LineFigure,
    MatrixFigure,
    PairedFigure,
    RaincloudFigure,
    RankFigure,
    Report,
    Sample,
    ScatterFigure,
    Section,
    TimelineFigure,
    TimeSpan,
    check_text,
    render,
)

from .browser import CHROMIUM, Browser

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
needs_charts = pytest.mark.skipif(find_spec("vl_convert") is None, reason="needs the extra charts")

CHECKS = Path(__file__).with_name("accessible.js").read_text(encoding="utf-8")
HARMFUL = "</script><script>window.harmed = 1</script><img src=x onerror='window.harmed = 1'>"
READERS = {
    "desktop": {"width": 1280},
    "dark": {"width": 1280, "dark": True},
    "phone": {"width": 380},
    "print": {"width": 800, "print_": True},
}


def figures() -> Section:
    """A figure of each kind, with texts that would be markup."""
    samples = [Sample(label=f"{HARMFUL} {at}", values=[at, at + 1.5, at + 2]) for at in range(2)]
    curves = [Curve(label=HARMFUL, x=[1, 2], y=[0.5, 0.7], low=[0.4, 0.6], high=[0.6, 0.8])]
    return Section(
        "Figures",
        [
            LineFigure(curves=curves, x_axis=HARMFUL, y_axis="y", caption=HARMFUL, diagonal=True),
            EcdfFigure(samples=samples, axis=HARMFUL),
            RaincloudFigure(samples=samples, axis="x"),
            ScatterFigure(
                dots=[Dot(label=HARMFUL, x=1, y=2), Dot(label="b", x=2, y=3)],
                x_axis="cost",
                y_axis="accuracy",
                front=True,
            ),
            PairedFigure(labels=(HARMFUL, "y"), before=[1, 2], after=[2, 3], axis="value"),
            MatrixFigure(rows=["a", "b"], columns=["a", "b"], values=[[1, 0.5], [0.5, 1]]),
            RankFigure(ranks=[("a", 1.2), ("b", 1.4), ("c", 2.9)], critical_difference=0.5),
            TimelineFigure(spans=[TimeSpan(label=HARMFUL, start=0, end=2)], axis="ms"),
        ],
    )


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture(scope="module")
def report(rich: Report) -> Report:
    return Report(title=HARMFUL, subtitle="all", sections=[*rich.sections, figures()])


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_every_reader_can_read_the_page(
    browser: Browser, report: Report, reader: str, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_text(render(report, "html"), encoding="utf-8")

    browser.size(**READERS[reader])  # type: ignore[arg-type]  # one value for each
    browser.open(path.as_uri())

    assert browser.run(CHECKS) == []
    assert browser.run("window.harmed") is None
    assert browser.requests() == [path.as_uri()]
    assert browser.problems() == []


def test_the_checks_find_what_they_look_for(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text(
        "<!DOCTYPE html><title>t</title><h1>a</h1><h3>b</h3><p style='color:#999'>pale</p>"
        "<main><nav></nav><a href=x></a><table><tr><td>1</td></tr></table><ul><p></p></ul>"
        "<div style='overflow-x:auto;width:9px'>wwwwwwwwwwww</div></main>"
    )

    browser.size(1280)
    browser.open(path.as_uri())

    rules = {each.split(":")[0] for each in browser.run(CHECKS)}
    assert rules >= {
        "language",
        "headings",
        "contrast 2.85",
        "nav without a name",
        "no name",
        "table without heads",
        "row without head",
        "not an item",
        "keys cannot scroll",
        "outside of landmarks",
    }


@pytest.mark.slow
@needs_charts
@pytest.mark.parametrize("reader", ["desktop", "dark", "phone"])
def test_vega_draws_the_figures_under_a_policy_that_allows_it_alone(
    browser: Browser, report: Report, reader: str, tmp_path: Path
) -> None:
    page = report.to_html(interactive=True)
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")

    browser.size(**READERS[reader])  # type: ignore[arg-type]  # one value for each
    browser.open(path.as_uri())
    browser.wait("document.documentElement.dataset.ready === '1'")

    drawn = browser.run(
        "[...document.querySelectorAll('figure')].map((each) => ["
        " each.querySelector('.chart svg') !== null, each.querySelector('.scroll').hidden])"
    )
    assert drawn == [[True, True]] * page.count("<figure>")
    assert browser.run(CHECKS) == []
    assert browser.run("window.harmed") is None
    assert browser.requests() == [path.as_uri()]
    assert browser.problems() == []
    # The policy holds for what comes later too.
    browser.run(
        "document.body.append(Object.assign(document.createElement('script'),"
        " {textContent: 'window.harmed = 1'}))"
    )
    assert browser.run("window.harmed") is None


@needs_charts
def test_the_script_is_there_on_request_only_and_once(report: Report) -> None:
    static, page = render(report, "html"), render(report, "html-interactive")

    assert "script-src" not in static
    assert len(static) < 300_000
    assert page.count('<script type="module">') == 1
    assert len(page) - len(static) < 1_000_000
    assert page == report.to_html(interactive=True)
    assert check_text(page, "html", report=report) == ()
    without = Report(title="t", sections=[])
    assert without.to_html(interactive=True) == without.to_html()
