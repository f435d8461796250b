"""Every public function that gives an interval is in the coverage gate, or has a reason."""

import inspect
import re
from pathlib import Path

import pytest

import bench

GATE = Path(__file__).parents[4] / "tests" / "benchmarks"
SAME = {
    "ab_test": "of compare and compare_paired",
    "ablation": "of compare_paired",
    "cohens_d": "of standardized_difference",
    "compare_rows": "of compare and compare_many",
    "confidence_interval": "of mean_interval, quantile_interval and bootstrap_interval",
    "correlated_t": "an interval of the mean with a correlation that the caller states",
    "describe": "of mean_interval and quantile_interval",
    "effect_size": "of standardized_difference and of dominance",
    "mcnemar": "of mcnemar_from_counts",
    "one_proportion": "of proportion_interval",
    "student_t": "t as Welch's, with the pooled spread",
    "sweep": "of compare_many_paired",
    "two_proportions": "of two_proportions_from_counts",
}
NO_INTERVAL = {
    "adjust", "anderson_darling", "bayes_anova", "bayes_t", "clustered_mean",
    "correct_multiple_comparisons", "design_effect", "equal_spread", "exact_bootstrap",
    "f_from_eta_squared", "fit_curves", "group_sequential", "h_from_proportions",
    "kolmogorov_smirnov", "kolmogorov_smirnov_normal", "minimum_detectable_effect", "normality",
    "percentile", "permutation_test", "plan_budget", "power", "power_curve", "repeats_or_items",
    "sequential_mcnemar", "sign_flip_test", "variance_components",
}  # fmt: skip


def test_every_function_with_an_interval_is_in_the_coverage_gate() -> None:
    if not GATE.is_dir():
        pytest.skip("the benchmarks are part of the repository only")
    paths = [*GATE.glob("_stats_worlds*.py"), GATE / "bench_stats_coverage.py"]
    gate = "".join(path.read_text(encoding="utf-8") for path in paths)
    functions = {name for name in bench.__all__ if inspect.isfunction(getattr(bench, name))}

    missing = {name for name in functions if not re.search(rf"bench\.{name}\b", gate)}

    assert missing - NO_INTERVAL == {*SAME}
