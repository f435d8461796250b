"""The report of a run: its sections for one, two and thirty conditions, and rendered again."""

import asyncio
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest

import reporter
from dataset_manager import Item
from research_harness import (
    Condition,
    Criterion,
    Experiment,
    OutputError,
    RunNotFoundError,
    RunResult,
    condition,
    report,
    run_sync,
    verify,
)
from research_harness._artifacts.folder import RunFolder
from research_harness._artifacts.reports import run_report

ITEMS = [
    {"id": f"i{number}", "question": "q", "answer": "4", "subject": "ab"[number % 2]}
    for number in range(20)
]


class Two(Experiment):
    """A vote that costs four times as much and is right more often."""

    name = "Two <b> | two"
    hypothesis = "The vote is right more often."
    dataset = ITEMS
    metrics = ("accuracy", "cost_per_query", "latency_p50")
    virtual_time = True
    repeat = 2
    criteria = (
        Criterion(
            claim="the vote gains",
            metric="accuracy",
            condition="vote",
            against="single",
            more_than=0.0,
        ),
        Criterion(claim="it is cheap", metric="cost_per_query", condition="vote", max_value=0.001),
    )

    @condition
    async def single(self, item: Item) -> dict[str, object]:
        """Right on every other item."""
        await asyncio.sleep(0.1)
        right = int(item.id[1:]) % 4 == 0
        return {"prediction": "4" if right else "5", "cost": 0.001}

    @condition
    async def vote(self, item: Item) -> dict[str, object]:
        """Right on all but two items."""
        await asyncio.sleep(0.2)
        wrong = item.id in ("i1", "i2")
        return {
            "prediction": "5" if wrong else "4",
            "cost": 0.004,
            "consensus": 0.5 if wrong else 1.0,
            "metadata": {"votes": {"4": 2, "5": 1}},
        }


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    return run_sync(Two, output_dir=tmp_path_factory.mktemp("runs"))


def test_the_report_has_every_section_in_its_order(two: RunResult) -> None:
    titles = re.findall(r"^## (.*)$", two.to_markdown(), re.MULTILINE)

    assert titles == [
        "Summary",
        "Conclusions",
        "Design",
        "Comparison: accuracy",
        "Comparison: cost_per_query",
        "Comparison: latency_p50",
        "Assumptions and sensitivity",
        "Detailed results",
        "Failures, missing and censored values",
        "Sensitivity",
        "Consensus",
        "Cost and benefit",
        "Limitations",
        "What was simulated",
        "Pre-registration and deviations",
        "Reproducibility",
        "References",
    ]


def test_the_summary_has_shares_points_and_the_price_of_a_point_in_their_units(
    two: RunResult,
) -> None:
    text = two.to_markdown()

    for part in (
        "| accuracy of single | 25.0 % [",
        "| accuracy of vote | 90.0 % [",
        "| Difference in accuracy, vote minus single | +65.0 pp [",
        "| Cost of vote in that of single | 4.00 times |",
        # 3 dollars more for 1,000 queries and 65 points
        "\\$0.0462 per 1,000 queries and pp",
        "**SUPPORTED:** the vote gains",
        "**NOT SUPPORTED:** it is cheap",
        "| vote | unanimous | 36 | 90.0 % | 100.0 % |",
        "| vote | no majority | 4 | 10.0 % | 0.0 % |",
    ):
        assert part in text, part


def test_every_number_has_a_name_and_every_format_has_every_number(two: RunResult) -> None:
    made = run_report(RunFolder(two.folder))

    assert str(made["accuracy.vote"]) == "90.0 %"
    assert str(made["accuracy.vote-minus-single"]) == "+65.0 pp"
    assert str(made["cost_per_query.vote"]) == "$4.00 per 1,000 queries"
    assert reporter.check_report(made) == ()


def test_a_notebook_computes_accuracies_and_their_difference_again(two: RunResult) -> None:
    made = run_report(RunFolder(two.folder))

    assert [each.number for each in made.recipes] == [
        "accuracy.single",
        "accuracy.vote",
        "accuracy.vote-minus-single",
    ]
    (items,) = made.data
    data = {"items": dict(items.columns)}
    for recipe in made.recipes:
        values: dict[str, Any] = {"data": data}
        exec(recipe.setup, values)  # noqa: S102  # as the notebook does
        assert eval(recipe.code, values) == pytest.approx(made[recipe.number].value)  # noqa: S307


def test_a_finished_run_is_rendered_again_and_is_not_changed(
    two: RunResult, tmp_path: Path
) -> None:
    before = {path: path.read_bytes() for path in two.folder.parent.rglob("*") if path.is_file()}

    written = report(two.folder, formats=("latex", "json", "md"), out=tmp_path / "new")

    assert {path: path.read_bytes() for path in before} == before
    assert {path.suffix for path in written.values()} == {".tex", ".json", ".md"}
    assert written["md"].read_text() == two.reports["markdown"].read_text()
    values = next(path for path in (tmp_path / "new").iterdir() if "values" in path.name)
    assert "valAccuracyVoteMinusSingle" in values.read_text()


def test_a_run_of_an_earlier_version_is_rendered(two: RunResult, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "checkpoints" / "run.json").write_text("{}")
    for name in ("config.json", "environment.json", "results.csv"):
        (folder / name).write_bytes((two.folder / name).read_bytes())
    analysis = json.loads((two.folder / "analysis.json").read_text())
    for key in ("state", "stopped", "planned_rows", "withheld", "deviations", "detectable"):
        del analysis[key]
    for each in analysis["criteria"]:
        for key in ("measure", "family", "post_hoc"):
            each.pop(key, None)
    (folder / "analysis.json").write_text(json.dumps(analysis))

    written = report(folder)

    assert written["markdown"].parent == tmp_path / "old_reports"
    assert "+65.0 pp" in written["markdown"].read_text()


def test_a_run_without_its_end_or_with_damaged_files_is_named(
    two: RunResult, tmp_path: Path
) -> None:
    folder = tmp_path / "half"
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "checkpoints" / "run.json").write_text("{}")
    with pytest.raises(RunNotFoundError):
        report(folder)
    for name in ("config.json", "environment.json"):
        (folder / name).write_bytes((two.folder / name).read_bytes())
    (folder / "analysis.json").write_text('{"conditions": 5}')
    with pytest.raises(OutputError, match="do not fit together"):
        report(folder)
    with pytest.raises(reporter.UnknownFormatError):
        report(two.folder, formats=("word",))


def _constant(share: int) -> Callable[[Item], Any]:
    async def answer(item: Item) -> str:
        return "4" if int(item.id[1:]) < share else "5"

    return answer


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 3, 12])
def test_one_three_and_many_conditions_have_a_report_in_every_format(
    count: int, tmp_path: Path
) -> None:
    class Several(Experiment):
        name = "Several"
        dataset = ITEMS
        metrics = ("accuracy",)
        virtual_time = True
        formats = ("markdown",)
        conditions = tuple(
            Condition(name=f"size {number}", function=_constant(number + 5))
            for number in range(count)
        )

    result = run_sync(Several, output_dir=tmp_path)
    text = result.reports["markdown"].read_text()
    written = report(result.folder, formats=("html", "latex", "typst", "csv"), out=tmp_path / "x")

    assert len(written) == 4
    assert ("Comparison: accuracy" in text) == (count > 1)
    if count == 12:
        assert "p-values adjusted after Holm" in text
        assert "against size 0: treatment" not in text
        assert written["html"].stat().st_size < 300_000


def test_a_run_whose_rows_all_failed_has_a_report(tmp_path: Path) -> None:
    class Failing(Experiment):
        name = "Failing"
        dataset = ITEMS
        metrics = ("accuracy", "latency", "cost")
        formats = ("markdown",)

        @condition
        async def one(self, item: Item) -> str:
            raise ValueError(item.id)

        @condition
        async def other(self, item: Item) -> str:
            raise ValueError(item.id)

    text = run_sync(Failing, output_dir=tmp_path).reports["markdown"].read_text()

    assert "Missing and censored values" in text
    assert "40 rows failed and count as wrong" in text


def test_a_run_is_a_crate_whose_files_are_there_and_verify(two: RunResult, tmp_path: Path) -> None:
    call = {"formats": ("ro-crate", "latex"), "out": tmp_path, "license": "CC-BY-4.0"}
    metadata = report(two.folder, **call)["ro-crate"]  # type: ignore[arg-type]  # a mapping
    text = metadata.read_bytes()

    entities = {each["@id"]: each for each in json.loads(text)["@graph"]}
    crate, run = metadata.parent, two.folder.name
    listed = {unquote(each["@id"]) for each in entities.values() if each["@type"] == "File"}
    there = {
        path.relative_to(crate).as_posix()
        for path in crate.rglob("*")
        if path.is_file() and path != metadata
    }
    assert listed == there
    assert f"reports/{run}_report.tex" in there
    for name in listed:
        digest = hashlib.sha256((crate / name).read_bytes()).hexdigest()
        assert entities[quote(name)]["sha256"] == digest
    assert entities["./"]["license"] == {"@id": "https://spdx.org/licenses/CC-BY-4.0"}
    assert entities["#action"]["endTime"] == entities["./"]["datePublished"]
    assert {"@id": f"{run}/results.parquet"} in entities["#action"]["result"]
    assert verify(crate / run).agree

    assert report(two.folder, **call)["ro-crate"].read_bytes() == text  # type: ignore[arg-type]


def test_a_crate_that_is_made_again_leaves_what_others_put_into_it(
    two: RunResult, tmp_path: Path
) -> None:
    latex, plain = (("ro-crate", "latex"), ("ro-crate",))
    metadata = report(two.folder, formats=latex, out=tmp_path)["ro-crate"]
    crate, tex = metadata.parent, metadata.parent / "reports" / f"{two.folder.name}_report.tex"
    (crate / "notes.txt").write_text("mine")
    (crate / "reports" / "mine.tex").write_text("mine")

    text = report(two.folder, formats=plain, out=tmp_path)["ro-crate"].read_text()

    assert not tex.exists()  # it was made by the earlier call, and is as it was made
    assert (crate / "notes.txt").read_text() == "mine" == (crate / "reports/mine.tex").read_text()
    assert "mine" not in text
    assert not list(tmp_path.glob(".*"))

    (crate / two.folder.name / "dataset.jsonl").write_text("changed by hand")
    tex.write_text("mine")
    before = {each: each.read_bytes() for each in crate.rglob("*") if each.is_file()}
    with pytest.raises(OutputError, match="changed or put there by somebody"):
        report(two.folder, formats=latex, out=tmp_path)
    assert {each: each.read_bytes() for each in crate.rglob("*") if each.is_file()} == before


def test_the_metadata_of_others_remove_nothing(two: RunResult, tmp_path: Path) -> None:
    metadata = report(two.folder, formats=("ro-crate",), out=tmp_path / "out")["ro-crate"]
    victim, linked = tmp_path / "victim.txt", tmp_path / "linked"
    victim.write_text("precious")
    linked.mkdir()
    (linked / "victim.txt").write_text("precious")
    (metadata.parent / "link").symlink_to(linked)
    digest = hashlib.sha256(b"precious").hexdigest()
    names = ("../../victim.txt", str(victim), "..%2F..%2Fvictim.txt", "link/victim.txt", "", "a\0")
    graph = [{"@id": name, "@type": "File", "sha256": digest} for name in names]
    metadata.write_text(json.dumps({"@graph": [*graph, 3, {"@id": 4}]}))

    with pytest.raises(OutputError):  # nothing in the crate is listed as its own any more
        report(two.folder, formats=("ro-crate",), out=tmp_path / "out")

    assert victim.read_text() == "precious" == (linked / "victim.txt").read_text()


def test_a_folder_that_is_not_a_crate_is_not_replaced(two: RunResult, tmp_path: Path) -> None:
    other = tmp_path / f"{two.folder.name}_ro-crate"
    other.mkdir()
    (other / "mine.txt").write_text("x")

    with pytest.raises(OutputError, match="it is not a crate"):
        report(two.folder, formats=("ro-crate",), out=tmp_path)

    assert (other / "mine.txt").read_text() == "x"


def test_each_condition_is_a_record_of_every_eval_ever(two: RunResult, tmp_path: Path) -> None:
    folder = report(two.folder, formats=("every-eval-ever",), out=tmp_path)["every-eval-ever"]

    first, second = sorted(folder.iterdir())
    record = json.loads(second.read_text())
    (result,) = record["evaluation_results"]
    assert (first.name, second.name) == ("01_single.json", "02_vote.json")
    assert record["model_info"]["name"] == "vote"
    assert record["model_info"]["additional_details"]["cost_per_query"].startswith("$0.00400")
    assert result["score_details"]["score"] == 0.9
    assert result["score_details"]["uncertainty"]["confidence_interval"]["upper"] <= 1
