"""A judge is checked against labels of people, and the rates are corrected for its errors."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import dataset_manager
from dataset_manager import Item, Score
from dataset_manager._scoring import scorers
from research_harness import (
    Experiment,
    JudgeCheck,
    LabelsError,
    Row,
    check_judge,
    condition,
    run_sync,
)
from research_harness._cli.main import cli
from research_harness._engine.journal import Journal

ITEMS = 120


class Judged(Experiment):
    """The truth is in the item; the judge is too mild with the second condition."""

    name = "Judged"
    dataset = [  # noqa: RUF012
        {"id": f"q{n:03}", "question": "?", "answer": "right"} for n in range(ITEMS)
    ]
    metrics = ("accuracy", "mild")
    scorer = "text"
    scorers = ("mild",)
    formats = ("json",)

    @condition
    async def old(self, item: Item) -> str:
        return "right" if int(item.id[1:]) % 2 else "wrong"

    @condition
    async def new(self, item: Item) -> str:
        return "right" if int(item.id[1:]) % 2 else "flattery"


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose further scorer takes flattery for right."""

    async def mild(prediction: Any, item: Item) -> Score:
        right = prediction in ("right", "flattery")
        return Score(correct=right, value=float(right), outcome="found")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scorers, "_scorers", dict(scorers._scorers))
        dataset_manager.register_scorer("mild", mild)
        return run_sync(Judged, output_dir=tmp_path_factory.mktemp("runs"), run_id="x").folder


def rows_of(folder: Path) -> list[Row]:
    return list(Journal(folder / "checkpoints" / "journal.jsonl"))


def labels_of(folder: Path, items: int) -> dict[int, bool]:
    first = {f"q{n:03}" for n in range(items)}
    return {row.index: row.correct for row in rows_of(folder) if row.item_id in first}


def by_name(found: JudgeCheck) -> dict[str, Any]:
    return {each.condition: each for each in found.conditions}


def test_what_a_judge_gets_wrong_is_taken_out_of_the_rates(judged: Path) -> None:
    found = check_judge(judged, labels_of(judged, 40), scorer="mild")

    old, new = by_name(found)["old"], by_name(found)["new"]
    assert (old.rows, old.labelled, old.judged, old.agreement) == (ITEMS, 40, 0.5, 1.0)
    assert (new.judged, new.agreement) == (1.0, 0.5)
    assert old.rate == pytest.approx(0.5)
    assert new.rate == pytest.approx(0.5)
    assert new.interval is not None
    assert new.interval.low < 0.5 < new.interval.high < 0.75
    (difference,) = found.differences
    assert (difference.control, difference.treatment) == ("old", "new")
    assert difference.estimate == pytest.approx(0.0, abs=1e-9)


def test_the_scorer_of_the_experiment_is_checked_without_a_name(judged: Path) -> None:
    found = check_judge(judged, labels_of(judged, 40))

    assert found.scorer == "text"
    assert {each.agreement for each in found.conditions} == {1.0}


def test_rows_that_were_chosen_are_corrected_by_the_kind_of_error(judged: Path) -> None:
    found = check_judge(judged, labels_of(judged, 40), scorer="mild", chosen=True)

    assert by_name(found)["old"].rate == pytest.approx(0.5, abs=0.05)
    assert "no better than chance" in by_name(found)["new"].problem
    assert found.differences == ()


def test_a_difference_is_that_of_the_treatment_minus_the_control(judged: Path) -> None:
    every = {row.index: row.condition == "new" for row in rows_of(judged)}

    (difference,) = check_judge(judged, dict(list(every.items())[:100])).differences

    assert difference.estimate == pytest.approx(1.0, abs=0.01)
    assert difference.interval.low > 0.5


def test_too_few_labels_give_a_reason_and_no_rate(judged: Path) -> None:
    found = check_judge(judged, labels_of(judged, 2), scorer="mild")

    assert {each.problem for each in found.conditions} == {"fewer than 3 labels"}
    assert "fewer than 3 labels" in str(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("row,mark\n0,1\n", "no column 'right'"),
        ("row,right\nx,1\n", "line 2: 'x' is not the number of a row"),
        ("row,right\n0,maybe\n", "line 2: 'maybe' is neither right nor wrong"),
        ("row,right\n0,1\n0,0\n", "line 3: row 0 is both"),
        ("row,right\n99999,1\n", "row 99999 has a label but no mark"),
    ],
    ids=["column", "row", "mark", "both", "unknown"],
)
def test_a_wrong_file_of_labels_is_named_with_its_line(
    text: str, said: str, judged: Path, tmp_path: Path
) -> None:
    file = tmp_path / "labels.csv"
    file.write_text(text)

    with pytest.raises(LabelsError, match=said):
        check_judge(judged, file)
    with pytest.raises(LabelsError, match="no mark of 'strict'; they have mild"):
        check_judge(judged, {0: True}, scorer="strict")


def test_the_command_reads_labels_and_changes_nothing(judged: Path, tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    lines = [f"{index},{'right' if right else 'wrong'}" for index, right in
             labels_of(judged, 40).items()]  # fmt: skip
    file.write_text("\n".join(["row,right", *lines, "7,"]) + "\n")
    before = (judged / "analysis.json").read_bytes()

    shown = CliRunner().invoke(
        cli, ["analyse", str(judged), "--labels", str(file), "--judge", "mild"]
    )
    values = CliRunner().invoke(
        cli, ["analyse", str(judged), "--labels", str(file), "--judge", "mild", "--json"]
    )

    assert shown.exit_code == 0, shown.output
    assert "by mild" in shown.output
    assert "new minus old, corrected" in shown.output
    assert json.loads(values.output)["conditions"][0]["labelled"] == 40
    assert (judged / "analysis.json").read_bytes() == before
    assert CliRunner().invoke(cli, ["analyse", str(judged), "--chosen"]).exit_code == 2
