"""Data sets by name, and what the real files hold."""

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
    register_dataset,
)
from dataset_manager._loading.catalog import _loaders


def test_an_unknown_name_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(
        UnknownDatasetError, match=r"arc_challenge, arc_easy, arithmetic, bbh, .*register"
    ) as caught:
        load_sync("gsm9k")

    assert caught.value.name == "gsm9k"


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("gsm8k", {"split": "dev"}, "has no split 'dev'; known: test, train"),
        ("gsm8k", {"subset": "x"}, "has no subset 'x'"),
        ("mmlu", {"subset": "alchemy"}, "has no subset 'alchemy'"),
        ("mmlu_stem", {"grouping": "mine"}, "known: hendrycks, lm-eval"),
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
        with pytest.raises(PredictionError):
            evaluate([None], dataset=data)
        with pytest.raises(PredictionError, match="no tests"):
            evaluate(["x"] * 7, dataset=data, scorer="tests")

    assert data == arithmetic(7, seed=3)
    assert seen == [
        "dataset.load.start",
        "dataset.load.stop",
        "dataset.load.start",
        "dataset.load.exception",
        "dataset.evaluate.start",
        "dataset.evaluate.stop",
        "dataset.evaluate.start",
        "dataset.evaluate.exception",
    ]
    assert set(seen) <= set(EVENTS)


def test_a_registered_loader_is_used_by_its_name() -> None:
    def loader(sources: Any, **options: Any) -> Dataset:
        return Dataset([Item("a", options["split"], "x")], name="own")

    try:
        register_dataset("own", loader, options=("split",))

        assert load_sync("own", split="train")[0].input == "train"
        assert "own" in dataset_names()
        with pytest.raises(ValueError, match="registered already"):
            register_dataset("own", loader)
    finally:
        _loaders.pop("own")


def test_the_generated_set_can_be_replaced_and_the_replacement_is_sampled() -> None:
    def loader(sources: Any, **options: Any) -> Dataset:
        return Dataset([Item(f"i{n}", "q", "x") for n in range(9)], name="arithmetic")

    try:
        register_dataset("arithmetic", loader, replace=True)
        data = load_sync("arithmetic", sample_size=4)
    finally:
        _loaders.pop("arithmetic")

    assert (len(data), data.synthetic, data.metadata["original_size"]) == (4, False, 9)


def test_a_loader_can_only_take_options_that_load_has() -> None:
    with pytest.raises(ValueError, match="options: language: only split, subset, grouping"):
        register_dataset("own", lambda sources, **options: arithmetic(1), options=("language",))


def test_a_file_has_no_splits_and_a_sample_of_all_is_recorded(tmp_path: Path) -> None:
    path = arithmetic(3).to_jsonl(tmp_path / "mine.jsonl")

    data = load_sync(path, sample_size=3, seed=4)

    assert (data.metadata["sample_size"], data.metadata["sample_seed"]) == (3, 4)
    with pytest.raises(UnknownOptionError, match="has no split 'test'; it takes no split"):
        load_sync(path, split="test")
    with pytest.raises(UnknownOptionError, match="takes no subset"):
        load_sync("mine", source=path, subset="a")


@pytest.mark.slow
def test_the_real_files_have_the_known_sizes(mirror: Path) -> None:
    assert len(load_sync("gsm8k")) == 1319
    assert len(load_sync("gsm8k", split="train")) == 7473
    assert len(load_sync("humaneval")) == 164
    assert load_sync("humaneval").scorer == "tests"
    mmlu = load_sync("mmlu")
    assert (len(mmlu), mmlu.metadata["duplicate_rows"], len(mmlu.unique())) == (14042, 27, 14015)
    assert len(load_sync("mmlu", split="dev")) == 285
    assert len(load_sync("mmlu", split="val")) == 1531
    assert len(load_sync("mmlu", subset="abstract_algebra")) == 100
    assert len(load_sync("mmlu_stem").unique()) == 3006
    assert len(load_sync("mmlu_stem", grouping="lm-eval")) == 3153
    assert load_sync("mmlu_stem").metadata["grouping"] == "hendrycks"


def test_real_items_have_the_ids_and_forms_that_others_join_on(mirror: Path) -> None:
    question = load_sync("gsm8k").get("gsm8k_test_0")
    choice = load_sync("mmlu", subset="abstract_algebra").get("mmlu_abstract_algebra_0")
    program = load_sync("humaneval")[0]

    assert question.expected == "18"
    assert "9 * 2" in question.metadata["reasoning"]
    assert len(choice.choices) == 4
    assert choice.expected in range(4)
    assert choice.metadata == {"subject": "abstract_algebra"}
    assert str(choice).endswith("\nAnswer:")
    assert (program.id, program.metadata["task_id"]) == ("humaneval_0", "HumanEval/0")


@pytest.mark.parametrize("name", ["gsm8k", "mmlu", "humaneval"])
def test_a_benchmark_has_its_provenance(mirror: Path, name: str) -> None:
    metadata = load_sync(name).metadata

    assert metadata["license"] == "MIT"
    assert len(metadata["revision"]) == 40
    assert {"source", "citation", "domain"} <= set(metadata)
    json.dumps(dict(metadata))


@pytest.mark.slow
def test_all_of_mmlu_is_scored_right_by_its_own_letters(mirror: Path) -> None:
    data = load_sync("mmlu", split="val")

    letters = [f"The answer is ({'ABCD'[item.expected]})." for item in data]

    assert evaluate(letters, dataset=data).accuracy == 1.0


def test_a_sample_of_a_real_set_has_four_choices_each_and_is_repeatable(mirror: Path) -> None:
    sample = load_sync("mmlu_stem", sample_size=100, seed=42)

    assert len(sample) == 100
    assert all(len(item.choices) == 4 for item in sample)
    assert sample == load_sync("mmlu_stem", sample_size=100, seed=42)
    assert sample != load_sync("mmlu_stem", sample_size=100, seed=43)
