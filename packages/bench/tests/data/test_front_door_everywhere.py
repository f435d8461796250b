"""The functions that test_front_door.py leaves out read every form of a column in the same way."""

import collections
import datetime as dt
import decimal
import fractions
import inspect
import math
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bench

pd = pytest.importorskip("pandas")
pa = pytest.importorskip("pyarrow")

Form = Callable[[list[Any]], Any]
Run = Callable[[Form, Form], object]
"""A call whose columns of numbers the first form makes, and columns of labels the second."""

X = [1.25, 2.5, 3.0, 7.75, 4.5, 5.25, 2.0, 6.5]
Y = [2.25, 2.75, 5.5, 7.0, 6.5, 8.25, 2.5, 9.0]
A = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0]
B = [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0]
C = [0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0]
STATED = [0.75, 0.5, 0.25, 0.875, 0.5, 0.625, 0.75, 0.25]
P_VALUES = [0.0078125, 0.25, 0.5, 0.125, 0.0625, 0.5, 0.75, 1.0]
RIGHT = [3.0, 1.0, 5.0, 2.0, 0.0, 4.0, 5.0, 3.0]
WHO = list("uuvvwwxx")
HISTORY = {"a": A * 3, "b": B * 3, "c": C * 3}


def rows(m: Form, t: Form) -> dict[str, Any]:
    return {
        "y": m(X),
        "x": m(Y),
        "g": t(list("abababab")),
        "h": t(list("ppppqqqq")),
        "who": t(WHO),
    }


def repeats(m: Form) -> list[Any]:
    return [m(A[:2]), m(B[:2]), m(C[:2])]


def tables(m: Form) -> list[Any]:
    return [[m([8.0, 9.0]), m([3.0, 4.0])], [m([5.0, 4.0]), m([3.0, 7.0])]]


CALLS: dict[str, Run] = {
    "ab_test": lambda m, t: bench.ab_test(m(X), m(Y)),
    "ablation": lambda m, t: bench.ablation(m(X), m(Y), component="tools"),
    "sweep": lambda m, t: bench.sweep({"1": m(X), "2": m(Y)}),
    "ancova": lambda m, t: bench.ancova(rows(m, t), outcome="y", group="g", covariates=["x"]),
    "factorial_anova": lambda m, t: bench.factorial_anova(rows(m, t), outcome="y", factors=["g"]),
    "contrasts": lambda m, t: bench.contrasts(rows(m, t), outcome="y", factors=["g"], of="g"),
    "compare_rows": lambda m, t: bench.compare_rows(rows(m, t), value="y", group="g", id="who"),
    "mixed_anova": lambda m, t: bench.mixed_anova(
        rows(m, t), outcome="y", id="who", between="h", within="g"
    ),
    "assisted_design": lambda m, t: bench.assisted_design(
        {name: m(values) for name, values in HISTORY.items()}, n=20
    ),
    "bayes_anova": lambda m, t: bench.bayes_anova({"a": m(X), "b": m(Y)}),
    "bayes_t": lambda m, t: bench.bayes_t(m(X), m(Y), paired=True),
    "calibration": lambda m, t: bench.calibration(m(STATED), m(A), resamples=100),
    "censored_quantile": lambda m, t: bench.censored_quantile(m(X), m(C), quantile=0.5),
    "compare_censored_quantiles": lambda m, t: bench.compare_censored_quantiles(
        m(X), m(C), m(Y), m(C), quantile=0.25, resamples=100
    ),
    "clustered_mean": lambda m, t: bench.clustered_mean(m(X), t(WHO)),
    "cochran_q": lambda m, t: bench.cochran_q({"a": m(A), "b": m(B), "c": m(C)}),
    "cohens_d": lambda m, t: bench.cohens_d(m(X), m(Y)),
    "hedges_g": lambda m, t: bench.hedges_g(m(X), m(Y)),
    "cohens_h": lambda m, t: bench.cohens_h(m(A), m(B)),
    "standardized_difference": lambda m, t: bench.standardized_difference(m(X), m(Y)),
    "eta_squared_interval": lambda m, t: bench.eta_squared_interval({"a": m(X), "b": m(Y)}),
    "exact_bootstrap": lambda m, t: bench.exact_bootstrap(m(X[:4])),
    "generalized_accuracy": lambda m, t: bench.generalized_accuracy({"a": repeats(m)}),
    "intraclass_correlation": lambda m, t: bench.intraclass_correlation(m(X), m(Y)),
    "judged_rate": lambda m, t: bench.judged_rate(m(A), m([*A[:-1], 1.0]), m(B)),
    "mcnemar": lambda m, t: bench.mcnemar(m(A), m(B)),
    "pass_at_k": lambda m, t: bench.pass_at_k(m([5.0] * 8), m(RIGHT), k=2),
    "pass_hat_k": lambda m, t: bench.pass_hat_k(m([5.0] * 8), m(RIGHT), k=2),
    "prediction_powered_compare": lambda m, t: bench.prediction_powered_compare(
        {"a": [*A, *[None] * 8], "b": [*B, *[None] * 8]}, {"a": m([*B, *C]), "b": m([*A, *X])}
    ),
    "rate_interval": lambda m, t: bench.rate_interval(m(A), clusters=t(WHO)),
    "reliability_profile": lambda m, t: bench.reliability_profile(repeats(m), resamples=100),
    "repeats_or_items": lambda m, t: bench.repeats_or_items(repeats(m)),
    "variance_components": lambda m, t: bench.variance_components(repeats(m)),
    "eval_score of repeats": lambda m, t: bench.eval_score(repeats(m)),
    "sequential_mcnemar": lambda m, t: bench.sequential_mcnemar(m(A), m(B)),
    "two_proportions": lambda m, t: bench.two_proportions(m(A), m(B)),
    "unconditional_test": lambda m, t: bench.unconditional_test(m(A), m(B)),
    "adjust": lambda m, t: bench.adjust(m(P_VALUES)),
    "correct_multiple_comparisons": lambda m, t: bench.correct_multiple_comparisons(m(P_VALUES)),
    "meta_analysis": lambda m, t: bench.meta_analysis(m(X), m(Y)),
    "goodness_of_fit": lambda m, t: bench.goodness_of_fit(m([8.0, 9.0, 3.0]), m([0.25, 0.25, 0.5])),
    "group_sequential": lambda m, t: bench.group_sequential(m([0.25, 0.5, 1.0])),
    "chi_square": lambda m, t: bench.chi_square(tables(m)[0]),
    "fisher_exact": lambda m, t: bench.fisher_exact(tables(m)[0]),
    "cochran_mantel_haenszel": lambda m, t: bench.cochran_mantel_haenszel(tables(m)),
    "power_curve": lambda m, t: bench.power_curve("t", m([8.0, 9.0]), effect=0.5),
    "agreement by Fleiss": lambda m, t: bench.agreement(m(A), m(B), m(C), method="fleiss"),
    "agreement by Cohen": lambda m, t: bench.agreement(m(A), m(B)),
    "compare in clusters": lambda m, t: bench.compare(m(X), m(Y), clusters=(t(WHO), t(WHO))),
}
NUMBERS: dict[str, Form] = {
    "generator": iter,
    "values of a dict": lambda values: dict(enumerate(values)).values(),
    "deque": collections.deque,
    "array": np.array,
    "float32": lambda values: np.array(values, dtype=np.float32),
    "long doubles": lambda values: list(np.array(values, dtype=np.longdouble)),
    "arrays of 0 dimensions": lambda values: [np.array(value) for value in values],
    "fractions": lambda values: [fractions.Fraction(value) for value in values],
    "decimals": lambda values: [decimal.Decimal(value) for value in values],
    "masked": lambda values: np.ma.array(values, mask=[False] * len(values)),
    "Arrow-backed series": lambda values: pd.Series(values, dtype="double[pyarrow]"),
    "categorical": pd.Categorical,
    "Arrow scalars": lambda values: list(pa.array(values)),
    "Arrow dictionary": lambda values: pa.chunked_array([pa.array(values).dictionary_encode()]),
    "sparse": lambda values: pd.Series(pd.arrays.SparseArray(values)),
}
LABELS: dict[str, Form] = {
    "array": np.array,
    "arrays of 0 dimensions": lambda labels: [np.array(label) for label in labels],
    "categorical series": lambda labels: pd.Series(labels, dtype="category"),
    "string series": lambda labels: pd.Series(labels, dtype="string"),
    "Arrow dictionary": lambda labels: pa.array(labels).dictionary_encode(),
    "Arrow scalars": lambda labels: list(pa.array(labels)),
    "generator": iter,
}


class Unreadable:
    """A value whose conversion to a number raises something of its own."""

    def __float__(self) -> float:
        raise ZeroDivisionError


REFUSED: dict[str, Form] = {
    "one number": lambda _: np.array(1.5),
    "nothing": lambda _: None,
    "an object": lambda _: object(),
    "a function": lambda _: len,
    "bytes": lambda _: bytearray(b"12345678"),
    "text": lambda values: [str(value) for value in values],
    "array of text": lambda values: np.array([str(value) for value in values]),
    "complex numbers": lambda values: np.array(values) + 0j,
    "dates": lambda values: [dt.date(2026, 1, 1)] * len(values),
    "times": lambda values: np.array(["2026-01-01"] * len(values), "M8[ns]"),
    "durations": lambda values: np.arange(len(values)).astype("m8[ns]"),
    "a frame": lambda values: pd.DataFrame({"a": values, "b": values}),
    "an Arrow table": lambda values: pa.table({"a": values}),
    "sets": lambda values: [{value} for value in values],
    "mappings": lambda values: [{"value": value} for value in values],
    "records": lambda values: np.array([(v, v) for v in values], [("a", float), ("b", float)]),
    "foreign values": lambda values: [Unreadable() for _ in values],
    "infinite": lambda values: [math.inf, *values[1:]],
}
# What is right there although most functions refuse it.
CATEGORIES = {"text", "array of text", "complex numbers", "dates", "times", "durations"}
CATEGORIES |= {"foreign values", "infinite", "records"}
ALLOWED: dict[str, set[str]] = {
    "agreement by Fleiss": CATEGORIES,
    "agreement by Cohen": CATEGORIES,
    "eval_score of repeats": {"one number"},  # the repeats of an item may be one score
    "variance_components": {"one number"},
    "generalized_accuracy": {"one number"},
}


def plain(values: list[Any]) -> list[Any]:
    return values


def outcome(run: Run, numbers: Form = plain, labels: Form = plain) -> str:
    try:
        return repr(run(numbers, labels))
    except bench.BenchError as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.slow
@pytest.mark.parametrize("form", NUMBERS)
def test_every_form_of_numbers_gives_the_same_answer(form: str) -> None:
    exact = {name: run for name, run in CALLS.items() if name != "prediction_powered_compare"}

    for name, run in exact.items():
        assert outcome(run, NUMBERS[form]) == outcome(run), name


@pytest.mark.parametrize("form", LABELS)
def test_every_form_of_labels_gives_the_same_answer(form: str) -> None:
    for name in ("compare_rows", "clustered_mean", "rate_interval", "compare in clusters"):
        assert outcome(CALLS[name], labels=LABELS[form]) == outcome(CALLS[name]), name


@pytest.mark.parametrize("form", REFUSED)
def test_what_is_not_a_column_of_numbers_is_refused_as_a_bench_error(form: str) -> None:
    refused = {name: run for name, run in CALLS.items() if form not in ALLOWED.get(name, ())}

    for name, run in refused.items():
        assert "Error: " in outcome(run, REFUSED[form])[:40], name


def test_every_public_function_of_data_is_in_a_table_of_calls() -> None:
    tests = (Path(__file__), Path(__file__).with_name("test_front_door.py"))
    text = "".join(path.read_text(encoding="utf-8") for path in tests)
    of_numbers = {
        "bayes_mcnemar", "bayes_proportions", "design_effect", "equivalence_of_proportions",
        "f_from_eta_squared", "h_from_proportions", "mcnemar_from_counts", "one_proportion",
        "plan_budget", "proportion_interval", "two_proportions_from_counts",
    }  # fmt: skip
    elsewhere = {"assisted_mean", "bradley_terry", "mixed_model"}  # tests of their own

    functions = {name for name in bench.__all__ if inspect.isfunction(getattr(bench, name))}

    missing = {name for name in functions if f"bench.{name}" not in text}
    assert missing == of_numbers | elsewhere


def leaks(value: object, path: str) -> list[str]:
    """Where numbers of numpy stand in a result."""
    if isinstance(value, np.generic):
        return [path]
    if is_dataclass(value):
        parts = [(each.name, getattr(value, each.name)) for each in fields(value)]
    elif isinstance(value, dict):
        parts = [(repr(key), each) for key, each in value.items()]
        if any(isinstance(key, np.generic) for key in value):
            return [f"{path} has keys of numpy"]
    elif isinstance(value, list | tuple | set | frozenset):
        parts = [(str(place), each) for place, each in enumerate(value)]
    else:
        return []
    return [found for name, each in parts for found in leaks(each, f"{path}.{name}")]


@pytest.mark.parametrize("form", ["array", "long doubles", "Arrow-backed series"])
def test_no_result_holds_a_number_of_numpy(form: str) -> None:
    found = {name: leaks(run(NUMBERS[form], plain), name) for name, run in CALLS.items()}

    assert {name: each for name, each in found.items() if each} == {}
