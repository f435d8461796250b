"""Whatever the data: no interval of width 0, and none that is NaN, without the id of a warning."""

import math
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bench

Column = list[float]
Run = Callable[[Column, Column], object]
LABELS = [f"t{place // 2}" for place in range(8)]


def marks(values: Column) -> list[str]:
    return LABELS[: len(values)]


def rows(x: Column, y: Column) -> dict[str, Any]:
    items = [*range(len(x)), *range(len(y))]
    return {"y": [*x, *y], "g": ["a"] * len(x) + ["b"] * len(y), "i": items}


def halves(x: Column, y: Column) -> dict[str, Any]:
    columns = rows(x, y)
    return columns | {"h": ["uv"[item % 2] for item in columns["i"]]}


def rates(x: Column) -> list[list[float]]:
    return [[value] * 3 for value in x]


def hits(x: Column) -> list[int]:
    return [int(5 * min(1, abs(value))) for value in x]


def table(x: Column, y: Column) -> list[list[int]]:
    return [[hits(x)[0], hits(x)[-1]], [hits(y)[0], hits(y)[-1]]]


CALLS: dict[str, Run] = {
    name: getattr(bench, name)
    for name in (
        "compare", "compare_paired", "compare_ratio", "eval_compare", "welch_t", "student_t",
        "paired_t", "yuen_t", "mann_whitney", "wilcoxon", "brunner_munzel", "sign_test", "mcnemar",
        "two_proportions", "unconditional_test", "variance_ratio", "correlation", "cohens_d",
        "hedges_g", "cohens_h", "cliffs_delta", "probability_of_superiority", "rank_biserial",
        "intraclass_correlation", "agreement", "bayes_mean", "paired_confidence_sequence",
    )
} | {
    "compare, grades": lambda x, y: bench.compare(x, y, scale="ordinal"),
    "compare, numbers": lambda x, y: bench.compare(x, y, scale="numeric"),
    "compare, clusters": lambda x, y: bench.compare(x, y, clusters=(marks(x), marks(y))),
    "compare, grades in clusters": lambda x, y: bench.compare(
        x, y, scale="ordinal", clusters=(marks(x), marks(y))
    ),
    "compare_paired, grades": lambda x, y: bench.compare_paired(x, y, scale="ordinal"),
    "compare_paired, clusters": lambda x, y: bench.compare_paired(x, y, clusters=marks(x)),
    "eval_compare, clusters": lambda x, y: bench.eval_compare(x, y, clusters=marks(x)),
    "compare_many": lambda x, y: bench.compare_many([x, y, x]),
    "compare_many, grades": lambda x, y: bench.compare_many([x, y, x], scale="ordinal"),
    "compare_many, clusters": lambda x, y: bench.compare_many(
        [x, y], scale="ordinal", clusters=[marks(x), marks(y)]
    ),
    "compare_many_paired": lambda x, y: bench.compare_many_paired([x, y, y]),
    "compare_many_paired, clusters": lambda x, y: bench.compare_many_paired(
        [x, y], scale="ordinal", clusters=marks(x)
    ),
    "compare_quantile": lambda x, y: bench.compare_quantile(x, y, quantile=0.5, resamples=100),
    "equivalence": lambda x, y: bench.equivalence(x, y, low=-1, high=1),
    "rank_biserial, clusters": lambda x, y: bench.rank_biserial(x, y, clusters=marks(x)),
    "correlation, clusters": lambda x, y: bench.correlation(x, y, clusters=marks(x)),
    "correlation, spearman": lambda x, y: bench.correlation(x, y, method="spearman"),
    "correlation, kendall": lambda x, y: bench.correlation(x, y, method="kendall"),
    "d_z": lambda x, y: bench.effect_size(x, y, kind="d_z"),
    "d_av": lambda x, y: bench.effect_size(x, y, kind="d_av"),
    "anova": lambda x, y: bench.anova([x, y, x]),
    "welch_anova": lambda x, y: bench.welch_anova([x, y, x]),
    "kruskal_wallis": lambda x, y: bench.kruskal_wallis([x, y, x]),
    "friedman": lambda x, y: bench.friedman([x, y, y]),
    "repeated_anova": lambda x, y: bench.repeated_anova([x, y, y]),
    "cochran_q": lambda x, y: bench.cochran_q([x, y, y]),
    "eta_squared_interval": lambda x, y: bench.eta_squared_interval([x, y]),
    "factorial_anova": lambda x, y: bench.factorial_anova(rows(x, y), outcome="y", factors=["g"]),
    "contrasts": lambda x, y: bench.contrasts(rows(x, y), outcome="y", factors=["g"], of="g"),
    "posthoc": lambda x, y: bench.posthoc([x, y, x], method="games-howell"),
    "alpha": lambda x, y: bench.agreement(x, y, method="krippendorff", metric="ordinal"),
    "weighted kappa": lambda x, y: bench.agreement(x, y, weights="linear"),
    "judged_rate": lambda x, y: bench.judged_rate(x, y, y),
    "judged_rate, clusters": lambda x, y: bench.judged_rate(x, y, y, clusters=(marks(x), marks(y))),
    "prediction_powered_mean": lambda x, y: bench.prediction_powered_mean(x, y, y),
    "meta_analysis": lambda x, y: bench.meta_analysis(x, [abs(value) + 1 for value in y]),
    "calibration": lambda x, y: bench.calibration([0.5 for _ in x], y, resamples=100),
    "censored_quantile": lambda x, y: bench.censored_quantile(
        [abs(value) + 1 for value in x], [value == 1 for value in y], quantile=0.5
    ),
    "mean_interval": lambda x, _: bench.mean_interval(x),
    "mean_interval, clusters": lambda x, _: bench.mean_interval(x, clusters=marks(x)),
    "quantile_interval": lambda x, _: bench.quantile_interval(x, 0.5),
    "bootstrap_interval": lambda x, _: bench.bootstrap_interval(x, resamples=100),
    "bootstrap of a median": lambda x, _: bench.bootstrap_interval(x, "median", resamples=100),
    "quantiles, bootstrap": lambda x, _: bench.quantile_interval(x, 0.5, method="bootstrap"),
    "quantiles, clusters": lambda x, _: bench.quantile_interval(x, 0.5, clusters=marks(x)),
    "describe": lambda x, _: bench.describe(x),
    "one_sample_t": lambda x, _: bench.one_sample_t(x),
    "eval_score": lambda x, _: bench.eval_score(x),
    "eval_score, repeats": lambda x, _: bench.eval_score(rates(x)),
    "eval_score, clusters": lambda x, _: bench.eval_score(x, clusters=marks(x)),
    "rate_interval": lambda x, _: bench.rate_interval(rates(x), clusters=marks(x)),
    "confidence_sequence": lambda x, _: bench.confidence_sequence(x),
    "pass_at_k": lambda x, _: bench.pass_at_k([5] * len(x), hits(x), 2),
    "pass_hat_k": lambda x, _: bench.pass_hat_k([5] * len(x), hits(x), 2, clusters=marks(x)),
    "pool_scores": lambda x, y: bench.pool_scores({"a": x, "b": y}),
    "reliability_profile": lambda x, _: bench.reliability_profile(rates(x), resamples=100),
    "reliability_profile, clusters": lambda x, _: bench.reliability_profile(
        rates(x), clusters=marks(x), resamples=100
    ),
    "generalized_accuracy": lambda x, y: bench.generalized_accuracy({"a": x, "b": y}),
    "generalized_accuracy, clusters": lambda x, y: bench.generalized_accuracy(
        {"a": x, "b": y}, clusters=marks(x)
    ),
    "generalized_accuracy, crossed": lambda x, y: bench.generalized_accuracy(
        {"a": x, "b": y, "c": x}, system_effects="random"
    ),
    "mixed_model": lambda x, y: bench.mixed_model(
        rows(x, y), outcome="y", fixed=["g"], random="i"
    ),
    "mixed_anova": lambda x, y: bench.mixed_anova(
        halves(x, y), outcome="y", id="i", between="h", within="g"
    ),
    "bayes_t": bench.bayes_t,
    "bradley_terry": lambda x, _: bench.bradley_terry([("a", "b", value) for value in x]),
    "goodness_of_fit": lambda x, _: bench.goodness_of_fit(hits(x)),
    "chi_square": lambda x, y: bench.chi_square(table(x, y)),
    "fisher_exact": lambda x, y: bench.fisher_exact(table(x, y)),
    "cochran_mantel_haenszel": lambda x, y: bench.cochran_mantel_haenszel([table(x, y)] * 2),
    "one_proportion": lambda x, _: bench.one_proportion(sum(hits(x)), 5 * len(x)),
    "bayes_proportions": lambda x, y: bench.bayes_proportions(
        sum(hits(x)), 5 * len(x), sum(hits(y)), 5 * len(y)
    ),
}  # fmt: skip

LEVELS = ([0.0, 1.0], [1.0], [0.0], [7.5], [1.0, 2.0, 3.0], [0.0, 0.0, 0.0, 0.0, 1e11], [-1.0, 0.5])


def columns(size: int) -> st.SearchStrategy[Column]:
    few = st.sampled_from(LEVELS).flatmap(
        lambda levels: st.lists(st.sampled_from(levels), min_size=size, max_size=size)
    )
    line = st.builds(
        lambda start, step: [start + step * place for place in range(size)],
        st.sampled_from([0.0, 1.0, -3.0]),
        st.sampled_from([1.0, 0.5, -2.0]),
    )
    return few | line


PAIRS = st.integers(2, 8).flatmap(lambda size: st.tuples(columns(size), columns(size)))


def parts(value: object) -> Iterator[object]:
    """The value and all that it holds."""
    yield value
    held: list[object] = []
    if is_dataclass(value):
        held = [getattr(value, each.name) for each in fields(value)]
    elif isinstance(value, dict):
        held = list(value.values())
    elif isinstance(value, list | tuple):
        held = list(value)
    for each in held:
        yield from parts(each)


def silent_faults(found: object) -> list[str]:
    """What is degenerate in a result that carries no warning."""
    every = list(parts(found))
    if any(isinstance(each, bench.Note) for each in every):
        return []
    faults = []
    for each in every:
        if isinstance(each, bench.Interval) and each.method != "none":
            if math.isnan(each.low) or math.isnan(each.high):
                faults.append(f"NaN: {each}")
            elif each.low == each.high:
                faults.append(f"no width: {each}")
        if isinstance(each, bench.Comparison) and math.isnan(each.p_value):
            faults.append(f"no p-value: {each}")
    return faults


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=20, deadline=None, derandomize=True)
@given(pair=PAIRS)
def test_what_is_degenerate_says_so(name: str, pair: tuple[Column, Column]) -> None:
    with np.errstate(all="ignore"):
        try:
            found = CALLS[name](*pair)
        except bench.BenchError:
            return

    assert silent_faults(found) == []
    assert str(found)


@pytest.mark.parametrize("count", [6, 60])
def test_a_shift_of_tied_values_says_that_its_interval_has_no_width(count: int) -> None:
    control, treatment = [0.0] * count + [1.0], [0.0] * count + [1.0]
    found = bench.mann_whitney(control, treatment)
    paired = bench.wilcoxon([0.0] * count, [0.0] * (count - 1) + [1.0])

    assert found.interval.width > 0 or "TIED_ENDS" in {each.id for each in found.warnings}
    assert paired.interval.width > 0 or paired.warnings


def test_ends_that_are_one_value_because_of_ties_are_told() -> None:
    values = [1.0] * 40 + [5.0] * 3
    texts = [f"t{place // 2}" for place in range(43)]
    for found in (
        bench.quantile_interval(values, 0.5),
        bench.quantile_interval(values, 0.5, method="bootstrap"),
        bench.quantile_interval(values, 0.5, clusters=texts),
        bench.bootstrap_interval([1.0] * 7 + [5.0], "median", method="percentile", resamples=200),
        bench.sign_test(values, [1.0] * 40 + [6.0] * 3).interval,
    ):
        assert found.low == found.high
        assert "TIED_ENDS" in {each.id for each in found.warnings}


def test_three_items_bound_no_correlation_and_one_sided_tests_have_one_sided_intervals() -> None:
    few = bench.correlation([1.0, 2.0, 3.0], [1.0, 3.0, 2.0])
    one_sided = bench.correlation([1.0, 2, 3, 4, 5], [1.0, 3, 2, 4, 6], alternative="greater")
    perfect = bench.correlation([1.0, 2, 3, 4], [2.0, 3, 4, 5], method="spearman")

    assert (few.interval.low, few.interval.high) == (-1.0, 1.0)
    assert "SMALL_SAMPLE" in {each.id for each in few.warnings}
    assert one_sided.interval.high == 1.0
    assert (one_sided.p_value < 0.05) == (one_sided.interval.low > 0)
    assert "PERFECT_CORRELATION" in {each.id for each in perfect.warnings}


def test_an_effect_below_chance_has_an_upper_end_above_zero() -> None:
    rows = [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0001]]
    for found in (
        bench.anova(rows),
        bench.kruskal_wallis(rows),
        bench.goodness_of_fit([10, 10, 10]),
    ):
        assert found.interval.low == 0.0
        assert found.interval.high > 0.05
        assert "BELOW_CHANCE" in {each.id for each in found.warnings}
    alike = bench.meta_analysis([0.1, 0.1, 0.1], [0.05, 0.05, 0.05]).tau_interval
    assert alike.high > 0
    assert "BELOW_CHANCE" in {each.id for each in alike.warnings}
    assert "BELOW_CHANCE" in {each.id for each in bench.eta_squared_interval(rows).warnings}


def test_counts_of_any_size_have_an_interval() -> None:
    """Cohen's w of huge counts is nearly certain."""
    found = bench.goodness_of_fit([10**11, 2 * 10**11])

    assert found.interval.low < found.estimate < found.interval.high
    assert found.interval.width < 1e-5


def test_raters_who_agree_on_all_items_have_a_lower_end_that_grows_with_the_items() -> None:
    few, many = (
        bench.intraclass_correlation(grades, grades).interval
        for grades in ([1.0, 2, 3, 4], [1.0, 2, 3, 4] * 10)
    )

    assert few is not None
    assert many is not None
    assert few.low < 0.5 < many.low < 1.0
