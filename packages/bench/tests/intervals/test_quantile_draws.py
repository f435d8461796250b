"""Quantiles of many values are resampled near the quantile only, with the same distribution."""

import numpy as np
import pytest

import bench
from bench._intervals import quantile_draws as drawing
from bench._intervals.quantile_draws import quantile_draws

RANDOM = np.random.default_rng(5)
SIZE, RESAMPLES = 1_500, 3_000
ITEMS = RANDOM.integers(0, 400, SIZE)
COMMON = RANDOM.normal(0, 0.7, 400)[ITEMS]
OLD = np.asarray(np.round(np.exp(COMMON + RANDOM.normal(0, 0.5, SIZE)), 2), float)  # with ties
NEW = np.exp(COMMON + RANDOM.normal(0, 0.5, SIZE))


def drawn(
    patched: pytest.MonkeyPatch, many: int, quantile: float, clusters: object
) -> list["np.ndarray"]:
    patched.setattr(drawing, "_MANY_UNITS", many)
    return quantile_draws(
        [OLD, NEW],
        quantile,
        clusters=clusters,  # type: ignore[arg-type]  # labels or None
        resamples=RESAMPLES,
        seed=1,
        label="pairs",
    )


@pytest.mark.parametrize("clusters", [None, ITEMS], ids=["values", "clusters"])
@pytest.mark.parametrize("quantile", [0.01, 0.5, 0.95])
def test_drawing_near_the_quantile_has_the_distribution_of_drawing_all(
    quantile: float, clusters: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    near, whole = (drawn(monkeypatch, many, quantile, clusters) for many in (10, 10**6))

    for first, second in ((near[0], whole[0]), (near[1] - near[0], whole[1] - whole[0])):
        spread = second.std()
        # Both means have an error of spread / sqrt(3000), and both spreads one of 1.3 %.
        assert abs(first.mean() - second.mean()) < 5 * spread * (2 / RESAMPLES) ** 0.5
        assert first.std() / spread == pytest.approx(1.0, abs=0.1)


def test_a_resample_that_leaves_the_values_near_the_quantile_is_drawn_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = drawn(monkeypatch, 10, 0.5, None)
    monkeypatch.setattr(drawing, "_REACH", drawing._REACH / 2**10)

    found = drawn(monkeypatch, 10, 0.5, None)

    assert not np.isnan(found[0]).any()
    assert found[0].std() / expected[0].std() == pytest.approx(1.0, abs=0.1)


def test_a_comparison_of_many_values_has_all_resamples_and_the_effect() -> None:
    size = 25_000
    old = np.random.default_rng(2).lognormal(0, 0.5, size)

    found = bench.compare_quantile(old, old + 0.1, quantile=0.95, resamples=500)

    assert found.resamples == 500
    assert found.estimate == pytest.approx(0.1)
    assert found.interval is not None
    assert found.interval.low == pytest.approx(0.1, abs=1e-9)
