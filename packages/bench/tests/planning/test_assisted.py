"""Items chosen with other systems' scores, and what their mean is worth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import bench

Array = NDArray[np.float64]


def panel(items: int, systems: int, seed: int) -> Array:
    """Right and wrong answers of systems that find the same items hard (a Rasch model)."""
    draw = np.random.default_rng(seed)
    hard = draw.normal(0, 2, items)[:, None]
    skill = draw.normal(0.5, 0.5, systems)[None, :]
    return (draw.random((items, systems)) < 1 / (1 + np.exp(hard - skill))).astype(float)


def history_of(scores: Array) -> dict[str, Array]:
    return {f"s{number}": scores[:, number] for number in range(1, scores.shape[1])}


@pytest.mark.slow
@pytest.mark.parametrize("sampling", ["active", "uniform"])
def test_intervals_cover_the_mean_over_all_items(sampling: bench.AssistedSampling) -> None:
    scores = panel(2000, 7, 1)
    new = dict(enumerate(scores[:, 0].tolist()))
    truth = scores[:, 0].mean()
    covered = 0
    studies = 150
    for seed in range(studies):
        design = bench.assisted_design(history_of(scores), n=120, sampling=sampling, seed=seed)
        result = bench.assisted_mean(design, new)
        covered += result.interval.low <= truth <= result.interval.high

    # Between the 0.1th and the 99.9th percentile of a binomial with 95 %.
    assert 132 <= covered <= 149


def test_known_scores_save_items() -> None:
    scores = panel(4000, 9, 2)
    design = bench.assisted_design(history_of(scores), n=400, seed=3)

    result = bench.assisted_mean(design, dict(enumerate(scores[:, 0].tolist())))

    assert result.effective_items > 1.35 * result.n_asked
    assert result.se == pytest.approx(design.expected_se, rel=0.25)


def test_a_half_width_gives_the_number_of_items() -> None:
    scores = panel(4000, 9, 2)
    history = history_of(scores)

    design = bench.assisted_design(history, half_width=0.03, seed=3)
    result = bench.assisted_mean(design, dict(enumerate(scores[:, 0].tolist())))

    assert (result.interval.high - result.interval.low) / 2 == pytest.approx(0.03, rel=0.25)
    assert bench.assisted_design(history, half_width=0.06).n < design.n / 3
    assert bench.assisted_design(history, half_width=0.001).n > 3500


def test_items_are_named_by_the_ids_of_the_history() -> None:
    history = {
        "a": {f"q{k}": float(k % 2) for k in range(50)},
        "b": {f"q{k}": float(k % 3 == 0) for k in reversed(range(50))},
    }

    design = bench.assisted_design(history, n=30)
    result = bench.assisted_mean(design, dict.fromkeys(design.items, 1.0))

    assert {*design.items} <= {*history["a"]}
    assert result.mean == pytest.approx(1.0, abs=0.05)


def test_every_beginning_of_the_order_is_a_sample() -> None:
    scores = panel(1500, 7, 4)
    new = dict(enumerate(scores[:, 0].tolist()))
    design = bench.assisted_design(history_of(scores), n=400, seed=1)

    few, every = design.first(100), design.first(1500)
    whole = bench.assisted_mean(every, new)

    assert few.items == design.items[:100]
    assert few.expected_se > design.expected_se > every.expected_se == 0
    assert whole.mean == pytest.approx(scores[:, 0].mean())
    assert whole.se == 0
    with pytest.raises(bench.InvalidOptionError, match="from 20 to 1500"):
        design.first(10)


def test_labels_of_a_person_correct_those_of_a_judge() -> None:
    draw = np.random.default_rng(8)
    scores = panel(2000, 7, 6)
    # The judge takes a fifth of the wrong answers for right ones.
    judged = np.maximum(scores[:, 0], draw.random(2000) < 0.2)
    covered, biased, text = 0, 0, ""
    for seed in range(60):
        design = bench.assisted_design(history_of(scores), n=300, seed=seed)
        given = dict(enumerate(judged.tolist()))
        checks = {item: float(scores[int(str(item)), 0]) for item in design.items[:100]}
        result = bench.assisted_mean(design, given, checks=checks)
        alone, text = bench.assisted_mean(design, given), str(result)
        covered += result.interval.low <= scores[:, 0].mean() <= result.interval.high
        biased += alone.interval.low <= scores[:, 0].mean() <= alone.interval.high

    assert covered >= 52  # the 0.3th percentile of a binomial with 95 %
    assert biased < 30
    assert "100 of these checked" in text


def test_checks_are_of_the_first_items() -> None:
    design = bench.assisted_design(history_of(panel(200, 4, 5)), n=60)
    scores = dict.fromkeys(design.items, 1.0)

    with pytest.raises(bench.InvalidDataError, match="at least 20"):
        bench.assisted_mean(design, scores, checks=dict.fromkeys(design.items[:5], 1.0))
    with pytest.raises(bench.InvalidDataError, match="lack one"):
        bench.assisted_mean(design, scores, checks=dict.fromkeys(design.items[20:50], 1.0))


@given(st.integers(0, 2**32 - 1))
def test_the_same_seed_chooses_the_same_items(seed: int) -> None:
    history = history_of(panel(60, 4, 5))

    first, second = (bench.assisted_design(history, n=25, seed=seed) for _ in range(2))

    assert first.items == second.items
    assert first.probabilities.sum() == pytest.approx(1.0)
    assert (first.probabilities > 0).all()


def test_a_missing_score_names_its_item() -> None:
    design = bench.assisted_design(history_of(panel(60, 4, 5)), n=25)
    scores = dict.fromkeys(design.items[1:], 1.0)

    with pytest.raises(bench.InvalidDataError, match=f"lack one: {design.items[0]}"):
        bench.assisted_mean(design, scores)


@pytest.mark.parametrize(
    ("history", "options"),
    [
        ({"a": [0, 1] * 20}, {"n": 20}),
        ({"a": [0, 5] * 20, "b": [0, 1] * 20}, {"n": 20}),
        ({"a": [0, 1] * 20, "b": [0, 1] * 20}, {}),
        ({"a": [0, 1] * 20, "b": [0, 1] * 20}, {"n": 20, "half_width": 0.1}),
        ({"a": [0, 1] * 20, "b": [0, 1] * 20}, {"n": 5}),
        ({"a": [0, 1] * 20, "b": [0, 1] * 20}, {"half_width": 0.0}),
    ],
)
def test_what_cannot_be_planned_is_refused(
    history: dict[str, list[float]], options: dict[str, float]
) -> None:
    with pytest.raises(bench.BenchError):
        bench.assisted_design(history, **options)  # type: ignore[arg-type]  # options of each case


def test_a_few_wrong_answers_leave_the_interval_wide_enough() -> None:
    draw = np.random.default_rng(1)
    covered = 0
    for seed in range(100):
        chance = draw.beta(40, 1, 1000)
        known = {name: (draw.random(1000) < chance) * 1.0 for name in "abcd"}
        new = (draw.random(1000) < chance) * 1.0
        design = bench.assisted_design(known, n=60, seed=seed)
        result = bench.assisted_mean(design, dict(enumerate(new.tolist())))
        covered += result.interval.low <= new.mean() <= result.interval.high

    # At least the 0.1th percentile of a binomial with 95 %; a normal interval covers about 65.
    assert covered >= 88
