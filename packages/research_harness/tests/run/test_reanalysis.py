"""Finished rows are scored and analysed again without a call."""

from pathlib import Path
from typing import Any

import pytest

from dataset_manager import Dataset, Item, Score, register_scorer
from research_harness import (
    Experiment,
    Metric,
    MetricError,
    ResumeRefusedError,
    RunResult,
    ScorerError,
    condition,
    reanalyze,
    run_sync,
    verify,
)

CALLS: list[str] = []


def mark(right: bool) -> Score:
    return Score(correct=right, value=float(right), outcome="found")


def exact(prediction: Any, item: Item) -> Score:
    return mark(prediction == item.expected)


def lenient(prediction: Any, item: Item) -> Score:
    return mark(str(prediction).lower() == item.expected)


def broken(prediction: Any, item: Item) -> Score:
    raise KeyError("no rule")


for _scorer in (exact, lenient, broken):
    register_scorer(f"test_{_scorer.__name__}", _scorer, replace=True)


class Loud(Experiment):
    name = "Loud"
    dataset = Dataset([Item(f"i{n}", "q", "a") for n in range(4)], name="own")
    metrics: Any = ("accuracy",)
    formats = ()
    scorer = "test_exact"

    @condition
    async def one(self, item: Item) -> str:
        CALLS.append(item.id)
        return "A" if item.id != "i0" else "a"


def accuracy(result: RunResult) -> Any:
    return result.analysis["conditions"][0]["metrics"][0]["value"]


def files(result: RunResult) -> dict[str, bytes]:
    names = ("analysis.json", "results.csv", "config.json", "checkpoints/journal.jsonl")
    return {name: (result.folder / name).read_bytes() for name in names}


@pytest.fixture
def finished(tmp_path: Path) -> RunResult:
    return run_sync(Loud, output_dir=tmp_path, run_id="r")


@pytest.mark.slow
def test_a_new_scorer_and_new_metrics_ask_nothing_again(finished: RunResult) -> None:
    class Lenient(Loud):
        scorer = "test_lenient"
        metrics = ("accuracy", Metric(name="length", column=lambda row: len(row.prediction)))

    CALLS.clear()
    again = reanalyze(finished.folder, Lenient)

    assert not CALLS
    assert (accuracy(finished), accuracy(again)) == (0.25, 1.0)
    assert [each["metric"] for each in again.analysis["conditions"][0]["metrics"]] == [
        "accuracy",
        "length",
    ]
    assert verify(finished.folder).agree


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"scorer": "test_broken"}, ScorerError, "test_broken.*row 0|row.*test_broken"),
        (
            {"metrics": [Metric(name="bad", column=lambda row: 1 / 0)]},
            MetricError,
            "'bad' failed: row 0",
        ),
        ({"repeat": 1, "dataset": [{"input": "q", "expected": "b"}]}, ResumeRefusedError, "data"),
    ],
)
def test_what_fails_is_named_and_changes_nothing(
    finished: RunResult, changes: dict[str, Any], error: type[Exception], said: str
) -> None:
    before = files(finished)
    other = type("Loud", (Loud,), changes)

    with pytest.raises(error, match=said):
        reanalyze(finished.folder, other)

    assert files(finished) == before
    assert verify(finished.folder).agree


@pytest.mark.slow
def test_analysing_again_with_nothing_new_gives_the_same_numbers(finished: RunResult) -> None:
    again = reanalyze(finished.folder, Loud)

    assert again.analysis == finished.analysis
