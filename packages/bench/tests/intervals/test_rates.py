"""Rates near 0 and 1 with repeats and clusters, whose intervals keep their level."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bench


def ids(result: Any) -> set[str]:
    return {each.id for each in result.warnings}


@pytest.mark.parametrize(("clusters", "least"), [(5, 0.92), (10, 0.92), (20, 0.91)])
def test_clustered_answers_near_one_are_covered(clusters: int, least: float) -> None:
    """600 draws of unequal clusters, true rate .9, ICC .25; the t interval has 75 to 87 %."""
    rng, held = np.random.default_rng(12), 0
    for _ in range(600):
        sizes = np.maximum(1, rng.lognormal(1.5, 1, clusters).round()).astype(int)
        labels = np.repeat(np.arange(clusters), sizes)
        answers = (rng.random(len(labels)) < rng.beta(2.7, 0.3, clusters)[labels]) * 1
        held += 0.9 in bench.rate_interval(answers, clusters=labels)

    assert held / 600 >= least


@pytest.mark.slow
@pytest.mark.parametrize(("items", "repeats"), [(20, 3), (20, 5), (100, 5)])
def test_repeated_answers_near_one_are_covered(items: int, repeats: int) -> None:
    rng, held, rate = np.random.default_rng(13), 0, 20 / 20.2
    for _ in range(500):
        chances = rng.beta(20, 0.2, items)
        answers = (rng.random((items, repeats)) < chances[:, None]) * 1
        held += rate in bench.eval_score(answers.tolist()).interval

    assert 0.93 <= held / 500 <= 0.995


def test_nothing_but_right_answers_has_a_width_and_says_so() -> None:
    for found in (
        bench.rate_interval([[1, 1, 1]] * 20),
        bench.rate_interval([1] * 20, clusters=list("aabbccddee") * 2),
        bench.pass_at_k([1] * 20, [1] * 20, 1).interval,
        bench.pool_scores({"a": [1] * 10, "b": [1] * 5}).interval,
    ):
        assert found.high == 1.0
        assert found.low < 0.9
        assert "BOUNDARY" in ids(found)


def test_one_answer_an_item_is_the_wilson_interval() -> None:
    answers = [1] * 18 + [0] * 2

    assert bench.rate_interval(answers) == bench.proportion_interval(18, 20)


@settings(deadline=None, max_examples=40)
@given(
    answers=st.integers(2, 5).flatmap(
        lambda k: st.lists(st.lists(st.sampled_from([0, 1]), min_size=k, max_size=k), min_size=2)
    ),
    at=st.integers(0, 10_000),
)
def test_a_wrong_answer_never_raises_an_end(answers: list[list[int]], at: int) -> None:
    right = [(i, j) for i, row in enumerate(answers) for j, value in enumerate(row) if value]
    if not right:
        return
    before = bench.rate_interval(answers)

    item, place = right[at % len(right)]
    answers[item][place] = 0

    after = bench.rate_interval(answers)
    assert after.low <= before.low + 1e-12
    assert after.high <= before.high + 1e-12


def test_the_first_wrong_answer_of_300_items_does_not_raise_the_lower_end() -> None:
    one_wrong = [[1, 1, 0], *[[1, 1, 1]] * 299]

    assert bench.rate_interval(one_wrong).low <= bench.rate_interval([[1, 1, 1]] * 300).low
    assert bench.rate_interval(one_wrong).high < 1


def test_a_rarer_answer_in_few_clusters_warns_that_the_interval_may_be_too_narrow() -> None:
    clusters = [place // 10 for place in range(300)]
    few = [float(place % 10 > 0 or place >= 190) for place in range(300)]
    more = [float(place % 10 > 0 or place >= 200) for place in range(300)]

    for values in (few, [1 - value for value in few]):
        found = bench.rate_interval(values, clusters=clusters)
        assert [each.id for each in found.warnings] == ["RARE_IN_CLUSTERS"]
    assert bench.rate_interval(more, clusters=clusters).warnings == ()
