"""The acceptance scenarios 15 to 25 of the requirements, by their numbers, as a user runs them.

Scenario 18, the ten experiments of the Elixir framework's guide, is in ``tests/test_examples.py``.
The rates of scenario 22 are limits of models, and are tried in the tests of ``ensemble``.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import telemetry_research
from dataset_manager import Item
from ensemble import HedgedModel, LogNormal, SimulatedModel, ask, predict
from research_harness import (
    Ceilings,
    DatasetSpec,
    Experiment,
    ExperimentError,
    ResumeRefusedError,
    Retries,
    condition,
    estimate_sync,
    resume_sync,
    run,
    run_sync,
    verify,
)
from research_harness._cli.main import cli
from research_harness._engine.journal import Journal

PANEL = [
    SimulatedModel(
        name, accuracy=0.8, latency=LogNormal(median_ms=500, sigma=0.8), input_price=2.0, seed=seed
    )
    for seed, name in enumerate("abcdefg")
]


class Study(Experiment):
    """A single model and a vote of three, on generated questions."""

    name = "Study"
    dataset = DatasetSpec("arithmetic")
    sample_size: int | None = 20
    scorer = "number"
    metrics: Any = ("accuracy", "cost_per_query", "latency_p99")
    formats: Any = ("markdown",)
    seed = 42
    virtual_time = True

    @condition
    async def single(self, item: Item) -> Any:
        return await ask(item, model=PANEL[0])

    @condition
    async def vote(self, item: Item) -> Any:
        return await predict(item, models=PANEL[:3], normalize="number")


def test_15_the_first_experiment_gives_its_three_metrics_files_and_summary(
    tmp_path: Path,
) -> None:
    result = run_sync(Study, output_dir=tmp_path, run_id="exp")

    for each in result.analysis["conditions"]:
        values = {metric["metric"]: metric["value"] for metric in each["metrics"]}
        assert set(values) == {"accuracy", "cost_per_query", "latency_p99"}
        assert all(value is not None for value in values.values())
    beside = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert {"exp_report.md", "exp_results.csv", "exp_analysis.json"} <= beside
    assert "accuracy" in str(result)


@pytest.mark.slow
def test_16_panels_of_four_sizes_give_four_reports_an_omnibus_test_and_corrected_pairs(
    tmp_path: Path,
) -> None:
    pytest.importorskip("nbformat", reason="notebooks are an extra of reporter")

    class Sizes(Study):
        sample_size = 8
        repeat = 3
        metrics = ("accuracy", "consensus", "cost_per_query", "latency_p50", "latency_p99")
        formats = ("markdown", "latex", "html", "jupyter")
        single = vote = None  # type: ignore[assignment]

        @condition
        async def one(self, item: Item) -> Any:
            return await predict(item, models=PANEL[:1], normalize="number")

        @condition
        async def three(self, item: Item) -> Any:
            return await predict(item, models=PANEL[:3], normalize="number")

        @condition
        async def five(self, item: Item) -> Any:
            return await predict(item, models=PANEL[:5], normalize="number")

        @condition
        async def seven(self, item: Item) -> Any:
            return await predict(item, models=PANEL, normalize="number")

    result = run_sync(Sizes, output_dir=tmp_path, run_id="exp")

    assert {path.name for path in result.reports.values()} == {
        "exp_report.md",
        "exp_report.tex",
        "exp_report.html",
        "exp_analysis.ipynb",
    }
    assert {"exp_results.csv", "exp_analysis.json"} <= {each.name for each in tmp_path.iterdir()}
    accuracy = next(e for e in result.analysis["comparisons"] if e["metric"] == "accuracy")
    assert accuracy["omnibus"] is not None
    assert accuracy["correction"] == "holm"
    assert len(accuracy["pairs"]) == 6
    for pair in accuracy["pairs"]:
        assert pair["result"] is not None
        assert pair["p_adjusted"] >= pair["result"]["p_value"]


def test_17_a_hedged_model_is_compared_with_the_plain_one_in_its_tail(tmp_path: Path) -> None:
    slow = SimulatedModel("slow", accuracy=0.9, latency=LogNormal(median_ms=300, sigma=1.2))
    hedged_model = HedgedModel(slow)  # one for all rows: it learns its delay

    class Hedged(Study):
        sample_size = 150
        metrics = ("latency_p99", "cost_per_query")
        vote = None  # type: ignore[assignment]

        @condition
        async def single(self, item: Item) -> Any:
            return await ask(item, model=slow)

        @condition
        async def hedged(self, item: Item) -> Any:
            return await ask(item, model=hedged_model)

    result = run_sync(Hedged, output_dir=tmp_path)

    pair = result.analysis["comparisons"][0]["pairs"][0]
    assert (pair["control"], pair["treatment"]) == ("single", "hedged")
    assert pair["result"] is not None
    assert pair["result"]["estimate"] < 0  # the tail is shorter, treatment minus control


@pytest.mark.slow
def test_19_an_estimate_is_near_the_cost_and_a_ceiling_warns_stops_and_keeps_what_is_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found = estimate_sync(Study, pilot=10)
    whole = run_sync(Study, output_dir=tmp_path, run_id="whole")
    cost = sum(row.cost_usd or 0.0 for row in rows_of(whole.folder))
    assert found.cost_usd == pytest.approx(cost, rel=0.2)

    caplog.clear()
    stopped = run_sync(
        Study, output_dir=tmp_path, run_id="x", ceilings=Ceilings(max_cost_usd=0.6 * cost)
    )

    assert "80 %" in caplog.text or "% of the ceiling" in caplog.text
    assert not stopped.complete
    assert 0 < len(rows_of(stopped.folder)) < len(rows_of(whole.folder))
    assert sum(row.cost_usd or 0.0 for row in rows_of(stopped.folder)) <= 0.6 * cost
    assert "INCOMPLETE" in str(stopped)
    assert resume_sync("x", Study, output_dir=tmp_path, ceilings={"max_cost_usd": 9.0}).complete
    resumed = {row.index: (row.prediction, row.latency_ms) for row in rows_of(stopped.folder)}
    assert resumed == {row.index: (row.prediction, row.latency_ms) for row in rows_of(whole.folder)}


def rows_of(folder: Path) -> list[Any]:
    return list(Journal(folder / "checkpoints" / "journal.jsonl"))


KILLED = """
import os, signal
from research_harness import Experiment, condition, run_sync

class Killed(Experiment):
    name = "Killed"
    dataset = [{"id": f"q{n}", "question": f"{n}+1?", "answer": str(n + 1)} for n in range(20)]
    scorer = "number"
    metrics = ("accuracy",)
    formats = ("json",)
    concurrency = 1

    @condition
    async def plain(self, item):
        return str(int(item.id[1:]) % 7 + 1)

def killing(done, total):
    if done == 12:
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    run_sync(Killed, output_dir="killed", run_id="x", on_progress=killing)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a signal of Unix")
def test_20_a_killed_run_is_resumed_to_the_rows_of_an_uninterrupted_one(tmp_path: Path) -> None:
    (tmp_path / "study.py").write_text(KILLED)
    ended = subprocess.run(
        [sys.executable, "study.py"], cwd=tmp_path, check=False, env={**os.environ}
    )
    assert ended.returncode == -signal.SIGKILL
    names: dict[str, Any] = {"__name__": "study"}
    exec(compile(KILLED, "study.py", "exec"), names)  # noqa: S102  # our own text
    kind, journal = names["Killed"], tmp_path / "killed" / "x" / "checkpoints" / "journal.jsonl"
    whole = run_sync(kind, output_dir=tmp_path / "whole", run_id="x")
    kept = journal.read_bytes()
    assert 1 <= kept.count(b"\n") <= 13  # what was being written is asked again

    journal.write_bytes(kept[:-9])  # the last line is torn too
    with pytest.raises(ResumeRefusedError):
        resume_sync("x", type("Killed", (kind,), {"seed": 7}), output_dir=tmp_path / "killed")
    found = resume_sync("x", kind, output_dir=tmp_path / "killed", force=True)

    assert found.complete
    answers = [
        {row.index: (row.item_id, row.prediction, row.correct) for row in rows_of(each.folder)}
        for each in (found, whole)
    ]
    assert answers[0] == answers[1]


class Troubled(Study):
    """One item always fails, another at first."""

    sample_size = None
    dataset: Any = [{"id": each, "question": "1+1?", "answer": "2"} for each in "abcd"]  # noqa: RUF012
    metrics = ("accuracy", "failure_rate")
    vote = None  # type: ignore[assignment]
    retries = Retries(max_retries=3)
    outage_ms = None

    def __init__(self) -> None:
        self._asked: dict[str, int] = {}

    async def teardown(self) -> None:
        raise RuntimeError("teardown is broken")

    @condition
    async def single(self, item: Item) -> Any:
        self._asked[item.id] = self._asked.get(item.id, 0) + 1
        if item.id == "a" or (item.id == "b" and self._asked["b"] < 3):
            raise TimeoutError(f"attempt {self._asked[item.id]}")
        return "2"


def test_21_failures_are_retried_with_pauses_kept_as_dead_letters_and_count_as_wrong(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    result = run_sync(Troubled(), output_dir=tmp_path, run_id="x")

    assert "teardown is broken" in caplog.text  # a hook that raises ends no run
    assert result.failures == 1
    metrics = {
        each["metric"]: each["value"] for each in result.analysis["conditions"][0]["metrics"]
    }
    assert metrics == {"accuracy": 0.75, "failure_rate": 0.25}
    attempts = (result.folder / "checkpoints" / "attempts.jsonl").read_text()
    assert attempts.count('"why":"retry"') == 5  # three of a, two of b
    dead = [json.loads(each) for each in (result.folder / "dead.jsonl").read_text().splitlines()]
    assert [(each["item_id"], len(each["attempts"])) for each in dead] == [("a", 4)]


def test_22_a_row_that_reaches_its_time_limit_keeps_its_condition_and_item(tmp_path: Path) -> None:
    class Slow(Study):
        timeout_ms = 1_000.0
        metrics = ("accuracy", "latency_p99")
        dataset: Any = [  # noqa: RUF012
            {"id": each, "question": "1+1?", "answer": "2"} for each in ("slow", "fast")
        ]
        sample_size = None
        vote = None  # type: ignore[assignment]

        @condition
        async def single(self, item: Item) -> Any:
            await asyncio.sleep(99 if item.id == "slow" else 0.01)
            return "2"

    rows = {row.item_id: row for row in rows_of(run_sync(Slow, output_dir=tmp_path).folder)}

    assert (rows["slow"].failure, rows["slow"].condition) == ("time", "single")
    assert rows["slow"].latency_ms == 1_000.0
    assert rows["fast"].correct


async def test_22_two_experiments_at_once_do_not_mix_their_events(tmp_path: Path) -> None:
    class Real(Study):
        virtual_time = False
        sample_size = 5
        vote = None  # type: ignore[assignment]

        @condition
        async def single(self, item: Item) -> Any:
            await asyncio.sleep(0)
            return "2"

    with telemetry_research.recording("outer") as outer:
        one, two = await asyncio.gather(
            run(Real, output_dir=tmp_path, run_id="one"),
            run(Real, output_dir=tmp_path, run_id="two"),
        )

    for result in (one, two):
        events = pq.read_table(result.folder / "events.parquet").to_pylist()
        ended = [each for each in events if each["name"] == "harness.row.stop"]
        assert len(ended) == 5
        named = [each for each in events if each["name"] == "harness.experiment.start"]
        assert [result.id in str(each["attributes"]) for each in named] == [True]
    assert outer is not None


def test_23_a_dry_run_asks_nothing_and_progress_rises_to_the_total(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("study.py").write_text(KILLED)

    looked = CliRunner().invoke(cli, ["run", "study.py", "--dry-run"])
    assert (looked.exit_code, "nothing was run" in looked.output) == (0, True)
    assert not Path("results").exists()
    ran = CliRunner().invoke(cli, ["run", "study.py", "--quiet"], input="")
    assert ran.exit_code == 0, ran.output
    assert "Run it?" not in ran.output

    seen: list[tuple[int, int]] = []
    run_sync(Study, output_dir=tmp_path, on_progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == list(range(1, 41))
    assert {total for _, total in seen} == {40}


@pytest.mark.slow
def test_24_runs_of_one_seed_agree_at_any_concurrency_and_a_changed_answer_is_found(
    tmp_path: Path,
) -> None:
    first = run_sync(Study, output_dir=tmp_path, run_id="first")
    again = run_sync(Study, output_dir=tmp_path, run_id="again", concurrency=3)
    replayed = run_sync(Study, output_dir=tmp_path, run_id="replayed", replay="first")
    other = run_sync(Study, output_dir=tmp_path, run_id="other", seed=7)

    assert verify(first.folder, again.folder).agree
    for name in ("results.csv", "dataset.jsonl"):
        assert (replayed.folder / name).read_bytes() == (first.folder / name).read_bytes()
    assert verify(first.folder).agree
    order = [
        [row.item_id for row in sorted(rows_of(each.folder), key=lambda row: row.index)]
        for each in (first, other)
    ]
    assert order[0] != order[1]
    results = first.folder / "results.csv"
    text = results.read_text().splitlines()
    results.write_text("\n".join([text[0], text[1].replace("True", "False", 1), *text[2:]]) + "\n")
    assert not verify(first.folder).agree


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "name: set a title"),
        ({"single": None, "vote": None}, "mark at least one method with @condition"),
        ({"metrics": ()}, "metrics: name at least one"),
        ({"metrics": ("acuracy",)}, "acuracy"),
        ({"repeat": 0}, "repeat: 0 is not a whole number of at least 1"),
        ({"timeout_ms": 0.0}, "timeout_ms: 0.0 is not a positive number"),
        ({"seed": "x"}, "seed: 'x' is not a whole number"),
        ({"ceilings": Ceilings(max_cost_usd=-1.0)}, "max_cost_usd"),
        ({"dataset": DatasetSpec("no such data")}, "no such data"),
        ({"control": "nothing"}, "no condition is called 'nothing'"),
    ],
    ids=["name", "conditions", "metrics", "metric", "repeat", "timeout", "seed", "budget", "data",
         "control"],
)  # fmt: skip
def test_25_each_wrong_setting_is_named_before_anything_is_asked(
    given: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(Exception, match=said) as caught:
        run_sync(type("Study", (Study,), given), output_dir=tmp_path)

    assert isinstance(caught.value, ExperimentError | ValueError | LookupError)
    assert not any(tmp_path.iterdir())
