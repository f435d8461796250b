"""An experiment runs from its class to its report, whatever its conditions do."""

import asyncio
import csv
import json
import time
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import Dataset, Item
from ensemble import Constant, SimulatedModel, predict
from research_harness import (
    ConditionValues,
    Criterion,
    Experiment,
    OutputError,
    RunExistsError,
    RunResult,
    Trial,
    condition,
    run,
    run_sync,
    verify,
)


def items(count: int = 10) -> Dataset:
    return Dataset(
        [Item(f"i{number}", f"{number}+1?", str(number + 1)) for number in range(count)],
        name="sums",
        scorer="number",
    )


class Sums(Experiment):
    """Two ways of adding, one of them often wrong."""

    name = "Sums"
    dataset = items(20)
    metrics = ("accuracy", "latency_p50", "cost_per_query")
    virtual_time = True
    seed = 3

    @condition
    async def good(self, item: Item) -> dict[str, Any]:
        """Right."""
        await asyncio.sleep(0.1)
        return {"prediction": item.expected, "cost": 0.01}

    @condition("poor one")
    async def poor(self, item: Item, trial: Trial) -> str | None:
        """Right for every second item."""
        await asyncio.sleep(0.2)
        return item.expected if int(item.id[1:]) % 2 else "0"


def read_csv(result: RunResult) -> list[dict[str, str]]:
    with (result.folder / "results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def condition_named(result: RunResult, name: str) -> ConditionValues:
    return next(each for each in result.analysis["conditions"] if each["name"] == name)


def metric(result: RunResult, name: str, wanted: str) -> Any:
    metrics = condition_named(result, name)["metrics"]
    return next(each["value"] for each in metrics if each["metric"] == wanted)


def test_metrics_are_made_from_what_the_conditions_return(tmp_path: Path) -> None:
    result = run_sync(Sums, output_dir=tmp_path, repeat=2)

    assert (result.rows, result.failures) == (80, 0)
    assert metric(result, "good", "accuracy") == 1.0
    assert metric(result, "poor one", "accuracy") == 0.5
    assert metric(result, "good", "latency_p50") == 100.0
    assert metric(result, "poor one", "latency_p50") == 200.0
    assert metric(result, "good", "cost_per_query") == pytest.approx(0.01)
    assert metric(result, "poor one", "cost_per_query") is None
    assert "poor one" in str(result)


def test_the_artifacts_have_their_names_and_the_report_says_what_it_is(tmp_path: Path) -> None:
    result = run_sync(Sums, output_dir=tmp_path)

    names = {path.name for path in tmp_path.iterdir()}
    assert names == {
        "sums",
        "sums_report.md",
        "sums_report.html",
        "sums_results.csv",
        "sums_analysis.json",
    }
    inside = {path.relative_to(result.folder).as_posix() for path in result.folder.rglob("*")}
    assert inside == {
        "MANIFEST.json",
        "analysis.json",
        "checkpoints",
        "checkpoints/journal.jsonl",
        "checkpoints/lock",
        "checkpoints/run.json",
        "checkpoints/session.json",
        "config.json",
        "dataset.jsonl",
        "environment.json",
        "events.parquet",
        "results.csv",
        "responses.parquet",
        "results.parquet",
    }
    assert verify("sums", output_dir=tmp_path).agree
    report = (tmp_path / "sums_report.md").read_text()
    assert "20 items" in report
    assert "poor one minus good" in report


def test_rows_stand_in_plan_order_whatever_their_order_of_completion(tmp_path: Path) -> None:
    rows = read_csv(run_sync(Sums, output_dir=tmp_path, concurrency=7))

    assert [int(row["index"]) for row in rows] == list(range(40))


def test_concurrency_does_not_change_the_results(tmp_path: Path) -> None:
    run_sync(Sums, output_dir=tmp_path, run_id="one", concurrency=1)
    run_sync(Sums, output_dir=tmp_path, run_id="many", concurrency=50)

    found = verify("one", "many", output_dir=tmp_path)

    assert found.agree, str(found)
    for name in (
        "results.csv",
        "results.parquet",
        "responses.parquet",
        "analysis.json",
        "dataset.jsonl",
        "config.json",
    ):
        first, second = (tmp_path / each / name for each in ("one", "many"))
        assert first.read_bytes() == second.read_bytes()


def test_another_seed_gives_another_order_and_verify_says_so(tmp_path: Path) -> None:
    run_sync(Sums, output_dir=tmp_path, run_id="a")
    run_sync(Sums, output_dir=tmp_path, run_id="b", seed=4)

    found = verify("a", "b", output_dir=tmp_path)

    assert not found.agree
    assert "config.json, seed: 3 != 4" in str(found)


def test_the_seed_of_the_environment_goes_before_that_of_the_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPERIMENT_SEED", "99")

    result = run_sync(Sums, output_dir=tmp_path)

    assert json.loads((result.folder / "config.json").read_text())["seed"] == 99


class Trouble(Experiment):
    """Conditions that fail in every way there is."""

    name = "Trouble"
    dataset = items(6)
    metrics = ("accuracy", "failure_rate")
    virtual_time = True
    timeout_ms = 500

    @condition
    async def raises(self, item: Item) -> str:
        """Raises for one item."""
        if item.id == "i3":
            raise ValueError(f"no answer to {item.id}")
        return str(item.expected)

    @condition
    async def hangs(self, item: Item) -> str:
        """Never answers one item."""
        await asyncio.sleep(3600 if item.id == "i2" else 0.1)
        return str(item.expected)

    @condition
    async def nonsense(self, item: Item) -> Any:
        """Returns what no outcome can be made from."""
        return {"latency": 5} if item.id == "i1" else item.expected

    @condition
    def plain(self, item: Item) -> str:
        """A plain function, which runs in a thread."""
        return str(item.expected)

    @condition
    async def refuses(self, item: Item) -> str:
        """Has no answer to offer."""
        return "I cannot answer this."


def test_a_failed_row_is_a_row_that_counts_as_wrong_and_is_reported(tmp_path: Path) -> None:
    result = run_sync(Trouble, output_dir=tmp_path)

    assert result.rows == 30
    assert result.failures == 3
    for name, error in (
        ("raises", "ValueError"),
        ("hangs", "RowTimeoutError"),
        ("nonsense", "OutcomeError"),
    ):
        assert condition_named(result, name)["errors"] == {error: 1}
        assert metric(result, name, "accuracy") == pytest.approx(5 / 6)
        assert metric(result, name, "failure_rate") == pytest.approx(1 / 6)
    assert metric(result, "plain", "accuracy") == 1.0
    assert condition_named(result, "refuses")["extraction"] == {"refused": 6}
    failed = [row for row in read_csv(result) if row["error_type"]]
    assert {row["error"] for row in failed} >= {
        "no answer to i3",
        "no answer within 500 ms (timeout_ms of the experiment)",
    }
    assert all(row["correct"] == "False" for row in failed)
    assert verify(result.folder).agree


async def test_a_run_is_possible_inside_a_running_loop_also_under_simulated_time(
    tmp_path: Path,
) -> None:
    first, second = await asyncio.gather(
        run(Sums, output_dir=tmp_path, run_id="a"), run(Sums, output_dir=tmp_path, run_id="b")
    )

    assert first.analysis == second.analysis
    assert verify("a", "b", output_dir=tmp_path).agree


def test_progress_is_told_row_by_row(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []

    run_sync(Sums, output_dir=tmp_path, on_progress=lambda done, total: seen.append((done, total)))

    assert seen == [(number, 40) for number in range(1, 41)]


class Hidden(Experiment):
    """A simulated model whose condition passes on nothing but the text."""

    name = "Hidden"
    dataset = items(5)
    metrics = ("accuracy",)
    virtual_time = True

    @condition
    async def voted(self, item: Item) -> str | None:
        """Only the text."""
        model = SimulatedModel("m", accuracy=1.0, latency=Constant(latency_ms=5))
        return (await predict(item, models=[model])).answer


def test_what_was_simulated_says_so_even_if_the_condition_does_not(tmp_path: Path) -> None:
    result = run_sync(Hidden, output_dir=tmp_path)

    assert result.analysis["origin"]["simulated"]
    assert {row["source"] for row in read_csv(result)} == {"simulated"}
    for path in (*result.reports.values(),):
        assert "SIMULATED" in path.read_text()
    assert str(result).startswith("SIMULATED")


class Repeats(Experiment):
    """A simulated model that draws anew in every repeat."""

    name = "Repeats"
    dataset = items(40)
    metrics = ("accuracy",)
    formats = ()
    virtual_time = True
    repeat = 3

    @condition
    async def half(self, item: Item) -> Any:
        """Right half of the time."""
        return await predict(item, models=[SimulatedModel("m", accuracy=0.5)])


@pytest.mark.slow
def test_each_repeat_draws_anew_and_the_same_again_in_another_run(tmp_path: Path) -> None:
    first = read_csv(run_sync(Repeats, output_dir=tmp_path, run_id="a"))
    second = read_csv(run_sync(Repeats, output_dir=tmp_path, run_id="b"))

    by_item: dict[str, set[str]] = {}
    for row in first:
        by_item.setdefault(row["item_id"], set()).add(row["correct"])
    assert first == second
    assert sum(len(values) == 2 for values in by_item.values()) > 15


class Judged(Sums):
    """With claims stated before."""

    name = "Judged"
    criteria = (
        Criterion(claim="perfect", metric="accuracy", condition="good", min_value=0.6),
        Criterion(
            claim="poor is better",
            metric="accuracy",
            condition="poor one",
            against="good",
            more_than=0.0,
        ),
        Criterion(claim="poor is poor", metric="accuracy", condition="poor one", max_value=0.5),
    )


def test_every_claim_gets_its_verdict(tmp_path: Path) -> None:
    result = run_sync(Judged, output_dir=tmp_path)

    assert [each["verdict"] for each in result.analysis["criteria"]] == [
        "SUPPORTED",
        "NOT SUPPORTED",
        "INCONCLUSIVE",
    ]


@pytest.mark.slow
def test_an_existing_run_is_never_overwritten_without_being_asked(tmp_path: Path) -> None:
    first = run_sync(Sums, output_dir=tmp_path)
    before = (first.folder / "MANIFEST.json").read_bytes()

    second = run_sync(Sums, output_dir=tmp_path)
    with pytest.raises(RunExistsError, match="overwrite=True"):
        run_sync(Sums, output_dir=tmp_path, run_id="sums")

    assert second.id == "sums-2"
    assert (first.folder / "MANIFEST.json").read_bytes() == before
    assert run_sync(Sums, output_dir=tmp_path, run_id="sums", overwrite=True).id == "sums"


def test_overwriting_spares_a_folder_that_is_no_run(tmp_path: Path) -> None:
    precious = tmp_path / "sums" / "thesis.txt"
    precious.parent.mkdir()
    precious.write_text("years of work")

    with pytest.raises(OutputError, match="not the folder of a run"):
        run_sync(Sums, output_dir=tmp_path, run_id="sums", overwrite=True)

    assert precious.read_text() == "years of work"


def test_an_output_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(
        OutputError, match="mend that first\nor write to another folder: output_dir"
    ):
        run_sync(Sums, output_dir=tmp_path / "file")


def test_measured_time_is_left_out_when_two_runs_are_compared(tmp_path: Path) -> None:
    class Live(Sums):
        name = "Live"
        virtual_time = False

        @condition
        def good(self, item: Item) -> str:  # type: ignore[override]  # plain, not async
            """Uneven on purpose."""
            sum(range(int(time.monotonic_ns() % 5000)))
            return str(item.expected)

        @condition("poor one")
        def poor(self, item: Item) -> str:  # type: ignore[override]  # same
            """Wrong."""
            return "0"

    for name in ("a", "b"):
        run_sync(Live, output_dir=tmp_path, run_id=name)

    found = verify("a", "b", output_dir=tmp_path)

    assert found.agree, str(found)
    assert "(without latency_ms)" in str(found)


def test_options_of_one_run_leave_the_instance_as_it_was(tmp_path: Path) -> None:
    experiment = Sums()

    run_sync(experiment, output_dir=tmp_path, seed=7, sample_size=5)

    assert (experiment.seed, experiment.sample_size) == (Sums.seed, Sums.sample_size)
