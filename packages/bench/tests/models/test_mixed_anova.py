"""Mixed ANOVA: against the analyses that it holds as special cases, and a split-plot by hand."""

import math
from typing import Any

import numpy as np
import pytest

import bench


def world(seed: int, sizes: tuple[int, ...] = (6, 9, 7), levels: int = 3) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(len(sizes)), sizes)
    return [
        {
            "item": item,
            "topic": "abc"[group],
            "prompt": f"p{prompt}",
            "score": 0.4 * group + 0.5 * prompt * group + own + float(rng.normal()),
        }
        for item, group in enumerate(groups)
        for own in [float(rng.normal())]
        for prompt in range(levels)
    ]


def run(rows: Any, **options: Any) -> bench.AnovaTable:
    return bench.mixed_anova(
        rows, outcome="score", id="item", between="topic", within="prompt", **options
    )


def matrix_of(rows: list[dict[str, Any]]) -> np.ndarray:
    return np.array([row["score"] for row in rows]).reshape(-1, 3)


def test_the_effect_between_items_is_the_anova_of_their_means() -> None:
    rows = world(1)
    topics = [row["topic"] for row in rows[::3]]
    means = matrix_of(rows).mean(axis=1)

    groups = {name: means[np.array(topics) == name] for name in "abc"}
    plain = bench.anova(groups)

    found = run(rows).term("topic")
    assert found.statistic == pytest.approx(plain.statistic)
    assert found.p_value == pytest.approx(plain.p_value)


def test_balanced_data_agree_with_the_split_plot_by_hand() -> None:
    rows = world(2, (8, 8))
    y = matrix_of(rows).reshape(2, 8, 3)
    centre = y.mean()
    cells, within = y.mean(axis=1), y.mean(axis=(0, 1))
    inner = 16 * ((within - centre) ** 2).sum()
    outer = cells - y.mean(axis=(1, 2))[:, None] - within + centre
    error = y - y.mean(axis=2, keepdims=True) - cells[:, None, :]
    error += y.mean(axis=(1, 2))[:, None, None]
    error_square = (error**2).sum()

    found = run(rows, correction="none")

    assert found.term("prompt").statistic == pytest.approx(inner / 2 / (error_square / 28))
    assert found.term("prompt:topic").statistic == pytest.approx(
        8 * (outer**2).sum() / 2 / (error_square / 28)
    )
    assert found.term("prompt").df_residual == 28


def test_epsilon_agrees_with_the_pooled_covariance_within_groups() -> None:
    rows = world(3)
    y, topics = matrix_of(rows), np.array([row["topic"] for row in rows[::3]])
    centred = np.vstack([y[topics == name] - y[topics == name].mean(axis=0) for name in "abc"])
    inner = np.array([[1, -1, 0], [1, 1, -2]]) / np.sqrt([[2], [6]])
    covariance = inner @ centred.T @ centred @ inner.T

    found = run(rows)

    gg = np.trace(covariance) ** 2 / (2 * (covariance**2).sum())
    assert found.errors[1].greenhouse_geisser == pytest.approx(gg)
    assert found.term("prompt").df == pytest.approx(2 * gg)


def test_pairs_within_items_are_those_of_equal_weights() -> None:
    rows = world(4, (10, 10))
    y = matrix_of(rows)

    found = run(rows).pairs["prompt"].pair("p0", "p2")

    assert found.estimate == pytest.approx(float((y[:, 2] - y[:, 0]).mean()))
    assert found.interval is not None
    assert found.interval_adjusted is not None
    assert found.interval.width < found.interval_adjusted.width
    assert run(rows).pairs["topic"].rows[0].p_value == pytest.approx(
        run(rows).term("topic").p_value
    )


def test_several_factors_within_items_have_strata_of_their_own() -> None:
    rng = np.random.default_rng(5)
    rows = [
        {"item": i, "topic": "ab"[i % 2], "prompt": p, "shots": s, "score": float(rng.normal())}
        for i in range(14)
        for p in "xyz"
        for s in ("0", "5")
    ]

    found = bench.mixed_anova(
        rows, outcome="score", id="item", between=["topic"], within=["prompt", "shots"]
    )

    assert [error.name for error in found.errors] == ["items", "prompt", "shots", "prompt:shots"]
    assert len(found.terms) == 7
    assert "topic:prompt:shots" in found.summary()


def test_equal_means_are_rejected_at_the_level() -> None:
    rng, rejected = np.random.default_rng(6), 0
    for _ in range(200):
        rows = [
            {"item": i, "topic": "ab"[i % 2], "prompt": p, "score": own + float(rng.normal())}
            for i in range(12)
            for own in [float(rng.normal())]
            for p in "xyz"
        ]
        rejected += run(rows).term("topic:prompt").p_value <= 0.05

    assert rejected <= 20


def test_an_item_without_a_condition_is_refused_or_left_out() -> None:
    rows = world(7)[1:]
    with pytest.raises(bench.InvalidDataError, match="omit"):
        run(rows)

    found = run(rows, missing="omit")

    assert (found.n, found.n_dropped) == (21, 1)
    with pytest.raises(bench.InvalidDataError, match="is in"):
        run([*world(7), {"item": 0, "topic": "b", "prompt": "p0", "score": 1.0}])


def test_values_without_spread_have_no_test_and_say_so() -> None:
    rows = [row | {"score": 1.0} for row in world(8)]

    found = run(rows)

    assert math.isnan(found.term("prompt").p_value)
    assert "ZERO_VARIANCE" in {each.id for each in found.warnings}
