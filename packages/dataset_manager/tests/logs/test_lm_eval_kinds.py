"""The kinds of samples that lm-eval 0.4.13 writes: repeats, likelihoods, several targets, chats."""

import json
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import NoScorerError, PredictionLog, read_log

DOC = {"id": "q-7", "question": "Capital of France?", "passage": "Paris"}


def sample(**more: Any) -> dict[str, Any]:
    return {
        "doc_id": 0,
        "doc": DOC,
        "target": "Paris",
        "arguments": {"gen_args_0": {"arg_0": "Q: Capital? A:", "arg_1": {"until": ["\n"]}}},
        "resps": [["Paris"]],
        "filtered_resps": ["Paris"],
        "filter": "none",
        "metrics": ["exact_match"],
        "exact_match": 1.0,
        **more,
    }


def log_of(folder: Path, *records: dict[str, Any], results: Any = None, **options: Any) -> Any:
    path = folder / "samples_t_2026-11-28T19-00-49.632618.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    if results is not None:
        path.with_name("results_2026-11-28T19-00-49.632618.json").write_text(json.dumps(results))
    return read_log(path, **options)


def likelihoods(*values: float, **more: Any) -> dict[str, Any]:
    pairs = [[str(value), "False"] for value in values]
    return sample(resps=[[pair] for pair in pairs], filtered_resps=pairs, **more)


def asked(*texts: str, context: str = "Q") -> dict[str, Any]:
    return {f"gen_args_{n}": {"arg_0": context, "arg_1": text} for n, text in enumerate(texts)}


def test_every_repeat_is_a_row_and_the_first_has_the_score_of_all(tmp_path: Path) -> None:
    log = log_of(tmp_path, sample(resps=[["4", "Paris!", "Paris"]], filtered_resps=["4"]))

    assert [(row.epoch, row.raw, row.prediction) for row in log] == [
        (1, "4", "4"),
        (2, "Paris!", "Paris!"),
        (3, "Paris", "Paris"),
    ]
    assert [row.score for row in log] == [1.0, None, None]
    assert "the first of 3 repeats has the score of them all" in str(log)


def test_the_whole_answers_can_be_scored_in_place_of_the_filtered_ones(tmp_path: Path) -> None:
    doc = {"id": "q", "question": "Which?", "choices": ["x", "y", "z"], "passage": "C"}
    whole = "A. is tempting.\n\nThe answer is (C)."
    log = log_of(
        tmp_path,
        sample(doc=doc, target="C", resps=[[whole]], filtered_resps=["A"], exact_match=0.0),
    )

    assert log.predictions() == [{"id": "q", "predicted": "A"}]
    assert log.predictions(raw=True) == [{"id": "q", "predicted": whole}]
    assert log.rescore(scorer="choice").rescored_mean == 0.0
    assert log.rescore(scorer="choice", raw=True).rescored_mean == 1.0


def test_a_filter_that_keeps_every_repeat_gives_each_its_answer(tmp_path: Path) -> None:
    log = log_of(tmp_path, sample(resps=[["It is 4", "5."]], filtered_resps=[["4", "5"]]))

    assert [(row.raw, row.extracted) for row in log] == [("It is 4", "4"), ("5.", "5")]


def test_the_whole_answer_stands_beside_the_filtered_one(tmp_path: Path) -> None:
    row = log_of(tmp_path, sample(resps=[["So: Paris."]], filtered_resps=["Paris"])).rows[0]

    assert (row.raw, row.prediction, row.prompt) == ("So: Paris.", "Paris", "Q: Capital? A:")


def test_the_likelihood_of_one_text_is_not_an_answer(tmp_path: Path) -> None:
    record = likelihoods(
        -0.26, arguments=asked("Paris"), metrics=["perplexity", "acc"], perplexity=-0.26, acc=0
    )

    log = log_of(tmp_path, record)

    row = log.rows[0]
    assert (row.prediction, row.raw, row.expected) == (None, ["-0.26", "False"], "Paris")
    assert (row.score, row.scores) == (0.0, {"perplexity": -0.26, "acc": 0.0})
    with pytest.raises(NoScorerError, match="none of its answers can be scored"):
        log.rescore()


def test_the_likelihood_of_a_whole_document_is_not_an_answer(tmp_path: Path) -> None:
    record = sample(
        resps=[["-3.5"]], filtered_resps=["-3.5"], arguments={"gen_args_0": {"arg_0": "Paris"}},
        metrics=["word_perplexity"], word_perplexity=[-3.5, 1],
    )  # fmt: skip

    row = log_of(tmp_path, record).rows[0]

    assert (row.prediction, row.raw, row.score) == (None, -3.5, None)


def test_choices_are_read_from_the_call_where_the_document_lists_none(tmp_path: Path) -> None:
    record = likelihoods(-2.0, -1.0, arguments=asked(" no", " yes"), target="1", acc=1.0,
                         metrics=["acc"])  # fmt: skip

    row = log_of(tmp_path, record).rows[0]

    assert (row.input["choices"], row.prediction, row.expected) == (["no", "yes"], 1, 1)


def test_likelihoods_without_a_prompt_are_not_taken_for_more_choices(tmp_path: Path) -> None:
    calls = {**asked(" a", " b"), **{f"gen_args_{n + 2}": {"arg_0": "", "arg_1": t}
                                     for n, t in enumerate((" a", " b"))}}  # fmt: skip
    record = likelihoods(-2.0, -1.0, -0.1, -0.2, arguments=calls, target="1", acc=1.0,
                         metrics=["acc", "acc_mutual_info"], acc_mutual_info=0.0)  # fmt: skip

    assert log_of(tmp_path, record).rows[0].prediction == 1


def test_a_normalized_score_goes_with_the_choice_that_it_scored(tmp_path: Path) -> None:
    record = likelihoods(-2.0, -3.0, arguments=asked(" a", " a long one"), target="1", acc=0.0,
                         acc_norm=1.0, metrics=["acc", "acc_norm"])  # fmt: skip

    assert log_of(tmp_path, record).rows[0].prediction == 0
    log = log_of(tmp_path, record, score="acc_norm")
    assert log.rows[0].prediction == 1
    assert log.rescore().agrees


def test_several_targets_that_were_written_as_text_are_a_list_again(tmp_path: Path) -> None:
    log = log_of(tmp_path, sample(target="['Paris', 'City of Paris']"))

    assert log.rows[0].expected == ["Paris", "City of Paris"]
    assert log.rescore().agrees


def test_a_target_that_is_a_text_with_brackets_stays_one(tmp_path: Path) -> None:
    doc = {**DOC, "passage": "[1, 2]"}

    assert log_of(tmp_path, sample(doc=doc, target="[1, 2]")).rows[0].expected == "[1, 2]"


def test_the_items_have_their_own_ids_where_each_has_one(tmp_path: Path) -> None:
    second = sample(doc_id=1, doc={**DOC, "id": "q-3"})

    assert [row.id for row in log_of(tmp_path, sample(), second)] == ["q-7", "q-3"]
    twice = log_of(tmp_path, sample(), sample(doc_id=1))
    assert [row.id for row in twice] == ["t_0", "t_1"]


def test_a_conversation_is_readable_text(tmp_path: Path) -> None:
    said = [{"role": "system", "content": "be brief"}, {"role": "user", "content": "Q?"}]
    call = {"gen_args_0": {"arg_0": json.dumps(said), "arg_1": {}}}

    assert log_of(tmp_path, sample(arguments=call)).rows[0].prompt == "system: be brief\n\nuser: Q?"


def test_the_results_beside_the_samples_say_what_was_planned(tmp_path: Path) -> None:
    results = {
        "model_name": "m",
        "lm_eval_version": "0.4.13",
        "n-samples": {"t": {"original": 9, "effective": 2}},
    }

    log: PredictionLog = log_of(tmp_path, sample(), results=results)

    assert (log.planned, log.dataset_size, log.complete, log.version) == (2, 9, False, "0.4.13")
    assert "INCOMPLETE: status success, 2 answers planned" in str(log)
