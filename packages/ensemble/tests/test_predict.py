"""Several models, one answer, and nothing lost on the way."""

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

import blinker
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensemble import (
    EVENTS,
    AllModelsFailedError,
    FunctionModel,
    InsufficientResponsesError,
    NoConsensusError,
    Outcome,
    Query,
    Response,
    Sampling,
    UnknownNameError,
    Vote,
    ask,
    majority,
    predict,
    predict_sync,
    sampling,
)


class Scripted:
    """A model that answers, fails or hangs as it is told."""

    def __init__(self, name: str, answer: object, *, cost: float | None = 0.01) -> None:
        self.name = name
        self.answer = answer
        self.cost = cost
        self.asked: list[tuple[Query, Sampling]] = []

    async def generate(self, query: Query, sampling: Sampling) -> Response:
        self.asked.append((query, sampling))
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is asyncio.Event:
            await asyncio.Event().wait()
        return Response(text=str(self.answer), model=self.name, cost_usd=self.cost, latency_ms=5.0)


def panel(*answers: object) -> list[Scripted]:
    return [Scripted(f"m{place}", answer) for place, answer in enumerate(answers)]


async def test_the_majority_answers_and_everything_is_in_the_record() -> None:
    result = await predict("2+2?", models=panel("4", "4", "5"))

    assert (result.answer, result.key) == ("4", "4")
    assert result.consensus == pytest.approx(2 / 3)
    assert result.votes == {"4": 2.0, "5": 1.0}
    assert result.cost_usd == pytest.approx(0.03)
    assert (result.successes, result.failures, result.tie) == (3, 0, False)
    assert result.models == ("m0", "m1", "m2")
    assert [record.key for record in result.responses] == ["4", "4", "5"]
    assert (result.strategy, result.execution, result.normalize) == ("majority", "parallel", "text")
    assert result.to_dict()["responses"][2]["response"]["text"] == "5"
    assert "67%" in str(result)


async def test_answers_are_compared_in_normal_form_and_given_as_they_were() -> None:
    result = await predict("?", models=panel("YES.", "yes", "no"))

    assert (result.answer, result.key) == ("YES.", "yes")


async def test_an_answer_that_says_nothing_has_no_vote() -> None:
    result = await predict("?", models=panel("no idea", "none", "7"), normalize="number")

    assert (result.answer, result.consensus) == ("7", 1.0)
    assert result.agreement == pytest.approx(1 / 3)
    assert result.responses[0].key is None


async def test_when_nobody_has_a_vote_there_is_no_answer() -> None:
    result = await predict("?", models=panel("x", "y"), normalize="number")

    assert result.answer is None
    assert (result.consensus, result.agreement, result.votes) == (0.0, 0.0, {})


async def test_a_failed_model_does_not_fail_the_vote() -> None:
    result = await predict("?", models=panel("4", ValueError("broken"), "4"))

    assert result.answer == "4"
    assert result.consensus == 1.0
    assert result.agreement == pytest.approx(2 / 3)
    assert result.failures == 1
    assert result.responses[1].error == "broken"
    assert not result.cost_complete


async def test_a_model_that_takes_too_long_has_failed() -> None:
    result = await predict("?", models=panel("4", asyncio.Event), model_timeout_ms=20)

    assert result.responses[1].error_type == "ModelTimeoutError"
    assert result.answer == "4"


async def test_when_all_fail_every_reason_is_told() -> None:
    with pytest.raises(AllModelsFailedError, match=r"m0: first; m1: second") as caught:
        await predict("?", models=panel(ValueError("first"), OSError("second")))

    assert set(caught.value.errors) == {"m0", "m1"}


async def test_fewer_answers_than_asked_for_is_an_error() -> None:
    with pytest.raises(InsufficientResponsesError, match="1 models answered, 2 are needed"):
        await predict("?", models=panel("4", ValueError("x")), min_responses=2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"strategy": "best"}, "unknown voting strategy 'best'; known: majority"),
        ({"execution": "cascade"}, "unknown execution 'cascade'; known: parallel"),
        ({"normalize": "magic"}, "unknown normalisation 'magic'; known: boolean, choice"),
        ({"tie_break": "coin"}, "unknown tie policy 'coin'; known: abstain, error"),
    ],
)
async def test_an_unknown_name_is_an_error_that_lists_the_known_ones(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UnknownNameError, match=message):
        await predict("?", models=panel("4"), **options)


@pytest.mark.parametrize("options", [{"models": []}, {"models": panel("4"), "min_responses": 2}])
async def test_an_empty_panel_and_an_impossible_quorum_are_errors(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"models|min_responses"):
        await predict("?", **options)


def votes(*keys: str) -> list[Vote]:
    return [Vote(model=f"m{place}", key=key, text=key) for place, key in enumerate(keys)]


@pytest.mark.parametrize(
    ("policy", "winner"), [("first", "b"), ("abstain", None), ("seeded", {"a", "b"})]
)
def test_ties_follow_the_policy_and_are_recorded(policy: str, winner: object) -> None:
    outcome = majority(votes("b", "a", "a", "b", "c"), tie_break=policy, seed=1)

    assert set(outcome.tied) == {"a", "b"}
    assert outcome.key in winner if isinstance(winner, set) else outcome.key == winner


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


async def test_a_strategy_may_be_a_function_of_the_votes() -> None:
    def shortest(ballots: Any) -> Outcome:
        best = min(ballots, key=lambda vote: len(vote.text))
        return Outcome(key=best.key, scores={best.key: 1.0}, confidence=0.5)

    result = await predict("?", models=panel("long answer", "short"), strategy=shortest)

    assert (result.answer, result.strategy, result.confidence) == ("short", "shortest", 0.5)


async def test_functions_are_models_too() -> None:
    async def clever(query: str) -> str:
        return "4"

    def plain(query: str) -> str:
        return "four"

    result = await predict("?", models=[clever, plain, FunctionModel("f", clever)])

    assert result.models == ("clever", "plain", "f")
    assert result.votes == {"4": 2.0, "four": 1.0}
    assert result.cost_usd is None
    assert result.latency_ms is not None


def test_the_sync_twin_gives_the_same() -> None:
    assert predict_sync("?", models=panel("4", "4")).answer == "4"


async def test_something_that_is_no_model_is_refused() -> None:
    with pytest.raises(TypeError, match="is no model"):
        await predict("?", models=["gpt-4"])  # type: ignore[list-item]  # wrong on purpose


async def test_the_sample_number_reaches_every_model() -> None:
    models = panel("4", "4")

    with sampling(sample=3):
        await predict("?", models=models, seed=9, temperature=0.5)
    await ask(models[0], "?")

    assert [settings.sample for _, settings in models[0].asked] == [3, 0]
    assert models[1].asked[0][1] == Sampling(temperature=0.5, seed=9, sample=3)


async def test_a_live_model_without_a_latency_is_timed(make_item: Callable[..., Any]) -> None:
    async def slow(query: Any) -> str:
        await asyncio.sleep(0)
        return "x"

    response = await ask(slow, make_item())

    assert response.latency_ms is not None
    assert response.latency_ms >= 0


async def test_every_event_is_in_the_list_and_joined_by_the_prediction() -> None:
    seen: list[tuple[str, dict[str, Any], dict[str, Any]]] = []

    def receive(name: str, *, measurements: dict[str, Any], metadata: dict[str, Any]) -> None:
        seen.append((name, measurements, metadata))

    with blinker.signal("crucible").connected_to(receive):
        await predict("?", models=panel("4", ValueError("x")))
        with pytest.raises(AllModelsFailedError):
            await predict("?", models=panel(ValueError("x")))

    names = [name for name, _, _ in seen]
    assert set(names) == set(EVENTS)
    stop = next(entry for entry in seen if entry[0] == "ensemble.predict.stop")
    assert stop[1]["cost_usd"] == 0.01
    assert stop[2]["failures"] == 1
    model = next(entry for entry in seen if entry[0] == "ensemble.model.stop")
    assert (model[2]["model"], model[1]["duration_ns"]) == ("m0", 5_000_000)
    assert seen[0][2]["prediction_id"] == stop[2]["prediction_id"]


async def test_no_task_is_left_when_the_caller_is_cancelled() -> None:
    before = len(asyncio.all_tasks())

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await predict("?", models=panel(asyncio.Event, asyncio.Event))

    assert len(asyncio.all_tasks()) == before
