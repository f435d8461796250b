"""An observer sees each call with what was sent and what came back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import blinker
import pytest

from ensemble import (
    BatchJobs,
    FunctionModel,
    Limits,
    Model,
    ModelCall,
    OpenAIModel,
    Price,
    QueueWait,
    Variant,
    ask,
    observing_calls,
    observing_waits,
    predict,
    sampling,
    stream,
)
from ensemble.testing import LoopbackProvider


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


@asynccontextmanager
async def served(**options: Any) -> AsyncIterator[OpenAIModel]:
    """A model of a provider on this machine."""
    async with LoopbackProvider(latency_ms=2.0) as provider:
        options = {"api_key": "k", "price": Price(), **options}
        async with OpenAIModel("m", base_url=provider.url, **options) as model:
            yield model


async def test_a_wait_in_the_queue_is_seen_when_it_begins_and_when_it_ends() -> None:
    waits: list[QueueWait] = []
    calls: list[ModelCall] = []

    async with served(limits=Limits(max_concurrency=1)) as model:
        with observing_waits(waits.append), observing_calls(calls.append):
            await asyncio.gather(ask("1?", model=model), ask("2?", model=model))

    numbers = dict.fromkeys(each.number for each in waits)
    first, second = ([each for each in waits if each.number == number] for number in numbers)
    assert [each.waited_ms is None for each in first] == [True, False]
    assert [each.waited_ms is None for each in second] == [True, False]
    assert {each.model for each in waits} == {"m"}
    assert [call.queue_ms for call in calls] == [first[1].waited_ms, second[1].waited_ms]
    assert calls[1].queue_ms > 0
    assert calls[0].to_dict()["queue_ms"] == calls[0].queue_ms


async def test_a_cancelled_wait_ends() -> None:
    waits: list[QueueWait] = []

    async with served(limits=Limits(requests_per_minute=0.001)) as model:
        with observing_waits(waits.append):
            await ask("1?", model=model)
            task = asyncio.create_task(ask("2?", model=model))
            while len(waits) < 3:
                await _turn()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    assert [each.waited_ms is None for each in waits] == [True, False, True, False]


async def test_a_batch_job_is_a_wait(tmp_path: Path) -> None:
    waits: list[QueueWait] = []
    calls: list[ModelCall] = []

    async with served() as model:
        with (
            BatchJobs(tmp_path / "jobs.sqlite") as jobs,
            observing_waits(waits.append),
            observing_calls(calls.append),
        ):
            await ask("1?", model=jobs.wrap(model, gather_ms=0, poll_ms=0))

    assert [each.waited_ms is None for each in waits] == [True, False]
    assert calls[0].queue_ms == waits[1].waited_ms
    about = {"number": waits[0].number, "model": "m", "to_be_admitted": False}
    assert waits[0].to_dict() == {**about, "waited_ms": None}


async def test_an_event_says_how_long_a_call_waited() -> None:
    measured: list[Any] = []

    def receive(_: object, **event: Any) -> None:
        measured.append(event["measurements"].get("queue_ms"))

    async with served() as model:
        with blinker.signal("crucible").connected_to(receive):
            await ask("1?", model=model)

    assert measured[0] is None  # at the start it is not known
    assert measured[1] >= 0


async def _turn() -> None:
    await asyncio.sleep(0)
