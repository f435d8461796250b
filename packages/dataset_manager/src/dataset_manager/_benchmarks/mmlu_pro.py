"""MMLU-Pro: 12,032 questions with up to ten choices (Wang et al. 2024, arXiv:2406.01574; MIT)."""

from pathlib import Path
from typing import Any

from .._core.errors import DatasetFileError
from .._data.dataset import Dataset
from .._data.item import LETTERS, Item
from .._data.readers import read_records
from .._sources.sources import Sources, pins
from .entry import benchmark, entry


def load_mmlu_pro(sources: Sources, *, split: str | None, subset: str | None) -> Dataset:
    """A split of MMLU-Pro: all 14 fields, or one. Needs pyarrow.

    Raises:
        DatasetFileError: The file does not hold as many questions as the entry says.
    """
    info, split = entry("mmlu_pro", split, subset)
    pin = pins()[f"mmlu-pro/{split}-00000-of-00001.parquet"]
    path = sources.fetch(pin)
    records = [record for _, record in read_records(path, "parquet")]
    if len(records) != info.splits[split]:
        raise DatasetFileError(path, f"has {len(records)} rows, not {info.splits[split]}")
    items = (
        _item(record, split, path)
        for record in records
        if subset is None or record["category"] == subset
    )
    return benchmark(info, items, [pin], split=split, subset=subset)


def _item(record: dict[str, Any], split: str, path: Path) -> Item:
    # "N/A" fills up the questions that have fewer than ten choices.
    choices = [choice for choice in record["options"] if choice != "N/A"]
    answer = record["answer_index"]
    mark = "" if split == "test" else f"{split}_"
    identifier = f"mmlu_pro_{mark}{record['question_id']}"
    if record["answer"] != LETTERS[answer] or record["options"][answer] not in choices:
        raise DatasetFileError(path, f"{identifier}: answer {record['answer']!r} fits no choice")
    position = choices.index(record["options"][answer])
    metadata = {
        "category": record["category"],
        "src": record["src"],
        "reasoning": record["cot_content"].removeprefix("A: "),
    }
    return Item(
        identifier, {"question": record["question"], "choices": choices}, position, metadata
    )
