"""Counts and options that are passed one by one: any library's numbers, or one error of bench."""

import decimal
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import bench

Run = Callable[[Any], object]
COUNTS: dict[str, Run] = {
    "proportion_interval": lambda x: bench.proportion_interval(x, 10),
    "proportion_interval, n": lambda x: bench.proportion_interval(5, x),
    "one_proportion": lambda x: bench.one_proportion(x, 10),
    "one_proportion, n": lambda x: bench.one_proportion(5, x),
    "two_proportions_from_counts": lambda x: bench.two_proportions_from_counts(x, 10, 7, 10),
    "two_proportions_from_counts, n": lambda x: bench.two_proportions_from_counts(5, 9, 7, x),
    "mcnemar_from_counts": lambda x: bench.mcnemar_from_counts(40, x, 4, 3),
    "bayes_proportions": lambda x: bench.bayes_proportions(x, 10, 7, 10),
    "bayes_mcnemar": lambda x: bench.bayes_mcnemar(x, 5),
    "equivalence_of_proportions": lambda x: bench.equivalence_of_proportions(
        x, 10, 7, 10, low=-0.1
    ),
    "pass_at_k": lambda x: bench.pass_at_k([10] * 4, [3, 4, 5, 6], k=x),
    "looks": bench.group_sequential,
    "bins": lambda x: bench.calibration([0.1, 0.5] * 9, [0, 1] * 9, bins=x, resamples=100),
}
AMOUNTS: dict[str, Run] = {
    "power, n": lambda x: bench.power("t", n=x, effect=0.5),
    "power, effect": lambda x: bench.power("t", n=20, effect=x),
    "power, a setting": lambda x: bench.power("t", n=20, effect=0.5, ratio=x),
    "plan_budget": lambda x: bench.plan_budget(0.5, budget_usd=x, cost_per_item_usd=0.01),
    "design_effect": lambda x: bench.design_effect(x, 0.1),
}
SHARES: dict[str, Run] = {
    "level": lambda x: bench.mean_interval([1, 2, 4], level=x),
    "alpha": lambda x: bench.power("t", n=20, effect=0.5, alpha=x),
    "quantile": lambda x: bench.quantile_interval([1, 2, 3, 4, 5], x),
    "percentile": lambda x: bench.percentile([1, 2, 3, 4, 5], x),
    "h_from_proportions": lambda x: bench.h_from_proportions(x, 0.5),
    "f_from_eta_squared": bench.f_from_eta_squared,
}
NO_NUMBERS = [None, math.nan, math.inf, "8", [8], 8 + 0j, b"8", True, np.True_, object()]


def named(value: object) -> str:
    """The name of a case: the same in each process, which the repr of an object is not."""
    return "object" if type(value) is object else repr(value)


@pytest.mark.parametrize("name", COUNTS)
def test_a_count_of_any_library_gives_the_same_answer(name: str) -> None:
    wanted = repr(COUNTS[name](8))

    for value in (np.int64(8), np.array(8), 8.0, np.float32(8), decimal.Decimal(8)):
        assert repr(COUNTS[name](value)) == wanted


@pytest.mark.parametrize("name", AMOUNTS)
def test_an_amount_of_any_library_gives_the_same_answer(name: str) -> None:
    wanted = str(AMOUNTS[name](8))

    for value in (np.int64(8), np.array(8), np.float64(8), decimal.Decimal(8)):
        assert str(AMOUNTS[name](value)) == wanted
        assert "np." not in repr(AMOUNTS[name](value))


@pytest.mark.parametrize("name", SHARES)
def test_a_share_of_any_library_gives_the_same_answer(name: str) -> None:
    wanted = repr(SHARES[name](0.75))

    for value in (np.float64(0.75), np.array(0.75), decimal.Decimal("0.75")):
        assert repr(SHARES[name](value)) == wanted


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("value", [*NO_NUMBERS, 8.5, -1], ids=named)
def test_what_is_not_a_count_is_refused(name: str, value: Any) -> None:
    with pytest.raises(bench.BenchError):
        COUNTS[name](value)


@pytest.mark.parametrize("name", [*AMOUNTS, *SHARES])
@pytest.mark.parametrize("value", NO_NUMBERS, ids=named)
def test_what_is_not_a_number_is_refused(name: str, value: Any) -> None:
    if value is None and name in ("power, n", "power, effect", "alpha"):
        pytest.skip("left out: the one to be solved for")

    with pytest.raises(bench.BenchError):
        (AMOUNTS | SHARES)[name](value)


def resampled(resamples: Any) -> object:
    return bench.bootstrap_interval([1, 2, 4, 3], resamples=resamples)


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(lambda: bench.proportion_interval(11, 10), id="proportion"),
        pytest.param(lambda: bench.two_proportions_from_counts(11, 10, 7, 10), id="two"),
        pytest.param(lambda: bench.bayes_proportions(7, 10, 11, 10), id="Bayes"),
        pytest.param(lambda: bench.equivalence_of_proportions(1, 0, 7, 10, low=-1), id="none"),
        pytest.param(lambda: bench.bayes_mcnemar(3, 5, prior=(0.0, 1.0)), id="prior"),
        pytest.param(lambda: resampled("800"), id="text"),
        pytest.param(lambda: resampled(800.0), id="float"),
        pytest.param(lambda: bench.power("t", n=0, effect=0.5), id="size"),
        pytest.param(lambda: bench.power("t", n=20, effect=0.5, alpha=5), id="percent"),
        pytest.param(lambda: bench.mcnemar_from_counts(0, 0, 0, 0), id="no pairs"),
    ],
)
def test_impossible_counts_are_refused(run: Callable[[], object]) -> None:
    with pytest.raises(bench.BenchError):
        run()


def test_a_common_odds_ratio_a_rounding_from_one_is_tested_in_its_strata() -> None:
    tables = [[[9, 1], [9, 1]], [[6, 4], [6, 4]], [[7, 3], [7, 3]], [[3, 7], [3, 7]]]

    found = bench.cochran_mantel_haenszel(tables)

    assert found.estimate == pytest.approx(1.0)
    assert found.details["breslow_day_p"] == pytest.approx(1.0)
