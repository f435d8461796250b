"""What any library emits is known to the catalogue, and is captured under the right experiment."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

import causal_trace
import dataset_manager
import ensemble
import hedging
import research_harness
from dataset_manager import Item, arithmetic
from ensemble import Constant, EnsembleResult, SimulatedModel, predict
from hedging import Fixed, Hedged, request, run_virtual
from research_harness import Experiment, Outcome, condition, run
from telemetry_research import CATALOGUE, record, recording

LIBRARIES = (causal_trace, dataset_manager, ensemble, hedging, research_harness)


def test_every_event_of_every_library_is_in_the_catalogue_and_no_other() -> None:
    emitted = {name for library in LIBRARIES for name in library.EVENTS}

    assert emitted == set(CATALOGUE)


def test_the_guide_lists_every_event_with_its_level() -> None:
    guide = (Path(__file__).parents[1] / "docs" / "telemetry.md").read_text(encoding="utf-8")

    for name, event in CATALOGUE.items():
        assert f"| `{name}` | {event.level} | {event.description} |" in guide, name


class Everything(Experiment):
    """Uses all libraries in one condition each."""

    dataset = arithmetic(12, seed=1)
    metrics = ("accuracy", "latency_p95", "cost_per_query")
    virtual_time = True
    repeat = 2

    def __init__(self, marker: str) -> None:
        self.name = marker
        self.panel = [
            SimulatedModel(f"{marker}-{each}", latency=Constant(latency_ms=each), output_price=1.0)
            for each in (100, 400)
        ]

    async def ask(self, item: Item) -> EnsembleResult:
        """One vote, with a custom event that carries the marker."""
        record("secret.stop", {"duration_ns": 1}, {"marker": self.name})
        return await predict(item, models=self.panel, normalize="number")

    @condition
    async def voted(self, item: Item) -> EnsembleResult:
        """An ensemble."""
        return await self.ask(item)

    @condition
    async def hedged(self, item: Item) -> Hedged[EnsembleResult]:
        """An ensemble inside a hedged request."""
        # A backup for every row; the budget of 5 % stops after the first 24 of the process.
        return await request(lambda: self.ask(item), strategy=Fixed(50), budget=None)

    @condition
    async def traced(self, item: Item) -> Outcome:
        """An answer with its decisions."""
        answer = (await self.ask(item)).answer
        text = f"<event type='decision_made'><decision>{answer}</decision></event>"
        return Outcome(prediction=answer, trace=causal_trace.parse(text, item.id))

    @condition
    async def threaded(self, item: Item) -> Any:
        """Emits from a thread."""
        await asyncio.to_thread(record, "secret.stop", {}, {"marker": self.name})
        return item.expected


async def test_eight_experiments_at_once_neither_leak_nor_lose(tmp_path: Path) -> None:
    markers = [f"secret-{number}" for number in range(8)]

    results = await asyncio.gather(
        *(run(Everything(marker), output_dir=tmp_path, run_id=marker) for marker in markers)
    )

    for marker, result in zip(markers, results, strict=True):
        events = pq.read_table(result.folder / "events.parquet").to_pylist()
        rows = 12 * 2
        assert result.failures == 0
        secret = [event["attributes"] for event in events if event["name"] == "secret.stop"]
        # One from each vote, and two from the hedged ones, whose backup asks again.
        assert len(secret) == rows * 5
        assert {json.loads(each)["marker"] for each in secret} == {marker}
        models = {event["model"] for event in events if event["name"].startswith("ensemble.model")}
        assert models == {f"{marker}-100", f"{marker}-400"}
        done = [event for event in events if event["name"] == "harness.row.stop"]
        assert len(done) == rows * 4
        assert {event["condition"] for event in done} == {"voted", "hedged", "traced", "threaded"}
        assert all(event["item_id"] and event["repeat"] in (0, 1) for event in done)
        hedges = [event for event in events if event["name"] == "hedging.hedge.fired"]
        assert len(hedges) == rows
        assert {event["condition"] for event in hedges} == {"hedged"}
        chains = list(causal_trace.TraceLog(result.folder / "traces" / "traces.jsonl").chains())
        assert len(chains) == rows
        names = {event["name"] for event in events}
        assert {"trace.chain.created", "trace.chain.saved", "ensemble.vote.complete"} <= names


async def test_a_hedged_row_is_timed_to_its_winner_and_pays_for_both(tmp_path: Path) -> None:
    result = await run(Everything("one"), output_dir=tmp_path)

    metrics = {
        each["name"]: {found["metric"]: found["value"] for found in each["metrics"]}
        for each in result.analysis["conditions"]
    }

    assert metrics["voted"]["latency_p95"] == metrics["hedged"]["latency_p95"] == 400.0
    assert metrics["hedged"]["cost_per_query"] == 2 * float(
        metrics["voted"]["cost_per_query"] or 0.0
    )


def test_loading_data_is_captured_too() -> None:
    with recording("load") as experiment:
        dataset_manager.load_sync("arithmetic", sample_size=3)

    assert [event.name for event in experiment] == ["dataset.load.start", "dataset.load.stop"]
    assert experiment.metrics().level("dataset").requests == 1


def test_ta1_calls_of_simulated_models_are_each_there_once_in_the_csv(tmp_path: Path) -> None:
    models = [
        SimulatedModel(f"m{ms}", latency=Constant(latency_ms=ms), output_price=1.0)
        for ms in (100, 400)
    ]
    (item,) = arithmetic(1, seed=1)

    async def calls() -> float | None:
        voted = await predict(item, models=models, normalize="number")
        await request(
            lambda: predict(item, models=models, normalize="number"),
            strategy=Fixed(1000),
            budget=None,
        )
        return voted.cost_usd

    with recording("seed flow") as experiment:
        cost = run_virtual(calls)

    frame = pd.read_csv(experiment.export(tmp_path / "e.csv"))
    assert list(frame["name"]) == [event.name for event in experiment]
    answers = frame[frame["name"] == "ensemble.model.stop"]
    assert sorted(answers["duration_ns"] / 1e6) == pytest.approx([100, 100, 400, 400], rel=0.01)
    assert set(answers["success"]) == {True}
    assert cost is not None
    assert answers["cost_usd"].sum() == pytest.approx(2 * cost)
    assert list(frame["name"]).count("hedging.request.stop") == 1
