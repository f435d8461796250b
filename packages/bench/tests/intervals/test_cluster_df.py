"""Degrees of freedom of clustered means: against matrices, and by how often the truth is missed."""

import numpy as np
import pytest
from scipy import stats

import bench
from bench._intervals.cluster_df import _correlated_df, cluster_df, satterthwaite

SIZES = np.array([1.0, 2.0, 2.0, 5.0, 9.0, 30.0])


@pytest.mark.parametrize("icc", [0.0, 0.05, 0.4, 1.0])
def test_correlated_values_have_the_df_of_the_whole_matrix(icc: float) -> None:
    share = SIZES / SIZES.sum()
    off = np.eye(len(SIZES)) - np.outer(share, np.ones(len(SIZES)))
    covariance = off @ np.diag(SIZES * (1 - icc) + SIZES**2 * icc) @ off.T
    product = np.diag(1 / (1 - share)) @ covariance

    found = _correlated_df(SIZES, icc)

    assert found == pytest.approx(np.trace(product) ** 2 / np.trace(product @ product))


def test_independent_values_have_the_df_of_pustejovsky_and_tipton() -> None:
    assert _correlated_df(SIZES, 0.0) == pytest.approx(satterthwaite(SIZES, int(SIZES.sum())))


def test_clusters_of_one_size_have_one_df_less_than_clusters() -> None:
    values = np.random.default_rng(1).normal(size=(8, 5))
    values += 3 * np.arange(8)[:, None]

    found = bench.clustered_mean(values.ravel(), np.repeat(np.arange(8), 5).tolist())

    assert (found.df, found.df_cr2) == pytest.approx((7.0, 7.0))


def test_alike_values_in_clusters_of_unequal_size_have_fewer_df() -> None:
    sums = np.array([-1.0, -2.0, 4.0, -20.0, -11.0, 30.0])

    alike = cluster_df(SIZES, sums, float((sums**2 / SIZES).sum()))
    apart = cluster_df(SIZES, sums * 0.01, 1e4)

    assert alike < 0.9 * apart
    assert apart == pytest.approx(satterthwaite(SIZES, int(SIZES.sum())))


def test_twenty_unequal_clusters_hold_their_level() -> None:
    rng = np.random.default_rng(5)
    missed = {"df": 0, "df_cr2": 0}
    for _ in range(3000):
        sizes = np.clip(np.round(rng.lognormal(2, 1.4, 20)), 1, 300).astype(int)
        labels = np.repeat(np.arange(20), sizes)
        values = 0.8 * rng.normal(size=20)[labels] + 0.6 * rng.normal(size=len(labels))
        found = bench.clustered_mean(values, labels.tolist())
        for name in missed:
            t = abs(found.mean) / found.se_cr2
            missed[name] += 2 * stats.t.sf(t, getattr(found, name)) <= 0.05

    assert missed["df"] / 3000 <= 0.05
    assert missed["df_cr2"] / 3000 > 0.056
