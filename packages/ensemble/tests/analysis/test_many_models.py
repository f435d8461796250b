"""Panels of more than 14 models can be voted on and searched."""

import random
from math import comb

import pytest

from ensemble import Majority, Ties, VoteTable


@pytest.fixture
def crowd() -> VoteTable:
    """Twenty models on 60 questions, between .4 and .8 right, some without a vote."""
    chance = random.Random(7)
    votes = [
        [
            None
            if chance.random() < 0.05
            else chance.choice("bcd")
            if chance.random() < wrong
            else "a"
            for wrong in (0.2 + 0.02 * index for index in range(20))
        ]
        for _ in range(60)
    ]
    models = [f"m{index}" for index in range(20)]
    return VoteTable(models=models, votes=votes, gold=["a"] * 60, costs=[[0.001] * 20] * 60)


def test_choices_of_twenty_models_are_small_subsets_and_the_best_of_each_size(
    crowd: VoteTable,
) -> None:
    pytest.importorskip("numpy")

    found = [each for each in crowd.choices() if each.rule != "two agree"]

    sizes = [len(each.members) for each in found]
    assert [sizes.count(size) for size in (1, 2, 3, 4)] == [comb(20, k) for k in (1, 2, 3, 4)]
    assert [sizes.count(size) for size in range(5, 21)] == [1] * 16
    accuracies = crowd.accuracies()
    (five,) = [each.members for each in found if len(each.members) == 5]
    assert min(accuracies[name] for name in five) >= max(
        accuracies[name] for name in crowd.models if name not in five
    )


def test_choices_of_twenty_models_are_what_a_vote_of_them_reaches(crowd: VoteTable) -> None:
    pytest.importorskip("numpy")
    accuracies = {
        name: share - 1e-9 * i for i, (name, share) in enumerate(crowd.accuracies().items())
    }
    assert len(set(crowd.accuracies().values())) > 5
    found = [each for each in crowd.choices() if each.rule != "two agree"]

    for each in random.Random(1).sample(found, 40) + found[-16:]:
        shares = {crowd.accuracies()[name] for name in each.members}
        if len(shares) < len(each.members):
            continue  # equally accurate members settle a tie in either way
        panel = crowd.only(each.members)
        winners = panel.winners(ties=Ties(policy="accuracy", accuracies=accuracies))
        assert each.accuracy == pytest.approx(panel.accuracy(winners))


@pytest.mark.slow
def test_the_front_and_a_vote_of_twenty_models(crowd: VoteTable) -> None:
    pytest.importorskip("numpy")

    front = crowd.pareto()

    assert [each.accuracy for each in front] == sorted({each.accuracy for each in front})
    assert crowd.accuracy(crowd.decide(Majority())) == crowd.accuracy(crowd.winners())


def test_contributions_of_too_many_models_say_why_and_what_to_do(crowd: VoteTable) -> None:
    pytest.importorskip("numpy")

    with pytest.raises(ValueError, match=r"all 2\^20 subsets.*at most 14.*table\.only"):
        crowd.contributions()
