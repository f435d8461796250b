"""Logs in the form that lm-eval 0.4.13 and promptfoo 0.121 write, and plain tables."""

import json
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import DatasetFileError, PredictionError, evaluate, read_log


def lm_eval(**more: Any) -> dict[str, Any]:
    return {
        "doc_id": 0,
        "doc": {"question": "2+2?", "answer": "4", "choices": ["3", "4"]},
        "target": "4",
        "arguments": {"gen_args_0": {"arg_0": "Q: 2+2? A:", "arg_1": {"until": ["\n"]}}},
        "resps": [["It is 4"]],
        "filtered_resps": ["It is 4"],
        "filter": "strict",
        "metrics": ["exact_match"],
        "exact_match": 0.0,
        **more,
    }


def samples_file(folder: Path, *records: dict[str, Any]) -> Path:
    path = folder / "org__model" / "samples_my_task_2026-11-23T22-13-45.786094.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_samples_of_lm_eval_have_a_variant_for_each_filter(tmp_path: Path) -> None:
    flexible = lm_eval(filter="flexible", filtered_resps=["4"], exact_match=1.0)

    log = read_log(samples_file(tmp_path, lm_eval(), flexible))

    assert (log.name, log.models, log.variants) == (
        "my_task",
        ("org/model",),
        ("strict", "flexible"),
    )
    best = log.select(variant="flexible").rows[0]
    assert (best.id, best.input, best.expected) == ("my_task_0", "Q: 2+2? A:", "4")
    assert (best.prediction, best.score) == ("4", 1.0)


def test_choices_that_lm_eval_ranks_by_likelihood_are_indices(tmp_path: Path) -> None:
    ranked = lm_eval(
        target="1",
        filter="none",
        arguments={"gen_args_0": {"arg_0": "Q", "arg_1": " 3"}},
        resps=[[["-0.7", "False"]], [["-0.5", "True"]]],
        filtered_resps=[["-0.7", "False"], ["-0.5", "True"]],
        metrics=["acc", "acc_norm"],
        acc=1.0,
        acc_norm=0.0,
    )
    path = samples_file(tmp_path, ranked)
    path.with_name("results_2026-11-23T22-13-45.786094.json").write_text('{"model_name": "m"}')

    log = read_log(path, score="acc_norm")

    row = log.rows[0]
    assert (row.input, row.expected) == ({"question": "2+2?", "choices": ["3", "4"]}, 1)
    assert (row.prediction, row.score, row.model, row.variant) == (1, 0.0, "m", "")
    assert evaluate(log.predictions(), dataset=log.dataset()).accuracy == 1
    with pytest.raises(DatasetFileError, match=r"line 1: has no score 'f1' \(acc, acc_norm\)"):
        read_log(path, score="f1")


def promptfoo(prompt: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "prompt": {"raw": f"{prompt}: 2+2?", "label": f"p{prompt}"},
        "promptIdx": prompt,
        "testIdx": 3,
        "provider": {"id": "openai:m", "label": ""},
        "vars": {"q": "2+2?"},
        "testCase": {"vars": {"q": "2+2?"}, "assert": [{"type": "equals", "value": "4"}]},
        "response": {"output": "4", "tokenUsage": {"prompt": 7, "completion": 2}, "cost": 0.01},
        "latencyMs": 120,
        "score": 1,
        "success": True,
        "namedScores": {"tone": 0.5},
        **more,
    }


def results_file(folder: Path, *results: dict[str, Any]) -> Path:
    path = folder / "out.json"
    whole = {"evalId": "e", "results": {"version": 3, "results": results}, "config": {}}
    path.write_text(json.dumps(whole))
    return path


def test_results_of_promptfoo_have_a_variant_for_each_prompt(tmp_path: Path) -> None:
    log = read_log(results_file(tmp_path, promptfoo(), promptfoo(1), promptfoo(1)))

    row = log.rows[0]
    assert (row.id, row.input, row.expected, row.prediction) == ("test_3", "2+2?", "4", "4")
    assert (row.input_tokens, row.output_tokens, row.cost_usd, row.latency_ms) == (7, 2, 0.01, 120)
    assert (row.model, log.variants, log.epochs) == ("openai:m", ("p0", "p1"), (1, 2))
    assert read_log(results_file(tmp_path, promptfoo()), score="tone").rows[0].score == 0.5


def test_repeats_of_promptfoo_have_numbers_of_their_own_and_one_id(tmp_path: Path) -> None:
    other = promptfoo(testIdx=7, vars={"q": "3+3?"}, testCase={"vars": {"q": "3+3?"}})

    log = read_log(results_file(tmp_path, promptfoo(testIdx=4), promptfoo(), other))

    assert [(row.id, row.epoch) for row in log.rows] == [
        ("test_3", 1),
        ("test_3", 2),
        ("test_7", 1),
    ]


def test_a_right_answer_of_promptfoo_may_be_a_variable(tmp_path: Path) -> None:
    values = {"q": "2+2?", "right": "4", "unit": "m"}
    checks = (
        [{"type": "equals", "value": "{{right}}"}],
        [{"type": "equals", "value": "{{right}} {{ unit }}"}],
    )
    results = [
        promptfoo(testIdx=at, vars=values, testCase={"vars": values, "assert": check})
        for at, check in enumerate(checks)
    ]

    log = read_log(results_file(tmp_path, *results))

    assert [row.expected for row in log.rows] == ["4", "4 m"]


def test_a_failed_call_of_promptfoo_has_an_error_and_no_cost(tmp_path: Path) -> None:
    broken = promptfoo(
        response={}, cost=0, error="429", score=0, vars={"a": 1, "b": 2, "expected": 3}
    )

    row = read_log(results_file(tmp_path, broken)).rows[0]

    assert (row.prediction, row.error, row.cost_usd, row.score) == (None, "429", None, 0.0)
    assert row.input == "0: 2+2?"


def test_a_plain_table_is_read_by_its_usual_headings(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "item_id,question,answer,predicted,correct,model,latency_s,cost_usd,prompt_tokens,note\n"
        "1,2+2?,4,four,True,m,0.5,,12,x\n"
    )

    row = read_log(path).rows[0]

    assert row.to_dict() == {
        "id": "1", "input": "2+2?", "expected": "4", "prediction": "four", "score": 1.0,
        "model": "m", "variant": "", "epoch": 1, "input_tokens": 12, "output_tokens": None,
        "cost_usd": None, "latency_ms": 500.0, "error": None, "metadata": {"note": "x"},
        "task": "mine", "raw": None, "extracted": None, "scores": {}, "prompt": "",
        "stop_reason": None, "limit": None, "edits": [], "rule": "",
    }  # fmt: skip


def test_other_headings_are_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text('{"said": "4", "gold": 4, "took": 250, "answer": "unused"}\n')

    log = read_log(path, fields={"prediction": "said", "latency_ms": "took"}, name="sums")

    assert (log.rows[0].prediction, log.rows[0].latency_ms, log.name) == ("4", 250.0, "sums")
    assert log.rows[0].metadata == {"answer": "unused"}
    with pytest.raises(DatasetFileError, match="line 1: has no field 'none'"):
        read_log(path, fields={"prediction": "none"})
    with pytest.raises(ValueError, match="fields: guess: only id, input"):
        read_log(path, fields={"guess": "said"})


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", '{"question": "a"}\n', "line 1: has no prediction"),
        ("a.jsonl", "[1]\n", "line 1: is list"),
        ("a.json", "{", "is not JSON"),
        ("a.json", '{"eval": {}, "samples": [{}]}', "is not a log of inspect: KeyError 'id'"),
        ("a.json", '{"results": {"results": [5]}}', "is not a log of promptfoo"),
        ("a.txt", "x", "no known format"),
    ],
)
def test_another_file_is_an_error_that_names_it(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    path = tmp_path / name
    path.write_text(content)

    with pytest.raises(DatasetFileError, match=message):
        read_log(path)
    with pytest.raises(ValueError, match="'other' is unknown; known: inspect, lm-eval"):
        read_log(path, format="other")  # type: ignore[arg-type]


def test_a_table_whose_prediction_could_be_in_several_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"id": "1", "question": "q", "answer": "A", "pred": "B"}\n', "utf-8")

    with pytest.raises(DatasetFileError, match="could have its prediction in 'answer', 'pred'"):
        read_log(path)


def test_rows_with_one_id_and_different_questions_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    rows = [{"id": 1, "input": f"q{n}", "prediction": "4", "epoch": n + 1} for n in range(2)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))

    with pytest.raises(PredictionError, match="rows with the id '1' ask different things"):
        read_log(path).dataset()


def test_recorded_calls_with_latency_and_cost_are_a_log(mirror: Path) -> None:
    """PRIME of LLMDrift: 1,000 questions, four snapshots; accuracies as its authors report."""
    path = mirror / "latency-llmdrift" / "PRIME_FULL_EVAL.csv"
    fields = {
        "prediction": "answer",
        "expected": "ref_answer",
        "input": "query",
        "latency_s": "latency",
        "cost_usd": "cost",
    }

    log = read_log(path, fields=fields)

    assert len(log) == 4000
    assert len(log.models) == 4
    assert log.rows[0].latency_ms == pytest.approx(4291.575)
    for model, accuracy in {"openaichat/gpt-4-0314": 0.84, "openaichat/gpt-4-0613": 0.502}.items():
        rows = log.select(model=model)
        right = sum(f"[{row.expected.lower()}]" in row.prediction.lower() for row in rows)
        assert right / len(rows) == pytest.approx(accuracy, abs=0.002)
