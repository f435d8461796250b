"""Scores pooled over data sets."""

import math

import numpy as np
import pytest

import bench


def test_a_macro_mean_has_the_error_of_its_data_sets() -> None:
    """Half the root of the sum of squared errors, not that of all items together."""
    large, small = [0.0, 1.0] * 500, [0.0, 1.0] * 10

    macro = bench.pool_scores({"large": large, "small": small})
    micro = bench.pool_scores({"large": large, "small": small}, method="micro")

    one, two = (bench.eval_score([[value] for value in each]).mean for each in (large, small))
    assert macro.estimate == pytest.approx((one + two) / 2)
    expected = 0.5 * math.sqrt(0.25 / 999 + 0.25 / 19)
    assert macro.se == pytest.approx(expected)
    assert micro.se < macro.se / 3


def test_a_macro_mean_has_its_own_error() -> None:
    """Sizes 1000 and 50 with errors .01 and .07: the macro mean's is .0354, not .0101."""
    rng = np.random.default_rng(4)
    scores = {"large": rng.normal(0.5, 0.316, 1000), "small": rng.normal(0.7, 0.495, 50)}

    macro = bench.pool_scores(scores, method="macro")
    micro = bench.pool_scores(scores, method="micro")

    errors = [float(np.std(each, ddof=1)) / len(each) ** 0.5 for each in scores.values()]
    assert macro.se == pytest.approx(math.hypot(*errors) / 2)
    assert micro.se < macro.se / 2
