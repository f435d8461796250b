"""The acceptance scenario 14, also pattern 3 of scenario 29: the chain of a vote and its row."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import causal_trace
from dataset_manager import Item
from ensemble import SimulatedModel, predict, to_chain
from research_harness import DatasetSpec, Experiment, Outcome, condition, run_sync

PANEL = [
    SimulatedModel(name, accuracy=0.8, input_price=2.0, seed=seed)
    for seed, name in enumerate("abc")
]


class Logged(Experiment):
    """The votes of a panel, each with its chain."""

    name = "Logged"
    dataset = DatasetSpec("arithmetic")
    sample_size = 12
    repeat = 2
    scorer = "number"
    metrics = ("accuracy", "consensus")
    formats = ()
    seed = 42
    virtual_time = True

    @condition
    async def vote(self, item: Item) -> Outcome:
        found = await predict(item, models=PANEL, normalize="number")
        return Outcome(
            prediction=found.answer,
            consensus=found.consensus,
            cost_usd=found.cost_usd,
            trace=to_chain(found),
        )


def test_14_and_29_pattern_3_the_chains_of_votes_are_joined_to_the_results_by_their_rows(
    tmp_path: Path,
) -> None:
    folder = run_sync(Logged, output_dir=tmp_path, run_id="exp").folder

    with (tmp_path / "exp_results.csv").open(encoding="utf-8", newline="") as lines:
        rows: dict[Any, dict[str, str]] = {
            (row["condition"], row["item_id"], int(row["repeat"])): row
            for row in csv.DictReader(lines)
        }
    chains = list(causal_trace.TraceLog(folder / "traces" / "traces.jsonl").chains())
    joined = {(each.condition, each.item, each.repeat): each for each in chains}
    assert len(rows) == 24
    assert joined.keys() == rows.keys()
    for key, chain in joined.items():
        answers, decision = chain.self_reported(), chain.events[-1]
        assert len(answers) == 3  # one event for each model
        assert [each.metadata["model"] for each in answers] == ["a", "b", "c"]
        votes = decision.metadata["votes"]
        assert decision.metadata["cost_usd"] == pytest.approx(float(rows[key]["cost_usd"]))
        if decision.type == "decision_made":
            assert decision.decision == rows[key]["prediction"]
            assert max(votes.values()) / 3 == pytest.approx(float(rows[key]["consensus"]))
        assert chain.experiment == "exp"


def test_14_each_chain_has_the_id_of_its_row_which_the_events_of_the_run_name_too(
    tmp_path: Path,
) -> None:
    folder = run_sync(Logged, output_dir=tmp_path, run_id="exp").folder

    log = causal_trace.TraceLog(folder / "traces" / "traces.jsonl")
    by_id = {each.id: each for each in log.chains()}
    ended = [
        event
        for event in pq.read_table(folder / "events.parquet").to_pylist()
        if event["name"] == "harness.row.stop"
    ]
    assert len(ended) == len(by_id) == 24
    for event in ended:
        chain = by_id[json.loads(event["attributes"])["row_id"]]
        row = (event["condition"], event["item_id"], event["repeat"])
        assert (chain.condition, chain.item, chain.repeat) == row
