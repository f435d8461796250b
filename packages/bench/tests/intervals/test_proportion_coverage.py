"""Intervals of proportions cover 92 % at every rate, or have a warning: exact, by enumeration."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

import bench

RATES = np.linspace(0.01, 0.99, 99)
# Wilson's, Jeffreys' and Agresti and Coull's intervals are at 92 % for every n from here to 400.
WARNED_UP_TO = {"wilson": 102, "jeffreys": 314, "agresti-coull": 7, "clopper-pearson": 0}


def warned(n: int, method: Any) -> bool:
    found = bench.proportion_interval(n // 2, n, method=method)
    return "FEW_ITEMS" in {each.id for each in found.warnings}


def least_coverage(n: int, method: Any) -> float:
    found = [bench.proportion_interval(x, n, method=method) for x in range(n + 1)]
    low, high = np.array([each.low for each in found]), np.array([each.high for each in found])
    held = (low <= RATES[:, None]) & (RATES[:, None] <= high)
    return float((stats.binom.pmf(np.arange(n + 1), n, RATES[:, None]) * held).sum(axis=1).min())


@pytest.mark.parametrize("method", WARNED_UP_TO)
def test_below_92_percent_there_is_a_warning(method: Any) -> None:
    last = WARNED_UP_TO[method]
    sizes = [*range(1, 30), *range(max(30, last - 3), last + 40)]
    missed = {n for n in sizes if least_coverage(n, method) < 0.92}

    assert all(warned(n, method) for n in missed)
    assert max(missed, default=0) == last


@pytest.mark.parametrize("method", WARNED_UP_TO)
def test_the_warning_ends_where_the_coverage_holds(method: Any) -> None:
    last = WARNED_UP_TO[method]

    assert all(warned(n, method) for n in range(1, last + 1))
    assert not any(warned(n, method) for n in range(last + 1, last + 50))


def test_walds_interval_always_has_the_warning() -> None:
    assert least_coverage(300, "wald") < 0.92
    assert all(warned(n, "wald") for n in (5, 50, 300, 5000))


@pytest.mark.parametrize("method", ["wilson", "jeffreys", "agresti-coull", "clopper-pearson"])
@pytest.mark.parametrize("n", [103, 200, 1000])
def test_rates_near_zero_are_covered_or_have_a_warning(method: Any, n: int) -> None:
    rates = np.linspace(0.02, 15, 750)[:, None] / n
    successes = np.arange(min(n, 60) + 1)
    found = [bench.proportion_interval(int(x), n, method=method) for x in successes]
    held = np.array([[each.low, each.high] for each in found])
    inside = (held[:, 0] <= rates) & (rates <= held[:, 1])
    has_warning = np.array([bool(each.warnings) for each in found])

    shares = (stats.binom.pmf(successes, n, rates) * (inside | has_warning)).sum(axis=1)

    assert shares.min() >= 0.92
