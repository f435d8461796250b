"""What a comparison says of logs that are less comparable, or less independent, than they look."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from dataset_manager import Item
from research_harness import ComparisonError, Experiment, compare, condition, run_sync
from research_harness.__main__ import main

from .logs import inspect_log, lm_eval_log, plain, write_csv

QUESTIONS = [f"How many apples are in basket number {k}?" for k in range(40)]


def scores(step: int) -> dict[str, float]:
    return {question: float(k % step > 0) for k, question in enumerate(QUESTIONS)}


def few_shot(path: Path, examples: list[str]) -> None:
    """Put examples before the question in each prompt of a log of lm-eval."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        shown = "\n\n".join(f"Q: {each}\nA: yes" for each in examples)
        row["arguments"]["gen_args_0"]["arg_0"] = f"{shown}\n\nQ: {row['doc']['question']}\nA:"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_items_among_the_few_shot_examples_are_named(tmp_path: Path) -> None:
    first = lm_eval_log(tmp_path / "one", "a", scores(2))
    second = lm_eval_log(tmp_path / "two", "b", scores(3))
    few_shot(second, [QUESTIONS[3], QUESTIONS[7], "What is a question of the training part?"])

    (note,) = [each for each in compare([first, second]).notes if "few-shot examples do" in each]

    assert "2 items stand in prompts of b" in note
    assert "asked_3, asked_7" in note


def test_other_prompts_of_the_same_questions_meet_and_are_named(tmp_path: Path) -> None:
    first = inspect_log(tmp_path / "a.json", "a", scores(2))
    second, third = (lm_eval_log(tmp_path / name, name, scores(3)) for name in ("b", "c"))
    few_shot(second, ["What is the first example?"])
    few_shot(third, ["What is the first example?", "What is the second example?"])

    found = compare([first, second, third])
    examples = compare([second, third])

    assert found.scores[0].items == 40
    said = "40 of 40 questions were sent to c in another prompt than to b"
    assert any(said in note for note in examples.notes)


def test_prompts_without_items_of_the_test_are_not_named(tmp_path: Path) -> None:
    first = lm_eval_log(tmp_path / "one", "a", scores(2))
    few_shot(first, ["What is a question of the training part?"])
    second = lm_eval_log(tmp_path / "two", "b", scores(3))

    assert not [each for each in compare([first, second]).notes if "examples do" in each]


def test_questions_that_occur_twice_are_counted(tmp_path: Path) -> None:
    rows = [
        {"id": k, "question": f"Which is {k // 2}?", "prediction": "x", "score": k % 3 > 0}
        for k in range(20)
    ]
    one, two = (write_csv(tmp_path / f"{name}.csv", rows) for name in "ab")

    notes = compare([one, two]).notes

    assert any("10 of 20 items ask a question that another item asks too" in each for each in notes)


def test_systems_that_give_the_same_long_answers_are_named(tmp_path: Path) -> None:
    def log(name: str, right: Mapping[str, float]) -> Path:
        text = "the answer to this question can be found by counting all of the apples"
        rows = [
            {"id": k, "question": q, "prediction": f"{k}: {text}", "score": score}
            for k, (q, score) in enumerate(right.items())
        ]
        return write_csv(tmp_path / f"{name}.csv", rows)

    notes = compare([log("a", scores(2)), log("b", scores(3))]).notes

    assert any(
        "a and b begin 40 of 40 longer answers that were looked at with the same text" in note
        for note in notes
    )


def failed_log(path: Path, model: str) -> Path:
    """A log of Inspect whose samples all failed."""
    log = inspect_log(path, model, scores(2))
    whole = json.loads(log.read_text())
    whole["status"] = "error"
    for sample in whole["samples"]:
        del sample["scores"], sample["output"]
        sample["error"] = {"message": "the service was away\nTraceback"}
    log.write_text(json.dumps(whole))
    return log


def test_a_folder_with_a_failed_log_is_compared_without_it(tmp_path: Path) -> None:
    inspect_log(tmp_path / "1.json", "a", scores(2))
    inspect_log(tmp_path / "2.json", "b", scores(3))
    failed = failed_log(tmp_path / "0.json", "a")

    found = compare([tmp_path])

    assert found.systems == ("a", "b")
    assert any("0.json: all 40 answers failed: the service was away" in n for n in found.notes)
    with pytest.raises(ComparisonError, match="all 40 answers failed: the service was away"):
        compare([failed, tmp_path / "2.json"])


def test_a_log_that_was_repeated_after_an_error_is_left_out(tmp_path: Path) -> None:
    inspect_log(tmp_path / "1.json", "a", scores(2))
    inspect_log(tmp_path / "2.json", "b", scores(3))
    cut = json.loads(inspect_log(tmp_path / "0.json", "a", scores(2)).read_text())
    cut |= {"status": "cancelled", "samples": cut["samples"][:12]}
    (tmp_path / "0.json").write_text(json.dumps(cut))

    found = compare([tmp_path])

    assert found.systems == ("a", "b")
    assert found.scores[0].items == 40
    assert any("is left out for a log of a that ended well" in note for note in found.notes)


@pytest.mark.parametrize("named", ["openai/old", "old", "first.csv", "first"])
def test_the_control_is_named_by_model_last_part_or_file(tmp_path: Path, named: str) -> None:
    plain(tmp_path / "first.csv", scores(2), model="openai/old")
    plain(tmp_path / "second.csv", scores(3), model="openai/new")

    (pair,) = compare([tmp_path], against=named).pairs

    assert (pair.control, pair.treatment) == ("openai/old", "openai/new")


def test_a_name_that_fits_none_or_several_is_refused(tmp_path: Path) -> None:
    plain(tmp_path / "first.csv", scores(2), model="openai/m")
    plain(tmp_path / "second.csv", scores(3), model="azure/m")
    paths = [str(tmp_path / name) for name in ("first.csv", "second.csv")]

    for named, said in (("m", "may be openai/m, azure/m"), ("x", "is none of openai/m, azure/m")):
        found = CliRunner().invoke(main, ["compare", *paths, "--against", named])
        assert found.exit_code == 2
        assert said in found.output


class Small(Experiment):
    name = "small"
    dataset = "arithmetic"
    metrics = ("accuracy",)
    formats = ()
    sample_size = 5

    @condition
    async def always(self, item: Item) -> object:
        return item.expected


def test_runs_that_versions_of_the_scorers_marked_are_named(tmp_path: Path) -> None:
    folder = run_sync(Small, output_dir=tmp_path, run_id="new").folder
    older = Path(shutil.copytree(folder, tmp_path / "older"))
    same = compare([folder, older])
    environment = json.loads((older / "environment.json").read_text())
    environment["crucible"]["dataset-manager"] = "0.0.9"
    (older / "environment.json").write_text(json.dumps(environment))

    found = compare([folder, older])

    (note,) = [each for each in found.notes if "library of scorers differ" in each]
    assert "version 0.0.9" in note
    assert not [each for each in same.notes if "library of scorers" in each]
