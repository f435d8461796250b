"""What Inspect says of a run: its end, plan, limits, reasons to stop, parts of scores and edits."""

import json
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import read_log

EVAL = {
    "task": "sums",
    "model": "m/one",
    "packages": {"inspect_ai": "0.3.285"},
    "dataset": {"samples": 3, "sample_ids": [10, 9]},
    "config": {"limit": 2, "epochs": 2},
}


def sample(name: Any, **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": "4"}
    return {
        "id": name,
        "epoch": 1,
        "input": "2+2?",
        "target": "4",
        "output": {"model": "m/one", "choices": [{"message": message, "stop_reason": "stop"}]},
        "scores": {"match": {"value": "C", "answer": "4"}},
        **more,
    }


def log_of(folder: Path, *samples: Any, score: str | None = None, **head: Any) -> Any:
    path = folder / "l.json"
    whole = {"version": 2, "status": "success", "eval": EVAL, "samples": samples, **head}
    path.write_text(json.dumps(whole))
    return read_log(path, score=score)


def test_a_run_that_ended_early_says_so(tmp_path: Path) -> None:
    log = log_of(tmp_path, sample(10), status="error", error={"message": "boom"})

    assert (log.status, log.error, log.planned, log.dataset_size) == ("error", "boom", 4, 3)
    assert log.complete is False
    assert "INCOMPLETE: status error, 4 answers planned" in str(log)
    assert log.to_dict()["version"] == "0.3.285"


def test_the_rows_are_in_the_order_of_the_data_set(tmp_path: Path) -> None:
    log = log_of(tmp_path, sample(9, epoch=2), sample(9), sample(10))

    assert [(row.epoch, row.id) for row in log] == [(1, "10"), (1, "9"), (2, "9")]


def test_ids_without_a_list_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    about = {**EVAL, "dataset": {"samples": 3}}
    log = log_of(tmp_path, sample("b"), sample(10), sample(9), eval=about)

    assert [row.id for row in log] == ["9", "10", "b"]
    assert log.planned == 4


def test_limits_and_reasons_to_stop_are_kept_and_counted(tmp_path: Path) -> None:
    cut = {"choices": [{"message": {"content": "no"}, "stop_reason": "content_filter"}]}
    limited = sample(10, limit={"type": "message", "limit": 4.0})

    log = log_of(tmp_path, limited, sample(9, output=cut))

    assert [row.limit for row in log] == ["message 4", None]
    assert [row.stop_reason for row in log] == ["stop", "content_filter"]
    assert log.remarks == (
        "1 answers ended by a limit",
        "1 answers that the model did not end itself",
    )


def test_a_score_with_parts_has_a_name_for_each(tmp_path: Path) -> None:
    scores = {"d": {"value": {"a": 0.5, "b": "C"}, "answer": "4"}, "l": {"value": [1, 0]}}

    log = log_of(tmp_path, sample(10, scores=scores), score="d")

    assert log.score_names == ("d.a", "d.b", "l.0", "l.1")
    assert (log.rows[0].score, log.rows[0].extracted) == (0.5, "4")
    assert any("'d' has parts, of which 'd.a' was taken" in each for each in log.remarks)
    assert log_of(tmp_path, sample(10, scores=scores), score="d.b").rows[0].score == 1.0


def test_an_answer_that_was_not_scored_has_no_score(tmp_path: Path) -> None:
    log = log_of(tmp_path, sample(10, scores={"match": {"value": float("nan")}}))

    assert (log.rows[0].score, log.remarks) == (None, ("1 answers without a score",))


def test_edits_are_kept_with_who_made_them(tmp_path: Path) -> None:
    history = [{"value": "I"}, {"value": "C", "provenance": {"author": "me", "reason": "typo"}}]

    log = log_of(tmp_path, sample(10, scores={"match": {"value": "C", "history": history}}))

    assert log.rows[0].score == 1.0
    assert log.rows[0].edits[1]["provenance"]["author"] == "me"
    assert "1 answers edited after the run" in log.remarks


def test_rescoring_names_the_answers_whose_score_changes(tmp_path: Path) -> None:
    lenient = sample(9, scores={"match": {"value": "I", "answer": "four"}})
    failed = sample(8, output={"choices": []}, scores={}, error={"message": "boom"})

    found = log_of(tmp_path, sample(10), lenient, failed).rescore()

    assert (found.compared, found.logged_mean, found.rescored_mean) == (2, 0.5, 1.0)
    assert [(each.id, each.logged, each.rescored) for each in found.changes] == [("9", 0.0, 1.0)]
    assert "the log's scorer read 'four'" in found.changes[0].why
    assert "the answer failed: boom" in found.left_out[0].why
    assert not found.agrees
    assert "2 of 3 compared, mean 0.5000 in the log, 1.0000 now, 1 changed" in str(found)


def test_equal_questions_have_equal_hashes(tmp_path: Path) -> None:
    first, second = log_of(tmp_path, sample(10), sample(9)).rows

    assert first.input_hash == second.input_hash
    other = log_of(tmp_path, sample(10, choices=["3", "4"])).rows[0]
    assert other.input_hash != first.input_hash


@pytest.mark.parametrize("limit", [[0, 2], 2, None])
def test_the_plan_follows_the_limit(tmp_path: Path, limit: Any) -> None:
    about = {"task": "t", "dataset": {"samples": 5}, "config": {"limit": limit}}

    assert log_of(tmp_path, sample(1), eval=about).planned == (5 if limit is None else 2)


def test_the_error_of_a_call_is_the_error_of_the_answer(tmp_path: Path) -> None:
    failed = {"model": "m/one", "choices": [], "error": "content refused"}

    log = log_of(tmp_path, sample(10, output=failed, scores={}))

    assert (log.rows[0].error, log.rows[0].prediction) == ("content refused", None)


@pytest.mark.parametrize("target", ["", []], ids=["a text", "a list"])
def test_an_empty_target_is_no_right_answer(tmp_path: Path, target: Any) -> None:
    log = log_of(tmp_path, sample(10), sample(9, target=target))

    again = log.rescore(scorer="number")

    assert [each.why for each in again.left_out] == ["the log has no right answer"]
    assert (again.compared, again.changes) == (1, ())
