"""Charts of points, pairs, distributions, matrices, ranks and times, drawn and as tables."""

import json
import random
import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import (
    Curve,
    Dot,
    EcdfFigure,
    IntervalFigure,
    LineFigure,
    MatrixFigure,
    MissingExtraError,
    PairedFigure,
    Point,
    RaincloudFigure,
    RankFigure,
    Report,
    ReportError,
    Sample,
    ScatterFigure,
    Section,
    TimelineFigure,
    TimeSpan,
    check_report,
    draw,
    figures_of,
    render,
    vega_lite,
)
from reporter._figures.tables import figure_table
from reporter._model.figures import FigureValue

_RANDOM = random.Random(1)
LEARNING = LineFigure(
    curves=[
        Curve(label="b", x=[1, 2, 4], y=[0.5, 0.7, 0.8], low=[0.4, 0.6, 0.7], high=[0.6, 0.8, 0.9])
    ],
    caption="Learning curve",
    x_axis="items",
    y_axis="accuracy",
)
RELIABILITY = LineFigure(
    curves=[Curve(label="model", x=[0.1, 0.5, 0.9], y=[0.2, 0.5, 0.7])],
    caption="Reliability",
    x_axis="confidence",
    y_axis="share correct",
    diagonal=True,
)
PARETO = ScatterFigure(
    dots=[
        Dot(label="cheap", x=1, y=0.7),
        Dot(label="good", x=3, y=0.9),
        Dot(label="beaten <b>", x=4, y=0.8),
        Dot(label="same height", x=2, y=0.9),
    ],
    caption="Cost and accuracy",
    x_axis="$ per 1,000 queries",
    y_axis="accuracy",
    front=True,
)
PAIRED = PairedFigure(
    before=[0.1, 0.5, 0.9, 0.2], after=[0.4, 0.6, 0.8, 0.9], caption="Pairs", axis="score"
)
CLOUDS = RaincloudFigure(
    samples=[
        Sample(label="a", values=[_RANDOM.gauss(0, 1) for _ in range(200)]),
        Sample(label="all equal", values=[1.0, 1.0]),
    ],
    caption="Clouds",
    axis="seconds",
)
MATRIX = MatrixFigure(
    rows=["a", "b & c"], columns=["a", "b & c"], values=[[1, 0.5], [None, 1]], caption="Agreement"
)
RANKS = RankFigure(
    ranks=[("a", 1.2), ("b", 1.9), ("c", 2.4), ("d", 3.9)], critical_difference=1.0, caption="Ranks"
)
TIMELINE = TimelineFigure(
    spans=[
        TimeSpan(label="m1", start=0, end=2),
        TimeSpan(label="m1", start=3, end=3),
        TimeSpan(label="m2", start=1, end=4),
    ],
    caption="Run",
    axis="time [s]",
)
CHARTS = [LEARNING, RELIABILITY, PARETO, PAIRED, CLOUDS, MATRIX, RANKS, TIMELINE]


def chart_report() -> Report:
    return Report(title="Charts", sections=[Section("All", CHARTS)])


@pytest.mark.parametrize("figure", CHARTS, ids=lambda each: each.caption)
def test_a_chart_is_well_formed_has_its_title_and_stays_inside(figure: FigureValue) -> None:
    markup = draw(figure)

    root = ET.fromstring(markup)  # noqa: S314  # made by the library itself
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == figure.caption
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for name, limit in (
        ("x1", width),
        ("x2", width),
        ("cx", width),
        ("y1", height),
        ("cy", height),
    ):
        assert all(
            -1 <= float(each) <= limit + 1 for each in re.findall(rf' {name}="(.*?)"', markup)
        )
    assert "nan" not in markup


def test_every_format_has_the_numbers_of_every_chart() -> None:
    report = chart_report()

    assert [str(finding) for finding in check_report(report)] == []
    assert figures_of(report) == tuple(CHARTS)
    assert Report.from_dict(json.loads(report.to_json())) == report


def test_the_front_holds_the_points_that_no_other_beats() -> None:
    assert [dot.label for dot in PARETO.front_dots] == ["cheap", "same height"]
    assert [row[3] for row in figure_table(PARETO).rows] == ["yes", "no", "no", "yes"]


def test_a_group_without_a_difference_is_joined() -> None:
    assert RANKS.cliques == ((1.2, 1.9), (1.9, 2.4))


@given(st.lists(st.floats(1, 9), min_size=2, max_size=8), st.floats(0, 5))
def test_cliques_are_maximal_and_within_the_difference(ranks: list[float], gap: float) -> None:
    figure = RankFigure(
        ranks=[(str(at), rank) for at, rank in enumerate(ranks)], critical_difference=gap
    )

    for first, last in figure.cliques:
        assert 0 < last - first <= gap
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(figure.cliques))


def test_the_page_draws_each_chart_with_its_classes() -> None:
    page = render(chart_report(), "html")

    assert page.count("<svg") == len(CHARTS)
    for name in ("band b0", "reference", "clique", "pair", "shade60", "edge e1"):
        assert f'class="{name}"' in page
    assert "beaten <b>" not in page


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Curve(label="a", x=[1], y=[1], low=[2], high=[3]), "does not hold its value"),
        (lambda: Curve(label="a", x=[1], y=[1], low=[0]), "at least one number"),
        (lambda: ScatterFigure(dots=[]), "1 to 60 Dot values"),
        (lambda: PairedFigure(before=[1], after=[1, 2]), "equal lengths"),
        (lambda: MatrixFigure(rows=["a"], columns=["a"], values=[[1, 2]]), "1 rows of 1"),
        (lambda: RankFigure(ranks=[("a", 1)], critical_difference=1), "2 to 60 ranks"),
        (lambda: TimeSpan(label="a", start=2, end=1), "before its start"),
        (lambda: TimelineFigure(spans=[]), "at least one TimeSpan"),
    ],
)
def test_a_chart_that_cannot_be_is_refused(make: object, message: str) -> None:
    with pytest.raises(ReportError, match=message):
        make()  # type: ignore[operator]  # every entry is a function


ALL = [
    *CHARTS,
    IntervalFigure(
        points=[Point(label="<b>", value=1, low=0, high=2), Point(label="no interval", value=1)],
        caption="Intervals",
        reference=0.5,
    ),
    IntervalFigure(points=[Point(label="a", value=1)], caption="Bars", bars=True),
    EcdfFigure(samples=[Sample(label="s", values=[1, 10, 100])], caption="ECDF", log=True),
]


@pytest.mark.slow
@pytest.mark.parametrize("figure", ALL, ids=lambda each: each.caption)
def test_vega_draws_each_figure_the_same_each_time(figure: FigureValue) -> None:
    pytest.importorskip("vl_convert")

    first, second = (draw(figure, engine="vega") for _ in range(2))

    assert first == second
    assert first.startswith("<svg")
    assert "<b>" not in first
    assert first.count("aria-roledescription") > 0


@pytest.mark.parametrize("figure", ALL, ids=lambda each: each.caption)
def test_a_specification_is_json_with_its_data_inside(figure: FigureValue) -> None:
    spec = json.loads(json.dumps(vega_lite(figure), allow_nan=False))

    assert spec["data"]["values"]
    assert "url" not in spec["data"]
    assert spec["description"] == figure.caption


def test_without_vl_convert_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "vl_convert", None)

    with pytest.raises(MissingExtraError, match=r"reporter\[charts\]"):
        draw(MATRIX, engine="vega")
    with pytest.raises(ReportError, match="own, vega"):
        draw(MATRIX, engine="gnuplot")  # type: ignore[arg-type]  # what a user may pass by mistake
