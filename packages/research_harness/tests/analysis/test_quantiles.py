"""Quantiles of a condition: repeats as such, cut-off values never as fast."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from research_harness import Metric
from research_harness._analysis import quantile_changes
from research_harness._analysis.changes import change
from research_harness._analysis.describe import describe
from research_harness._analysis.pairing import Pairing
from research_harness._analysis.vectors import MetricData
from research_harness._rows.values import ByItem, Censored


def quantile_metric(quantile: float) -> Metric:
    return Metric(name="q", column="latency_ms", summary="quantile", quantile=quantile, unit="ms")


def as_items(rows: "np.ndarray | list[list[float]]") -> dict[str, dict[int, float | None]]:
    return {str(item): dict(enumerate(map(float, row))) for item, row in enumerate(rows)}


@pytest.mark.slow
@pytest.mark.parametrize("quantile", [0.5, 0.95, 0.99])
@pytest.mark.parametrize(("items", "repeats"), [(20, 5), (100, 1), (100, 5), (400, 3)])
def test_the_interval_holds_its_level_when_repeats_of_an_item_agree(
    items: int, repeats: int, quantile: float
) -> None:
    random, held, runs = np.random.default_rng(5), 0, 200
    metric = quantile_metric(quantile)
    true = math.exp(norm.ppf(quantile) * math.hypot(0.5, 0.1))
    for _ in range(runs):
        base = random.normal(0, 0.5, (items, 1))
        rows = np.exp(base + random.normal(0, 0.1, (items, repeats)))
        interval = describe(metric, as_items(rows), level=0.95)["interval"]
        assert interval is not None
        held += float(interval["low"] or 0) <= true <= float(interval["high"] or 0)

    assert held / runs >= 0.90  # 95 % less three standard errors of 200 runs


def test_a_sample_too_small_for_a_quantile_has_no_upper_end() -> None:
    values = as_items([[float(item)] for item in range(1, 51)])

    interval = describe(quantile_metric(0.99), values, level=0.95)["interval"]

    assert interval is not None
    assert interval["high"] == math.inf


def test_values_that_were_cut_off_among_many_rows_have_fewer_resamples_and_say_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sides: list[ByItem] = [
        {str(n): {0: Censored(900.0) if n % 40 == 0 else add + n} for n in range(400)}
        for add in (100.0, 150.0)
    ]
    data = MetricData(metric=quantile_metric(0.5), values=dict(zip("ab", sides, strict=True)))
    pair = Pairing(data=data, control="a", treatment="b", seed=0)

    all_of_few = change(pair, level=0.95).interval
    monkeypatch.setattr(quantile_changes, "_MOST_DRAWN", 1)
    of_many = change(pair, level=0.95).interval

    assert all_of_few is not None
    assert of_many is not None
    assert all_of_few.method == "Kaplan-Meier, percentile bootstrap"
    assert of_many.method == "Kaplan-Meier, percentile bootstrap of 500 resamples"
    assert of_many.estimate == all_of_few.estimate == 50.0


def test_rows_without_an_answer_are_never_fast() -> None:
    answered: ByItem = {str(item): {0: 100.0 + item} for item in range(100)}
    failing: ByItem = {
        str(item): {0: Censored(1000.0) if item < 10 else 100.0 + item} for item in range(100)
    }

    before, after = (
        describe(quantile_metric(0.5), values, level=0.95) for values in (answered, failing)
    )
    tail = describe(quantile_metric(0.95), failing, level=0.95)

    assert float(after["value"] or 0) > float(before["value"] or 0)
    assert after["censored"] == 10
    assert tail["value"] == tail["worst_case"] == math.inf


@pytest.mark.parametrize("quantile", [0.5, 0.95])
def test_a_condition_that_fails_is_not_supported_as_faster(quantile: float) -> None:
    random = np.random.default_rng(9)
    slow = random.lognormal(6, 0.5, 400)
    # Every slow request fails at once; all others take as long as before.
    failing = [Censored(60_000.0) if value > 600 else float(value) for value in slow]
    data = MetricData(
        metric=quantile_metric(quantile),
        values={
            "old": {str(item): {0: float(value)} for item, value in enumerate(slow)},
            "new": {str(item): {0: value} for item, value in enumerate(failing)},
        },
    )

    found = change(Pairing(data=data, control="old", treatment="new", seed=1), level=0.95)

    assert found.interval is not None
    assert found.interval.high >= 0


def test_a_halved_quantile_is_found_by_its_ratio() -> None:
    random = np.random.default_rng(2)
    old = random.lognormal(6, 0.5, 2000)
    new = 0.3 * random.lognormal(6, 0.5, 2000)
    data = MetricData(
        metric=quantile_metric(0.99),
        values={
            "old": {str(item): {0: float(value)} for item, value in enumerate(old)},
            "new": {str(item): {0: float(value)} for item, value in enumerate(new)},
        },
    )
    pair = Pairing(data=data, control="old", treatment="new", seed=1, measure="ratio")

    interval = change(pair, level=0.95).interval

    assert interval is not None
    assert interval.low < 0.3 < interval.high < 0.5
