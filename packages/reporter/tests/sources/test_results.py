"""Numbers, tables and lines from statistical results."""

import math
from types import SimpleNamespace
from typing import Any

import pytest

from reporter import (
    Report,
    ReportError,
    Section,
    check_report,
    line_from,
    number_from,
    results_table,
)


def result(estimate: float, low: float, high: float, p: float, **more: Any) -> Any:
    interval = SimpleNamespace(low=low, high=high, level=0.9, method="Wald")
    return SimpleNamespace(estimate=estimate, interval=interval, p_value=p, **more)


def test_a_result_becomes_a_number() -> None:
    number = number_from(result(0.031, 0.012, 0.05, 0.0016), unit="points", name="gain")

    assert number.as_full.text == "+3.1 pp, 90 % CI [+1.2 pp, +5.0 pp], p = .002"
    assert number_from(result(1.0, math.nan, 2.0, math.nan)).interval is None
    with pytest.raises(ReportError, match="int has no estimate"):
        number_from(3)  # type: ignore[arg-type]  # what a user may pass by mistake


def test_results_become_a_table_with_their_tests_as_footnotes() -> None:
    effects = {"g": SimpleNamespace(value=0.52, symbol="g")}
    found = {
        "b - a": result(0.03, 0.01, 0.05, 0.002, title="McNemar's test", effect_sizes=effects),
        "c - a": result(0.01, -0.01, 0.03, 0.4, title="McNemar's test"),
    }

    table = results_table(
        found, unit="points", p_adjusted={"b - a": 0.004}, adjustment="Holm", names="accuracy"
    )

    assert table.columns == ("Comparison", "Estimate", "90 % CI", "p", "p (Holm)", "Effect size")
    report = Report(title="t", sections=[Section("s", [table])])
    assert check_report(report) == ()
    assert report["accuracy.2"].text == "+1.0 pp"
    assert "g = 0.520" in report.to_markdown()
    assert "McNemar's test" in report.to_markdown()
    with pytest.raises(ReportError, match="results is empty"):
        results_table({})


def test_a_comparison_of_bench_fits() -> None:
    bench = pytest.importorskip("bench")
    compared = bench.compare_paired([1, 0, 1, 1, 0, 1, 1, 0] * 5, [1, 1, 1, 1, 0, 1, 1, 1] * 5)

    table = results_table({"second - first": compared}, unit="points")
    line = line_from(compared, label="second - first")

    number = number_from(compared, unit="points")
    assert number.value == pytest.approx(0.25)
    assert number.p == pytest.approx(compared.p_value)
    assert str(compared) == line.sentence
    assert check_report(Report(title="t", sections=[Section("s", [table, line])])) == ()
