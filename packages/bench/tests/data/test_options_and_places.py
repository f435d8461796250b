"""Options that are no numbers, values that no float is, and places by the names of arguments."""

import functools
import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import bench

X = [1.25, 2.5, 3.0, 7.75, 4.5, 5.25, 2.0, 6.5]
Y = [2.25, 2.75, 5.5, 7.0, 6.5, 8.25, 2.5, 9.0]
A = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0]
STATED = [0.75, 0.5, 0.25, 0.875, 0.5, 0.625, 0.75, 0.25]
P_VALUES = [0.0078125, 0.25, 0.5, 0.125, 0.0625, 0.5, 0.75, 1.0]


class WithOption:
    """The face of bench, whose functions get one more option where they take it."""

    def __init__(self, option: str, value: object) -> None:
        self.option, self.value, self.used = option, value, 0

    def __getattr__(self, name: str) -> object:
        found = getattr(bench, name)
        takes = inspect.isfunction(found) and self.option in inspect.signature(found).parameters
        self.used += takes
        return functools.partial(found, **{self.option: self.value}) if takes else found


@pytest.mark.parametrize("option", ["level", "alpha", "effect_level", "null_value", "scale"])
@pytest.mark.parametrize("value", ["0.95", 1j, [0.9]], ids=["text", "complex", "list"])
def test_an_option_that_is_no_number_is_refused_everywhere(option: str, value: object) -> None:
    face = WithOption(option, value)
    accepted = []
    for name, run in OPTIONS.items():
        face.used = 0
        try:
            run(face)
        except bench.BenchError:
            continue
        if face.used:
            accepted.append(name)

    assert not accepted


OPTIONS: dict[str, Callable[[Any], object]] = {
    "compare": lambda b: b.compare(X, Y),
    "compare_paired": lambda b: b.compare_paired(X, Y),
    "compare_many": lambda b: b.compare_many([X, Y]),
    "compare_many_paired": lambda b: b.compare_many_paired([X, Y]),
    "one_sample_t": lambda b: b.one_sample_t(X),
    "student_t": lambda b: b.student_t(X, Y),
    "welch_t": lambda b: b.welch_t(X, Y),
    "paired_t": lambda b: b.paired_t(X, Y),
    "compare_ratio": lambda b: b.compare_ratio(X, Y),
    "compare_quantile": lambda b: b.compare_quantile(X, Y, quantile=0.5, resamples=100),
    "correlated_t": lambda b: b.correlated_t(X, correlation=0.1),
    "bayes_t": lambda b: b.bayes_t(X, Y),
    "bayes_anova": lambda b: b.bayes_anova({"a": X, "b": Y}),
    "correct_multiple_comparisons": lambda b: b.correct_multiple_comparisons(P_VALUES),
    "anova": lambda b: b.anova([X, Y]),
    "friedman": lambda b: b.friedman([X, Y]),
    "equivalence": lambda b: b.equivalence(X, Y, low=-1, high=1),
    "mean_interval": lambda b: b.mean_interval(X),
    "eval_score": lambda b: b.eval_score(X),
}


@pytest.mark.parametrize("margin", ["1", 1j, None, [1]])
def test_a_bound_that_is_no_number_is_refused(margin: Any) -> None:
    rope: Any = "x" if margin is None else margin  # None has no region of equivalence
    for run in (
        lambda: bench.equivalence(X, Y, low=margin, high=9),
        lambda: bench.anderson_darling(X, mean=margin, sd=2.0),
        lambda: bench.kolmogorov_smirnov_normal(X, mean=4.0, sd=margin),
        lambda: bench.confidence_sequence(X, low=margin, high=64),
        lambda: bench.yuen_t(X, Y, trim=margin),
        lambda: bench.bayes_mean(X, Y, rope=rope),
    ):
        with pytest.raises(bench.BenchError):
            run()


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ([1, 2, "3", 4], "value 2 is '3'"),
        (["1", "2"], "value 0 is '1'"),
        ([1.0, 2j], "value 0 is 1.0|value 1 is 2j"),
        ([1.0, 2.0, math.inf], "value 2 is infinite"),
        ([1, 2**53 + 1, 3], "value 1 is 9007199254740993"),
        ([0.5, 2**53 + 1], "value 1 is 9007199254740993"),
        ([1, 2**64 + 1], "value 1 is 18446744073709551617"),
        (np.array([2**64 - 1, 1], dtype=np.uint64), "value 0 is 18446744073709551615"),
    ],
)
def test_what_no_float_is_is_refused_with_its_place(values: Any, place: str) -> None:
    for run in (bench.one_sample_t, lambda x: bench.compare_paired(x, x)):
        with pytest.raises(bench.InvalidDataError, match=place):
            run(values)


def test_large_whole_numbers_that_a_float_holds_are_read() -> None:
    exact = [2**53, 2**60, -(2**80), 10**20]

    assert bench.one_sample_t(exact).n == {"values": 4}
    assert bench.one_sample_t(np.array(exact[:2])).estimate == float(2**53 + 2**60) / 2


def test_places_have_the_names_of_the_arguments() -> None:
    text: Any = "a"
    groups: Any = {tuple(X), tuple(Y)}
    for run, name in (
        (lambda: bench.correlation(X, [text, *Y[1:]]), "y"),
        (lambda: bench.fit_curves([text, *X[1:]], Y), "x"),
        (lambda: bench.calibration(STATED, [text, *A[1:]]), "correct"),
    ):
        with pytest.raises(bench.InvalidDataError, match=f"^{name}: value 0"):
            run()
    with pytest.raises(bench.InvalidDataError, match="a set has no order"):
        bench.compare_many(groups)
