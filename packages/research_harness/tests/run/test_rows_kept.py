"""A run that is interrupted says how many of its rows are on disk."""

import asyncio
import re
from pathlib import Path
from unittest.mock import Mock

import pytest

from dataset_manager import Item
from research_harness import Experiment, condition, resume_sync, run_sync
from research_harness._artifacts.tables import finished_rows
from research_harness._run import job

ROWS = 40
INTERRUPTS: list[str] = []


class Interrupted(Experiment):
    """A session is interrupted at each item of ``INTERRUPTS``."""

    name = "Interrupted"
    dataset = tuple({"id": str(n), "input": "2 + 2", "expected": "4"} for n in range(ROWS))
    metrics = ("accuracy",)
    formats = ()
    concurrency = 3
    randomize = False

    @condition
    async def one(self, item: Item) -> str:
        await asyncio.sleep(0)
        if item.id in INTERRUPTS:
            INTERRUPTS.remove(item.id)
            asyncio.get_running_loop().call_soon(interrupt)
            await asyncio.sleep(0)
        return "4"


def interrupt() -> None:
    raise KeyboardInterrupt


def test_an_interrupted_run_knows_how_many_rows_are_kept_without_reading_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = Mock(side_effect=finished_rows)
    monkeypatch.setattr(job, "finished_rows", readings)
    INTERRUPTS[:] = ["10", "20"]

    with pytest.raises(KeyboardInterrupt) as first:
        run_sync(Interrupted, output_dir=tmp_path, run_id="x")
    kept = rows_on_disk(tmp_path)
    assert (said(first.value), readings.call_count) == (kept, 0)

    with pytest.raises(KeyboardInterrupt) as second:
        resume_sync("x", Interrupted, output_dir=tmp_path)
    assert said(second.value) == rows_on_disk(tmp_path) > kept
    assert readings.call_count == 1  # to know what is left to run

    assert resume_sync("x", Interrupted, output_dir=tmp_path).complete


def rows_on_disk(output: Path) -> int:
    return (output / "x" / "checkpoints" / "journal.jsonl").read_bytes().count(b"\n")


def said(error: BaseException) -> int:
    found = re.match(r"the run ended with (\d+) of 40 rows on disk", error.__notes__[0])
    assert found is not None
    return int(found[1])
