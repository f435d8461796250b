"""Verdicts by intervals, costs of a gain, and many conditions in one matrix."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import (
    Cell,
    Interval,
    Number,
    Report,
    ReportError,
    Section,
    check_report,
    cost_per_point,
    difference_matrix,
    forest,
    render,
    verdict_on,
)


def points(value: float, low: float, high: float, p: float | None = None) -> Number:
    return Number(value=value, unit="points", interval=Interval(low=low, high=high), p=p)


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        (points(0.03, 0.012, 0.05), "SUPPORTED"),
        (points(0.03, 0.005, 0.05), "INCONCLUSIVE"),
        (points(0.0, -0.02, 0.009), "NOT SUPPORTED"),
        (Number(value=0.03, unit="points"), "INCONCLUSIVE"),
        (Number(value=None, unit="points"), "INCONCLUSIVE"),
    ],
)
def test_a_verdict_follows_from_the_interval(number: Number, verdict: str) -> None:
    made = verdict_on("b gains 1 pp", number, demand="above", threshold=0.01)

    assert made.verdict == verdict
    assert "the claim asks for above +1.0 pp." in render(
        Report(title="t", sections=[Section("s", [made])])
    )


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1), st.floats(-1, 1))
def test_demands_above_and_below_mirror_each_other(
    value: float, down: float, up: float, threshold: float
) -> None:
    number = points(value, value - down, value + up)
    mirror = points(-value, -value - up, -value + down)

    above = verdict_on("c", number, demand="above", threshold=threshold)
    below = verdict_on("c", mirror, demand="below", threshold=-threshold)

    assert above.verdict == below.verdict


def test_an_incomplete_run_decides_nothing() -> None:
    made = verdict_on("c", points(0.5, 0.4, 0.6), demand="above", threshold=0.1, complete=False)

    assert made.verdict == "INCOMPLETE"
    with pytest.raises(ReportError, match="not finite"):
        verdict_on("c", points(0, 0, 0), demand="above", threshold=math.nan)


@pytest.mark.parametrize(
    ("cost", "gain", "text"),
    [
        (0.02, 0.072, "$2.78 per 1,000 queries and pp"),
        (0.04, 0.08, "$5.00 per 1,000 queries and pp"),
        (0.00047, 0.054, "$0.0870 per 1,000 queries and pp"),
        (0.02, 0.0, "unknown"),
        (0.02, -0.01, "unknown"),
        (None, 0.05, "unknown"),
    ],
)
def test_the_cost_of_a_point_has_its_unit(cost: float | None, gain: float, text: str) -> None:
    """The first three are the corrected figures of the requirements (part 4.3)."""
    made = cost_per_point(
        Number(value=cost, unit="usd_per_query"), Number(value=gain, unit="points")
    )

    assert made.text == text
    with pytest.raises(ReportError, match="expected usd and points"):
        cost_per_point(Number(value=1.0), Number(value=1.0))


def test_thirty_conditions_are_one_matrix() -> None:
    names = [f"c{at}" for at in range(30)]
    differences = {
        (a, b): points(
            (i - j) / 100, (i - j) / 100 - 0.05, (i - j) / 100 + 0.05, p=0.04 if i > j + 9 else 0.5
        )
        for i, a in enumerate(names)
        for j, b in enumerate(names)
        if i > j
    }

    table = difference_matrix(names, differences, caption="All pairs")
    report = Report(title="t", sections=[Section("s", [table])])

    assert len(table.rows) == 30
    for number in range(30):
        for column in range(30):
            there, back = table.rows[number][column + 1], table.rows[column][number + 1]
            if isinstance(there, Cell) and isinstance(back, Cell):
                assert isinstance(there.content, Number)
                assert isinstance(back.content, Number)
                assert (there.content.value or 0) == -(back.content.value or 0)
    assert check_report(report) == ()
    assert len(render(report, "html")) < 300_000


def test_a_matrix_that_contradicts_itself_is_refused() -> None:
    pair = {("a", "b"): points(0.1, 0, 0.2), ("b", "a"): points(0.1, 0, 0.2)}

    with pytest.raises(ReportError, match="differs from its opposite"):
        difference_matrix(["a", "b"], pair)
    with pytest.raises(ReportError, match="unknown condition"):
        difference_matrix(["a"], {("a", "x"): points(0.1, 0, 0.2)})


def test_a_forest_plot_leaves_unknown_values_out() -> None:
    figure = forest(
        {"a": points(0.03, 0.01, 0.05), "b": Number(value=None), "c": points(0.1, -math.inf, 1)}
    )

    assert [(p.label, p.value, p.low) for p in figure.points] == [
        ("a", 3.0, 1.0),
        ("c", 10.0, None),
    ]
