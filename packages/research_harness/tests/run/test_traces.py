"""Runs that keep what their models said, without a line of the experiment's own."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import causal_trace
from dataset_manager import Item, Score, register_scorer
from ensemble import EnsembleResult, FunctionModel, Response, SimulatedModel, ask, predict
from hedging import request
from research_harness import Experiment, ExperimentError, condition, run_sync, verify
from research_harness.__main__ import main

STATED = (
    '<event type="decision_made"><decision>add them</decision><reasoning>It is a sum.</reasoning>'
    "</event>Answer: a"
)
THINKER = FunctionModel(
    "thinker",
    lambda _: Response(
        text=STATED, model="thinker", reasoning="First I look at it.", reasoning_kind="summary"
    ),
)
PANEL = [SimulatedModel(name, accuracy=0.8, seed=seed) for seed, name in enumerate("abc")]


class Said(Experiment):
    """Three conditions that return no chain."""

    name = "Said"
    dataset = tuple({"id": name, "question": "q", "answer": "a"} for name in ("one", "two"))
    scorer = "exact_match"
    metrics = ("accuracy",)
    traces = True
    formats = ()

    @condition
    async def vote(self, item: Item) -> EnsembleResult:
        return await predict(item, models=PANEL)

    @condition
    async def thinker(self, item: Item) -> str:
        return (await ask(item, model=THINKER)).text[-1]

    @condition
    async def silent(self, item: Item) -> str:
        return "a"


def chains(kind: type[Experiment], folder: Path) -> dict[tuple[Any, Any], causal_trace.Chain]:
    """The chains of a run, by condition and item."""
    result = run_sync(kind, output_dir=folder, run_id="r")
    assert verify(result.folder).agree
    path = result.folder / "traces" / "traces.jsonl"
    found = causal_trace.TraceLog(path).chains() if path.exists() else ()
    return {(each.condition, each.item): each for each in found}


@pytest.mark.slow
def test_votes_reasoning_and_stated_events_become_the_chain_of_their_row(tmp_path: Path) -> None:
    found = chains(Said, tmp_path)

    assert sorted(found) == [
        *(("thinker", "one"), ("thinker", "two")),
        *(("vote", "one"), ("vote", "two")),
    ]
    native, stated = found["thinker", "one"].events
    assert (native.evidence, native.reasoning) == ("summary", "First I look at it.")
    assert (stated.evidence, stated.decision) == ("self_reported", "add them")
    assert {each.metadata["model"] for each in (native, stated)} == {"thinker"}
    assert len(found["vote", "one"].self_reported()) == 3


@pytest.mark.slow
def test_the_ids_of_what_was_said_are_the_same_in_every_run_and_differ_between_rows(
    tmp_path: Path,
) -> None:
    first, second = (chains(Said, tmp_path / name) for name in "xy")

    ids = [event.id for key in first if key[0] == "thinker" for event in first[key].events]
    again = [event.id for key in first if key[0] == "thinker" for event in second[key].events]
    assert ids == again
    assert len(set(ids)) == 4


@pytest.mark.slow
def test_a_row_is_shown_with_what_its_models_said_and_the_file_is_read_by_the_other_library(
    tmp_path: Path,
) -> None:
    chains(Said, tmp_path)

    options = ["--condition", "thinker", "--item", "two", "--output-dir", str(tmp_path)]
    shown = CliRunner().invoke(main, ["show", "r", *options]).output
    assert "event: reasoning_summary (summary)" in shown
    assert "    reasoning: First I look at it." in shown
    assert "    decision: add them" in shown

    read = causal_trace.import_chains(tmp_path / "r" / "traces" / "traces.jsonl")
    assert len(read) == 4
    assert {each.experiment for each in read} == {"r"}


@pytest.mark.slow
def test_a_run_keeps_nothing_of_it_unless_it_is_asked_to(tmp_path: Path) -> None:
    class Unasked(Said):
        traces = False

    assert chains(Unasked, tmp_path) == {}


@pytest.mark.slow
def test_a_hedged_prediction_has_its_chain_and_the_calls_of_scorers_have_none(
    tmp_path: Path,
) -> None:
    async def judge(prediction: object, item: Item) -> Score:
        said = await ask(item, model=THINKER)
        return Score(correct=said.text == STATED, value=1.0, outcome="found")

    register_scorer("test_thinking_judge", judge)

    class Hedged(Said):
        scorer = "test_thinking_judge"

        @condition
        async def hedged(self, item: Item) -> Any:
            return await request(lambda: predict(item, models=PANEL), delay_ms=10_000)

    found = chains(Hedged, tmp_path)

    assert len(found["hedged", "one"].self_reported()) == 3
    assert ("silent", "one") not in found


@pytest.mark.slow
def test_a_result_of_which_no_chain_can_be_made_costs_its_row_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ValueError("no chain")

    monkeypatch.setattr(causal_trace, "parse_events", refuse)

    found = chains(Said, tmp_path)

    assert {each for each, _ in found} == {"vote"}
    assert "the chain of a row was not made: ValueError: no chain" in caplog.text


def test_a_setting_that_is_no_truth_value_is_refused() -> None:
    class Wrong(Said):
        traces = "yes"  # type: ignore[assignment]  # what is refused

    with pytest.raises(ExperimentError, match="traces: 'yes' is not True or False"):
        run_sync(Wrong)
