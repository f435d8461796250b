"""A program decides about each call before it is sent, and learns what it came to."""

import asyncio
from typing import Any

import pytest

from ensemble import (
    FunctionModel,
    OpenAIModel,
    SimulatedModel,
    admitting_calls,
    ask,
    predict,
    stream,
)
from ensemble.testing import LoopbackProvider, Troubles

pytestmark = pytest.mark.anyio


class Gate:
    """Notes the calls that begin and end; refuses those of a model."""

    def __init__(self, refused: str = "") -> None:
        self.refused = refused
        self.begun: list[str] = []
        self.ended: list[tuple[int, Any, Any]] = []

    async def admit(self, model: Any, item: Any, sampling: Any) -> Any:
        await asyncio.sleep(0)
        if model.name == self.refused:
            raise PermissionError("no room")
        self.begun.append(model.name)
        return lambda tries, response, error: self.ended.append((len(tries), response, error))


@pytest.mark.slow
async def test_each_call_is_asked_for_before_it_is_made_and_ends_once() -> None:
    gate = Gate()
    with admitting_calls(gate.admit):
        await ask("2+2?", model=SimulatedModel("a"))
        await predict("2+2?", models=[SimulatedModel("b"), SimulatedModel("c")])

    assert sorted(gate.begun) == ["a", "b", "c"]
    assert [response is not None for _, response, _ in gate.ended] == [True] * 3
    await ask("2+2?", model=SimulatedModel("d"))
    assert len(gate.begun) == 3


async def test_a_refused_call_is_not_made() -> None:
    made: list[object] = []

    def answer(item: object) -> str:
        made.append(item)
        return "4"

    model = FunctionModel("f", answer)

    with admitting_calls(Gate("f").admit), pytest.raises(PermissionError):
        await ask("2+2?", model=model)

    assert made == []


async def test_a_call_that_fails_or_is_cancelled_ends_too() -> None:
    started = asyncio.Event()

    async def hang(item: Any) -> str:
        started.set()
        await asyncio.sleep(3600)
        return ""

    async def fail(item: Any) -> str:
        raise ValueError("no")

    gate = Gate()
    with admitting_calls(gate.admit):
        with pytest.raises(ValueError, match="no"):
            await ask("q", model=fail)
        task = asyncio.create_task(ask("q", model=hang))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert [(tries, response) for tries, response, _ in gate.ended] == [(0, None), (0, None)]
    assert isinstance(gate.ended[0][2], ValueError)
    assert gate.ended[1][2] is None


async def test_the_requests_of_a_call_are_handed_over_at_its_end() -> None:
    gate = Gate()
    async with LoopbackProvider(troubles=Troubles(rates={"server_error": 1.0})) as provider:
        model = OpenAIModel("m", api_key="k", base_url=provider.url, max_retries=0)
        with admitting_calls(gate.admit), pytest.raises(Exception, match="500"):
            await ask("q", model=model)

    assert [tries for tries, _, _ in gate.ended] == [len(provider.served)] == [1]


async def test_a_stream_is_a_call_too() -> None:
    gate = Gate()
    with admitting_calls(gate.admit):
        answer = stream("2+2?", model=lambda item: "4")
        assert [piece async for piece in answer] == ["4"]

    assert len(gate.begun) == 1
    assert gate.ended[0][1].text == "4"
