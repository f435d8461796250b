"""A finished run fills in the checklists of venues and standards from its own files."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ensemble import SimulatedModel, ask
from reporter import CHECKLIST_FACTS, Fact
from research_harness import (
    Criterion,
    DatasetSpec,
    Experiment,
    RunNotFoundError,
    RunResult,
    condition,
    fill_checklist,
    run_sync,
)
from research_harness.__main__ import main
from research_harness._disclosure.facts import facts_of

MODELS = [SimulatedModel(name, accuracy=0.8, input_price=1.0) for name in ("a", "b")]


class Small(Experiment):
    """Two models."""

    name = "small"
    hypothesis = "b is better than a"
    dataset = DatasetSpec("arithmetic")
    sample_size = 10
    metrics = ("accuracy", "cost_per_query")
    virtual_time = True
    criteria = (
        Criterion(
            claim="b is better", metric="accuracy", condition="b", against="a", more_than=0.0
        ),
    )

    @condition
    async def a(self, item: Any) -> object:
        return await ask(item, model=MODELS[0])

    @condition
    async def b(self, item: Any) -> object:
        return await ask(item, model=MODELS[1])


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    return run_sync(Small, output_dir=tmp_path_factory.mktemp("run"), run_id="r")


def test_a_run_discloses_everything_that_the_schema_asks(finished: RunResult) -> None:
    filled = fill_checklist(finished.folder, "disclosure")

    assert filled.score == 1
    assert [each.answer for each in filled.items] == ["yes"] * 5
    assert all(each.where for each in filled.items)


def test_what_a_run_cannot_know_is_left_to_the_authors_until_they_say_it(
    finished: RunResult,
) -> None:
    own = {"human_validation": Fact(text="Two people read 100 answers.", where="appendix B")}

    before, after = (
        {
            each.id: each
            for each in fill_checklist(finished.folder, "llm-guidelines", facts=facts).items
        }
        for facts in (None, own)
    )

    assert before["5"].answer == "for the authors"
    assert (after["5"].answer, after["5"].where) == ("yes", "appendix B")


def test_every_fact_is_known_to_the_checklists_and_names_where_it_is(finished: RunResult) -> None:
    names = ("config.json", "analysis.json", "environment.json")
    values = [json.loads((finished.folder / name).read_text()) for name in names]

    facts = facts_of(values[0], values[1], values[2])

    assert facts.keys() <= set(CHECKLIST_FACTS)
    assert all(where for _, where, _ in facts.values())


def test_checklists_are_written_beside_the_run(finished: RunResult, tmp_path: Path) -> None:
    arguments = ["report", str(finished.folder), "--checklist", "neurips", "--checklist", "reforms"]

    result = CliRunner().invoke(main, [*arguments, "--format", "markdown", "--out", str(tmp_path)])

    assert result.exit_code == 0, result.output
    assert "answered from the run" in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "r_checklist_neurips.md",
        "r_checklist_reforms.md",
    ]


def test_claims_are_written_with_hashes_that_fit(finished: RunResult, tmp_path: Path) -> None:
    pytest.importorskip("falsify_prml", reason="falsify is not installed")
    arguments = ["report", str(finished.folder), "--claims", "--out", str(tmp_path)]

    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == 0, result.output
    manifest, digest = sorted(tmp_path.iterdir(), reverse=True)
    assert digest.read_text().strip() == hashlib.sha256(manifest.read_bytes()).hexdigest()
    assert "metric: accuracy of b minus a" in manifest.read_text()


def test_a_run_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunNotFoundError, match="nowhere"):
        fill_checklist("nowhere", "neurips", output_dir=tmp_path)
