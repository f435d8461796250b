"""The posterior of a mean difference and its region of practical equivalence."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

import bench


def test_paired_differences_have_students_posterior() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.normal(0, 1, 30), rng.normal(0.4, 1, 30)

    found = bench.bayes_mean(first, second, paired=True)

    frequentist = bench.paired_t(first, second)
    assert found.interval.low == pytest.approx(frequentist.interval.low)
    assert found.interval.high == pytest.approx(frequentist.interval.high)
    assert found.prob_less == pytest.approx(frequentist.p_value / 2)


def test_two_samples_agree_with_draws_from_their_posteriors() -> None:
    rng = np.random.default_rng(2)
    first, second = rng.normal(0, 1, 8), rng.normal(1, 4, 12)

    found = bench.bayes_mean(first, second, rope=0.5)

    def posterior(values: np.ndarray) -> np.ndarray:
        draws = stats.t(len(values) - 1).rvs(400_000, random_state=rng)
        return np.asarray(values.mean() + values.std(ddof=1) / math.sqrt(len(values)) * draws)

    gaps = posterior(second) - posterior(first)
    assert found.prob_greater == pytest.approx(float((gaps > 0.5).mean()), abs=0.004)
    assert found.prob_rope == pytest.approx(float((np.abs(gaps) <= 0.5).mean()), abs=0.004)
    assert found.interval.low == pytest.approx(float(np.quantile(gaps, 0.025)), abs=0.05)
    assert found.interval.high == pytest.approx(float(np.quantile(gaps, 0.975)), abs=0.05)


def test_the_three_probabilities_share_everything() -> None:
    found = bench.bayes_mean([0.1, 0.3, -0.2, 0.4, 0.0], rope=0.2)

    assert found.prob_rope is not None
    assert found.prob_less + found.prob_rope + found.prob_greater == pytest.approx(1)


def test_values_that_do_not_vary_have_no_posterior() -> None:
    with pytest.raises(bench.InvalidDataError, match="do not vary"):
        bench.bayes_mean([1.0, 1.0, 1.0])


def test_a_rope_without_width_is_refused() -> None:
    with pytest.raises(bench.InvalidOptionError, match="rope"):
        bench.bayes_mean([1.0, 2.0, 1.5], rope=0.0)


@pytest.mark.parametrize(
    ("metric", "alpha"),
    [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)],
)
def test_krippendorffs_own_example(metric: Any, alpha: float) -> None:
    """Krippendorff 2011, Computing Krippendorff's alpha-reliability, section C."""
    a = [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None]
    b = [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3]
    c = [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None]
    d = [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None]

    found = bench.agreement(a, b, c, d, method="krippendorff", metric=metric)

    assert found.value == pytest.approx(alpha, abs=5e-4)
