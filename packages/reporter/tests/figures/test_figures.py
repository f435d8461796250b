"""Figures are drawn in the page, and every format has their numbers."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import (
    Curve,
    EcdfFigure,
    IntervalFigure,
    LineFigure,
    Point,
    Report,
    Sample,
    Section,
    render,
)
from reporter._figures.axes import linear, logarithmic
from reporter._figures.chart_tables import empirical_quantile

Figure = IntervalFigure | LineFigure | EcdfFigure


def page(figure: Figure) -> str:
    return render(Report(title="t", sections=[Section("s", [figure])]), "html")


def drawing(figure: Figure) -> str:
    found = re.search(r"<svg.*?</svg>", page(figure), re.DOTALL)
    assert found
    return found[0]


def table_rows(figure: Figure) -> list[list[str]]:
    """The rows of the table in Markdown, heads first."""
    text = render(Report(title="t", sections=[Section("s", [figure])]))
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [
        [cell.strip() for cell in row.strip("|").split("|")] for row in rows if "---" not in row
    ]


def coordinates(markup: str, tag: str, *names: str) -> list[list[float]]:
    return [
        [float(value) for name in names for value in re.findall(rf' {name}="([-\d.]+)"', each)]
        for each in re.findall(rf"<{tag}[^>]*>", markup)
    ]


finite = st.floats(min_value=-1e290, max_value=1e290)


@given(st.lists(finite, min_size=1, max_size=5), finite, finite)
def test_whatever_the_numbers_are_the_drawing_stays_inside(
    values: list[float], one: float, other: float
) -> None:
    points = [
        Point(label="a", value=value, low=min(one, other), high=max(one, other)) for value in values
    ]

    markup = drawing(IntervalFigure(points=points, reference=one, bars=True))

    assert "nan" not in markup
    assert "inf" not in markup.replace('class="interval', "")
    for x1, x2 in coordinates(markup, "line", "x1", "x2"):
        assert 200 <= min(x1, x2) <= max(x1, x2) <= 676


@given(finite, finite, st.lists(finite, max_size=3))
def test_a_scale_keeps_the_order_and_its_ticks_are_apart(
    one: float, other: float, more: list[float]
) -> None:
    values = sorted([one, other, *more])
    scale = linear(values, 100.0, 500.0)

    positions = [scale(value) for value in values]

    assert positions == sorted(positions)
    assert 100 - 1e-6 <= positions[0] <= positions[-1] <= 500 + 1e-6
    assert len(set(scale.ticks)) == len(scale.ticks) >= 2


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ((0.0, 1.0), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ((0.88, 0.95), ["0.88", "0.90", "0.92", "0.94", "0.96"]),
        ((0.0, 3e-7), ["0", "1e-07", "2e-07", "3e-07"]),
        ((0.0, 23000.0), ["0", "5,000", "10,000", "15,000", "20,000", "25,000"]),
    ],
)
def test_the_numbers_beside_an_axis_are_round(
    values: tuple[float, float], labels: list[str]
) -> None:
    scale = linear(values, 0.0, 1.0)

    assert [scale.tick_text(tick) for tick in scale.ticks] == labels


def test_a_logarithmic_axis_covers_its_values_in_equal_ratios() -> None:
    scale = logarithmic([3.0, 4000.0], 0.0, 400.0)

    assert [scale.tick_text(tick) for tick in scale.ticks] == ["1", "10", "100", "1,000", "10,000"]
    assert scale(10.0) - scale(1.0) == pytest.approx(scale(1000.0) - scale(100.0))


def test_bars_begin_at_zero_and_points_need_not() -> None:
    points = [Point(label="a", value=0.9), Point(label="b", value=-0.3)]

    bars = drawing(IntervalFigure(points=points, bars=True))

    (x1, width1), (x2, width2) = coordinates(bars, "rect", "x", "width")
    assert x2 + width2 == pytest.approx(x1, abs=0.11)
    assert width1 == pytest.approx(3 * width2, abs=0.5)
    assert "<circle" not in bars


def test_a_long_label_is_cut_in_the_drawing_and_whole_in_the_table() -> None:
    label = "a very long name of a condition that does not fit"
    figure = IntervalFigure(points=[Point(label=label, value=1.0)])

    assert label not in drawing(figure)
    assert f">{label}</th>" in page(figure)


def test_the_table_of_an_ecdf_has_percentiles_without_interpolation() -> None:
    """Ranks by hand: the smallest value that at least the share of the values do not exceed."""
    figure = EcdfFigure(
        samples=[Sample(label="a", values=list(range(100, 0, -1))), Sample(label="b", values=[7])],
        axis="latency [ms]",
        log=True,
    )

    head, first, second = table_rows(figure)

    assert head == ["", "n", "min", "P50", "P90", "P95", "P99", "max"]
    assert first == ["a", "100", "1", "50", "90", "95", "99", "100"]
    assert second == ["b", "1", "7", "7", "7", "7", "7", "7"]


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40).map(sorted),
    st.sampled_from([0.5, 0.9, 0.95, 0.99]),
)
def test_a_quantile_is_the_first_value_at_which_the_ecdf_reaches_it(
    ordered: list[float], quantile: float
) -> None:
    found = empirical_quantile(ordered, quantile)

    below = sum(value < found for value in ordered) / len(ordered)
    reached = sum(value <= found for value in ordered) / len(ordered)
    assert below < quantile <= reached + 1e-9


def test_an_ecdf_of_very_many_values_stays_small_and_ends_at_one() -> None:
    figure = EcdfFigure(samples=[Sample(label="a", values=[v * 0.37 for v in range(200_000)])])

    markup = drawing(figure)

    assert len(markup) < 40_000
    heights = [float(each) for each in re.findall(r"V([\d.]+)", markup)]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] == 12.0


def test_curves_go_through_their_points_and_the_table_of_a_long_one_is_thinned() -> None:
    short = Curve(label="short", x=[1, 2, 3], y=[0.5, 0.7, 0.8])
    long = Curve(label="long", x=range(1, 101), y=[each / 200 for each in range(100)])
    figure = LineFigure(curves=[short, long], x_axis="models", y_axis="accuracy")

    rows = table_rows(figure)
    markup = drawing(figure)

    assert rows[0] == ["", "models", "accuracy"]
    assert rows[1:4] == [["short", "1", "0.5"], ["short", "2", "0.7"], ["short", "3", "0.8"]]
    assert (rows[4], rows[-1]) == (["long", "1", "0"], ["long", "100", "0.495"])
    assert len(rows) == 1 + 3 + 25
    assert "75 points between these are left out" in page(figure)
    assert markup.count("<circle") == 3
    assert markup.count("<path") == 2
    assert 'class="curve c1"' in markup


def test_the_page_has_the_numbers_of_every_figure() -> None:
    figure = IntervalFigure(points=[Point(label="a", value=1.5, low=1.0, high=2.0)], axis="points")

    assert re.search(r'<th scope="row"[^>]*>a</th><td[^>]*>1.5</td>', page(figure))
    assert table_rows(figure) == [["", "points", "low", "high"], ["a", "1.5", "1", "2"]]
    assert table_rows(IntervalFigure(points=[Point(label="a", value=1.5)])) == [
        ["", "value"],
        ["a", "1.5"],
    ]
