"""Recorded votes give the probability that their plurality is right."""

from collections.abc import Callable

import pytest

from ensemble import VoteTable


def test_the_probability_of_a_plurality_is_calibrated(make_table: Callable[..., VoteTable]) -> None:
    table = make_table([0.6] * 5, 1500, rho=0.3, seed=11)

    found = table.probability(seed=1)

    right = [key == gold for key, gold in zip(table.winners(), table.gold, strict=True)]
    ranked = sorted(zip(found, right, strict=True))
    for part in (ranked[:500], ranked[500:1000], ranked[1000:]):
        mean = sum(each for each, _ in part) / 500
        assert mean == pytest.approx(sum(good for _, good in part) / 500, abs=0.07)
    assert ranked[-1][0] - ranked[0][0] > 0.2
    assert found == table.probability(seed=1)


def test_a_question_without_votes_has_the_probability_zero() -> None:
    votes: list[list[str | None]] = [
        ["x", "x"],
        ["x", "y"],
        ["y", "y"],
        ["x", None],
        ["x", "x"],
        [None, None],
    ]
    table = VoteTable(models=["a", "b"], votes=votes, gold=["x"] * 6)

    found = table.probability()

    assert found[5] == 0
    assert all(0 < each < 1 for each in found[:5])


def test_too_few_questions_for_a_probability_are_refused() -> None:
    with pytest.raises(ValueError, match="give at least 5"):
        VoteTable(models=["a"], votes=[["x"]], gold=["x"]).probability()
