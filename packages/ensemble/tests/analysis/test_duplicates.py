"""Near-duplicate members are named, and confidences that are not probabilities are refused."""

import random
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from ensemble import VoteTable


@pytest.fixture
def twins(make_table: Callable[..., VoteTable]) -> VoteTable:
    """Four models on 400 questions; ``m1`` answers as ``m0`` does, but for one of its errors."""
    table = make_table([0.8, 0.8, 0.75, 0.7], 400, rho=0.3, seed=3)
    votes = [[row[0], row[0], *row[2:]] for row in table.votes]
    error = next(index for index, row in enumerate(votes) if row[0] != "right")
    votes[error][1] = "right"
    return VoteTable(models=table.models, votes=votes, gold=table.gold)


def test_an_analysis_names_near_duplicates(twins: VoteTable) -> None:
    found = twins.analyze()

    assert [pair.models for pair in found.near_duplicates] == [("m0", "m1")]
    assert 0.95 < found.near_duplicates[0].phi < 1
    for text in (str(found), found.to_markdown(), found._repr_html_()):
        assert "near-duplicates: m0 and m1" in text


def test_a_fit_names_near_duplicates(twins: VoteTable) -> None:
    pytest.importorskip("numpy")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether the vote pays is not the matter here
        found = twins.fit()

    assert found.near_duplicates == twins.analyze().near_duplicates
    assert "near-duplicates: m0 and m1" in str(found)


def test_models_that_err_apart_are_not_near_duplicates(make_table: Callable[..., Any]) -> None:
    found = make_table([0.8, 0.8, 0.75], 400, rho=0.6, seed=4).analyze()

    assert not found.near_duplicates
    assert "near-duplicates" not in str(found)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -0.01, 1.01, "high"])
def test_a_confidence_that_is_not_a_probability_is_refused_with_its_cell(wrong: Any) -> None:
    chance = random.Random(5)
    sure: list[list[Any]] = [[chance.random(), None] for _ in range(6)]
    sure[4][1] = wrong

    with pytest.raises(ValueError, match=r"confidence of b at confidences\[4\]\[1\]"):
        VoteTable(models=["a", "b"], votes=[["x", "x"]] * 6, gold=["x"] * 6, confidences=sure)


def test_the_ends_of_the_range_and_missing_confidences_are_taken() -> None:
    table = VoteTable(
        models=["a", "b", "c"], votes=[["x"] * 3], gold=["x"], confidences=[[0, 1, None]]
    )

    assert [vote.confidence for vote in table.ballots(0)] == [0, 1, None]
