"""Scorers that are async functions."""

import asyncio
from functools import partial
from typing import Any

import pytest

from dataset_manager import (
    Dataset,
    Item,
    Score,
    UnknownScorerError,
    evaluate,
    is_async_scorer,
    register_scorer,
    score,
    score_async,
)
from dataset_manager._scoring import scorers

ITEM = Item(id="1", input="How much is 2 + 3?", expected=5)


@pytest.fixture(autouse=True)
def _own_scorers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scorers, "_scorers", dict(scorers._scorers))


async def judged(prediction: Any, item: Item, *, right: str = "5") -> Score:
    await asyncio.sleep(0)
    correct = str(prediction) == right
    return Score(correct=correct, value=float(correct), outcome="found", extracted=prediction)


class Judge:
    async def __call__(self, prediction: Any, item: Item) -> Score:
        return await judged(prediction, item)


def test_an_async_scorer_is_awaited() -> None:
    register_scorer("judged", judged)

    found = asyncio.run(score_async("5", ITEM, scorer="judged"))

    assert (found.correct, found.scorer) == (True, "judged")


def test_the_other_functions_wait_for_an_async_scorer_also_in_a_running_loop() -> None:
    register_scorer("judged", judged)

    async def inside() -> Score:
        return score("4", ITEM, scorer="judged")

    assert score("5", ITEM, scorer="judged").correct
    assert not asyncio.run(inside()).correct
    data = Dataset([ITEM], name="one")
    assert evaluate({"1": "5"}, dataset=data, metrics=["judged"]).metrics["judged"] == 1.0


@pytest.mark.parametrize("kind", ["function", "partial", "object"])
def test_it_is_known_which_scorers_are_async(kind: str) -> None:
    given: dict[str, Any] = {
        "function": judged,
        "partial": partial(judged, right="6"),
        "object": Judge(),
    }
    register_scorer("judged", given[kind])

    assert is_async_scorer("judged")
    assert not is_async_scorer("number")


def test_score_async_takes_plain_scorers_and_refuses_unknown_ones() -> None:
    assert asyncio.run(score_async("It is 5.", ITEM)).correct
    with pytest.raises(UnknownScorerError, match="nothing"):
        asyncio.run(score_async("5", ITEM, scorer="nothing"))


def test_what_is_not_a_score_is_refused() -> None:
    async def wrong(prediction: Any, item: Item) -> Any:
        return 1.0

    register_scorer("wrong", wrong)
    with pytest.raises(TypeError, match="returned float, not a Score"):
        asyncio.run(score_async("5", ITEM, scorer="wrong"))
