"""People may change a score; who and why is recorded, and nothing is overwritten."""

import json
from pathlib import Path
from typing import Any

import pytest

from research_harness import (
    Condition,
    EditRefusedError,
    Experiment,
    reanalyze,
    resume_sync,
    run_sync,
    verify,
)
from research_harness._artifacts.folder import RunFolder
from research_harness._editing.edits import read_edits


async def answer(item: Any) -> str:
    return "iv"


class Edited(Experiment):
    name = "edited"
    metrics = ("accuracy",)
    scorer = "exact_match"
    formats = ()
    conditions = (Condition(name="a", function=answer),)
    dataset = tuple({"id": f"q{n}", "input": "2 + 2", "expected": "4"} for n in range(4))


def accuracy(result: Any) -> float:
    return float(result.analysis["conditions"][0]["metrics"][0]["value"])


@pytest.mark.slow
def test_an_edit_changes_the_score_and_stays_in_later_analyses(tmp_path: Path) -> None:
    run_sync(Edited, output_dir=tmp_path, run_id="x")
    journal = RunFolder(tmp_path / "x").journal
    before = journal.read_text()

    edits = {0: True, 2: True}
    edited = reanalyze(
        "x", Edited, output_dir=tmp_path, edits=edits, by="Ada", why="a word is an answer"
    )
    again = reanalyze("x", Edited, output_dir=tmp_path)

    assert accuracy(edited) == accuracy(again) == 0.5
    assert accuracy(resume_sync("x", Edited, output_dir=tmp_path)) == 0.5
    assert journal.read_text().startswith(before)
    recorded = read_edits(RunFolder(tmp_path / "x").edits)
    assert {(each.by, each.why) for each in recorded.values()} == {("Ada", "a word is an answer")}
    notes = json.loads(RunFolder(tmp_path / "x").state.read_text())["notes"]
    assert any("Ada: a word is an answer" in each for each in notes)
    assert verify("x", output_dir=tmp_path).agree


def test_an_edit_needs_a_row_a_name_and_a_reason(tmp_path: Path) -> None:
    run_sync(Edited, output_dir=tmp_path, run_id="x")

    with pytest.raises(EditRefusedError, match="who made it and why"):
        reanalyze("x", Edited, output_dir=tmp_path, edits={0: True}, by="Ada")
    with pytest.raises(EditRefusedError, match="number 99"):
        reanalyze("x", Edited, output_dir=tmp_path, edits={99: True}, by="Ada", why="w")
    assert read_edits(RunFolder(tmp_path / "x").edits) == {}


def test_edits_are_not_mixed_with_marks_of_another_scorer(tmp_path: Path) -> None:
    run_sync(Edited, output_dir=tmp_path, run_id="x")
    reanalyze("x", Edited, output_dir=tmp_path, edits={0: True}, by="Ada", why="w")
    other = type("Edited", (Edited,), {"scorer": "number", "__module__": __name__})

    with pytest.raises(EditRefusedError, match="mixture"):
        reanalyze("x", other, output_dir=tmp_path)
