"""What is known of a data set before it is loaded, and how it is found."""

import importlib.metadata
import json
from typing import Any

import pytest

from dataset_manager import (
    Dataset,
    DatasetInfo,
    Item,
    UnknownDatasetError,
    dataset_info,
    dataset_names,
    load_sync,
    register_dataset,
    search_datasets,
)
from dataset_manager._benchmarks.registry import _registered
from dataset_manager._loading import catalog


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "_loaders", dict(catalog._loaders))
    for name in list(_registered):
        monkeypatch.delitem(_registered, name)


def names(**asked: Any) -> list[str]:
    return [info.name for info in search_datasets(**asked)]


def test_the_search_goes_over_words_and_properties() -> None:
    assert names(text="python tests") == ["humaneval", "humaneval_plus", "mbpp", "mbpp_plus"]
    assert names(domain="CODE", license="MIT") == ["humaneval"]
    assert names(task_type="math_word_problems") == ["gsm8k", "math", "mgsm"]
    assert names(tag="exam", text="virology") == ["mmlu", "mmlu_redux"]
    assert names(language="de") == ["mgsm"]
    assert len(names()) == 21


@pytest.mark.parametrize("name", [name for name in dataset_names() if name != "arithmetic"])
def test_every_entry_has_the_source_of_its_files(name: str) -> None:
    info = dataset_info(name)

    assert info.files.keys() == info.splits.keys()
    assert info.sha256
    assert info.pinned_by in {"sha256", "commit"}
    assert all(len(pin.sha256) == 64 or len(pin.commit) == 40 for pin in info.pins)
    assert all(len(each.rpartition("@")[2]) == 40 for each in info.revisions)
    assert info.license != "unknown"
    assert "arXiv" in info.citation
    assert info.few_shot_split is None or info.few_shot_split in info.splits
    assert json.loads(json.dumps(info.to_dict()))["items"] == sum(info.splits.values())
    assert str(info).startswith(f"{name} (")


def test_an_unknown_name_has_no_entry() -> None:
    with pytest.raises(UnknownDatasetError, match="gsm9k"):
        dataset_info("gsm9k")


@pytest.mark.usefixtures("clean")
def test_a_registered_data_set_can_have_an_entry() -> None:
    info = DatasetInfo(name="tickets", domain="support", splits={"test": 1})

    register_dataset("tickets", _tickets, options=("split",), info=info)

    assert names(domain="support") == ["tickets"]
    assert load_sync("tickets", split="test").split == "test"
    with pytest.raises(ValueError, match="its name is 'tickets', not 'other'"):
        register_dataset("other", _tickets, info=info)
    register_dataset("tickets", _tickets, replace=True)
    assert names(domain="support") == []


@pytest.mark.usefixtures("clean")
def test_a_plug_in_is_found_by_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    point = importlib.metadata.EntryPoint("plugged", f"{__name__}:_tickets", catalog.ENTRY_POINTS)
    monkeypatch.setattr(importlib.metadata.EntryPoint, "load", lambda _: _tickets)
    monkeypatch.setattr(catalog, "_plugins", lambda: {"plugged": point})
    monkeypatch.setattr(_tickets, "info", DatasetInfo(name="plugged", domain="d"), raising=False)

    assert "plugged" in dataset_names()
    assert dataset_info("plugged").domain == "d"
    assert load_sync("plugged", split="dev").split == "dev"
    with pytest.raises(ValueError, match="has no subset 'x'"):
        load_sync("plugged", subset="x")


def _tickets(sources: Any, *, split: str | None = None) -> Dataset:
    return Dataset([Item("a", "q", "x")], name="tickets", split=split or "")
