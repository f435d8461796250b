"""Rows that wait for nothing end in the first step of their tasks, which are tasks as any other."""

import asyncio
import contextvars
import gc
import sys
import weakref
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from research_harness import Experiment, condition, run_sync
from research_harness._artifacts.folder import RunFolder
from research_harness._engine.barrier import Answer, FirstSteps, guarded
from research_harness._engine.journal import Journal

ITEMS = [{"id": f"i{number}", "input": f"{number}?", "expected": "4"} for number in range(150)]
WORD = contextvars.ContextVar("word", default="")


async def answer_of(call: Any, **options: Any) -> Answer:
    async def watch(task: asyncio.Task[Any]) -> None:
        await asyncio.wait({task})

    return await guarded(call, watch=watch, clock=lambda: 0.0, name="a row", **options)


@pytest.fixture
async def steps() -> AsyncIterator[FirstSteps]:
    found = FirstSteps()
    yield found
    found.close()


async def test_code_that_waits_for_nothing_ends_before_anything_else_runs() -> None:
    turns: list[str] = []
    asyncio.get_running_loop().call_soon(turns.append, "another")

    async def call() -> int:
        return len(turns)

    answer = await answer_of(call)

    assert (answer.value, turns) == (0, [])


async def test_code_has_a_task_and_a_context_of_its_own() -> None:
    here = asyncio.current_task()
    tasks: list[asyncio.Task[Any] | None] = []

    async def call() -> str | None:
        tasks.append(asyncio.current_task())
        WORD.set("inside")
        return tasks[-1].get_name() if tasks[-1] is not None else None

    first, second = await answer_of(call), await answer_of(call)

    assert (first.value, second.value) == ("a row", "a row")
    assert len({id(each) for each in (here, *tasks)}) == 3
    assert asyncio.current_task() is here
    assert not WORD.get()


async def test_code_that_waits_goes_on_in_the_task_that_it_began_in() -> None:
    async def call() -> bool:
        before = asyncio.current_task()
        await asyncio.sleep(0)
        async with asyncio.timeout(60):
            await asyncio.sleep(0)
        return before is asyncio.current_task()

    assert (await answer_of(call)).value is True


async def test_a_timeout_inside_of_the_code_ends_the_code_and_not_its_caller() -> None:
    async def call() -> None:
        async with asyncio.timeout(0):
            await asyncio.Event().wait()

    answer = await answer_of(call)

    assert isinstance(answer.error, TimeoutError)
    current = asyncio.current_task()
    assert current is not None
    assert not current.cancelling()


async def test_code_that_cancels_itself_and_returns_has_no_answer() -> None:
    async def call() -> str:
        current = asyncio.current_task()
        assert current is not None
        current.cancel()
        return "4"

    answer = await answer_of(call)

    assert isinstance(answer.error, asyncio.CancelledError)
    await asyncio.sleep(0)  # the caller goes on


@pytest.mark.slow
async def test_an_interrupt_in_the_first_step_reaches_the_caller_with_its_task_as_the_current(
    caplog: pytest.LogCaptureFixture,
) -> None:
    here = asyncio.current_task()
    gc.collect()  # what other tests left is logged before this one begins
    caplog.clear()

    async def call() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await answer_of(call)
    gc.collect()

    assert asyncio.current_task() is here
    if sys.version_info < (3, 12):  # from then on Python logs it
        assert not caplog.records


@pytest.mark.parametrize("kind", ["factory", "debug"])
async def test_a_loop_that_watches_its_tasks_begins_them_itself(
    kind: str, steps: FirstSteps
) -> None:
    loop = asyncio.get_running_loop()
    made: list[str] = []

    def factory(loop: asyncio.AbstractEventLoop, coroutine: Any, **given: Any) -> Any:
        made.append("task")
        return asyncio.Task(coroutine, loop=loop, **given)

    if kind == "factory":
        loop.set_task_factory(factory)
    else:
        loop.set_debug(True)

    async def code() -> Answer:
        return Answer("4", None, 0.0)

    task = steps.begin(code(), name="a", context=contextvars.copy_context())

    assert isinstance(task, asyncio.Task)
    assert not task.done()
    assert (await task).value == "4"
    assert len(made) == (kind == "factory")


async def test_the_loop_is_as_before_when_code_cannot_begin(steps: FirstSteps) -> None:
    with pytest.raises(AttributeError):
        steps.begin(4, name="a", context=contextvars.copy_context())  # type: ignore[arg-type]  # no coroutine

    assert "call_soon" not in vars(asyncio.get_running_loop())
    assert asyncio.current_task() is not None


async def test_a_task_that_no_code_keeps_serves_the_next_code(steps: FirstSteps) -> None:
    async def call() -> int:
        return id(asyncio.current_task())

    found = [(await answer_of(call, steps=steps)).value for _ in range(3)]

    assert len(set(found)) == 1


@pytest.mark.parametrize("kept_by", ["reference", "weak reference", "callback"])
async def test_a_task_that_is_kept_ends_with_its_code(steps: FirstSteps, kept_by: str) -> None:
    kept: list[Any] = []
    ended: list[bool] = []

    async def call() -> str:
        task = asyncio.current_task()
        assert task is not None
        if kept_by == "reference":
            kept.append(task)
        elif kept_by == "weak reference":
            kept.append(weakref.ref(task))
        else:
            task.add_done_callback(lambda each: ended.append(each.done()))
        return task.get_name()

    assert (await answer_of(call, steps=steps)).value == "a row"
    assert (await answer_of(call, steps=steps)).value == "a row"
    await asyncio.sleep(0)

    if kept_by == "reference":
        assert kept[0] is not kept[1]
        assert all(each.done() and each.result().value == "a row" for each in kept)
        assert not any(each.cancel() for each in kept)
    elif kept_by == "weak reference":
        assert kept[0] is not kept[1]
    else:
        assert ended == [True, True]


@pytest.mark.parametrize("waits_for", ["a turn", "a future", "a future that is done"])
async def test_code_that_cancels_itself_and_waits_is_cancelled_there(
    steps: FirstSteps, waits_for: str
) -> None:
    loop = asyncio.get_running_loop()
    reached: list[str] = []

    class Stubborn(asyncio.Future[None]):
        def cancel(self, msg: Any = None) -> bool:
            return False

    async def call() -> None:
        current = asyncio.current_task()
        assert current is not None
        current.cancel("enough")
        future = Stubborn() if waits_for == "a future that is done" else loop.create_future()
        loop.call_soon(lambda: future.cancelled() or future.set_result(None))
        try:
            await (asyncio.sleep(0) if waits_for == "a turn" else future)
        except asyncio.CancelledError:
            reached.append("cancelled")
            raise

    answer = await answer_of(call, steps=steps)

    assert isinstance(answer.error, asyncio.CancelledError)
    assert reached == ["cancelled"]


async def test_later_steps_of_code_have_the_context_of_the_first(steps: FirstSteps) -> None:
    async def call() -> list[str]:
        WORD.set("first")
        found = []
        for _ in range(2):
            await asyncio.sleep(0)
            found.append(WORD.get())
        found.append(await asyncio.create_task(word()))
        try:
            async with asyncio.timeout(0):
                await asyncio.Event().wait()
        except TimeoutError:
            found.append(WORD.get())
        return found

    async def word() -> str:
        return WORD.get()

    assert (await answer_of(call, steps=steps)).value == ["first"] * 4
    assert not WORD.get()


async def test_a_task_that_waits_for_code_is_not_one_of_the_loop(
    steps: FirstSteps, caplog: pytest.LogCaptureFixture
) -> None:
    async def call() -> str:
        return "4"

    before = asyncio.all_tasks()
    await answer_of(call, steps=steps)

    assert asyncio.all_tasks() == before
    steps.close()
    gc.collect()
    assert not caplog.records


class Cancelling(Experiment):
    """Its condition cancels the tasks of the rows before, as a timer that was forgotten does."""

    name = "Cancelling"
    dataset = ITEMS
    metrics = ("accuracy",)
    concurrency = 4
    formats = ()

    async def setup(self) -> None:
        self.tasks: list[asyncio.Task[Any]] = []

    @condition
    async def answered(self, item: Any) -> str:
        for each in self.tasks:
            each.cancel()
        current = asyncio.current_task()
        assert current is not None
        assert current not in self.tasks
        self.tasks.append(current)
        return str(item.expected)


def test_a_row_whose_task_is_cancelled_after_its_end_cancels_no_other(tmp_path: Path) -> None:
    result = run_sync(Cancelling(), output_dir=tmp_path, run_id="r")

    rows = list(Journal(RunFolder(result.folder).journal))

    assert len(rows) == len(ITEMS)
    assert all(row.correct for row in rows)


class Ticking(Experiment):
    """Beside its rows, which wait for nothing, a task counts the turns that it has."""

    name = "Ticking"
    dataset = ITEMS
    concurrency = 50
    metrics = ("accuracy",)
    formats = ()

    async def setup(self) -> None:
        self.turns = 0
        self.ticking = asyncio.create_task(self.tick())

    async def tick(self) -> None:
        while True:
            self.turns += 1
            await asyncio.sleep(0)

    async def teardown(self) -> None:
        self.ticking.cancel()

    @condition
    async def turn(self, _item: Any) -> int:
        return self.turns


def test_rows_that_wait_for_nothing_let_others_have_turns(tmp_path: Path) -> None:
    result = run_sync(Ticking(), output_dir=tmp_path, run_id="r")

    rows = list(Journal(RunFolder(result.folder).journal))

    assert len({row.prediction for row in rows}) > 1
