"""The interval and the p-value of one comparison never contradict each other."""

import math

import numpy as np
import pytest

import bench
from research_harness import Metric
from research_harness._analysis.changes import change
from research_harness._analysis.pairing import Change, Pairing
from research_harness._analysis.vectors import MetricData
from research_harness._core.inversion import p_value_of
from research_harness._rows.values import Censored

METRICS = {
    "share of repeats": Metric(name="accuracy", column="correct", unit="share"),
    "mean": Metric(name="latency", column="latency_ms", unit="ms"),
    "middle": Metric(name="m", column="latency_ms", summary="quantile", quantile=0.5, unit="ms"),
    "tail": Metric(name="t", column="latency_ms", summary="quantile", quantile=0.95, unit="ms"),
}


def _values(kind: str, shift: float, seed: int, size: int = 30) -> dict[str, dict[int, float]]:
    random = np.random.default_rng(seed)
    if kind == "share of repeats":
        share = random.beta(4, 2, size) + shift
        drawn = (random.random((3, size)) < share).T.astype(float)
    else:
        drawn = random.lognormal(5 + shift, 0.6, (size, 2))
    return {str(item): dict(enumerate(map(float, row))) for item, row in enumerate(drawn)}


def _change(kind: str, seed: int, *, paired: bool, level: float, cut: str = "") -> Change:
    values = {
        "old": _values(kind, 0.0, seed),
        "new": _values(kind, 0.12 * (seed % 4), seed + 100),
    }
    if cut:
        first = values[cut]["0"]
        first[0] = Censored(first[0])
    data = MetricData(metric=METRICS[kind], values=values, paired=paired)
    return change(Pairing(data=data, control="old", treatment="new", seed=1), level=level)


@pytest.mark.slow
@pytest.mark.parametrize("paired", [True, False], ids=["paired", "independent"])
@pytest.mark.parametrize("kind", METRICS)
@pytest.mark.parametrize("seed", range(4))
def test_the_interval_at_the_p_value_ends_at_no_change(
    kind: str, seed: int, *, paired: bool
) -> None:
    test = _change(kind, seed, paired=paired, level=0.95).test
    assert test is not None

    for factor, beyond in ((0.9, False), (1.1, True)):
        alpha = test.p_value * factor
        if not 0.01 < alpha < 0.999:  # 10,000 resamples show little of what is beyond
            continue
        interval = _change(kind, seed, paired=paired, level=1 - alpha).interval
        assert interval is not None
        assert (not interval.low <= 0 <= interval.high) == beyond


@pytest.mark.parametrize("kind", ["mean", "middle", "tail"])
@pytest.mark.parametrize("cut", ["old", "new"])
def test_a_value_that_was_cut_off_gives_no_p_value_against_the_interval(
    kind: str, cut: str
) -> None:
    for seed in range(4):
        found = _change(kind, seed, paired=True, level=0.95, cut=cut)

        assert found.interval is not None
        assert found.test is not None
        if found.test.p_value < 0.05:
            assert not found.interval.low <= 0 <= found.interval.high
        assert found.test.interval == found.interval


def test_a_p_value_by_inversion_is_that_of_the_test_with_the_same_interval() -> None:
    values = [0.4, -0.2, 1.3, 0.9, 0.1, 0.7, -0.4, 1.1]

    found = p_value_of(lambda level: bench.mean_interval(values, level=level))

    assert found == pytest.approx(bench.one_sample_t(values).p_value, rel=1e-6)


def test_no_interval_has_no_p_value() -> None:
    assert math.isnan(p_value_of(lambda _level: None))
