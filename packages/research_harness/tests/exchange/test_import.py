"""A log of another tool becomes a run that every command takes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import causal_trace
from research_harness import (
    ComparisonError,
    RequestRefusedError,
    compare,
    history,
    import_logs,
    read_responses,
    reanalyze,
    resume_sync,
    verify,
)
from research_harness.__main__ import main
from research_harness._browse.runs import list_runs

QUESTIONS = [f"What is {k}+{k}?" for k in range(20)]


def inspect_log(path: Path, model: str, scores: Mapping[str, Any], **more: Any) -> Path:
    """Write a JSON log as Inspect does; a score of None is an answer without one."""
    samples = [
        {
            "id": number,
            "epoch": 1,
            "input": question,
            "target": "yes",
            "messages": [
                {"role": "user", "content": question},
                {"role": "assistant", "content": "yes", "model": model},
            ],
            "output": {"choices": [{"message": {"role": "assistant", "content": "yes"}}]},
            **({} if score is None else {"scores": {"match": {"value": "C" if score else "I"}}}),
        }
        for number, (question, score) in enumerate(scores.items(), start=1)
    ]
    about = {"task": "sums", "model": model, "dataset": {"samples": len(samples)}}
    log = {"version": 2, "status": "success", "eval": about, "samples": samples, **more}
    path.write_text(json.dumps(log), encoding="utf-8")
    return path


def lm_eval_log(folder: Path, scores: Mapping[str, int]) -> Path:
    """Write samples as lm-eval does."""
    folder.mkdir()
    path = folder / "samples_sums_2026-01-01T00-00-00.000000.jsonl"
    lines = [
        {
            "doc_id": number,
            "doc": {"question": question, "answer": "yes"},
            "target": "yes",
            "arguments": {"gen_args_0": {"arg_0": question, "arg_1": {"until": []}}},
            "resps": [["yes"]],
            "filtered_resps": ["yes"],
            "filter": "none",
            "metrics": ["exact_match"],
            "exact_match": score,
            "doc_hash": "d",
            "prompt_hash": "p",
            "target_hash": "t",
        }
        for number, (question, score) in enumerate(scores.items())
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def two_logs(tmp_path: Path) -> list[Path]:
    return [
        inspect_log(tmp_path / "a.json", "a", {q: k % 2 for k, q in enumerate(QUESTIONS)}),
        inspect_log(tmp_path / "b.json", "b", {q: k % 3 > 0 for k, q in enumerate(QUESTIONS)}),
    ]


def crucible(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_an_imported_run_holds_the_scores_and_the_comparison_of_its_logs(tmp_path: Path) -> None:
    logs = two_logs(tmp_path)

    (run,) = import_logs(logs, output_dir=tmp_path / "results")
    again, direct = compare([run.folder]), compare(logs)

    assert run.complete
    assert verify(run.folder).agree
    assert [pair.to_dict() for pair in again.pairs] == [pair.to_dict() for pair in direct.pairs]
    (entry,) = list_runs(tmp_path / "results")
    assert (entry.state, entry.conditions, entry.rows) == ("complete", ("a", "b"), 40)


def test_the_log_its_hash_and_its_tool_are_in_the_run_and_the_report(tmp_path: Path) -> None:
    (run,) = import_logs(two_logs(tmp_path), output_dir=tmp_path / "results")

    config = json.loads((run.folder / "config.json").read_text())
    source = config["imported"][0]
    report = run.reports["markdown"].read_text()
    assert (source["source"], source["tool"], source["status"]) == ("a.json", "inspect", "success")
    assert source["sha256"] in report
    assert "Imported from a.json, b.json." in report


@pytest.mark.slow
def test_analysing_again_keeps_the_scores_of_the_log(tmp_path: Path) -> None:
    (run,) = import_logs(two_logs(tmp_path), output_dir=tmp_path / "results")

    again = reanalyze(run.folder)

    assert again.analysis["conditions"] == run.analysis["conditions"]
    assert verify(run.folder).agree


def test_a_score_that_a_person_changes_stays_changed(tmp_path: Path) -> None:
    (run,) = import_logs(two_logs(tmp_path)[0], output_dir=tmp_path / "results")

    reanalyze(run.folder, edits={0: True}, by="me", why="the answer is right")

    (system,) = compare_scores(run.folder)
    assert system == pytest.approx(11 / 20)


def compare_scores(folder: Path) -> list[float]:
    analysis = json.loads((folder / "analysis.json").read_text())
    return [each["metrics"][0]["value"] for each in analysis["conditions"]]


@pytest.mark.slow
def test_the_scorer_that_is_named_scores_all_answers_again(tmp_path: Path) -> None:
    (run,) = import_logs(two_logs(tmp_path), output_dir=tmp_path / "results", scorer="exact_match")

    assert compare_scores(run.folder) == [1.0, 1.0]
    assert reanalyze(run.folder).analysis["conditions"] == run.analysis["conditions"]


def test_logs_of_two_tools_meet_by_the_text_of_their_questions(tmp_path: Path) -> None:
    first = two_logs(tmp_path)[0]
    second = lm_eval_log(tmp_path / "c", dict.fromkeys(reversed(QUESTIONS), 1))

    (run,) = import_logs([first, second], output_dir=tmp_path / "results")

    assert (run.rows, run.complete) == (40, True)
    assert compare_scores(run.folder) == [0.5, 1.0]


def test_answers_that_failed_or_have_no_score_are_left_out_by_both(tmp_path: Path) -> None:
    scores: dict[str, Any] = {q: k % 2 for k, q in enumerate(QUESTIONS)}
    scores[QUESTIONS[3]] = None
    first = inspect_log(tmp_path / "a.json", "a", scores)
    log = json.loads(first.read_text())
    log["samples"][7]["error"] = {"message": "the service was away"}
    del log["samples"][7]["scores"]
    first.write_text(json.dumps(log))
    logs = [first, inspect_log(tmp_path / "b.json", "b", dict.fromkeys(QUESTIONS, 1))]

    (run,) = import_logs(logs, output_dir=tmp_path / "results")
    again, direct = compare([run.folder]), compare(logs)

    assert run.failures == 2
    assert [each.unscored for each in again.scores] == [each.unscored for each in direct.scores]
    assert again.pairs == direct.pairs
    assert verify(run.folder).agree


def test_a_log_that_was_cancelled_gives_an_incomplete_run(tmp_path: Path) -> None:
    log = inspect_log(
        tmp_path / "a.json",
        "a",
        dict.fromkeys(QUESTIONS[:5], 1),
        status="cancelled",
        results={"total_samples": 20},
    )

    found = crucible("import", log, "--output-dir", tmp_path / "results")
    listed = list_runs(tmp_path / "results")

    assert found.exit_code == 3
    assert "ended as 'cancelled' with 5 of 20 answers" in found.output
    assert listed[0].state == "incomplete"
    assert verify(tmp_path / "results" / "sums").agree


def test_prompt_answer_and_conversation_of_each_row_are_kept(tmp_path: Path) -> None:
    (run,) = import_logs(two_logs(tmp_path)[0], output_dir=tmp_path / "results")

    calls = read_responses(run.folder)
    chains = causal_trace.TraceLog(run.folder / "traces" / "traces.jsonl").chains()
    shown = crucible("show", run.folder, "--limit", 1)

    assert [(call.prompt, call.answer) for call in calls] == [(q, "yes") for q in QUESTIONS]
    assert len(list(chains)) == 20
    assert "call to a (single, answered)" in shown.output
    assert "trace_id" in shown.output


@pytest.mark.slow
def test_each_task_becomes_a_run(tmp_path: Path) -> None:
    rows = [
        {"id": k, "question": q, "prediction": "x", "score": 1, "model": "m", "task": task}
        for task in ("one", "two")
        for k, q in enumerate(QUESTIONS)
    ]
    for task in ("one", "two"):
        text = "".join(json.dumps(row) + "\n" for row in rows if row["task"] == task)
        (tmp_path / f"{task}.jsonl").write_text(text)

    runs = import_logs([tmp_path / "*.jsonl"], output_dir=tmp_path / "results")

    assert [run.id for run in runs] == ["one", "two"]
    with pytest.raises(ComparisonError, match="several tasks"):
        import_logs([tmp_path / "*.jsonl"], output_dir=tmp_path / "results", run_id="x")


def test_repeated_answers_are_repeats(tmp_path: Path) -> None:
    path = tmp_path / "again.csv"
    lines = [f"q{k},x,{(k + again) % 2}" for again in range(3) for k in range(4)]
    path.write_text("\n".join(["id,prediction,score", *lines]))

    (run,) = import_logs(path, output_dir=tmp_path / "results")

    assert (run.rows, run.analysis["repeat"], run.complete) == (12, 3, True)


def test_what_asks_a_model_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (run,) = import_logs(two_logs(tmp_path)[0], output_dir=tmp_path / "results")

    with pytest.raises(RequestRefusedError, match=r"imported from a\.json"):
        resume_sync(run.folder)


def test_a_run_is_not_imported_and_a_refused_import_leaves_no_folder(tmp_path: Path) -> None:
    (run,) = import_logs(two_logs(tmp_path)[0], output_dir=tmp_path / "results")

    with pytest.raises(ComparisonError, match="a run of Crucible already"):
        import_logs(run.folder, output_dir=tmp_path / "other")
    with pytest.raises(ComparisonError):
        import_logs(tmp_path / "missing.eval", output_dir=tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_folder_of_runs_has_no_logs_but_the_runs(tmp_path: Path) -> None:
    for log in two_logs(tmp_path):
        import_logs(log, output_dir=tmp_path / "results", run_id=log.stem)

    found = compare([tmp_path / "results"])

    assert found.systems == ("a", "b")


@pytest.mark.slow
def test_an_imported_run_has_the_date_of_its_log(tmp_path: Path) -> None:
    def dated(name: str, created: str, share: int) -> Path:
        about = {"task": "sums", "model": "m", "dataset": {"samples": 20}, "created": created}
        scores = {q: k % share > 0 for k, q in enumerate(QUESTIONS)}
        return inspect_log(tmp_path / f"{name}.json", "m", scores, eval=about)

    for name, created, share in (
        ("newest", "2026-03-02T23:30:00-02:00", 2),
        ("oldest", "2026-03-02T01:00:00+00:00", 4),
        ("middle", "2026-03-03T01:00:00+00:00", 3),
    ):
        import_logs(dated(name, created, share), output_dir=tmp_path / "results", run_id=name)
    lm_eval = lm_eval_log(tmp_path / "m", dict.fromkeys(QUESTIONS, 1))
    import_logs(lm_eval, output_dir=tmp_path / "results", run_id="named")
    found = list_runs(tmp_path / "results")

    assert [each.id for each in found] == ["newest", "middle", "oldest", "named"]
    assert found[0].started_at == "2026-03-03T01:30:00+00:00"
    assert found[-1].started_at == "2026-01-01T00:00:00+00:00"
    entries = [each for each in history(tmp_path / "results").entries if each.system == "m"]
    assert [each.label for each in entries][-3:] == ["oldest", "middle", "newest"]


def test_items_that_the_first_log_lacks_are_shared_by_the_others(tmp_path: Path) -> None:
    parts = {"a": QUESTIONS[:10], "b": QUESTIONS[5:], "c": QUESTIONS[5:]}
    logs = [
        inspect_log(tmp_path / f"{name}.json", name, dict.fromkeys(part, 1))
        for name, part in parts.items()
    ]

    (run,) = import_logs(logs, output_dir=tmp_path / "results")
    asked = [
        {call.item_id for call in read_responses(run.folder) if call.condition == name}
        for name in parts
    ]

    assert [len(each) for each in asked] == [10, 15, 15]
    assert asked[1] == asked[2]
    assert len(asked[0] & asked[1]) == 5
    assert run.analysis["items"] == 20
