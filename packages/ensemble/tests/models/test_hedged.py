"""Backups of hedged models: how many there may be, and for whom."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from ensemble import (
    AllModelsFailedError,
    FunctionModel,
    HedgedModel,
    Query,
    Response,
    SamplingParameters,
    ask,
    predict,
    stream,
)

pytest.importorskip("hedging")


class LateAtFirst:
    """Answers after a minute, and at once where it is asked again."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    async def __call__(self, query: str) -> str:
        if query not in self.asked:
            self.asked.add(query)
            await asyncio.sleep(60)
        return query


async def latencies_ms(model: HedgedModel, count: int) -> list[float | None]:
    return [(await ask(f"{n}", model=model)).latency_ms for n in range(count)]


def test_a_model_that_is_often_late_leaves_the_backups_of_others_alone(
    in_simulated_time: Callable[..., Any],
) -> None:
    async def both() -> tuple[list[float | None], list[float | None]]:
        first, second = (
            HedgedModel(FunctionModel(name, LateAtFirst()), delay_ms=50) for name in "ab"
        )
        return await latencies_ms(first, 40), await latencies_ms(second, 20)

    of_first, of_second = in_simulated_time(both())

    assert of_first.count(60_000) > 0  # its budget was spent
    assert of_second == [50] * 20


@pytest.mark.slow
@pytest.mark.parametrize("budget", [0.0, 0.5, None])
def test_the_budget_of_a_model_is_a_share_of_its_requests(
    in_simulated_time: Callable[..., Any], budget: float | None
) -> None:
    async def count_backups() -> int:
        calls = 0

        def failing(_: str) -> str:
            nonlocal calls
            calls += 1
            raise ValueError("no")

        model = HedgedModel(failing, delay_ms=50, budget=budget)
        for _ in range(100):
            with pytest.raises(AllModelsFailedError):
                await ask("?", model=model)
        return calls - 100

    expected = 100 if budget is None else 24 + round(100 * budget)

    assert in_simulated_time(count_backups()) == pytest.approx(expected, abs=1)


def down(_: str) -> str:
    raise ValueError("x")


@pytest.mark.slow
@pytest.mark.parametrize("budget", [0.0, 0.05, None])
def test_another_model_answers_every_request_that_fails(
    in_simulated_time: Callable[..., Any], budget: float | None
) -> None:
    """A budget of backups is one of late answers: an outage of the first loses no question."""

    async def ask_all() -> list[str]:
        model = HedgedModel(
            FunctionModel("m", down), backup=lambda _: "4", delay_ms=60_000, budget=budget
        )
        return [(await ask("?", model=model)).text for _ in range(60)]

    assert in_simulated_time(ask_all()) == ["4"] * 60


def test_failures_leave_the_budget_to_late_answers(
    in_simulated_time: Callable[..., Any],
) -> None:
    async def ask_all() -> tuple[int, list[float | None]]:
        backups = 0
        late = LateAtFirst()

        async def second(_: str) -> str:
            nonlocal backups
            backups += 1
            return "4"

        async def first(query: str) -> str:
            if query == "fail":
                raise ValueError("x")
            return await late(query)

        model = HedgedModel(
            FunctionModel("m", first), backup=FunctionModel("n", second), delay_ms=50, budget=0.0
        )
        for _ in range(40):
            await ask("fail", model=model)
        return backups, await latencies_ms(model, 30)

    backups, latencies = in_simulated_time(ask_all())

    assert backups == 40
    assert latencies == [50] * 24 + [60_000] * 6


async def test_a_stream_that_fails_goes_on_with_another_model_whatever_the_budget() -> None:
    model = HedgedModel(FunctionModel("m", down), backup=lambda _: "4", delay_ms=60_000, budget=0.0)

    for _ in range(30):
        async with stream("?", model=model) as pieces:
            assert [piece async for piece in pieces] == ["4"]


async def test_a_stream_pays_for_its_backup_from_the_same_budget() -> None:
    def failing(_: str) -> str:
        raise ValueError("x")

    model = HedgedModel(FunctionModel("m", failing), delay_ms=60_000, budget=0.0)
    said = []
    for _ in range(26):
        with pytest.raises(AllModelsFailedError) as caught:
            await anext(stream("?", model=model))
        said.append(str(caught.value))

    assert all("backup: x" in text for text in said[:24])
    assert all("backup: x" not in text for text in said[24:])


@pytest.mark.parametrize("steps", range(12))
async def test_a_stream_that_is_given_up_leaves_nothing_running(steps: int) -> None:
    """Whenever that is: before an attempt has begun, in that moment, or after it."""
    callers: list[asyncio.Task[None]] = []

    class Short:
        name = "short"

        async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
            raise AssertionError("it should be asked in pieces")

        async def write(
            self, query: Query, sampling: SamplingParameters
        ) -> AsyncGenerator[str | Response, None]:
            callers.append(asyncio.create_task(give_up()))
            for piece in "answer":
                yield piece
            yield Response(text="answer", model=self.name)

    async def give_up() -> None:
        for _ in range(steps):
            await asyncio.sleep(0)
        callers[0].cancel()

    async def read() -> None:
        model = HedgedModel(Short(), delay_ms=60_000, budget=None)
        async with stream("?", model=model) as pieces:
            async for _ in pieces:
                await asyncio.sleep(0)

    before = asyncio.all_tasks()
    callers.append(asyncio.create_task(read()))
    await asyncio.wait(callers[:1])
    for _ in range(20):
        await asyncio.sleep(0)

    assert asyncio.all_tasks() <= before


def test_no_question_is_lost_to_a_first_member_that_is_down(
    in_simulated_time: Callable[..., Any],
) -> None:
    """The next members are not backups that a budget may refuse: without them no one votes."""

    def down(_: str) -> str:
        raise ConnectionError("down")

    async def ask_often() -> list[str]:
        models = [FunctionModel("down", down), FunctionModel("up", lambda _: "4")]
        results = [await predict("2+2?", models=models, execution="hedged") for _ in range(60)]
        return [str(result.answer) for result in results]

    assert in_simulated_time(ask_often()) == ["4"] * 60
