"""ARC-Challenge: 1,172 science questions (Clark et al. 2018, arXiv:1803.05457; CC BY-SA 4.0)."""

from pathlib import Path
from typing import Any

from ._dataset import Dataset
from ._errors import DatasetFileError
from ._item import Item
from ._loading import benchmark, entry
from ._readers import read_records
from ._sources import Sources, pins


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
