"""A run becomes logs of other tools, which read back as the same scores."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dataset_manager import read_log
from research_harness import (
    Experiment,
    Outcome,
    RunResult,
    compare,
    condition,
    export_run,
    run_sync,
)
from research_harness.__main__ import main

ITEMS = [
    {"id": f"HumanEval/{k}", "question": f"Which is {k}?", "choices": ["a", "b"], "answer": 1}
    for k in range(12)
]


class Asked(Experiment):
    name = "Asked"
    dataset = ITEMS
    scorer = "choice"
    metrics = ("accuracy", "cost_per_query")
    repeat = 2
    virtual_time = True
    formats = ()

    @condition
    async def first(self, item: Any) -> Outcome:
        if item.id == "HumanEval/3":
            raise ValueError("no answer")
        return Outcome(prediction="B" if int(item.id[10:]) % 2 else "A", latency_ms=5, cost_usd=0.1)

    @condition
    async def second(self, item: Any) -> Outcome:
        return Outcome(prediction="B" if int(item.id[10:]) % 3 else "A", latency_ms=9)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    return run_sync(Asked, output_dir=tmp_path_factory.mktemp("export"))


def crucible(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.mark.parametrize("form", ["inspect", "every-eval-ever"])
def test_the_logs_give_the_comparison_of_the_run(run: RunResult, tmp_path: Path, form: Any) -> None:
    export_run(run.folder, format=form, out=tmp_path / "logs")

    direct, again = compare([run.folder]), compare([tmp_path / "logs"])

    if form == "inspect":  # the failed answer has no text, which the other form needs
        assert [pair.difference for pair in again.pairs] == [
            pair.difference for pair in direct.pairs
        ]
        assert again.simulated == direct.simulated
    assert again.systems == direct.systems
    assert [each.repeats for each in again.scores] == [2, 2]


def test_a_sample_has_prompt_answer_score_and_error(run: RunResult, tmp_path: Path) -> None:
    first, _ = export_run(run.folder, out=tmp_path)

    log = read_log(first)
    failed = next(row for row in log if row.error)
    answered = log.rows[1]
    assert (log.name, log.models, log.epochs, log.complete) == ("Asked", ("first",), (1, 2), True)
    assert (failed.id, failed.score) == ("HumanEval/3", 0.0)
    assert "ValueError: no answer" in str(failed.error)
    assert (answered.input, answered.expected) == (
        {"question": "Which is 1?", "choices": ["a", "b"]},
        "B",
    )
    assert (answered.prediction, answered.score, answered.latency_ms) == ("B", 1.0, 5.0)


def test_equal_runs_give_equal_logs_that_name_the_run(run: RunResult, tmp_path: Path) -> None:
    (one, _), (two, _) = (export_run(run.folder, out=tmp_path / name) for name in ("a", "b"))

    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as archive:
        header = json.loads(archive.read("header.json"))
        names = archive.namelist()
    assert header["eval"]["metadata"]["run"] == run.id
    assert "samples/HumanEval/0_epoch_1.json" in names
    assert "summaries.json" in names


def test_the_command_writes_beside_the_run_or_where_it_is_asked_to(
    run: RunResult, tmp_path: Path
) -> None:
    found = crucible("export", run.folder, "--format", "eee", "--out", tmp_path / "out")

    assert found.exit_code == 0, found.output
    assert len(list((tmp_path / "out").rglob("*_samples.jsonl"))) == 2
    assert crucible("export", "missing", "--output-dir", tmp_path).exit_code == 2


def test_the_real_inspect_opens_the_logs(run: RunResult, tmp_path: Path) -> None:
    inspect_log = pytest.importorskip("inspect_ai.log", reason="the real Inspect is not installed")
    first, _ = export_run(run.folder, out=tmp_path)

    log = inspect_log.read_eval_log(str(first))
    sample = inspect_log.read_eval_log_sample(str(first), id="HumanEval/1", epoch=2)
    summaries = inspect_log.read_eval_log_sample_summaries(str(first))

    assert (log.status, len(log.samples), len(summaries)) == ("success", 24, 24)
    assert sample.scores["choice"].value == 1.0
