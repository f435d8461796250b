"""The time limit of a row does not count the waits in the queue of the client."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ensemble import FunctionModel, Limits, OpenAIModel, Price, ask, predict, predict_sync
from research_harness import Ceilings, Condition, Experiment, Row, RunResult, run_sync
from research_harness._engine.journal import Journal

Answering = Callable[[str], float]


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> list[Answering]:
    """A provider in the clock of the loop; the last entry gives the seconds for a request."""
    seconds: list[Answering] = [lambda _: 1.0]

    async def post(*args: Any, **_: Any) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        await asyncio.sleep(seconds[-1](str(args)))
        message = {"role": "assistant", "content": "4"}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        usage = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
        return {"id": "r", "model": "m", "choices": choices, "usage": usage}, {}

    monkeypatch.setattr("ensemble._transport.http.HttpClient.post", post)
    return seconds


def model(limits: Limits, name: str = "m") -> OpenAIModel:
    return OpenAIModel(name, api_key="k", price=Price(), limits=limits, max_retries=0)


def experiment(
    function: Callable[..., Any], *, size: int, timeout_ms: float, **options: Any
) -> type[Experiment]:
    class Queued(Experiment):
        name = "queued"
        metrics = ("accuracy",)
        formats = ()
        virtual_time = True
        concurrency = options.get("concurrency", size)

        def dataset(self) -> list[dict[str, str]]:
            return [{"id": f"i{n}", "input": f"2 + 2, {n}", "expected": "4"} for n in range(size)]

    Queued.timeout_ms = timeout_ms
    Queued.conditions = (Condition(name="a", function=function),)
    Queued.ceilings = options.get("ceilings", Ceilings())
    return Queued


def rows_of(result: RunResult) -> list[Row]:
    return list(Journal(result.folder / "checkpoints" / "journal.jsonl"))


@pytest.mark.slow
@pytest.mark.usefixtures("answering")
def test_a_thousand_rows_that_share_four_slots_are_answered(tmp_path: Path) -> None:
    shared = model(Limits(max_concurrency=4))

    async def single(item: Any) -> object:
        return await ask(item, model=shared)

    result = run_sync(experiment(single, size=1_000, timeout_ms=1_500), output_dir=tmp_path)

    rows = rows_of(result)
    assert [row.error for row in rows if row.failed] == []
    assert max(row.duration_ms for row in rows) >= 200_000  # the wait is in the row's time
    assert max(row.latency_ms or 0.0 for row in rows) >= 200_000  # and in its latency


@pytest.mark.usefixtures("answering")
def test_a_vote_of_three_in_nested_tasks_is_answered(tmp_path: Path) -> None:
    shared = [model(Limits(max_concurrency=1), f"m{n}") for n in range(3)]

    async def vote(item: Any) -> object:
        async with asyncio.TaskGroup() as group:
            return await group.create_task(predict(item, models=shared))

    result = run_sync(experiment(vote, size=30, timeout_ms=1_500), output_dir=tmp_path)

    assert [row.error for row in rows_of(result) if row.failed] == []


@pytest.mark.usefixtures("answering")
def test_calls_one_after_another_count_by_their_answers_alone(tmp_path: Path) -> None:
    shared = model(Limits(max_concurrency=1))

    async def three_times(item: Any) -> object:
        for _ in range(2):
            await ask(item, model=shared)
        return await ask(item, model=shared)

    result = run_sync(experiment(three_times, size=5, timeout_ms=3_500), output_dir=tmp_path)
    late = run_sync(experiment(three_times, size=5, timeout_ms=2_500), output_dir=tmp_path)

    assert [row.error for row in rows_of(result) if row.failed] == []
    assert {row.failure for row in rows_of(late)} == {"time"}


def test_a_call_that_hangs_is_ended_while_others_of_its_row_wait_for_it(
    tmp_path: Path, answering: list[Answering]
) -> None:
    answering.append(lambda request: 1e6 if "2 + 2, 0" in request else 1.0)
    shared = model(Limits(max_concurrency=1))
    panel = [shared, FunctionModel("f", lambda _: "4")]

    async def vote(item: Any) -> object:
        first, *_ = await asyncio.gather(*(predict(item, models=panel) for _ in range(3)))
        return first

    result = run_sync(experiment(vote, size=3, timeout_ms=4_000), output_dir=tmp_path)

    rows = {row.item_id: row for row in rows_of(result)}
    assert rows["i0"].failure == "time"
    assert rows["i0"].latency_ms == rows["i0"].duration_ms
    assert not any(rows[item].failed for item in ("i1", "i2"))


@pytest.mark.usefixtures("answering")
def test_time_outside_of_the_queue_counts(tmp_path: Path) -> None:
    shared = model(Limits(max_concurrency=1))

    async def slow(item: Any) -> object:
        response = await ask(item, model=shared)
        await asyncio.sleep(2)
        return response

    result = run_sync(experiment(slow, size=4, timeout_ms=2_500), output_dir=tmp_path)

    rows = rows_of(result)
    assert {row.failure for row in rows} == {"time"}
    assert "2500 ms" in rows[0].error


@pytest.mark.usefixtures("answering")
@pytest.mark.parametrize("ceiling", ["max_time_ms", "max_idle_ms"])
def test_a_wait_without_end_ends_with_the_limits_of_the_run(tmp_path: Path, ceiling: str) -> None:
    shared = model(Limits(requests_per_minute=1e-6))

    async def single(item: Any) -> object:
        return await ask(item, model=shared)

    stopped = (
        Ceilings(max_time_ms=60_000) if ceiling == "max_time_ms" else Ceilings(max_idle_ms=60_000)
    )
    waiting = experiment(single, size=3, timeout_ms=1_500, ceilings=stopped)
    result = run_sync(waiting, output_dir=tmp_path)

    assert not result.complete
    assert [row.failed for row in rows_of(result)] == [False]


def test_a_plain_condition_with_a_loop_of_its_own_is_answered(
    tmp_path: Path, answering: list[Answering]
) -> None:
    answering.append(lambda _: 0.0)

    def plain(item: Any) -> object:
        return predict_sync(item, models=[model(Limits(max_concurrency=1))])

    in_threads = experiment(plain, size=8, timeout_ms=600_000, concurrency=4)
    in_threads.virtual_time = False
    result = run_sync(in_threads, output_dir=tmp_path)

    assert [row.error for row in rows_of(result) if row.failed] == []
