"""Every form of the same data gives the same answer, whichever public function reads it."""

import decimal
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bench

pd = pytest.importorskip("pandas")
pa = pytest.importorskip("pyarrow")

Form = Callable[[list[float]], Any]
FORMS: dict[str, Form] = {
    "tuple": tuple,
    "array": np.array,
    "float32-exact array": lambda values: np.array(values, dtype=np.float32),
    "objects": lambda values: np.array(values, dtype=object),
    "numpy scalars": lambda values: [np.float64(value) for value in values],
    "decimals": lambda values: [decimal.Decimal(value) for value in values],
    "generator": lambda values: (value for value in values),
    "masked array": lambda values: np.ma.array(values, mask=[False] * len(values)),
    "series": pd.Series,
    "nullable series": lambda values: pd.Series(values, dtype="Float64"),
    "arrow array": pa.array,
    "arrow chunks": lambda values: pa.chunked_array([values[:3], values[3:]]),
}
MISSING: dict[str, Form] = {
    "None": lambda values: [None, *values],
    "NaN": lambda values: np.array([math.nan, *values]),
    "pd.NA": lambda values: [pd.NA, *values],
    "NaT": lambda values: [pd.NaT, *values],
    "masked": lambda values: np.ma.array([0.0, *values], mask=[True] + [False] * len(values)),
    "a masked element": lambda values: [np.ma.masked, *values],
    "nullable": lambda values: pd.Series([None, *values], dtype="Float64"),
    "arrow": lambda values: pa.array([None, *values]),
    "decimal NaN": lambda values: [decimal.Decimal("NaN"), *values],
}

ONE: dict[str, Callable[[Any], object]] = {
    "mean_interval": bench.mean_interval,
    "quantile_interval": lambda x: bench.quantile_interval(x, 0.5),
    "bootstrap_interval": lambda x: bench.bootstrap_interval(x, resamples=100),
    "confidence_interval": bench.confidence_interval,
    "describe": bench.describe,
    "percentile": lambda x: bench.percentile(x, 0.5),
    "one_sample_t": bench.one_sample_t,
    "normality": bench.normality,
    "anderson_darling": lambda x: bench.anderson_darling(x, mean=4.0, sd=2.0),
    "kolmogorov_smirnov_normal": lambda x: bench.kolmogorov_smirnov_normal(x, mean=4.0, sd=2.0),
    "eval_score": bench.eval_score,
    "correlated_t": lambda x: bench.correlated_t(x, correlation=0.1),
    "confidence_sequence": lambda x: bench.confidence_sequence(x, low=0, high=64),
    "statistics": bench.Statistics.summary,
}
TWO: dict[str, Callable[[Any, Any], object]] = {
    "compare": bench.compare,
    "welch_t": bench.welch_t,
    "student_t": bench.student_t,
    "yuen_t": bench.yuen_t,
    "mann_whitney": bench.mann_whitney,
    "brunner_munzel": bench.brunner_munzel,
    "permutation_test": lambda x, y: bench.permutation_test(x, y, resamples=100),
    "kolmogorov_smirnov": bench.kolmogorov_smirnov,
    "variance_ratio": bench.variance_ratio,
    "effect_size": bench.effect_size,
    "cliffs_delta": bench.cliffs_delta,
    "probability_of_superiority": bench.probability_of_superiority,
    "compare_ratio": bench.compare_ratio,
    "anova": lambda x, y: bench.anova({"a": x, "b": y}),
    "welch_anova": lambda x, y: bench.welch_anova([x, y]),
    "kruskal_wallis": lambda x, y: bench.kruskal_wallis([x, y]),
    "equal_spread": lambda x, y: bench.equal_spread([x, y]),
    "compare_many": lambda x, y: bench.compare_many({"a": x, "b": y}),
    "posthoc": lambda x, y: bench.posthoc({"a": x, "b": y}),
    "pool_scores": lambda x, y: bench.pool_scores({"a": x, "b": y}),
    "equivalence": lambda x, y: bench.equivalence(x, y, low=-1, high=1),
    "bayes_mean": bench.bayes_mean,
}
PAIRED: dict[str, Callable[[Any, Any], object]] = {
    "compare_paired": bench.compare_paired,
    "paired_t": bench.paired_t,
    "wilcoxon": bench.wilcoxon,
    "sign_test": bench.sign_test,
    "sign_flip_test": lambda x, y: bench.sign_flip_test(x, y, resamples=100),
    "correlation": bench.correlation,
    "rank_biserial": bench.rank_biserial,
    "d_av": lambda x, y: bench.effect_size(x, y, kind="d_av"),
    "compare_quantile": lambda x, y: bench.compare_quantile(x, y, quantile=0.5, resamples=100),
    "eval_compare": bench.eval_compare,
    "minimum_detectable_effect": bench.minimum_detectable_effect,
    "repeated_anova": lambda x, y: bench.repeated_anova({"a": x, "b": y}),
    "friedman": lambda x, y: bench.friedman({"a": x, "b": y}),
    "compare_many_paired": lambda x, y: bench.compare_many_paired({"a": x, "b": y}),
    "agreement": lambda x, y: bench.agreement(x, y, method="krippendorff", metric="interval"),
    "paired equivalence": lambda x, y: bench.equivalence(x, y, low=-1, high=1, paired=True),
    "prediction_powered_mean": lambda x, y: bench.prediction_powered_mean(x, y, [3.0, 4.0] * 9),
    "fit_curves": lambda x, y: bench.fit_curves(
        x, y, errors=[0.5] * 8, families=("constant", "linear", "logarithmic")
    ),
    "paired_confidence_sequence": lambda x, y: bench.paired_confidence_sequence(x, y, high=64),
}

# Multiples of 1/4: every form holds them exactly.
X = [1.25, 2.5, 3.0, 7.75, 4.5, 5.25, 2.0, 6.5]
Y = [2.25, 2.75, 5.5, 7.0, 6.5, 8.25, 2.5, 9.0]
IDS = [f"q{place}" for place in range(len(X))]
ORDER = [3, 0, 7, 5, 1, 2, 6, 4]


def shown(result: object) -> str:
    return repr(result)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", [*ONE, *TWO, *PAIRED])
def test_every_form_of_the_same_numbers_gives_the_same_answer(name: str, form: str) -> None:
    make = FORMS[form]

    if name in ONE:
        assert shown(ONE[name](make(X))) == shown(ONE[name](X))
    else:
        function = TWO.get(name) or PAIRED[name]
        assert shown(function(make(X), make(Y))) == shown(function(X, Y))


@pytest.mark.parametrize("mark", MISSING)
@pytest.mark.parametrize("name", [*ONE, *TWO, *PAIRED])
def test_every_missing_mark_is_the_same_missing_value(name: str, mark: str) -> None:
    make = MISSING[mark]

    def outcome(x: Any, y: Any) -> str:
        try:
            if name in ONE:
                return shown(ONE[name](x))
            return shown((TWO.get(name) or PAIRED[name])(x, y))
        except bench.BenchError as error:
            return f"{type(error).__name__}: {error}"

    marked = outcome(make(X), [1.0, *Y])

    assert marked == outcome([None, *X], [1.0, *Y])
    assert "Error" in marked or name == "agreement"


@pytest.mark.parametrize("name", PAIRED)
@pytest.mark.parametrize("kind", ["mapping", "series", "mapping and series"])
@settings(deadline=None, max_examples=5)
@given(order=st.permutations(range(len(X))))
def test_pairs_are_matched_by_id_in_any_order(name: str, kind: str, order: list[int]) -> None:
    x: Any = dict(zip(IDS, X, strict=True))
    y: Any = {IDS[place]: Y[place] for place in order}
    if kind == "series":
        x = pd.Series(x)
    if kind != "mapping":
        y = pd.Series(y)

    assert shown(PAIRED[name](x, y)) == shown(PAIRED[name](X, Y))


@pytest.mark.parametrize("name", PAIRED)
def test_a_series_that_was_sorted_is_matched_by_its_index(name: str) -> None:
    x, y = pd.Series(X), pd.Series(Y)

    assert shown(PAIRED[name](x, y.sort_values())) == shown(PAIRED[name](X, Y))


@pytest.mark.parametrize("name", PAIRED)
@pytest.mark.parametrize(
    ("x", "y"),
    [
        pytest.param(dict(zip(IDS, X, strict=True)), Y, id="one side without ids"),
        pytest.param(X, Y[:-1], id="a value too few"),
        pytest.param(pd.Series(X), pd.Series(Y[:-1]), id="a row too few"),
        pytest.param(
            dict(zip(IDS, X, strict=True)),
            dict(zip([*IDS[:-1], None], Y, strict=True)),
            id="an id that is missing",
        ),
        pytest.param(
            dict(zip(IDS, X, strict=True)),
            dict(zip([*IDS[:-1], "other"], Y, strict=True)),
            id="another item",
        ),
        pytest.param(set(X), Y, id="a set"),
        pytest.param("text", Y, id="text"),
        pytest.param([X, Y], Y, id="a table"),
        pytest.param([10**400, *X[1:]], Y, id="a number beyond floats"),
        pytest.param([*X[:-1], "6"], Y, id="text among numbers"),
    ],
)
def test_what_cannot_be_paired_is_refused_as_a_bench_error(name: str, x: Any, y: Any) -> None:
    if name == "agreement" and isinstance(y, dict) and "other" in y:
        y = Y[:-1]  # a rater may leave an item out

    with pytest.raises(bench.BenchError):
        PAIRED[name](x, y)


CLUSTERS = ["a", "b", "a", "c", "c", "b", "d", "d"]
CLUSTERED: dict[str, Callable[[Any, Any, Any], object]] = {
    "compare_paired": lambda x, y, c: bench.compare_paired(x, y, clusters=c, sensitivity=False),
    "paired_t": lambda x, y, c: bench.paired_t(x, y, clusters=c),
    "eval_compare": lambda x, y, c: bench.eval_compare(x, y, clusters=c),
    "eval_score": lambda x, y, c: bench.eval_score(x, clusters=c),
    "clustered_mean": lambda x, y, c: bench.clustered_mean(x, c),
    "mean_interval": lambda x, y, c: bench.mean_interval(x, clusters=c),
    "quantile_interval": lambda x, y, c: bench.quantile_interval(x, 0.5, clusters=c, resamples=100),
    "bootstrap_interval": lambda x, y, c: bench.bootstrap_interval(
        x, method="percentile", clusters=c, resamples=100
    ),
    "compare_quantile": lambda x, y, c: bench.compare_quantile(
        x, y, quantile=0.5, clusters=c, resamples=100
    ),
    "compare_ratio": lambda x, y, c: bench.compare_ratio(x, y, paired=True, clusters=c),
}


@pytest.mark.parametrize("name", CLUSTERED)
def test_clusters_by_id_are_those_of_the_items(name: str) -> None:
    function = CLUSTERED[name]
    x, y = dict(zip(IDS, X, strict=True)), dict(zip(IDS, Y, strict=True))
    clusters = {IDS[place]: CLUSTERS[place] for place in ORDER} | {"another item": "z"}

    right = shown(function(X, Y, CLUSTERS))

    assert shown(function(x, y, clusters)) == right
    assert shown(function(x, y, CLUSTERS)) == right
    assert shown(function(x, y, pd.Series(clusters))) == right
    assert shown(function(pd.Series(x), pd.Series(y), clusters)) == right


@pytest.mark.parametrize("name", CLUSTERED)
@pytest.mark.parametrize(
    "clusters",
    [
        pytest.param([None, *CLUSTERS[1:]], id="None"),
        pytest.param([math.nan, *CLUSTERS[1:]], id="NaN"),
        pytest.param([pd.NA, *CLUSTERS[1:]], id="pd.NA"),
        pytest.param(CLUSTERS[1:], id="one too few"),
        pytest.param(dict(zip(IDS[1:], CLUSTERS[1:], strict=True)), id="an item without one"),
        pytest.param("abcdefgh", id="text"),
        pytest.param([["a"]] * 8, id="lists"),
        pytest.param(["a"] * 8, id="one cluster"),
    ],
)
def test_clusters_with_a_gap_are_refused(name: str, clusters: Any) -> None:
    x, y = dict(zip(IDS, X, strict=True)), dict(zip(IDS, Y, strict=True))

    with pytest.raises(bench.BenchError):
        CLUSTERED[name](x, y, clusters)


@pytest.mark.parametrize("shared", ["a", "z"])
def test_a_group_in_one_cluster_is_refused_also_where_the_other_group_has_it(shared: str) -> None:
    with pytest.raises(bench.NotEnoughDataError, match="one cluster"):
        bench.compare(X, Y, clusters=(list("aabbccdd"), [shared] * 8))


def test_absent_items_are_dropped_on_request_and_counted() -> None:
    x, y = dict(zip(IDS, X, strict=True)), dict(zip(IDS[1:], Y[1:], strict=True))

    found = bench.compare_paired(x, y, missing="omit")

    assert (found.n["pairs"], found.n_dropped) == (7, 1)
    assert "DROPPED_MISSING" in {each.id for each in found.warnings}


def test_two_groups_of_one_name_are_refused() -> None:
    with pytest.raises(bench.InvalidDataError, match="two groups are called '1'"):
        bench.anova({1: X, "1": Y})  # type: ignore[dict-item]  # the mistake under test
    with pytest.raises(bench.InvalidDataError, match="no name"):
        bench.anova({None: X, "b": Y})  # type: ignore[dict-item]  # the mistake under test


@pytest.mark.parametrize("gap", [None, float("nan"), np.ma.masked, pd.NA, pd.NaT])
def test_one_gap_among_many_labels_is_found_with_its_place(gap: Any) -> None:
    labels: list[Any] = [place // 10 for place in range(200)]
    labels[137] = gap

    with pytest.raises(bench.InvalidDataError, match="position 137"):
        bench.eval_score([0, 1] * 100, clusters=labels)
