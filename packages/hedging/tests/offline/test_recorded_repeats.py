"""Recorded repeats of one question as evidence of how alike two copies are."""

import math
import random
from pathlib import Path

import pytest

from hedging import DataError, Trace, analyze, read_trace


def repeated(alike: float, questions: int = 3000, seed: int = 1) -> Trace:
    """Each question twice; copies have the part ``alike`` of the log-variance in common."""
    generator = random.Random(seed)
    common = [generator.gauss(0, math.sqrt(alike)) for _ in range(questions)]
    latencies = [
        100 * math.exp(0.8 * (each + generator.gauss(0, math.sqrt(1 - alike))))
        for _ in range(2)
        for each in common
    ]
    items = tuple(f"question {number}" for number in range(questions)) * 2
    return Trace(latency_ms=tuple(latencies), items=items)


@pytest.mark.slow
@pytest.mark.parametrize("alike", [0.0, 0.5, 1.0])
def test_repeats_give_the_evidence_that_pairs_give(alike: float) -> None:
    trace = repeated(alike)
    first, second = trace.latency_ms[:3000], trace.latency_ms[3000:]

    found = analyze(trace).evidence
    given = analyze(trace.latency_ms, copies=zip(first, second, strict=True)).evidence

    assert found == given


def test_copies_that_are_alike_do_not_pay_and_independent_ones_do() -> None:
    assert analyze(repeated(1.0)).pays is False
    assert analyze(repeated(0.0)).pays is True


def test_pairs_that_are_given_come_before_repeats() -> None:
    trace = repeated(0.0)

    forecast = analyze(trace, copies=[(float(each), float(each)) for each in range(100, 800)])

    assert forecast.evidence is not None
    assert forecast.evidence.pairs == 700


def test_three_answers_of_one_question_are_one_pair() -> None:
    trace = Trace(latency_ms=(1.0, 2.0, 3.0), items=("a", "a", "a"))

    assert trace.repeats() == [(1.0, 2.0)]


def test_few_repeats_are_no_evidence() -> None:
    trace = repeated(0.0, questions=150)

    forecast = analyze(trace)

    assert forecast.evidence is None
    assert forecast.pays is None


def test_items_that_do_not_match_the_latencies_are_refused() -> None:
    with pytest.raises(DataError, match="items has 2 values and latency_ms 300"):
        analyze(Trace(latency_ms=(1.0,) * 300, items=("a", "b")))


def test_items_are_read_from_a_column(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("id,latency_ms\nq1,10\nq2,20\nq1,30\n")

    trace = read_trace(path, item="id")

    assert trace.items == ("q1", "q2", "q1")
    assert trace.repeats() == [(10.0, 30.0)]


@pytest.mark.parametrize("text", ["id,latency_ms\n,10\n", "latency_ms\n10\n"])
def test_a_row_without_its_item_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(text)

    with pytest.raises(DataError, match="id"):
        read_trace(path, item="id")
