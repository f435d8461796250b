"""The acceptance scenarios that no other test holds, by their number."""

import asyncio
import itertools
import math
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensemble import (
    Calibrated,
    Consensus,
    Constant,
    HedgedExecution,
    Majority,
    Miscalibrated,
    NoConsensusError,
    Parallel,
    ResponseCache,
    Ties,
    Uninformative,
    Vote,
    VoteContext,
    VoteTable,
    ask,
    collect,
    majority_error,
    panel,
    predict,
    predict_many,
    predict_stream,
)

Run = Callable[[Coroutine[Any, Any, Any]], Any]
QUICK = Constant(latency_ms=0)
POLICIES = ("first", "last", "seeded", "accuracy", "confidence", "abstain", "error")


def test_ea1_three_models_know_what_two_and_two_is(
    make_item: Callable[..., Any], in_simulated_time: Run
) -> None:
    """EA1: a vote of models that take a known time."""
    times = {"gemini-flash": 310.0, "gpt-4o-mini": 520.0, "claude-haiku": 430.0}
    models = panel(
        dict.fromkeys(times, 1.0),
        latency={name: Constant(latency_ms=ms) for name, ms in times.items()},
        input_price=0.15,
        output_price=0.60,
    )

    result = in_simulated_time(predict(make_item(0, "What is 2+2?"), models=models))

    assert (result.answer, result.consensus, result.source) == ("4", 1.0, "simulated")
    assert result.latency_ms == pytest.approx(520.0, abs=0.01)
    assert result.cost_usd == pytest.approx(3 * (3 * 0.15 + 50 * 0.60) / 1e6)


def test_ea5_a_quick_model_needs_no_backup(in_simulated_time: Run, timed: Any) -> None:
    """EA5, last part: nothing is started, and nothing is paid, that is not needed."""
    pytest.importorskip("hedging")
    quick, backup = timed("quick", "4", 100), timed("backup", "4", 200)

    result = in_simulated_time(
        predict("?", models=[quick, backup], execution=HedgedExecution(delay_ms=500))
    )

    assert (result.latency_ms, result.cost_usd, backup.calls) == (pytest.approx(100), 1.0, 0)


def ballots(keys: Sequence[str]) -> list[Vote]:
    """Votes of m0, m1, ...; each key has its own fixed confidence and its voters an accuracy."""
    return [
        Vote(model=f"m{place}", key=key, text=key, confidence=0.5 + ord(key) % 7 / 20)
        for place, key in enumerate(keys)
    ]


@pytest.mark.parametrize("keys", ["ab", "aabb", "abc"])
@pytest.mark.parametrize("policy", POLICIES)
def test_ea7_every_tie_policy_settles_every_tie(policy: Any, keys: str) -> None:
    """EA7: 1-1, 2-2 and 1-1-1 under all policies; again with the same seed it is the same."""
    accuracies = {f"m{place}": 0.5 + place / 20 for place in range(4)}

    ties = Ties(policy=policy, seed=3, accuracies=accuracies)

    def settle(order: Sequence[Vote]) -> Any:
        try:
            return Majority().decide(order, VoteContext(ties=ties))
        except NoConsensusError as error:
            return error

    found = settle(ballots(keys))

    assert set(found.tied) == set(keys)
    if policy == "error":
        assert isinstance(found, NoConsensusError)
        return
    expected = {
        "first": keys[0],
        "last": keys[-1],
        "accuracy": keys[-1],  # the last model is the most accurate
        "confidence": max(set(keys), key=lambda key: ord(key) % 7),
        "abstain": None,
    }
    assert found.key == expected.get(policy, found.key)
    again = {settle(order).key for order in itertools.permutations(ballots(keys))}
    # The order of the models counts only where the policy says so.
    assert (len(again) == 1) == (policy not in ("first", "last"))


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=7), st.randoms(), st.integers(0, 9))
def test_ea7_permuting_members_changes_only_first_and_last(
    keys: list[str], chance: Any, seed: int
) -> None:
    """EA7 for all votes: every other policy gives the same winner in any order."""
    votes = ballots(keys)
    shuffled = list(votes)
    chance.shuffle(shuffled)
    accuracies = {vote.model: 0.5 + ord(str(vote.key)) / 300 for vote in votes}

    for policy in ("seeded", "accuracy", "confidence", "abstain"):
        poll = VoteContext(ties=Ties(policy=policy, seed=seed, accuracies=accuracies))
        one, other = (Majority().decide(order, poll).key for order in (votes, shuffled))
        assert one == other


def test_ea9_a_stream_tells_each_answer_once_and_ends_once(
    in_simulated_time: Run, timed: Any
) -> None:
    """EA9: in the order of completion, and early at a consensus of .8, which cancels the rest."""
    models = [timed("a", "4", 50), timed("b", "5", 10), timed("f", "4", 500)]
    models += [timed(name, "4", ms) for name, ms in (("c", 20), ("d", 30), ("e", 40))]

    async def watch() -> list[Any]:
        order = Parallel(stop=Consensus(share=0.8, min_votes=5))
        return [step async for step in predict_stream("?", models=models, execution=order)]

    steps = in_simulated_time(watch())

    assert [step.asked.model for step in steps if step.result is None] == list("bcdea")
    shares = [step.vote_share for step in steps if step.result is None]
    assert shares == pytest.approx([1.0, 0.5, 2 / 3, 3 / 4, 4 / 5])
    (last,) = [step.result for step in steps if step.result is not None]
    assert steps[-1].result is last
    assert (last.answer, last.cancelled, models[2].cancelled) == ("4", 1, 1)
    assert last.latency_ms == pytest.approx(50)


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 3, 5, 7])
async def test_ea12_independent_models_err_as_the_binomial_distribution_says(
    size: int, make_item: Callable[..., Any]
) -> None:
    """EA12 at rho = 0; with correlated errors see test_simulated_panel."""
    count = 1500
    items = [make_item(number, "?", "yes") for number in range(count)]

    results = await predict_many(items, models=panel([0.7] * size, latency=QUICK))

    wrong = sum(result.answer != "yes" for result in results) / count  # type: ignore[union-attr]  # none failed
    expected = majority_error(size, 0.7)
    assert abs(wrong - expected) <= 4 * math.sqrt(expected * (1 - expected) / count)


async def voted(table: VoteTable, strategy: str) -> float:
    return table.accuracy(table.decide(strategy))


@pytest.mark.slow
async def test_ea13_weights_pay_when_confidence_means_something_and_cost_when_weak_models_boast(
    make_item: Callable[..., Any],
) -> None:
    """EA13: two strong models and three weak ones, first calibrated, then with boasting weak ones.

    2,000 questions: a standard error of one point.
    """
    accuracies = {"a": 0.85, "b": 0.85, "c": 0.55, "d": 0.55, "e": 0.55}
    items = [make_item(number, "?", "yes") for number in range(2000)]

    async def table(weak: Any, strong: Any) -> VoteTable:
        confidences = {name: strong if name in "ab" else weak for name in accuracies}
        return await collect(
            items, models=panel(accuracies, same_wrong=1.0, latency=QUICK, confidence=confidences)
        )

    calibrated = await table(Calibrated(), Calibrated())
    boasting = await table(Uninformative(stated=0.99), Miscalibrated(temperature=2.0, bias=-2.0))

    plain = await voted(calibrated, "majority")
    assert await voted(calibrated, "weighted") >= plain + 0.01
    assert await voted(boasting, "majority") == plain
    assert await voted(boasting, "weighted") <= plain - 0.01


@pytest.mark.slow
async def test_ea15_a_correlation_study_prints_every_pair_and_what_the_panel_is_worth(
    make_item: Callable[..., Any],
) -> None:
    """EA15: phi of each pair and the effective number of members, measured as asked."""
    pytest.importorskip("numpy")
    models = panel({"a": 0.7, "b": 0.7, "c": 0.7}, rho=0.5, latency=QUICK)
    items = [make_item(number, "?", "yes") for number in range(1500)]

    found = (await collect(items, models=models)).analyze()

    assert found.mean_phi == pytest.approx(0.5, abs=0.08)
    assert found.effective == pytest.approx(3 / (1 + 2 * 0.5), abs=0.15)
    assert f"worth {found.effective:.1f} members" in str(found)
    mark, first, *rows = found.correlations().split("\n")
    assert mark == "SIMULATED"
    assert first.split() == ["1", "2", "3"]
    assert [row.split()[:2] for row in rows] == [["a", "1"], ["b", "2"], ["c", "3"]]
    assert rows[0].split()[2:] == ["-", *(f"{pair.phi:.2f}" for pair in found.pairs[:2])]


async def test_ea15_an_identical_question_is_served_from_the_cache(
    tmp_path: Any, make_item: Callable[..., Any]
) -> None:
    """EA15, the cache recipe: prompt, temperature, seed and version of the model are the key."""
    asked = []

    async def model(query: str) -> str:
        asked.append(query)
        return f"answer {len(asked)}"

    with ResponseCache(tmp_path / "web.sqlite") as cache:
        service = [cache.wrap(model, version="2026-01")]
        first = await predict("2+2?", models=service, temperature=0.2, seed=1)
        again = await predict("2+2?", models=service, temperature=0.2, seed=1)
        await predict("2+2?", models=service, temperature=0.9, seed=1)
        await predict("2+2?", models=service, temperature=0.2, seed=2)
        await predict("2+2?", models=[cache.wrap(model, version="2026-02")], seed=1)

    assert first.answer == again.answer
    assert again.responses[0].response is not None
    assert again.responses[0].response.cached
    assert len(asked) == 4


def test_ea16_fifty_at_once_are_as_many_a_second_as_can_be(
    make_item: Callable[..., Any], in_simulated_time: Run
) -> None:
    """EA16: 200 questions, 50 at once, 1,200 ms each: 41.7 a second."""
    models = panel([1.0, 1.0], latency=Constant(latency_ms=1200))

    async def serve() -> float:
        clock = asyncio.get_running_loop().time
        begin = clock()
        await predict_many([make_item(n) for n in range(200)], models=models, concurrency=50)
        return clock() - begin

    assert 200 / in_simulated_time(serve()) == pytest.approx(41.7, abs=0.1)


async def test_simulated_data_says_so_in_every_output(
    make_item: Callable[..., Any], tmp_path: Any
) -> None:
    pytest.importorskip("numpy")
    models = panel([0.9, 0.8, 0.7], latency=QUICK, cost_per_call=0.1, confidence=Calibrated())
    items = [make_item(number) for number in range(120)]

    result = await predict(items[0], models=models)
    table = await collect(items, models=models, normalize="number")

    assert str(result).startswith("SIMULATED: ")
    assert "SIMULATED" in result._repr_html_()
    results: list[Any] = [table.analyze(), table.fit(), table.tune_cascade(max_cost_usd=0.25)]
    results += [*table.choices(), *table.calibrations().values(), table.only(["model-1"]).analyze()]
    for each in results:
        assert str(each).startswith("SIMULATED"), each
        assert each.to_dict()["source"] == "simulated"
    assert table.analyze().correlations().startswith("SIMULATED\n")
    with ResponseCache(tmp_path / "a.sqlite") as cache:
        for _ in range(2):
            response = await ask(items[0], model=cache.wrap(models[0]))
            assert (response.source, response.to_dict()["source"]) == ("simulated", "simulated")
        assert {record.response.source for record in cache} == {"simulated"}


async def test_one_simulated_answer_makes_the_whole_simulated(
    make_item: Callable[..., Any],
) -> None:
    async def live(_: Any) -> str:
        return "4"

    mixed = await predict(make_item(), models=[live, *panel([1.0], latency=QUICK)])

    assert mixed.source == "simulated"
    assert (await predict(make_item(), models=[live])).source == "live"
    assert "SIMULATED" not in str(await predict(make_item(), models=[live]))
