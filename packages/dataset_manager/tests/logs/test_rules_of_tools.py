"""A log scored by the rule that it names has the log's own scores, or says why not."""

import json
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import LogRescoring, read_log


def written(path: Path, content: Any) -> Path:
    lines = isinstance(content, list)
    path.write_text("\n".join(map(json.dumps, content)) if lines else json.dumps(content))
    return path


def promptfoo(folder: Path, output: str, score: int, *checks: dict[str, Any]) -> Path:
    result = {
        "prompt": {"raw": "2+2?"}, "promptIdx": 0, "testIdx": 0, "provider": {"id": "m"},
        "vars": {"q": "2+2?"}, "testCase": {"assert": list(checks)}, "success": bool(score),
        "response": {"output": output}, "score": score,
    }  # fmt: skip
    whole = {"evalId": "e", "results": {"version": 3, "results": [result]}, "config": {}}
    return written(folder / "out.json", whole)


def openai_evals(folder: Path, output: str, ideal: Any, correct: bool, cls: str) -> Path:
    shown = {"sample_id": "a.0", "event_id": 0}
    return written(
        folder / "log.jsonl",
        [
            {"spec": {"eval_name": "a", "completion_fns": ["m"],
                      "run_config": {"eval_spec": {"cls": cls, "args": {"samples_jsonl": "x"}}}}},
            {**shown, "type": "raw_sample", "data": {"input": "2+2?", "ideal": ideal}},
            {**shown, "type": "sampling", "data": {"prompt": "2+2?", "sampled": [output]}},
            {**shown, "type": "match", "data": {"correct": correct, "expected": ideal}},
            {"final_report": {}},
        ],
    )  # fmt: skip


def inspect(
    folder: Path, output: str, target: Any, value: str, *, answer: str | None = None,
    scorer: str = "match", **options: Any,
) -> Path:  # fmt: skip
    sample = {
        "id": 1, "epoch": 1, "input": "2+2?", "target": target,
        "output": {"choices": [{"message": {"content": output}}]},
        "scores": {scorer: {"value": value, "answer": answer}},
    }  # fmt: skip
    about = {"task": "t", "model": "m", "dataset": {"samples": 1, "sample_ids": [1]},
             "scorers": [{"name": scorer, "options": options}]}  # fmt: skip
    return written(folder / "log.json", {"status": "success", "eval": about, "samples": [sample]})


def by_its_rule(path: Path) -> LogRescoring:
    return read_log(path).rescore(scorer="logged")


@pytest.mark.parametrize(
    ("kind", "value", "output", "score"),
    [
        ("equals", "4", "4", 1),
        ("equals", "4", "4.", 0),
        ("contains", "Four", "It is Four", 1),
        ("contains", "Four", "It is four", 0),
        ("icontains", "Four", "It is FOUR.", 1),
        ("icontains", "4", "It is five", 0),
        ("contains-any", ["4", "four"], "It is four", 1),
        ("icontains-any", "4, four", "It is Four", 1),
        ("icontains-any", ["4", "four"], "five", 0),
    ],
)
def test_assertions_of_promptfoo(
    tmp_path: Path, kind: str, value: Any, output: str, score: int
) -> None:
    assert by_its_rule(promptfoo(tmp_path, output, score, {"type": kind, "value": value})).agrees


@pytest.mark.parametrize(
    ("name", "output", "ideal", "correct"),
    [
        ("match:Match", "4 it is", ["4", "four"], True),
        ("match:Match", "It is 4", ["4"], False),
        ("includes:Includes", "It is 4", "4", True),
        ("includes:Includes", "It is Four", "four", False),
        ("fuzzy_match:FuzzyMatch", "The City of Paris.", "city of paris", True),
        ("fuzzy_match:FuzzyMatch", "Paris", "in Paris, France", True),
        ("fuzzy_match:FuzzyMatch", "Lyon", "Paris", False),
        ("fuzzy_match:FuzzyMatch", "the", "Paris", False),
    ],
)
def test_classes_of_openai_evals(
    tmp_path: Path, name: str, output: str, ideal: Any, correct: bool
) -> None:
    path = openai_evals(tmp_path, output, ideal, correct, f"evals.elsuite.basic.{name}")

    assert by_its_rule(path).agrees


@pytest.mark.parametrize(
    ("scorer", "options", "output", "target", "value"),
    [
        ("match", {}, "The answer is Paris.", "paris", "C"),
        ("match", {}, "Paris it is", "Paris", "I"),
        ("match", {"location": "begin"}, "Paris it is", ["Lyon", "Paris"], "C"),
        ("match", {"location": "any"}, "It is Paris, I think", "Paris", "C"),
        ("match", {"location": "exact", "ignore_case": False}, "paris", "Paris", "I"),
        ("includes", {}, "It is PARIS, I think", "Paris", "C"),
        ("includes", {"ignore_case": False}, "It is PARIS", "Paris", "I"),
    ],
)
def test_scorers_of_inspect(  # noqa: PLR0917  # one table
    tmp_path: Path, scorer: str, options: dict[str, Any], output: str, target: Any, value: str
) -> None:
    assert by_its_rule(inspect(tmp_path, output, target, value, scorer=scorer, **options)).agrees


@pytest.mark.parametrize(("answer", "value"), [("B", "C"), ("A", "I")])
def test_what_inspect_took_for_the_choice_is_compared(
    tmp_path: Path, answer: str, value: str
) -> None:
    path = inspect(tmp_path, "ANSWER: B", "B", value, answer=answer, scorer="choice")

    assert by_its_rule(path).agrees


def test_a_score_that_its_own_rule_does_not_give_is_listed(tmp_path: Path) -> None:
    found = by_its_rule(promptfoo(tmp_path, "five", 1, {"type": "icontains", "value": "4"}))

    assert [(each.logged, each.rescored) for each in found.changes] == [(1.0, 0.0)]


@pytest.mark.parametrize(
    ("path_of", "rule"),
    [
        (lambda to: promptfoo(to, "4", 1, {"type": "llm-rubric", "value": "4"}), "llm-rubric"),
        (
            lambda to: promptfoo(
                to, "4", 1, {"type": "icontains", "value": "4"}, {"type": "cost", "threshold": 1}
            ),
            "icontains,cost threshold=1",
        ),
        (lambda to: inspect(to, "4", "4", "C", scorer="model_graded_qa"), "model_graded_qa"),
        (lambda to: inspect(to, "4", "4", "C", numeric=True), "match numeric=True"),
        (lambda to: openai_evals(to, "4", "4", True, "my.evals:Own"), "openai-evals Own"),
    ],
    ids=["judge", "two", "judge of inspect", "numeric", "own class"],
)
def test_a_rule_that_is_not_computed_is_named(tmp_path: Path, path_of: Any, rule: str) -> None:
    found = by_its_rule(path_of(tmp_path))

    assert found.compared == 0
    assert rule in found.left_out[0].why
    assert "not computed here" in found.left_out[0].why


def test_a_change_says_what_the_rule_of_the_log_gives(tmp_path: Path) -> None:
    path = promptfoo(tmp_path, "It is 45", 1, {"type": "icontains", "value": "4"})

    found = read_log(path).rescore()

    assert found.changes[0].why.endswith("the log's score is by promptfoo icontains, which gives 1")
