"""Substitutes, variants, predictions that are watched, and many questions at once."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest

from ensemble import (
    AllModelsFailedError,
    Consensus,
    Fallback,
    Parallel,
    Variant,
    predict,
    predict_many,
    predict_many_sync,
    predict_stream,
)


def test_a_substitute_is_asked_when_a_model_fails(
    in_simulated_time: Callable[..., Any], timed: Any
) -> None:
    member = Fallback(timed("a", ValueError("down")), timed("b", "4"))

    result = in_simulated_time(predict("?", models=[member, timed("c", "4")]))

    record = result.responses[0]
    assert (record.model, record.response.model, record.response.attempts) == ("a", "b", 2)
    with pytest.raises(AllModelsFailedError, match="a: a: down"):
        in_simulated_time(predict("?", models=[Fallback(timed("a", ValueError("a: down")))]))


async def test_a_variant_asks_in_its_own_way(panel: Callable[..., list[Any]]) -> None:
    model = panel("4")[0]
    poet = Variant(model, "poet", temperature=1.0, prompt=lambda text: f"In verse: {text}")

    result = await predict("2+2?", models=[model, poet], temperature=0.0)

    assert result.models == ("m0", "poet")
    assert [(query, settings.temperature) for query, settings in model.asked] == [
        ("2+2?", 0.0),
        ("In verse: 2+2?", 1.0),
    ]


def test_a_prediction_can_be_watched(in_simulated_time: Callable[..., Any], timed: Any) -> None:
    models = [timed("a", "4", 30), timed("b", "5", 10), timed("c", "4", 20), timed("d", "4", 99)]

    async def watch() -> list[Any]:
        order = Parallel(stop=Consensus(share=0.66, min_votes=3))
        return [step async for step in predict_stream("?", models=models, execution=order)]

    *steps, last = in_simulated_time(watch())

    assert [step.asked.model for step in steps] == ["b", "c", "a"]
    assert [step.vote_share for step in steps] == pytest.approx([1.0, 0.5, 2 / 3])
    assert [step.result is None for step in steps] == [True] * 3
    assert (last.result.answer, last.result.cancelled) == ("4", 1)


async def test_who_leaves_a_watched_prediction_cancels_it(timed: Any) -> None:
    slow = timed("slow", "4", 60_000)
    before = len(asyncio.all_tasks())

    async with aclosing(predict_stream("?", models=[timed("a", "4", 0), slow])) as steps:
        async for _ in steps:
            break

    assert slow.cancelled == 1
    assert len(asyncio.all_tasks()) == before


async def test_an_ensemble_may_be_a_member_of_a_watched_one(
    panel: Callable[..., list[Any]],
) -> None:
    async def inner(query: str) -> str:
        return str((await predict(query, models=panel("1", "1"))).answer)

    steps = [step async for step in predict_stream("?", models=[inner])]

    assert len(steps) == 2


async def test_many_questions_keep_their_order_and_their_errors(
    panel: Callable[..., list[Any]],
) -> None:
    async def echo(query: str) -> str:
        if query == "2":
            raise ValueError(query)
        return query

    results = await predict_many(map(str, range(5)), models=[echo], concurrency=2)

    assert [getattr(each, "answer", None) for each in results] == ["0", "1", None, "3", "4"]
    assert isinstance(results[2], AllModelsFailedError)
    with pytest.raises(ValueError, match="concurrency"):
        await predict_many(["?"], models=[echo], concurrency=0)


def test_many_questions_have_a_sync_twin(panel: Callable[..., list[Any]]) -> None:
    results = predict_many_sync(["?", "?"], models=panel("4"))

    assert [getattr(each, "answer", None) for each in results] == ["4", "4"]


@pytest.mark.slow
async def test_ten_thousand_predictions_leave_no_task(panel: Callable[..., list[Any]]) -> None:
    async def quick(query: str) -> str:
        await asyncio.sleep(0)
        return query

    before = len(asyncio.all_tasks())
    results = await predict_many(map(str, range(10_000)), models=[quick], concurrency=10_000)

    assert len(results) == 10_000
    assert len(asyncio.all_tasks()) == before
