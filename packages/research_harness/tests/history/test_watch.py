"""A comparison while a run goes on may be looked at at any time."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from research_harness import Experiment, Outcome, condition, run_sync
from research_harness.__main__ import main
from research_harness._artifacts.folder import RunFolder
from research_harness._engine.journal import JournalWriter
from research_harness._following.run_state import RunState
from research_harness._history.differences import PairedDifferences
from research_harness._history.watch import watch
from research_harness._outcome.row import Row

NAMES = ("plain", "vote")


def make_folder(path: Path, **config: Any) -> RunFolder:
    folder = RunFolder(path)
    folder.journal.parent.mkdir(parents=True)
    settings = {
        "name": "A study",
        "description": "",
        "alpha": 0.05,
        "randomize": True,
        "clusters": "",
        "control": "plain",
        "conditions": [{"name": name, "description": ""} for name in NAMES],
        "metrics": [{"name": "accuracy", "column": "correct", "summary": "mean"}],
        **config,
    }
    folder.file("config.json").write_text(json.dumps(settings))
    folder.state.write_text(json.dumps({"sessions": []}))
    return folder


def row(index: int, correct: bool, repeat: int = 0) -> Row:
    return Row(
        index=index,
        item_id=f"q{index // 2}",
        condition=NAMES[index % 2],
        repeat=repeat,
        correct=correct,
        score=float(correct),
    )


def append(folder: RunFolder, rows: list[Row]) -> None:
    with JournalWriter(folder.journal) as journal:
        for each in rows:
            journal.append(each)


def polled(folder: RunFolder) -> PairedDifferences:
    found = PairedDifferences(RunState(folder))
    while found.poll():
        pass
    return found


def test_the_difference_is_that_of_the_items_both_have_answered(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    append(folder, [row(n, correct=n % 2 == 1 or n % 8 == 0) for n in range(401)])

    (found,) = polled(folder).differences()

    assert (found.control, found.treatment, found.items) == ("plain", "vote", 200)
    assert found.estimate == pytest.approx(0.75)
    assert found.verdict == "better"


def test_rows_count_in_the_order_of_the_plan(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    append(folder, [row(n, correct=n % 2 == 1) for n in range(100) if n != 10])
    watched = polled(folder)

    before = watched.differences()[0].items
    append(folder, [row(10, correct=False)])
    watched.poll()

    assert (before, watched.differences()[0].items) == (5, 50)


def test_a_row_that_was_asked_again_counts_with_its_last_answer(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    append(folder, [row(n, correct=n % 2 == 1) for n in range(40)])
    watched = polled(folder)
    append(folder, [row(0, correct=True)])
    watched.poll()

    assert watched.differences()[0].estimate == pytest.approx(19 / 20)


@pytest.mark.parametrize("config", [{"clusters": "topic"}, {"randomize": False}], ids=str)
def test_where_items_are_not_a_random_order_no_interval_is_given(
    tmp_path: Path, config: dict[str, Any]
) -> None:
    folder = make_folder(tmp_path / "run", **config)
    append(folder, [row(n, correct=True) for n in range(40)])

    assert polled(folder).differences() == ()


@pytest.mark.slow
def test_equal_conditions_are_seldom_called_different_at_any_look(tmp_path: Path) -> None:
    draw = random.Random(3)
    wrong = 0
    for study in range(40):
        folder = make_folder(tmp_path / str(study))
        append(folder, [row(n, correct=draw.random() < 0.6) for n in range(300)])
        rows = polled(folder)
        wrong += rows.differences()[0].verdict != "undecided"

    assert wrong <= 4


def test_a_run_is_shown_each_time_that_rows_have_come_until_it_ends(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    append(folder, [row(n, correct=n % 2 == 1) for n in range(20)])
    shown: list[str] = []
    locked = folder.journal.parent / ".held"

    def sleep(_: float) -> None:
        append(folder, [row(n, correct=n % 2 == 1) for n in range(20, 60)])
        locked.touch()

    class Running(RunState):
        def running(self) -> bool:
            return not locked.exists()

    watch(folder.path, show=shown.append, sleep=sleep, state=Running(folder))

    assert "running, 20 rows" in shown[0]
    assert "vote minus plain: 1.000" in shown[-1]
    assert "incomplete, 60 rows" in shown[-1]


ITEMS = [{"id": f"q{k}", "question": f"{k}?", "answer": "yes"} for k in range(30)]


class Finished(Experiment):
    name = "Finished"
    dataset = ITEMS
    metrics = ("accuracy",)
    formats = ()
    virtual_time = True

    @condition
    async def plain(self, item: Any) -> Outcome:
        return Outcome(prediction="yes" if int(item.id[1:]) % 3 else "no")

    @condition
    async def vote(self, item: Any) -> Outcome:
        return Outcome(prediction=item.expected)


def test_the_comparison_follows_when_the_run_has_ended(tmp_path: Path) -> None:
    run = run_sync(Finished, output_dir=tmp_path)

    found = CliRunner().invoke(main, ["compare", str(run.folder), "--watch"])
    several = CliRunner().invoke(main, ["compare", str(run.folder), str(tmp_path), "--watch"])

    assert found.exit_code == 0, found.output
    assert "at any time" in found.output
    assert "vote is better than plain" in found.output
    assert several.exit_code == 2


def test_seconds_between_looks_without_looks_are_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["compare", str(tmp_path), "--every", "2"])

    assert result.exit_code == 2
    assert "--every belongs to --watch" in result.output
