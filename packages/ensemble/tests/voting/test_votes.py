"""Votes are counted, and ties are broken as asked."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensemble import NoConsensusError, Vote, majority, predict


def votes(*keys: str) -> list[Vote]:
    return [Vote(model=f"m{place}", key=key, text=key) for place, key in enumerate(keys)]


@pytest.mark.parametrize("keys", ["ba", "baab", "bac", "baabc"])
@pytest.mark.parametrize("policy", ["first", "seeded", "abstain"])
def test_ties_follow_the_policy_and_are_recorded(policy: Any, keys: str) -> None:
    outcome = majority(votes(*keys), tie_break=policy, seed=1)

    assert set(outcome.tied) == set(keys if keys == "bac" else "ab")
    expected: dict[str, set[Any]] = {"first": {"b"}, "seeded": {*outcome.tied}, "abstain": {None}}
    assert outcome.key in expected[policy]
    assert outcome == majority(votes(*keys), tie_break=policy, seed=1)


@pytest.mark.parametrize(
    ("answers", "winner", "share", "scores"),
    [
        (["4", "4", "5"], "4", 2 / 3, {"4": 2, "5": 1}),
        (["YES", "yes", "Yes"], "yes", 1.0, {"yes": 3}),
        (["A", "B", "A", "C", "A"], "a", 3 / 5, {"a": 3, "b": 1, "c": 1}),
        (["A", "B", "A", "B"], "a", 1 / 2, {"a": 2, "b": 2}),
    ],
)
async def test_the_votes_of_the_original_count_as_they_did(
    answers: list[str],
    winner: str,
    share: float,
    scores: dict[str, int],
    panel: Callable[..., list[Any]],
) -> None:
    """Test vectors of crucible_ensemble 0.1.0; the tie goes to the first model, not by alphabet."""
    result = await predict("?", models=panel(*answers))

    assert (result.key, result.votes) == (winner, scores)
    assert result.consensus == pytest.approx(share)


async def test_an_abstention_is_no_answer(panel: Callable[..., list[Any]]) -> None:
    result = await predict("?", models=panel("a", "b"), tie_break="abstain")

    assert (result.answer, result.key, result.tie, result.tied) == (None, None, True, ("a", "b"))
    assert (result.tie_break, result.reason) == ("abstain", "a tie")
    assert (result.consensus, result.votes) == (0.0, {"a": 1, "b": 1})


def test_a_tie_may_be_an_error() -> None:
    with pytest.raises(NoConsensusError, match="'a', 'b'"):
        majority(votes("a", "b"), tie_break="error")


def test_a_seeded_tie_depends_on_the_seed_and_not_on_the_order() -> None:
    winners = {
        (seed, majority(votes(*order), tie_break="seeded", seed=seed).key)
        for seed in range(50)
        for order in itertools.permutations("ab")
    }

    assert len(winners) == 50
    assert {key for _, key in winners} == {"a", "b"}


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=7), st.randoms())
def test_the_order_of_the_models_matters_only_for_ties(keys: list[str], chance: Any) -> None:
    shuffled = list(keys)
    chance.shuffle(shuffled)

    first, second = majority(votes(*keys)), majority(votes(*shuffled))

    assert dict(first.scores) == dict(second.scores)
    assert set(first.tied) == set(second.tied)
    if not first.tied:
        assert first.key == second.key


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=7))
def test_another_vote_for_an_answer_never_lowers_it(keys: list[str]) -> None:
    winner = majority(votes(*keys)).key

    assert majority(votes(*keys, str(winner))).key == winner
