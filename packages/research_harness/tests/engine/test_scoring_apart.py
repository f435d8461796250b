"""Programs and model judges are scored beside the rows, with a time limit of their own."""

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dataset_manager
from dataset_manager import Item, Score
from ensemble import FunctionModel, ask
from research_harness import DatasetSpec, Experiment, Row, condition, run_sync
from research_harness._engine.journal import Journal


def rows_of(folder: Path) -> dict[str, Row]:
    return {row.item_id: row for row in Journal(folder / "checkpoints" / "journal.jsonl")}


class Judged(Experiment):
    """Two rows at a time; the second one says that it was called."""

    name = "Judged"
    dataset = [{"id": each, "input": each, "expected": "yes"} for each in ("first", "second")]  # noqa: RUF012
    metrics = ("accuracy", "latency")
    formats = ("json",)
    scorer = "test_judge"
    concurrency = 2
    timeout_ms = 60_000.0
    scoring_timeout_ms: float | None = None
    _called = threading.Event()

    @condition
    async def one(self, item: Item) -> str:
        if item.id == "second":
            self._called.set()
        return "yes"


def judged_by(judge: Callable[[Any, Item], Score]) -> None:
    dataset_manager.register_scorer("test_judge", judge, replace=True)


def test_a_model_judge_holds_no_other_row_up(tmp_path: Path) -> None:
    async def verdict(text: str) -> str:
        # The first row is judged only when the second one was called: rows go on meanwhile.
        await asyncio.to_thread(Judged._called.wait)
        return "right"

    def judge(prediction: Any, item: Item) -> Score:
        said = asyncio.run(ask(f"Is {prediction} right?", model=FunctionModel("judge", verdict)))
        right = said.text == "right"
        return Score(correct=right, value=float(right), outcome="found", scorer="test_judge")

    judged_by(judge)

    rows = rows_of(run_sync(Judged, output_dir=tmp_path).folder)

    assert all(row.correct and not row.failed for row in rows.values())
    # The judge's own call does not count for the row.
    assert {row.cost_usd for row in rows.values()} == {None}


def test_a_judge_that_does_not_end_meets_its_own_limit_and_the_answer_is_kept(
    tmp_path: Path,
) -> None:
    released = threading.Event()

    def judge(prediction: Any, item: Item) -> Score:
        if item.id == "first":
            released.wait()
        return Score(correct=True, value=1.0, outcome="found", scorer="test_judge")

    judged_by(judge)
    limited = type("Judged", (Judged,), {"scoring_timeout_ms": 50.0})
    try:
        rows = rows_of(run_sync(limited, output_dir=tmp_path).folder)
    finally:
        released.set()

    assert (rows["first"].failure, rows["first"].prediction) == ("score", "yes")
    assert "did not end within 50 ms" in rows["first"].error
    assert rows["first"].latency_ms is not None
    assert rows["second"].prediction == "yes"


class Programs(Experiment):
    """The 164 canonical solutions of HumanEval as answers."""

    name = "Programs"
    dataset = DatasetSpec("humaneval")
    metrics = ("accuracy",)
    formats = ("json",)
    concurrency = 16
    virtual_time = True
    timeout_ms = 10.0

    @condition
    async def canonical(self, item: Item) -> str:
        await asyncio.sleep(0.005)
        return str(item.expected["solution"] if isinstance(item.expected, dict) else item.expected)


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("CRUCIBLE_MIRROR"), reason="needs the data of HumanEval")
def test_programs_that_run_longer_than_a_row_may_take_are_scored_and_change_no_latency(
    tmp_path: Path,
) -> None:
    rows = rows_of(run_sync(Programs, output_dir=tmp_path).folder)

    assert len(rows) == 164
    assert all(row.correct for row in rows.values())
    assert {row.latency_ms for row in rows.values()} == {5.0}
