"""Contrasts of adjusted means, against Tukey's test and the analyses that they generalise."""

from typing import Any

import numpy as np
import pytest

import bench


def rows_of(seed: int, per_cell: int = 6) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    return [
        {
            "model": model,
            "prompt": prompt,
            "length": float(rng.normal()),
            "score": 0.8 * place + (0.9 if prompt == "long" else 0.0) * place + float(rng.normal()),
        }
        for place, model in enumerate(("small", "medium", "large"))
        for prompt in ("plain", "long")
        for _ in range(per_cell)
    ]


def run(rows: Any, **options: Any) -> bench.Contrasts:
    return bench.contrasts(
        rows, outcome="score", **({"factors": ["model", "prompt"], "of": "model"} | options)
    )


def test_pairs_of_equal_groups_are_tukeys() -> None:
    rows = rows_of(1)
    groups = {
        name: [row["score"] for row in rows if row["model"] == name]
        for name in ("small", "medium", "large")
    }

    found = run(rows, factors=["model"])

    tukey = bench.posthoc(groups, method="tukey")
    for row in found.rows:
        second, first = row.name.split(" - ")
        pair = tukey.pair(first, second)
        assert row.p_adjusted == pytest.approx(pair.p_adjusted, abs=0.002)
        assert row.interval_adjusted is not None
        assert pair.interval is not None
        assert row.interval_adjusted.width == pytest.approx(pair.interval.width, rel=0.002)


@pytest.mark.parametrize("seed", range(5))
def test_the_level_of_pairs_hardly_depends_on_the_seed(seed: int) -> None:
    noise = np.random.default_rng(7).normal(size=20)
    rows = [{"g": index % 4, "y": value} for index, value in enumerate(noise)]

    found = bench.contrasts(rows, outcome="y", factors=["g"], of="g", seed=seed)

    tukey = bench.posthoc({str(g): noise[g::4].tolist() for g in range(4)}, method="tukey")
    for row, pair in zip(found.rows, tukey.rows, strict=True):
        assert row.p_adjusted == pytest.approx(pair.p_adjusted, abs=0.003)
        assert row.interval_adjusted is not None
        assert pair.interval is not None
        assert row.interval_adjusted.width == pytest.approx(pair.interval.width, rel=0.003)


def test_a_contrast_far_beyond_chance_has_bonferronis_p() -> None:
    rows = [{"g": g, "y": 15 * g + place % 7} for g in range(3) for place in range(30)]

    found = bench.contrasts(rows, outcome="y", factors=["g"], of="g")

    assert [row.p_adjusted / row.p_value for row in found.rows] == pytest.approx([3.0] * 3)


def test_adjusted_means_and_pairs_are_those_of_the_factorial_anova() -> None:
    rows = rows_of(2)[1:]
    table = bench.factorial_anova(rows, outcome="score", factors=["model", "prompt"])

    found = run(rows, correction="holm")

    for row, pair in zip(found.rows, table.pairs["model"], strict=True):
        assert row.estimate == pytest.approx(pair.estimate)
        assert row.p_adjusted == pytest.approx(pair.p_adjusted)
        assert pair.interval_adjusted is not None
        assert row.interval_adjusted is not None
        assert row.interval_adjusted.low == pytest.approx(pair.interval_adjusted.low)


def test_contrasts_at_each_level_of_another_factor_are_differences_of_cells() -> None:
    rows = rows_of(3)

    def cell(model: str, prompt: str) -> float:
        chosen = [r["score"] for r in rows if (r["model"], r["prompt"]) == (model, prompt)]
        return float(np.mean(chosen))

    found = run(rows, by="prompt")

    row = found.contrast("large - small", at="long")
    assert row.estimate == pytest.approx(cell("large", "long") - cell("small", "long"))
    assert len(found.rows) == 6
    assert found.means[0].n == 6


def test_own_weights_controls_and_means() -> None:
    rows = rows_of(4)
    weights = {"linear": {"small": -1, "large": 1}, "bend": {"small": 1, "medium": -2, "large": 1}}

    own = run(rows, weights=weights, covariates=["length"])
    control = run(rows, kind="control", control="medium")
    mean = run(rows, kind="mean")

    assert [row.name for row in own.rows] == ["linear", "bend"]
    assert [row.name for row in control.rows] == ["small - medium", "large - medium"]
    assert sum(row.estimate for row in mean.rows) == pytest.approx(0, abs=1e-9)
    assert "bend" in own.to_markdown()


@pytest.mark.parametrize(
    "options",
    [
        {"of": "topic"},
        {"by": "model"},
        {"kind": "all"},
        {"kind": "control", "control": "tiny"},
        {"weights": {"x": {"small": 1.0}}},
        {"weights": {"x": {"tiny": 1.0, "small": -1.0}}},
    ],
)
def test_what_is_not_in_the_model_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(bench.InvalidOptionError):
        run(rows_of(5), **options)


def test_adjusted_intervals_hold_all_differences_together() -> None:
    rng, held = np.random.default_rng(6), 0
    for _ in range(150):
        rows = [{"m": m, "score": float(rng.normal())} for m in "abcd" for _ in range(5)]
        found = bench.contrasts(rows, outcome="score", factors=["m"], of="m")
        held += all(row.interval_adjusted and 0 in row.interval_adjusted for row in found.rows)

    assert held / 150 >= 0.9
