"""Values near a common offset keep their digits: against exact rational arithmetic."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import bench

OFFSET = 2.0**40  # 1.1e12, where a float has steps of 1.2e-4
NOISE = np.random.default_rng(4).normal(size=(2, 24))
X, Y = ((OFFSET + each).tolist() for each in NOISE)
NEAR_X, NEAR_Y = ([value - OFFSET for value in each] for each in (X, Y))  # exact
CLUSTERS = [place % 5 for place in range(24)]


def root(value: Fraction) -> float:
    return math.isqrt(value.numerator * 10**60 // value.denominator) / 10**30


def cr2(values: list[float]) -> tuple[Fraction, Fraction]:
    """The mean and its squared CR2 error, exactly."""
    exact, n = [Fraction(value) for value in values], len(values)
    mean = sum(exact, Fraction(0)) / n
    total = Fraction(0)
    for label in set(CLUSTERS):
        own = [x - mean for x, each in zip(exact, CLUSTERS, strict=True) if each == label]
        total += sum(own, Fraction(0)) ** 2 / (1 - Fraction(len(own), n))
    return mean, total / n**2


def test_one_sample_t_keeps_the_digits_of_values_near_its_null_value() -> None:
    exact = [Fraction(value) for value in X]
    mean = sum(exact, Fraction(0)) / len(exact)
    square = sum(((x - mean) ** 2 for x in exact), Fraction(0)) / (len(exact) * (len(exact) - 1))

    found = bench.one_sample_t(X, OFFSET)

    assert found.statistic == pytest.approx(
        float(mean - Fraction(OFFSET)) / root(square), rel=1e-13
    )


def test_errors_between_clusters_keep_their_digits() -> None:
    mean, square = cr2(X)
    other, apart = cr2(Y)
    labels = [f"a{label}" for label in CLUSTERS], [f"b{label}" for label in CLUSTERS]

    two = bench.compare(X, Y, clusters=labels, sensitivity=False)

    assert bench.clustered_mean(X, CLUSTERS).se_cr2 == pytest.approx(root(square), rel=1e-13)
    assert bench.eval_score(X, clusters=CLUSTERS).se == pytest.approx(root(square), rel=1e-13)
    assert two.statistic == pytest.approx(float(other - mean) / root(square + apart), rel=1e-12)


def normality(method: Any) -> Callable[[Any, Any], float]:
    return lambda x, y: bench.normality(x, method=method).p_value


def spread(method: Any) -> Callable[[Any, Any], float]:
    return lambda x, y: bench.equal_spread([x, y], method=method).statistic


NORMALITY = ("shapiro", "dagostino", "lilliefors", "anderson-darling", "cramer-von-mises")
SPREADS = ("brown-forsythe", "levene", "levene-trimmed", "bartlett", "fligner")
AWAY: dict[str, Callable[[Any, Any], float]] = {
    **{f"normality, {method}": normality(method) for method in NORMALITY},
    **{f"equal_spread, {method}": spread(method) for method in SPREADS},
    "correlation": lambda x, y: bench.correlation(x, y).estimate,
    "correlation in clusters": lambda x, y: bench.correlation(x, y, clusters=CLUSTERS).statistic,
    "intraclass_correlation": lambda x, y: bench.intraclass_correlation(x, y).value,
    "clustered pairs": lambda x, y: bench.paired_t(x, y, clusters=CLUSTERS).statistic,
    "one cluster set for two groups": lambda x, y: (
        bench.compare(x, y, clusters=(CLUSTERS, CLUSTERS), sensitivity=False).statistic
    ),
}


@pytest.mark.parametrize("name", AWAY)
def test_an_offset_changes_no_statistic(name: str) -> None:
    assert AWAY[name](X, Y) == pytest.approx(AWAY[name](NEAR_X, NEAR_Y), rel=1e-11)


def test_the_signs_of_zeros_are_no_other_data() -> None:
    plain, signed = [0.0, 1.0, 0.0, 1.0], [-0.0, 1.0, -0.0, 1.0]

    assert bench.mcnemar(plain, plain[::-1]) == bench.mcnemar(signed, plain[::-1])
