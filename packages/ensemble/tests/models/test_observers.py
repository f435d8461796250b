"""An observer sees each call with what was sent and what came back."""

import asyncio

import pytest

from ensemble import (
    FunctionModel,
    Model,
    ModelCall,
    Variant,
    observing_calls,
    predict,
    sampling,
    stream,
)


def echo(name: str) -> FunctionModel:
    return FunctionModel(name, lambda text: f"{name}: {text}")


async def test_each_member_of_a_vote_is_observed_with_its_own_prompt() -> None:
    calls: list[ModelCall] = []
    short = Variant(echo("b"), "short b", prompt=lambda text: f"Be short. {text}")
    panel: list[Model] = [echo("a"), short]

    with observing_calls(calls.append), sampling(sample=2):
        result = await predict("Is it?", models=panel)

    assert {each.model: each.prompt for each in calls} == {
        "a": "Is it?",
        "short b": "Be short. Is it?",
    }
    assert {each.sampling.sample for each in calls} == {2}
    answers = {each.model: each.response for each in result.responses}
    assert {each.model: each.response for each in calls} == answers  # in the order of their ends
    assert {each.prediction_id for each in calls} == {result.prediction_id}
    assert all(each.to_dict()["status"] == "answered" for each in calls)


async def test_failed_and_cancelled_calls_are_observed_too() -> None:
    calls: list[ModelCall] = []

    async def fail(text: str) -> str:
        raise ValueError("no")

    async def wait(text: str) -> str:
        await asyncio.Event().wait()
        return text

    panel = [FunctionModel("fails", fail), FunctionModel("waits", wait)]
    with observing_calls(calls.append), pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await predict("q", models=panel)

    assert [(each.model, each.status, each.response) for each in calls] == [
        ("fails", "failed", None),
        ("waits", "cancelled", None),
    ]
    assert "no" in str(calls[0].error)


async def test_a_stream_is_observed_and_chat_messages_are_shown_with_their_roles() -> None:
    calls: list[ModelCall] = []
    messages = [{"role": "system", "content": "Short."}, {"role": "user", "content": "Is it?"}]

    with observing_calls(calls.append):
        pieces = [piece async for piece in stream(messages, model=echo("m"))]

    assert calls[0].prompt == "system: Short.\nuser: Is it?"
    assert calls[0].response is not None
    assert calls[0].response.text == "".join(pieces)


async def test_calls_outside_of_the_block_are_not_observed() -> None:
    calls: list[ModelCall] = []

    with observing_calls(calls.append):
        pass
    await predict("q", models=[echo("m")])

    assert calls == []
