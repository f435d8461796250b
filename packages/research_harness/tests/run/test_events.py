"""Events and chains survive the session that made them, under the ids of their rows."""

import asyncio
import contextvars
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import causal_trace
import dataset_manager
import telemetry_research
from dataset_manager import Dataset, Item, Score
from research_harness import (
    Experiment,
    JournalError,
    Outcome,
    RunResult,
    condition,
    resume_sync,
    run_sync,
    verify,
)
from research_harness._artifacts.folder import RunFolder
from research_harness._artifacts.traces import TraceWriter
from research_harness._plan.preparation import prepare


class Traced(Experiment):
    """Each row has a chain."""

    name = "Traced"
    dataset = Dataset(
        [Item(f"i{number}", "q", "a") for number in range(6)], name="own", scorer="exact_match"
    )
    metrics = ("accuracy",)
    repeat = 2
    concurrency = 1
    killed_at = -1
    _output = Path()

    @condition
    async def one(self, item: Item, trial: object) -> Outcome:
        """An answer and its chain; ends the process at one row."""
        if getattr(trial, "index", 0) == self.killed_at:
            _wait_for_events(self._output)
            os._exit(9)
        text = "<event type='decision_made'><decision>a</decision></event>"
        return Outcome(prediction="a", trace=causal_trace.parse(text, item.id))


def _wait_for_events(output: Path) -> None:
    """Until the events of the rows before are in the file, as they are after 0.1 s."""
    path = output / "r" / "checkpoints" / "events-1.arrows"
    while path.stat().st_size == 0:
        time.sleep(0.01)
    time.sleep(0.5)


def test_each_chain_has_the_id_of_its_row_and_the_events_have_it_too(tmp_path: Path) -> None:
    result = run_sync(Traced, output_dir=tmp_path, run_id="r")

    chains = list(causal_trace.TraceLog(result.folder / "traces" / "traces.jsonl").chains())
    events = pq.read_table(result.folder / "events.parquet").to_pylist()
    ended = [each for each in events if each["name"] == "harness.row.stop"]
    assert {(each.item, each.condition, each.repeat) for each in chains} == {
        (f"i{number}", "one", repeat) for number in range(6) for repeat in range(2)
    }
    assert len({each.id for each in chains}) == 12
    assert all(any(chain.id in each["attributes"] for each in ended) for chain in chains)


def test_chains_of_a_second_run_with_the_same_id_have_the_same_ids(tmp_path: Path) -> None:
    ids = []
    for folder in ("a", "b"):
        result = run_sync(Traced, output_dir=tmp_path / folder, run_id="r")
        log = causal_trace.TraceLog(result.folder / "traces" / "traces.jsonl")
        ids.append({each.id for each in log.chains()})

    assert ids[0] == ids[1]


def test_a_row_is_kept_only_after_its_chain_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(causal_trace.TraceLog, "save_all", full)
        with pytest.raises(JournalError, match="traces were not"):
            run_sync(Traced, output_dir=tmp_path, run_id="r")
    resumed = resume_sync("r", Traced, output_dir=tmp_path)

    log = causal_trace.TraceLog(resumed.folder / "traces" / "traces.jsonl")
    assert len({each.id for each in log.chains()}) == 12
    assert resumed.complete
    assert verify(resumed.folder).agree


@pytest.mark.slow
def test_a_disk_slower_than_the_rows_holds_them_up_and_loses_no_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_all, together = causal_trace.TraceLog.save_all, list[int]()
    answered, all_that_run = list[str](), threading.Event()

    class ManyTraced(Traced):
        dataset = Dataset(
            [Item(f"i{number}", "q", "a") for number in range(50)],
            name="many",
            scorer="exact_match",
        )
        concurrency = 10

        @condition
        async def one(self, item: Item, trial: object) -> Outcome:
            answered.append(item.id)
            if len(answered) == 10:
                all_that_run.set()
            return Outcome(prediction="a", trace=causal_trace.Chain(name=item.id))

    def slow(log: causal_trace.TraceLog, chains: list[Any]) -> None:
        all_that_run.wait()
        if not together:
            assert len(answered) == 10  # no other row begins before a chain is written
        together.append(len(chains))
        save_all(log, chains)

    monkeypatch.setattr(causal_trace.TraceLog, "save_all", slow)

    result = run_sync(ManyTraced, output_dir=tmp_path, run_id="r")

    log = causal_trace.TraceLog(result.folder / "traces" / "traces.jsonl")
    assert len(list(log.chains())) == sum(together) == 100
    assert 1 < max(together) <= 10
    assert verify(result.folder).agree


def test_a_chain_on_the_disk_leaves_nothing_behind_when_no_row_waits_for_it(
    tmp_path: Path,
) -> None:
    """A row that was cancelled does not wait, and neither does an import."""
    with TraceWriter(RunFolder(tmp_path)) as traces:
        for trial in prepare(Traced()).plan:
            traces.save(causal_trace.Chain(name="c"), trial)

    assert traces.waiting == 0
    assert len(list(causal_trace.TraceLog(tmp_path / "traces" / "traces.jsonl").chains())) == 12


def test_no_chain_is_taken_after_one_that_could_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(causal_trace.TraceLog, "save_all", full)
    trial = prepare(Traced()).plan[0]

    async def saved() -> None:
        traces.save(causal_trace.Chain(name="c"), trial)
        await traces.stored(trial)

    refused = partial(pytest.raises, JournalError, match="traces were not")
    with refused(), TraceWriter(RunFolder(tmp_path)) as traces:  # its end raises it too
        with refused():
            asyncio.run(saved())
        with refused():
            traces.save(causal_trace.Chain(name="c"), trial)


@pytest.mark.slow
@pytest.mark.forks
def test_events_of_a_killed_session_are_there_after_the_resume(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        Traced.killed_at, Traced._output = 8, tmp_path
        run_sync(Traced, output_dir=tmp_path, run_id="r")
        os._exit(0)
    os.waitpid(child, 0)

    result = resume_sync("r", Traced, output_dir=tmp_path)

    ended = [
        each
        for path in sorted(result.folder.glob("events*.parquet"))
        for each in pq.read_table(path).to_pylist()
        if each["name"] == "harness.row.stop"
    ]
    assert len(list(result.folder.glob("events*.parquet"))) == 2
    assert len(ended) == 12
    found = verify("r", output_dir=tmp_path)
    assert found.agree
    assert "12 of them ends of rows" in str(found)
    assert "no such event" not in str(found)
    assert not list(result.folder.glob("checkpoints/*.arrows"))


def test_verify_says_how_many_rows_lost_their_events(tmp_path: Path) -> None:
    result = run_sync(Traced, output_dir=tmp_path, run_id="r")
    path = result.folder / "events.parquet"
    events = pq.read_table(path)
    pq.write_table(events.filter(pc.field("item_id") != "i5"), path)

    found = verify(result.folder)

    assert "2 of 12 rows have no such event" in str(found)
    assert not found.agree


class Watched(Experiment):
    name = "Watched"
    dataset = [{"id": f"q{n}", "input": f"{n}?", "expected": str(n)} for n in range(3)]  # noqa: RUF012
    metrics = ("accuracy",)
    formats = ("json",)

    @condition
    async def one(self, item: Any) -> str:
        return str(item.expected)

    @condition
    def two(self, item: Any) -> str:
        return str(item.expected)


def names_of(events: Iterable[Any]) -> Counter[str]:
    return Counter(str(each.name) for each in events)


def test_an_outer_recording_gets_the_events_of_the_run_too(tmp_path: Path) -> None:
    with telemetry_research.recording("outer", condition="all") as outer:
        result = run_sync(Watched, output_dir=tmp_path)

    own = pq.read_table(result.folder / "events.parquet").column("name").to_pylist()
    assert names_of(outer) == Counter(map(str, own))
    assert names_of(outer)["harness.row.stop"] == 6
    assert names_of(outer)["harness.experiment.start"] == 1
    assert verify(result.folder).agree


def test_a_store_that_the_user_names_gets_the_events_too(tmp_path: Path) -> None:
    path = tmp_path / "mine.arrows"
    made = type("Watched", (Watched,), {"telemetry": lambda: telemetry_research.FileStore(path)})

    result = run_sync(made, output_dir=tmp_path / "runs")

    own = pq.read_table(result.folder / "events.parquet").column("name").to_pylist()
    assert names_of(telemetry_research.open_experiment(path)) == Counter(map(str, own))


def _meddle() -> None:
    """Stop, pause and remove what is found; start recordings and leave them."""
    for change in (telemetry_research.stop_experiment, telemetry_research.Recording.pause):
        found = telemetry_research.current_experiment()
        if found is not None and found.status == "running":
            change(found)
    for each in telemetry_research.list_experiments():
        telemetry_research.cleanup_experiment(each)
    telemetry_research.recording("mine").__enter__()  # it is never left
    telemetry_research.start_experiment("mine too", condition="theirs")


class Meddling(Watched):
    """At one of its places it stops, pauses, removes and leaves recordings, twice where it can."""

    scorer = "test_meddling"
    scorers = ("test_meddling_async",)
    concurrency = 2
    place = ""
    calls = 0

    @classmethod
    def at(cls, place: str) -> None:
        if place == cls.place:
            cls.calls += 1
            if cls.calls in (1, 3):
                _meddle()

    async def setup(self) -> None:
        self.at("setup")

    async def teardown(self) -> None:
        self.at("teardown")

    @condition
    async def one(self, item: Any) -> str:
        self.at("condition")
        return str(item.expected)

    @condition
    def two(self, item: Any) -> str:
        self.at("plain condition")
        return str(item.expected)


@pytest.mark.slow
@pytest.mark.parametrize(
    "place",
    [
        *("setup", "condition", "plain condition", "scorer", "async scorer", "on_progress"),
        "teardown",
    ],
)
@pytest.mark.parametrize(("within", "simulated"), [(False, False), (True, False), (False, True)])
def test_recordings_of_foreign_code_cost_a_run_none_of_its_events(
    tmp_path: Path, place: str, within: bool, simulated: bool
) -> None:
    class Here(Meddling):
        virtual_time = simulated

    Here.place = place
    right = Score(correct=True, value=1.0, outcome="found", scorer="test_meddling")

    def scorer(prediction: Any, item: Item) -> Score:
        Here.at("scorer")
        return right

    async def async_scorer(prediction: Any, item: Item) -> Score:
        Here.at("async scorer")
        return right

    dataset_manager.register_scorer("test_meddling", scorer, replace=True)
    dataset_manager.register_scorer("test_meddling_async", async_scorer, replace=True)

    def run() -> tuple[RunResult, Counter[str]]:
        outer = telemetry_research.recording("outer") if within else nullcontext(())
        with outer as found:
            result = run_sync(
                Here, output_dir=tmp_path, on_progress=lambda _done, _total: Here.at("on_progress")
            )
        return result, names_of(found)

    try:
        result, outer = contextvars.copy_context().run(run)
    finally:  # what was left would be running in the tests that follow
        for each in telemetry_research.list_experiments():
            telemetry_research.cleanup_experiment(each)

    own = Counter(pq.read_table(result.folder / "events.parquet").column("name").to_pylist())
    expected = Counter(
        {"harness.experiment.start": 1, "harness.row.stop": 6, "harness.experiment.stop": 1}
    )
    assert result.complete
    assert own == expected
    assert outer["harness.experiment.start"] == within
    assert Here.calls > 0
    assert verify(result.folder).agree


def test_a_recording_that_setup_has_started_gets_the_events_of_the_rows(tmp_path: Path) -> None:
    kept: list[telemetry_research.Recording] = []

    class Own(Watched):
        async def setup(self) -> None:
            kept.append(telemetry_research.start_experiment("mine"))

        async def teardown(self) -> None:
            telemetry_research.stop_experiment(kept[0])

    result = run_sync(Own, output_dir=tmp_path)

    own = pq.read_table(result.folder / "events.parquet").column("name").to_pylist()
    assert names_of(kept[0])["harness.row.stop"] == own.count("harness.row.stop") == 6


class Broken:
    background = True
    dropped_events = 0

    def open(self, experiment: object) -> None:
        pass

    def write(self, chunks: object) -> None:
        raise ConnectionError("the server is gone")

    def close(self) -> None:
        pass


def test_a_store_that_fails_costs_the_run_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = type("Watched", (Watched,), {"telemetry": Broken()})

    result = run_sync(made, output_dir=tmp_path)

    assert result.complete
    assert caplog.text.count("the server is gone") == 1
    assert verify(result.folder).agree
