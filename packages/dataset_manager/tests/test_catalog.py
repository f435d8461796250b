"""Data sets by name, predictions against them, and what the real files hold."""

import ast
import csv
import json
from pathlib import Path
from typing import Any

import blinker
import pytest

from dataset_manager import (
    EVENTS,
    Dataset,
    Item,
    PredictionError,
    UnknownDatasetError,
    UnknownOptionError,
    arithmetic,
    dataset_names,
    evaluate,
    load,
    load_sync,
    register,
    score,
)
from dataset_manager._catalog import _loaders


def test_an_unknown_name_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UnknownDatasetError, match=r"arithmetic, gsm8k, .*register") as caught:
        load_sync("gsm9k")

    assert caught.value.name == "gsm9k"


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("gsm8k", {"split": "dev"}, "has no split 'dev'; it has test, train"),
        ("gsm8k", {"subset": "x"}, "has no subset 'x'"),
        ("mmlu", {"subset": "alchemy"}, "has no subset 'alchemy'"),
        ("mmlu_stem", {"grouping": "mine"}, "it has hendrycks, lm-eval"),
        ("arithmetic", {"split": "test"}, "has no split"),
        ("arithmetic", {"version": "7"}, "has no version '7'"),
    ],
)
def test_an_option_that_a_data_set_lacks_is_an_error(
    name: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UnknownOptionError, match=message):
        load_sync(name, **options)


async def test_loading_is_possible_inside_a_running_loop_and_is_on_the_bus() -> None:
    seen: list[str] = []

    def receive(name: str, **_: object) -> None:
        seen.append(name)

    with blinker.signal("crucible").connected_to(receive):
        data = await load("arithmetic", sample_size=7, seed=3)
        with pytest.raises(UnknownDatasetError):
            await load("nothing")
        evaluate([None] * 7, dataset=data)

    assert data == arithmetic(7, seed=3)
    assert seen == [
        "dataset.load.start",
        "dataset.load.stop",
        "dataset.load.start",
        "dataset.load.exception",
        "dataset.evaluate.start",
        "dataset.evaluate.stop",
    ]
    assert set(seen) <= set(EVENTS)


def test_a_loader_of_ones_own_is_used_by_its_name() -> None:
    def loader(sources: Any, **options: Any) -> Dataset:
        return Dataset([Item("a", options["split"], "x")], name="own")

    try:
        register("own", loader, options=("split",))

        assert load_sync("own", split="train")[0].input == "train"
        assert "own" in dataset_names()
        with pytest.raises(ValueError, match="known already"):
            register("own", loader)
    finally:
        _loaders.pop("own")


def three() -> Dataset:
    return Dataset([Item(f"i{n}", "q", str(n)) for n in range(3)], name="d", scorer="number")


def test_predictions_are_matched_by_id_or_by_order() -> None:
    by_order = evaluate(["0", "1", "9"], dataset=three(), model_name="m")
    by_id = evaluate({"i2": "9", "i0": "0", "i1": "1"}, dataset=three(), model_name="m")
    records = evaluate(
        [{"id": "i1", "predicted": 1}, {"id": "i0", "predicted": 0}], dataset=three()
    )

    assert by_order == by_id
    assert by_order.vector() == [1, 1, 0]
    assert records.vector() == [1, 1, 0]
    assert records.coverage == pytest.approx(2 / 3)
    assert records.outcomes == {"found": 2, "missing": 1}


def test_a_missing_prediction_is_wrong_and_shown_as_missing() -> None:
    result = evaluate({"i0": "0"}, dataset=three(), model_name="m")

    assert result.accuracy == pytest.approx(1 / 3)
    assert "2 missing" in str(result)
    assert result.to_dict()["items"][1]["missing"]


@pytest.mark.parametrize(
    ("predictions", "message"),
    [
        (["1", "2"], "2 predictions without ids for 3 items"),
        ({"i9": "1"}, "no item of d has these ids: 'i9'"),
        ([{"id": "i0", "predicted": 1}, {"id": "i0", "predicted": 2}], "several predictions"),
        ([{"id": "i0", "predicted": 1}, "2"], "places 1 do not"),
        ([{"id": "i0"}], "no 'predicted'"),
    ],
)
def test_predictions_that_do_not_fit_are_refused(predictions: Any, message: str) -> None:
    with pytest.raises(PredictionError, match=message):
        evaluate(predictions, dataset=three())


def test_the_interval_of_an_accuracy_is_wilsons() -> None:
    """20 of 20: [.839, 1], as in R's prop.test without correction."""
    data = Dataset([Item(f"i{n}", "q", "1") for n in range(20)], name="d")

    low, high = evaluate(["1"] * 20, dataset=data).interval

    assert low == pytest.approx(0.8389, abs=5e-5)
    assert high == 1.0


def test_the_real_files_have_the_known_sizes(mirror: Path) -> None:
    assert len(load_sync("gsm8k")) == 1319
    assert len(load_sync("gsm8k", split="train")) == 7473
    assert len(load_sync("humaneval")) == 164
    assert load_sync("humaneval").scorer is None
    mmlu = load_sync("mmlu")
    assert (len(mmlu), mmlu.metadata["duplicate_rows"], len(mmlu.unique())) == (14042, 27, 14015)
    assert len(load_sync("mmlu", split="dev")) == 285
    assert len(load_sync("mmlu", split="val")) == 1531
    assert len(load_sync("mmlu", subset="abstract_algebra")) == 100
    assert len(load_sync("mmlu_stem").unique()) == 3006
    assert len(load_sync("mmlu_stem", grouping="lm-eval")) == 3153
    assert load_sync("mmlu_stem").metadata["grouping"] == "hendrycks"


def test_a_sample_of_a_real_set_has_four_choices_each_and_is_repeatable(mirror: Path) -> None:
    sample = load_sync("mmlu_stem", sample_size=100, seed=42)

    assert len(sample) == 100
    assert all(len(item.choices) == 4 for item in sample)
    assert sample == load_sync("mmlu_stem", sample_size=100, seed=42)
    assert sample != load_sync("mmlu_stem", sample_size=100, seed=43)


def test_real_answers_to_gsm8k_are_scored_as_published(mirror: Path) -> None:
    """The accuracies that ZeroEval published for the same outputs.

    Its scorer takes the first number of the answer field, ours the result of an equation. So
    "150 * 2 + 240 = 540" is 540 here and 150 there: one right answer more for each of two models.
    """
    equations = {"meta-llama-3-8b-instruct", "mixtral-8x7b-instruct-v0.1"}
    data = load_sync("gsm8k")
    published = {
        entry["Model"].lower(): float(entry["Acc"])
        for entry in json.loads((mirror / "zeroeval-gsm8k" / "gsm.summary.json").read_text())
    }
    for path in sorted((mirror / "zeroeval-gsm8k" / "gsm").glob("*.json")):
        answers = [entry["output"][0] for entry in json.loads(path.read_text())]

        result = evaluate(answers, dataset=data, model_name=path.stem)

        more = 100 / len(data) if path.stem.lower() in equations else 0.0
        expected = published[path.stem.lower()] + more
        assert 100 * result.accuracy == pytest.approx(expected, abs=0.01), str(result)


def test_the_four_early_systems_agree_with_the_official_verdicts(mirror: Path) -> None:
    data = load_sync("gsm8k")
    lines = (mirror / "gsm8k" / "example_model_solutions.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    for system in ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"):
        ours = [
            score(record[system]["solution"], item, scorer="number").correct
            for record, item in zip(records, data, strict=True)
        ]

        assert ours == [record[system]["is_correct"] for record in records]


def test_ten_models_on_mmlu_have_the_accuracies_of_the_published_letters(mirror: Path) -> None:
    data = load_sync("mmlu").unique()
    places = {
        (
            item.metadata["subject"],
            item.question.strip(),
            tuple(c.strip() for c in item.choices),
        ): item.id
        for item in data
    }
    answers: dict[str, dict[str, str]] = {}
    for path in sorted((mirror / "mmlu-helm-10models" / "original_helm_combined").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                choices = tuple(str(each).strip() for each in ast.literal_eval(row["choices"]))
                identifier = places[path.stem, row["question"].strip(), choices]
                for model in list(row)[2:]:
                    answers.setdefault(model, {})[identifier] = row[model]

    found = {
        model: round(evaluate(letters, dataset=data).accuracy, 4)
        for model, letters in answers.items()
    }

    assert sorted(found.values(), reverse=True) == [
        0.8504, 0.8482, 0.84, 0.8103, 0.8083, 0.7866, 0.78, 0.78, 0.7745, 0.773,
    ]  # fmt: skip
    assert found["anthropic_claude-3-opus-20240229"] == 0.8504
