"""ARC-Challenge: 1,172 science questions (Clark et al. 2018, arXiv:1803.05457; CC BY-SA 4.0)."""

from pathlib import Path
from typing import Any

from .._core.errors import DatasetFileError
from .._data.dataset import Dataset
from .._data.item import Item
from .._data.readers import read_records
from .._sources.sources import Sources, pins
from .entry import benchmark, entry


def load_arc_challenge(sources: Sources, *, split: str | None) -> Dataset:
    """The test split of ARC-Challenge; three to five choices, the answer as an index."""
    info, split = entry("arc_challenge", split)
    pin = pins()["arc-challenge/arc_challenge_test.json"]
    path = sources.fetch(pin)
    items = (_item(record, path, line) for line, record in read_records(path, "json"))
    return benchmark(info, items, [pin], split=split)


def _item(record: dict[str, Any], path: Path, line: int | None) -> Item:
    labels = record["label"]
    if record["answer"] not in labels:
        raise DatasetFileError(path, f"the answer {record['answer']!r} is none of {labels}", line)
    return Item(
        f"arc_{record['id']}",
        {"question": record["question"], "choices": [record[label] for label in labels]},
        labels.index(record["answer"]),
        {"source_id": record["id"]},
    )
