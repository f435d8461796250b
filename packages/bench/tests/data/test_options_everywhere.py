"""A wrong value of any option of any public function is refused, used or not."""

import inspect
import math
from typing import Any

import numpy as np
import pytest

import bench

X = [1.25, 2.5, 3.0, 7.75, 4.5, 5.25, 2.0, 6.5]
Y = [2.25, 2.75, 5.5, 7.0, 6.5, 8.25, 2.5, 9.0]
A = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0]
STATED = [0.75, 0.5, 0.25, 0.875, 0.5, 0.625, 0.75, 0.25]
P_VALUES = [0.0078125, 0.25, 0.5, 0.125, 0.0625, 0.5, 0.75, 1.0]
B = [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0]
C = [0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0]
WHO = list("uuvvwwxx")
REPEATS = [[1, 0], [1, 1], [0, 1], [1, 1], [0, 0], [1, 1]]
ROWS = {"y": X, "x": Y, "g": list("abababab"), "h": list("ppppqqqq"), "who": WHO}
HISTORY = {"a": A * 3, "b": B * 3, "c": C * 3}
TABLE = [[8, 9], [3, 4]]
GAMES = [("a", "b", 1), ("b", "a", 1), ("a", "b", 0), ("a", "c", 1), ("c", "b", 1)]
UNLABELLED: list[Any] = [None] * 8
Call = tuple[tuple[Any, ...], dict[str, Any]]


def call(*data: Any, **needed: Any) -> Call:
    return data, needed


ONE, TWO, GROUPS = call(X), call(X, Y), call({"a": X, "b": Y, "c": STATED})
RIGHT = call(A, B)
CALLS: dict[str, Call] = {
    **dict.fromkeys(
        ("mean_interval", "bootstrap_interval", "confidence_interval", "describe"), ONE
    ),
    **dict.fromkeys(("one_sample_t", "normality", "exact_bootstrap", "eval_score"), ONE),
    **dict.fromkeys(("compare", "welch_t", "student_t", "yuen_t", "mann_whitney"), TWO),
    **dict.fromkeys(("brunner_munzel", "permutation_test", "kolmogorov_smirnov"), TWO),
    **dict.fromkeys(("variance_ratio", "effect_size", "cliffs_delta", "cohens_d", "hedges_g"), TWO),
    **dict.fromkeys(("probability_of_superiority", "standardized_difference"), TWO),
    **dict.fromkeys(("compare_ratio", "bayes_mean", "bayes_t", "ab_test", "compare_paired"), TWO),
    **dict.fromkeys(("paired_t", "wilcoxon", "sign_test", "sign_flip_test", "correlation"), TWO),
    **dict.fromkeys(("rank_biserial", "eval_compare", "minimum_detectable_effect"), TWO),
    **dict.fromkeys(("agreement", "intraclass_correlation", "fit_curves", "meta_analysis"), TWO),
    **dict.fromkeys(("cohens_h", "mcnemar", "sequential_mcnemar", "two_proportions"), RIGHT),
    **dict.fromkeys(("unconditional_test", "paired_confidence_sequence"), RIGHT),
    **dict.fromkeys(("anova", "welch_anova", "kruskal_wallis", "equal_spread", "posthoc"), GROUPS),
    **dict.fromkeys(("repeated_anova", "friedman", "compare_many", "compare_many_paired"), GROUPS),
    **dict.fromkeys(("sweep", "bayes_anova", "eta_squared_interval", "pool_scores"), GROUPS),
    "ablation": call(X, Y, component="tools"),
    "adjust": call(P_VALUES),
    "ancova": call(ROWS, outcome="y", group="g", covariates=["x"]),
    "anderson_darling": call(X, mean=4.0, sd=2.0),
    "assisted_design": call(HISTORY, n=20),
    "bayes_mcnemar": call(8, 5),
    "bayes_proportions": call(5, 10, 7, 10),
    "bradley_terry": call(GAMES),
    "calibration": call(STATED, A, resamples=100),
    "censored_quantile": call(X, C, quantile=0.5),
    "chi_square": call(TABLE),
    "clustered_mean": call(X, WHO),
    "cochran_mantel_haenszel": call([TABLE, [[5, 4], [3, 7]]]),
    "cochran_q": call({"a": A, "b": B, "c": C}),
    "compare_censored_quantiles": call(X, C, Y, C, quantile=0.25, resamples=100),
    "compare_quantile": call(X, Y, quantile=0.5, resamples=100),
    "compare_rows": call(ROWS, value="y", group="g"),
    "confidence_sequence": call(A),
    "contrasts": call(ROWS, outcome="y", factors=["g"], of="g"),
    "correct_multiple_comparisons": call(P_VALUES),
    "correlated_t": call(X, correlation=0.1),
    "equivalence": call(X, Y, low=-1.0, high=1.0),
    "equivalence_of_proportions": call(5, 10, 7, 10, low=-0.1),
    "factorial_anova": call(ROWS, outcome="y", factors=["g"]),
    "fisher_exact": call(TABLE),
    "generalized_accuracy": call({"a": A, "b": B}),
    "goodness_of_fit": call([8, 9, 3]),
    "group_sequential": call(1),
    "judged_rate": call(A, [*A[:-1], 1.0], B),
    "kolmogorov_smirnov_normal": call(X, mean=4.0, sd=2.0),
    "mcnemar_from_counts": call(40, 0, 0, 3),
    "mixed_anova": call(ROWS, outcome="y", id="who", between="h", within="g"),
    "mixed_model": call(ROWS, outcome="y", fixed=["g"], random="who"),
    "one_proportion": call(5, 10),
    "pass_at_k": call([5.0] * 8, [5.0] * 8, k=2),
    "pass_hat_k": call([5.0] * 8, [5.0] * 8, k=1),
    "percentile": call(X, quantile=0.5),
    "plan_budget": call(0.5, budget_usd=10.0, cost_per_item_usd=0.01),
    "power": call("t", n=20, effect=0.5),
    "power_curve": call("t", [8, 9], effect=0.5),
    "prediction_powered_compare": call(
        {"a": [*A, *UNLABELLED], "b": [*B, *UNLABELLED]}, {"a": [*B, *C], "b": [*A, *X]}
    ),
    "prediction_powered_mean": call(A, B, A * 3),
    "proportion_interval": call(5, 10),
    "quantile_interval": call(X, quantile=0.5),
    "rate_interval": call(A),
    "reliability_profile": call(REPEATS, resamples=100),
    "repeats_or_items": call(REPEATS),
    "two_proportions_from_counts": call(5, 10, 7, 10),
}
SHARES = ("level", "effect_level", "alpha", "goal", "quantile")
NO_NUMBER = ["x", [0.5], 1j, object(), math.nan, True, np.True_]
BY_NAME: dict[str, list[Any]] = {
    **{option: [*NO_NUMBER, -0.5, 1.5, 95] for option in SHARES},
    "seed": ["x", -1, 1.5, math.nan, None, [1], True, np.True_],
    "resamples": ["100", 0, -5, 1.5, math.nan, None, [1], True],
    "clusters": [7, "abc", object()],
    "ids": [7, "abc", ([1],), object()],
    "names": [7, "ab", ("a",), ("a", "a"), ("a", None), {"a", "b"}],
    "on_progress": [7],
    "prior": ["x", -1.0, math.nan, (1.0,), (1.0, -1.0)],
    "weights": [7, "no such"],
    "statistic": [7, "no such", []],
    "families": [7, ["no such"], []],
    "reference": [7, {"no such": "a"}],
}
OF_TYPE: dict[str, list[Any]] = {
    "bool": ["False", "", 2, None, math.nan],
    "float": NO_NUMBER,
    "int": ["x", [1], 1.5, math.nan, object(), True, np.True_],
}
# Columns of data, names of columns (the error lists those that there are), and settings of a test.
DATA = {"control", "treatment", "errors", "actions", "confidences", "perturbed", "violations"}
DATA |= {"severity", "outcome", "group", "id", "cluster", "of", "by", "value", "component"}
DATA |= {"between", "within", "factors", "covariates", "fixed", "random", "name", "settings"}


def wrong_values(option: str, annotation: str) -> list[Any]:
    if option in BY_NAME:
        return BY_NAME[option]
    plain = annotation.removesuffix(" | None")
    if plain in OF_TYPE:
        return OF_TYPE[plain]
    if annotation.startswith("Mapping"):
        return [7, "x", [1]]
    return ["no such", 7, [], "", b"x", np.array(["a", "b"])]  # one of a few names


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_value_of_an_option_is_refused_by_its_name(name: str) -> None:
    if name == "mixed_model":
        pytest.importorskip("statsmodels", reason="the extra 'models' is not installed")
    function: Any = getattr(bench, name)
    data, needed = CALLS[name]
    parameters = list(inspect.signature(function).parameters.values())
    positional = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
    taken = {*positional[: len(data)], *DATA}
    if any(each.kind is each.VAR_POSITIONAL for each in parameters):
        taken |= {"raters"}
    function(*data, **needed)
    accepted = []

    for each in parameters:
        if each.name in taken:
            continue
        for value in wrong_values(each.name, str(each.annotation)):
            try:
                function(*data, **{**needed, each.name: value})
            except bench.BenchError as error:
                if each.name in str(error):
                    continue
            accepted.append((each.name, value))

    assert accepted == []


def test_every_function_with_options_is_in_the_table() -> None:
    elsewhere = {"assisted_mean", "design_effect", "f_from_eta_squared", "h_from_proportions"}
    functions = {name for name in bench.__all__ if inspect.isfunction(getattr(bench, name))}

    assert functions - set(CALLS) == elsewhere | {"variance_components"}


def test_one_column_may_stand_without_a_list() -> None:
    single: Any = "g"

    found = bench.factorial_anova(ROWS, outcome="y", factors=single)

    assert repr(found) == repr(bench.factorial_anova(ROWS, outcome="y", factors=["g"]))


def test_numbers_of_other_libraries_are_options() -> None:
    found = bench.mean_interval(X, level=np.float64(0.95))

    assert type(found.level) is float
