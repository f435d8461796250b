"""Recipes: self-consistency, a judge, cascades and budgets, end to end."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from ensemble import (
    Agreement,
    AllModelsFailedError,
    Consensus,
    Constant,
    HedgedModel,
    InsufficientResponsesError,
    Query,
    Response,
    SamplingParameters,
    Sequential,
    SimulatedModel,
    Weighted,
    collect,
    predict,
    predict_many,
)


def simulated(name: str, accuracy: float, **options: Any) -> SimulatedModel:
    return SimulatedModel(name, accuracy=accuracy, latency=Constant(latency_ms=1), **options)


async def test_ea8_unanimity_falls_back_to_weights(panel: Callable[..., list[Any]]) -> None:
    models = panel("4", "5", "4")

    result = await predict("?", models=models, strategy="unanimous")
    if result.answer is None:
        weights: Any = ("weighted", {"weights": {"m1": 0.5}})
        result = await predict("?", models=models, strategy=weights)

    assert (result.answer, result.strategy) == ("4", "weighted")


async def test_ea8_a_robust_prediction_has_substitutes_and_lowers_its_demands(
    panel: Callable[..., list[Any]],
) -> None:
    broken = panel(ValueError("x"), ValueError("y"))

    with pytest.raises(AllModelsFailedError):
        await predict("?", models=broken)
    backup = await predict("?", models=panel("4"))
    with pytest.raises(InsufficientResponsesError):
        await predict("?", models=[*broken, *panel("4")], min_responses=2)
    lowered = await predict("?", models=[*broken, *panel("4")], min_responses=1)

    assert (backup.answer, lowered.answer) == ("4", "4")


async def test_ea14_a_prediction_stays_within_its_budget(make_item: Callable[..., Any]) -> None:
    pytest.importorskip("numpy")
    models = [
        simulated(f"m{cost}", 0.6 + cost / 20, cost_per_call=cost / 100) for cost in (1, 2, 4)
    ]
    items = [make_item(number, f"{number}?", str(number)) for number in range(200)]
    table = await collect(items, models=models, normalize="number")
    budget = 0.035

    front = table.pareto()
    affordable = [each for each in front if each.cost_usd is not None and each.cost_usd <= budget]
    chosen = max(affordable, key=lambda each: each.accuracy)
    members = [model for model in models if model.name in chosen.members]
    order: Any = "parallel"
    if chosen.rule == "two agree":
        order = Sequential(first=2, stop=Agreement(votes=2), max_models=2)
    results = await predict_many(items, models=members, execution=order, normalize="number")

    assert len(table.choices()) >= 6
    assert all(isinstance(each.cost_usd, float) and each.cost_usd <= budget for each in results)


async def test_ea15_an_ensemble_of_ensembles_and_a_verifier(
    panel: Callable[..., list[Any]],
) -> None:
    first, second = panel("4", "4", "5"), panel("5", "4", "4")

    async def left(query: str) -> str:
        return str((await predict(query, models=first)).answer)

    async def right(query: str) -> str:
        return str((await predict(query, models=second)).answer)

    meta = await predict("2+2?", models=[left, right])
    checked = await predict(
        "2+2?", models=panel("4", "5"), strategy=("judge", {"model": panel("A")[0]})
    )

    assert (meta.answer, meta.vote_share, checked.answer) == ("4", 1.0, "4")


async def test_ea17_support_tickets_are_classified_and_the_gain_is_measured(
    make_item: Callable[..., Any],
) -> None:
    """Classes, a cheap panel, a premium model on disagreement, and what each level is worth."""
    classes = ["billing", "technical", "account", "refund"]
    cheap = [simulated(name, 0.85, cost_per_call=0.001) for name in "abc"]
    premium = simulated("premium", 0.95, cost_per_call=0.05)
    items = [
        make_item(number, {"question": f"{number}?", "choices": classes}, classes[number % 4])
        for number in range(300)
    ]

    order = Sequential(first=3, stop=Consensus(share=1.0, min_votes=3))
    results = await predict_many(
        items, models=[*cheap, premium], execution=order, tie_break="last", strategy="last"
    )
    table = await collect(items, models=cheap)

    right = sum(
        each.key == item.expected  # type: ignore[union-attr]  # none failed
        for each, item in zip(results, items, strict=True)
    )
    cost = sum(each.cost_usd for each in results)  # type: ignore[misc]  # all known
    levels = table.by_consensus()
    assert right / 300 > 0.93
    assert cost < 0.5 * 300 * 0.05
    assert [share for share, _, _ in levels][:2] == [1.0, pytest.approx(2 / 3)]
    assert levels[0][2] > levels[1][2]
    assert sum(count for _, count, _ in levels) == 300


class Late:
    """Slow for the first sample, quick for others; a cancelled call costs half."""

    name = "late"

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        await asyncio.sleep(3.0 if sampling.sample == 0 else 0.2)
        return Response(text=f"{sampling.sample > 0}", model=self.name, cost_usd=1.0)

    def cancelled_cost_usd(
        self, query: Query, sampling: SamplingParameters, ran_ms: float
    ) -> float:
        return 0.5


def test_a_hedged_member_is_quicker_and_pays_for_both(
    in_simulated_time: Callable[..., Any],
) -> None:
    pytest.importorskip("hedging")

    result = in_simulated_time(predict("?", models=[HedgedModel(Late(), delay_ms=500)]))

    assert (result.latency_ms, result.cost_usd) == (pytest.approx(700), 1.5)
    assert result.responses[0].response.attempts == 2


def test_a_hedged_member_that_fails_twice_has_failed(
    in_simulated_time: Callable[..., Any],
) -> None:
    pytest.importorskip("hedging")

    async def broken(query: str) -> str:
        raise ValueError(query)

    with pytest.raises(AllModelsFailedError, match="all 2 models failed"):
        in_simulated_time(predict("x", models=[HedgedModel(broken, delay_ms=5)]))


@pytest.mark.slow
async def test_answers_in_latex_and_in_other_words_can_be_compared(
    panel: Callable[..., list[Any]],
) -> None:
    pytest.importorskip("math_verify")
    pytest.importorskip("rapidfuzz")
    formulas = panel("$\\frac{1}{2}$", "$0.5$", "$\\frac{2}{3}$")
    sentences = panel("the war of 1812", "The war, of 1812", "a treaty")

    same = await predict("?", models=formulas, strategy=("clusters", {"similarity": "latex"}))
    words = await predict("?", models=sentences, strategy=("clusters", {"similarity": "fuzzy"}))

    assert same.vote_share == pytest.approx(2 / 3)
    assert words.vote_share == pytest.approx(2 / 3)


async def test_a_model_may_judge_what_is_the_same(panel: Callable[..., list[Any]]) -> None:
    judge, *models = panel("yes", "big", "large")

    result = await predict("?", models=models, strategy=("clusters", {"judge": judge}))

    assert result.vote_share == 1.0
    assert result.cost_usd == pytest.approx(0.03)


async def test_weights_may_be_static(panel: Callable[..., list[Any]]) -> None:
    rule = Weighted(weights={"m0": 3.0})

    result = await predict("?", models=panel("a", "b", "b"), strategy=rule)

    assert (result.answer, result.scores, result.votes) == ("a", {"a": 3, "b": 2}, {"a": 1, "b": 2})
    assert result.consensus == 0.6
    assert result.vote_share == pytest.approx(1 / 3)
    assert result.margin == pytest.approx(1 / 3)
    assert result.cost_breakdown == {"m0": 0.01, "m1": 0.01, "m2": 0.01}
