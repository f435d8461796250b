"""Each voting rule counts as its name says, whatever the order of the voters."""

import math
from collections.abc import Callable, Hashable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensemble import (
    BestConfidence,
    Learned,
    LogOdds,
    Majority,
    NoConsensusError,
    Ties,
    Unanimous,
    Vote,
    VoteContext,
    VoteOutcome,
    Weighted,
    find_strategy,
    predict,
    register_strategy,
    strategy_names,
)


def votes(*ballots: tuple[Hashable, float | None] | Hashable) -> list[Vote]:
    pairs = [each if isinstance(each, tuple) else (each, None) for each in ballots]
    return [
        Vote(model=f"m{place}", key=key, text=str(key), confidence=confidence)
        for place, (key, confidence) in enumerate(pairs)
    ]


SEEDED = VoteContext(ties=Ties(policy="seeded"))
ADDITIVE = [
    Majority(),
    Weighted(),
    Weighted(weights={"m0": 2.0, "m2": 0.3}),
    LogOdds(accuracies={f"m{place}": 0.5 + place / 20 for place in range(9)}, choices=3),
    Learned(weights={f"m{place}": place / 3 for place in range(9)}),
]
RULES = [*ADDITIVE, BestConfidence(), Unanimous()]


def test_confidences_are_weights() -> None:
    """A .9 against B .6 and .5: the vector of crucible_ensemble 0.1.0."""
    outcome = Weighted().decide(votes(("a", 0.9), ("b", 0.6), ("b", 0.5)), VoteContext())

    assert (outcome.key, outcome.scores) == ("b", {"a": 0.9, "b": pytest.approx(1.1)})


def test_the_surest_model_decides() -> None:
    outcome = BestConfidence().decide(votes(("a", 0.6), ("b", 0.9), ("c", 0.7)), VoteContext())

    assert (outcome.key, outcome.confidence) == ("b", 0.9)


async def test_without_unanimity_there_is_an_abstention(panel: Callable[..., list[Any]]) -> None:
    result = await predict("?", models=panel("4", "5", "4"), strategy="unanimous")

    assert (result.answer, result.reason) == (None, "2 different answers")
    assert result.votes == {"4": 2, "5": 1}
    with pytest.raises(NoConsensusError, match="no unanimity between '4', '5'"):
        await predict("?", models=panel("4", "5"), strategy=("unanimous", {"error": True}))


def test_log_odds_let_one_strong_model_outvote_two_weak_ones() -> None:
    """Nitzan and Paroush: ln(.95/.05) > 2 ln(.6/.4)."""
    rule = LogOdds(accuracies={"m0": 0.95, "m1": 0.6, "m2": 0.6})

    outcome = rule.decide(votes("a", "b", "b"), VoteContext())

    odds = (0.95 / 0.05) / (0.6 / 0.4) ** 2
    assert outcome.key == "a"
    assert outcome.probability == pytest.approx(odds / (1 + odds))


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@given(data=st.data())
def test_the_order_of_the_models_changes_nothing(rule: Any, data: st.DataObject) -> None:
    ballots = data.draw(
        st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 1)), min_size=1, max_size=9)
    )
    cast = votes(*ballots)
    shuffled = data.draw(st.permutations(cast))

    first, second = rule.decide(cast, SEEDED), rule.decide(shuffled, SEEDED)

    assert first.key == second.key
    assert first.scores == second.scores
    assert set(first.tied) == set(second.tied)


@pytest.mark.parametrize("rule", ADDITIVE[:3], ids=lambda rule: repr(rule)[:20])
@given(data=st.data())
def test_another_vote_for_an_answer_never_lowers_it(rule: Any, data: st.DataObject) -> None:
    ballots = data.draw(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0.01, 1)), min_size=1))
    cast = votes(*ballots)
    again = data.draw(st.sampled_from(cast))

    before, after = rule.decide(cast, SEEDED), rule.decide([*cast, again], SEEDED)

    assert after.scores[again.key] >= before.scores[again.key]
    if before.key == again.key:
        assert after.key == again.key


@pytest.mark.parametrize("rule", ADDITIVE, ids=lambda rule: repr(rule)[:20])
@given(data=st.data())
def test_what_is_settled_stays_settled(rule: Any, data: st.DataObject) -> None:
    """The claim of exact curtailment, for any votes still to come."""
    ballots = data.draw(
        st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 1)), min_size=1, max_size=9)
    )
    cast = votes(*ballots)
    known = data.draw(st.integers(1, len(cast)))
    waiting = [vote.model for vote in cast[known:]]

    settled = rule.settled(cast[:known], waiting)

    if settled:
        leader = rule.decide(cast[:known], VoteContext()).key
        assert rule.decide(cast, VoteContext()).key == leader


@pytest.mark.parametrize(
    ("policy", "winner"),
    [("first", "b"), ("last", "a"), ("accuracy", "a"), ("confidence", "b"), ("abstain", None)],
)
def test_a_tie_is_settled_by_its_policy(policy: Any, winner: str | None) -> None:
    ties = Ties(policy=policy, accuracies={"m0": 0.7, "m1": 0.8})

    outcome = Majority().decide(votes(("b", 0.9), ("a", 0.8)), VoteContext(ties=ties))

    assert (outcome.key, outcome.tied) == (winner, ("b", "a"))


def test_ties_by_accuracy_need_accuracies() -> None:
    with pytest.raises(ValueError, match="needs accuracies"):
        Ties(policy="accuracy")


@pytest.mark.parametrize(
    ("rule", "numbers", "answer"),
    [
        ("median", [1, 100, 3], 3),
        ("median", [1, 4], Fraction(5, 2)),
        ("mean", [1, 2, 6], 3),
        (("trimmed_mean", {"trim": 0.25}), [-1000, 2, 4, 1000], 3),
    ],
)
async def test_numbers_have_a_middle(
    rule: Any, numbers: list[int], answer: Any, panel: Callable[..., list[Any]]
) -> None:
    result = await predict("?", models=panel(*numbers), strategy=rule, normalize="number")

    assert Fraction(str(result.answer)) == answer


def test_a_mean_is_weighted_by_confidence() -> None:
    rule: Any = find_strategy("mean", min_confidence=0.2)

    outcome = rule.decide(
        votes((Fraction(10), 0.75), (Fraction(20), 0.25), (Fraction(99), 0.1)), VoteContext()
    )

    assert outcome.key == Fraction(25, 2)


def ranked(answer: str) -> tuple[str, ...]:
    return tuple(answer.split(">"))


@pytest.mark.parametrize(("rule", "winner"), [("borda", "b"), ("ranked_choice", "c")])
async def test_rankings_are_counted_beyond_first_places(
    rule: Any, winner: str, panel: Callable[..., list[Any]]
) -> None:
    """Four rank a first, three c, two b: b is last on no ballot; its voters prefer c."""
    ballots = ["a>b>c"] * 4 + ["c>b>a"] * 3 + ["b>c>a"] * 2

    result = await predict("?", models=panel(*ballots), strategy=rule, normalize=ranked)

    assert result.answer == winner


async def test_ea11_answers_that_mean_the_same_vote_together(
    panel: Callable[..., list[Any]],
) -> None:
    texts = ["the capital is paris", "Lyon", "the capital is Paris, ", "it is Marseille"]

    result = await predict("?", models=panel(*texts), strategy="clusters")

    assert result.answer == "the capital is paris"
    assert result.vote_share == 0.5


async def test_rounded_numbers_vote_together(panel: Callable[..., list[Any]]) -> None:
    rule = ("clusters", {"similarity": "number"})

    result = await predict("?", models=panel("3.142", "3.1416", "2.7", "none"), strategy=rule)

    assert (result.answer, result.votes["3.142"]) == ("3.142", 2)


async def test_ea11_an_embedder_may_say_what_is_alike(panel: Callable[..., list[Any]]) -> None:
    def embed(texts: list[str]) -> list[list[float]]:
        return [[1.0, 0.1] if "P" in text else [0.1, 1.0] for text in texts]

    rule = ("clusters", {"embed": embed})
    result = await predict("?", models=panel("Lyon", "Paris", "P."), strategy=rule)

    assert (result.answer, result.votes) == ("Paris", {"lyon": 1, "paris": 2})


async def test_a_judge_is_asked_and_paid(panel: Callable[..., list[Any]]) -> None:
    judge, *models = panel("The best is (B)", "zebra", "ape", "zebra")

    result = await predict("Which?", models=models, strategy=("judge", {"model": judge}))

    assert result.answer == "zebra"
    assert result.cost_usd == pytest.approx(0.04)
    assert [record.role for record in result.responses] == ["member"] * 3 + ["judge"]
    assert "A) ape\nB) zebra" in str(judge.asked[0][0])


async def test_a_judge_without_a_verdict_leaves_it_to_the_majority(
    panel: Callable[..., list[Any]],
) -> None:
    judge, *models = panel("hard to say", "x", "y", "y")

    result = await predict("Which?", models=models, strategy=("judge", {"model": judge}))

    assert result.answer == "y"
    assert result.cost_usd == pytest.approx(0.04)


async def test_the_answer_with_the_best_score_is_taken(panel: Callable[..., list[Any]]) -> None:
    async def length(vote: Vote) -> float:
        return len(vote.text)

    rule = ("best_of_n", {"score": length})
    result = await predict("?", models=panel("a", "a", "longest", "bb"), strategy=rule)

    assert result.answer == "longest"


async def test_ea11_a_rule_may_be_a_class_an_object_or_a_registered_name(
    panel: Callable[..., list[Any]],
) -> None:
    class Last:
        def __init__(self, place: int = -1) -> None:
            self.place = place

        def aggregate(self, ballots: Any) -> VoteOutcome:
            return VoteOutcome(key=ballots[self.place].key, scores={ballots[self.place].key: 1.0})

    register_strategy("last_vote", Last)

    rules: list[Any] = [
        Last,
        Last(),
        (Last, {"place": 1}),
        "last_vote",
        ("last_vote", {"place": 0}),
    ]
    answers = [
        (await predict("?", models=panel("a", "b", "c"), strategy=rule)).answer for rule in rules
    ]

    assert answers == ["c", "c", "b", "c", "a"]
    with pytest.raises(ValueError, match="is a built-in strategy"):
        register_strategy("majority", Last)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (lambda: Weighted(weights={"m": -1}), "'m' has -1"),
        (lambda: Weighted(weights={"m": math.nan}), "'m' has nan"),
        (lambda: LogOdds(accuracies={"m": 1.0}), r"outside of \(0, 1\)"),
        (lambda: LogOdds(accuracies={}, choices=1), "below 2"),
    ],
)
def test_impossible_settings_are_refused(rule: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rule()


def test_every_rule_has_the_name_it_is_found_by() -> None:
    needs: dict[str, dict[str, Any]] = {
        "best_of_n": {"score": len},
        "judge": {"model": str},
        "learned": {"weights": {}},
        "log_odds": {"accuracies": {}},
    }

    names = {name: find_strategy(name, **needs.get(name, {})).name for name in strategy_names()}

    assert names == {name: name for name in strategy_names()}
