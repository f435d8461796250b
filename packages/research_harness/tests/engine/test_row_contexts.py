"""Each row has a context of its own: what code of others sets there reaches no other row."""

import asyncio
import contextvars
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import telemetry_research
from research_harness import Experiment, condition, run_sync
from research_harness._artifacts.events import event_counts
from research_harness._artifacts.folder import RunFolder
from research_harness._artifacts.traces import row_key
from research_harness._engine.journal import Journal
from research_harness._engine.row_clock import RowClock, SoonLooks

STARTED: list[telemetry_research.Recording] = []
WORD = contextvars.ContextVar("word", default="")
ITEMS = [{"id": f"i{number}", "input": f"{number}?", "expected": "4"} for number in range(40)]


class Setting(Experiment):
    """Its condition gives what it finds in the context, and sets something there."""

    name = "Setting"
    dataset = ITEMS
    metrics = ("accuracy",)
    concurrency = 3
    formats = ()

    @condition
    async def found(self, item: Any) -> str:
        before = WORD.get()
        WORD.set(item.id)
        STARTED.append(telemetry_research.start_experiment("of its own"))
        return before


@pytest.fixture(autouse=True)
def _recordings_end() -> Iterator[None]:
    yield
    while STARTED:
        telemetry_research.stop_experiment(STARTED.pop())


def rows_with_events(folder: Path) -> int:
    return event_counts(RunFolder(folder))["events.parquet"]["rows"]


def test_what_a_row_sets_in_its_context_is_not_found_by_the_next(tmp_path: Path) -> None:
    result = run_sync(Setting(), output_dir=tmp_path, run_id="r")

    rows = list(Journal(RunFolder(result.folder).journal))

    assert [each.prediction for each in rows] == [""] * len(ITEMS)
    assert rows_with_events(result.folder) == len(ITEMS)


def test_a_recording_that_on_progress_starts_takes_no_event_of_a_row(tmp_path: Path) -> None:
    started: list[telemetry_research.Recording] = []

    def on_progress(_done: int, _total: int) -> None:
        if not started:
            started.append(telemetry_research.start_experiment("of the display"))

    class Plain(Setting):
        @condition
        async def found(self, item: Any) -> str:
            return ""

    result = run_sync(Plain(), output_dir=tmp_path, run_id="r", on_progress=on_progress)

    assert rows_with_events(result.folder) == len(ITEMS)
    assert len(started[0]) == 0
    telemetry_research.stop_experiment(started[0])


@given(st.text(), st.text(), st.text(), st.integers(0, 9))
def test_the_id_of_a_row_is_the_hash_of_the_json_of_what_it_belongs_to(
    run: str, name: str, item: str, repeat: int
) -> None:
    whole = json.dumps([run, name, item, repeat])

    assert row_key(run, name, item, repeat) == sha256(whole.encode()).hexdigest()[:32]


class CountingLoop(asyncio.SelectorEventLoop):
    """Counts the timers that are set."""

    timers = 0

    def call_at(self, when: Any, callback: Any, *args: Any, **more: Any) -> Any:  # type: ignore[override]  # any timer
        self.timers += 1
        return super().call_at(when, callback, *args, **more)


@pytest.mark.parametrize(("turns", "timers"), [(0, 0), (10, 1)])
def test_only_a_row_that_waits_sets_a_timer(turns: int, timers: int) -> None:
    async def condition_of(turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)

    async def rows() -> None:
        loop, looks = asyncio.get_running_loop(), SoonLooks()
        for _ in range(5):
            clock = RowClock(60.0, loop.time, looks)
            await clock.watch(loop.create_task(condition_of(turns)))

    loop = CountingLoop()
    try:
        loop.run_until_complete(rows())
    finally:
        loop.close()

    assert loop.timers == 5 * timers
