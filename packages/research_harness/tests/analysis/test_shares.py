"""Intervals of shares keep a width, and an error never raises their lower end."""

import numpy as np
import pytest

from research_harness import Metric
from research_harness._analysis.describe import describe
from research_harness._analysis.shares import share_difference, share_interval

ACCURACY = Metric(name="accuracy", column="correct", unit="share")
SCORE = Metric(name="score", column="score")


def rows_with_errors(items: int, repeats: int, errors: int) -> list[list[float]]:
    rows = [[1.0] * repeats for _ in range(items)]
    for item in range(errors):
        rows[item][0] = 0.0
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("items", [20, 100, 1000])
@pytest.mark.parametrize("repeats", [1, 2, 3, 5, 10])
@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("clustered", [True, False])
@pytest.mark.parametrize("exact", [True, False])
def test_an_error_never_raises_the_lower_end(
    items: int, repeats: int, binary: bool, clustered: bool, exact: bool
) -> None:
    clusters = [str(item // 2) for item in range(items)] if clustered else None

    lows = [
        share_interval(
            rows_with_errors(items, repeats, errors),
            binary=binary,
            level=0.95,
            clusters=clusters,
            exact=exact,
        ).low
        for errors in range(6)
    ]

    assert lows == sorted(lows, reverse=True)


@pytest.mark.parametrize("metric", [ACCURACY, SCORE])
@pytest.mark.parametrize("repeats", [1, 3])
def test_all_right_answers_leave_a_doubt(metric: Metric, repeats: int) -> None:
    values = {str(item): dict.fromkeys(range(repeats), 1.0) for item in range(100)}

    interval = describe(metric, values, level=0.95)["interval"]

    assert interval is not None
    assert 0.95 < float(interval["low"] or 0) < 0.97


def test_no_difference_seen_is_not_the_same_as_no_difference() -> None:
    same = [1.0] * 20

    interval = share_difference(same, same, level=0.95, clusters=None)

    assert interval.low < -0.1
    assert interval.high > 0.1


@pytest.mark.slow
@pytest.mark.parametrize("repeats", [1, 3, 5])
@pytest.mark.parametrize(("items", "rate"), [(20, 0.5), (100, 0.9), (100, 0.99), (300, 0.95)])
def test_the_interval_of_an_accuracy_holds_its_level(items: int, repeats: int, rate: float) -> None:
    random, held, runs = np.random.default_rng(3), 0, 300
    for _ in range(runs):
        chances = random.beta(rate * 2, (1 - rate) * 2, items)  # intraclass correlation 1/3
        answers = (random.random((items, repeats)) < chances[:, None]) * 1.0
        found = share_interval(answers.tolist(), binary=True, level=0.95, clusters=None)
        held += found.low <= rate <= found.high

    assert held / runs >= 0.91  # 95 % less three standard errors of 300 runs
