"""Whatever a condition, a scorer or a display does, it costs its own row and no other."""

import asyncio
import os
import threading
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import dataset_manager
from research_harness import (
    Condition,
    Experiment,
    Row,
    RunResult,
    SetupError,
    resume_sync,
    run_sync,
    verify,
)
from research_harness._engine.barrier import guarded
from research_harness._engine.journal import Journal
from research_harness._engine.row_clock import RowClock
from research_harness._outcome.row import decode_row, encode_row

from .hostile_kinds import ANSWERING, FAILING

# The kinds that are tried at each moment: at the call, at the score, in the journal, at a resume.
MOMENTS = 4
LEAST_KINDS = 50
GOOD = 40
ITEMS = [f"good {number}" for number in range(GOOD)]


def experiment(kinds: dict[str, Callable[[], object]], *, plain: bool) -> type[Experiment]:
    """An experiment in which one item meets each kind, among items that are answered."""

    async def asynchronous(item: Any) -> object:
        value = kinds[item.id]() if item.id in kinds else "4"
        return await value if type(value) is types.CoroutineType else value

    def threaded(item: Any) -> object:
        return kinds[item.id]() if item.id in kinds else "4"

    class Hostile(Experiment):
        name = "hostile"
        conditions = (Condition(name="a", function=threaded if plain else asynchronous),)
        metrics = ("accuracy",)
        formats = ()
        concurrency = 3
        seed = 1

        def dataset(self) -> list[dict[str, str]]:
            return [{"id": each, "input": "2 + 2", "expected": "4"} for each in (*kinds, *ITEMS)]

    return Hostile


@pytest.fixture(autouse=True)
def _same_folder() -> Iterator[None]:
    before = Path.cwd()
    yield
    os.chdir(before)


def rows_of(result: RunResult) -> dict[str, Row]:
    found = list(Journal(result.folder / "checkpoints" / "journal.jsonl"))
    rows = {row.item_id: row for row in found}
    assert len(found) == len(rows)
    assert all(rows[each].correct and not rows[each].failed for each in ITEMS)
    assert all(len(row.error) < 4_000 for row in found)
    return rows


def test_at_least_fifty_kinds_of_fault_are_tried_at_each_of_four_moments() -> None:
    kinds = {
        "call": {*FAILING, *ANSWERING},
        "resume": {*FAILING},
        "score": {*SCORES},
        "journal": {*UNWRITABLE},
    }

    assert len(kinds) == MOMENTS
    assert min(map(len, kinds.values())) >= LEAST_KINDS
    assert sum(map(len, kinds.values())) >= MOMENTS * LEAST_KINDS


@pytest.mark.slow
@pytest.mark.parametrize("plain", [False, True])
def test_an_answer_that_is_not_usable_costs_its_own_row(tmp_path: Path, plain: bool) -> None:
    hostile = experiment(FAILING, plain=plain)

    run_sync(hostile, output_dir=tmp_path, run_id="x")
    again = resume_sync("x", hostile, output_dir=tmp_path)
    rows = rows_of(again)

    assert {name for name, row in rows.items() if row.failed} == set(FAILING)
    assert again.analysis["rows"] == len(FAILING) + GOOD
    assert verify("x", output_dir=tmp_path).agree


@pytest.mark.slow
@pytest.mark.parametrize("plain", [False, True])
def test_an_answer_that_is_not_usable_costs_its_own_row_when_a_killed_run_goes_on(
    tmp_path: Path, plain: bool
) -> None:
    hostile = experiment(FAILING, plain=plain)
    journal = (
        run_sync(hostile, output_dir=tmp_path, run_id="x").folder / "checkpoints/journal.jsonl"
    )
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:15], lines[15][:40]]))  # as a kill leaves it

    again = resume_sync("x", hostile, output_dir=tmp_path)

    assert {name for name, row in rows_of(again).items() if row.failed} == set(FAILING)
    assert again.resumed_rows == 15
    assert verify("x", output_dir=tmp_path).agree


@pytest.mark.parametrize("plain", [False, True])
def test_an_unusual_answer_that_is_usable_is_scored(tmp_path: Path, plain: bool) -> None:
    result = run_sync(experiment(ANSWERING, plain=plain), output_dir=tmp_path, run_id="x")

    assert all(row.correct for row in rows_of(result).values())
    assert result.failures == 0
    assert verify("x", output_dir=tmp_path).agree


SCORES: dict[str, Callable[[], object]] = {
    **{kind: make for kind, make in FAILING.items() if "task" not in kind},
    "NaN as the value": lambda: dataset_manager.Score(
        correct=True, value=float("nan"), outcome="found", scorer="x"
    ),
}


@pytest.mark.slow
def test_a_scorer_that_fails_is_named_and_the_answer_is_kept(tmp_path: Path) -> None:
    right = dataset_manager.Score(correct=True, value=1.0, outcome="found", scorer="x")

    def score(_: object, item: dataset_manager.Item) -> Any:
        return SCORES[item.id]() if item.id in SCORES else right

    dataset_manager.register_scorer("hostile", score, replace=True)
    scored = experiment({kind: lambda: "4" for kind in SCORES}, plain=False)
    scored.scorer = "hostile"

    rows = rows_of(run_sync(scored, output_dir=tmp_path, run_id="x"))

    for kind in SCORES:
        assert (rows[kind].prediction, rows[kind].failure) == ("4", "score"), kind
        assert "'hostile'" in rows[kind].error


UNWRITABLE = sorted(FAILING.keys() - {"list that unfolds"})


@pytest.mark.slow
@pytest.mark.parametrize("kind", UNWRITABLE)
def test_a_row_that_cannot_be_written_is_written_as_failed(kind: str) -> None:
    try:
        value = FAILING[kind]()
    except BaseException as error:  # noqa: BLE001  # an error is a value too
        value = error
    if type(value) is types.CoroutineType:
        value.close()
    row = Row(index=3, item_id="i", condition="c", repeat=0, prediction=value)

    found = decode_row(encode_row(row))

    assert (found.index, found.item_id, found.condition, found.repeat) == (3, "i", "c", 0)


def test_a_plain_function_that_never_returns_costs_its_row(tmp_path: Path) -> None:
    never = threading.Event()
    hostile = experiment({"hangs": never.wait}, plain=True)
    hostile.timeout_ms = 500

    rows = rows_of(run_sync(hostile, output_dir=tmp_path, run_id="x"))
    never.set()

    assert rows["hangs"].failure == "time"


@pytest.mark.slow
@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(2), asyncio.CancelledError()])
def test_a_display_that_raises_is_switched_off(tmp_path: Path, error: BaseException) -> None:
    calls = []

    def on_progress(done: int, total: int) -> None:
        calls.append((done, total))
        raise error

    result = run_sync(experiment({}, plain=False), output_dir=tmp_path, on_progress=on_progress)

    assert calls == [(1, GOOD)]
    assert result.analysis["rows"] == GOOD


def test_a_teardown_that_raises_costs_no_results(tmp_path: Path) -> None:
    class Torn(experiment({}, plain=False)):  # type: ignore[misc]  # made above
        async def teardown(self) -> None:
            raise SystemExit("teardown")

    assert run_sync(Torn, output_dir=tmp_path).analysis["rows"] == GOOD


def test_a_setup_that_raises_is_named_and_the_run_can_be_resumed(tmp_path: Path) -> None:
    key = tmp_path / "key"

    class Unset(experiment({}, plain=False)):  # type: ignore[misc]  # made above
        async def setup(self) -> None:
            if not key.exists():
                raise SystemExit("no key")

    with pytest.raises(SetupError, match="SystemExit: no key"):
        run_sync(Unset, output_dir=tmp_path, run_id="x")
    key.touch()

    assert resume_sync("x", Unset, output_dir=tmp_path).analysis["rows"] == GOOD


async def test_what_ends_is_noted_as_the_last_step_of_its_task() -> None:
    done: list[str] = []

    async def call() -> str:
        done.append("call")
        await asyncio.sleep(0)
        return "4"

    async def watch(task: asyncio.Task[Any]) -> None:
        await asyncio.wait({task})
        done.append("seen")

    answer = await guarded(
        call, watch=watch, clock=lambda: 0.0, name="a", on_end=lambda: done.append("end")
    )

    assert (answer.value, done) == ("4", ["call", "end", "seen"])


@pytest.mark.parametrize("limit", [None, 60.0])
async def test_a_task_that_is_cancelled_before_its_first_step_is_noticed(
    limit: float | None,
) -> None:
    clock = RowClock(limit, asyncio.get_running_loop().time)
    asyncio.get_running_loop().set_debug(True)  # in which tasks begin later

    async def call() -> str:
        return "4"

    async def watch(task: asyncio.Task[Any]) -> None:
        task.cancel()
        await clock.watch(task)

    answer = await guarded(call, watch=watch, clock=lambda: 0.0, name="a", on_end=clock.ended)

    assert isinstance(answer.error, asyncio.CancelledError)
