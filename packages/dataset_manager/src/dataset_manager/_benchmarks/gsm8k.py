"""GSM8K: 8,792 grade-school word problems (Cobbe et al. 2021, arXiv:2110.14168; MIT licence)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._core.errors import DatasetFileError
from .._data.dataset import Dataset
from .._data.item import Item
from .._data.readers import read_records
from .._sources.sources import Sources, pins
from .entry import benchmark, entry


def load_gsm8k(sources: Sources, *, split: str | None) -> Dataset:
    """The split of GSM8K; the answer is the number after ``####``, the rest is in the metadata."""
    info, split = entry("gsm8k", split)
    pin = pins()[f"gsm8k/{split}.jsonl"]
    path = sources.fetch(pin)
    items = (
        _item(record, f"gsm8k_{split}_{position}", path, line)
        for position, (line, record) in enumerate(list(read_records(path, "jsonl")))
    )
    return benchmark(info, items, [pin], split=split)


def _item(record: Mapping[str, Any], identifier: str, path: Path, line: int | None) -> Item:
    reasoning, mark, answer = record["answer"].rpartition("####")
    if not mark:
        raise DatasetFileError(path, "the answer has no '####'", line)
    steps = reasoning.count("<<")
    return Item(
        identifier,
        record["question"],
        answer.strip().replace(",", ""),
        {"reasoning": reasoning.strip(), "steps": steps},
    )
