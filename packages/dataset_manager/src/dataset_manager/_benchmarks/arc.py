"""ARC: science questions (Clark et al. 2018, arXiv:1803.05457; CC BY-SA 4.0)."""

from pathlib import Path
from typing import Any

from .._core.errors import DatasetFileError
from .._data.dataset import Dataset
from .._data.item import Item
from .._data.readers import read_records
from .._sources.sources import Sources, pins
from .checks import texts
from .entry import benchmark, check_count, entry, rows_of


def load_arc_challenge(sources: Sources, *, split: str | None) -> Dataset:
    """The test split of ARC-Challenge; three to five choices, the answer as an index."""
    info, split = entry("arc_challenge", split)
    pin = pins()["arc-challenge/arc_challenge_test.json"]
    path = sources.fetch(pin)
    items = (_item(record, path, line) for line, record in list(read_records(path, "json")))
    return benchmark(info, items, [pin], split=split)


def _item(record: dict[str, Any], path: Path, line: int | None) -> Item:
    labels = texts(record["label"], "label")
    if len(set(labels)) != len(labels):
        raise DatasetFileError(path, f"a label stands twice in {labels}", line)
    if record["answer"] not in labels:
        raise DatasetFileError(path, f"the answer {record['answer']!r} is none of {labels}", line)
    return Item(
        f"arc_{record['id']}",
        {"question": record["question"], "choices": [record[label] for label in labels]},
        labels.index(record["answer"]),
        {"source_id": record["id"]},
    )


def load_arc_easy(sources: Sources, *, split: str | None) -> Dataset:
    """A split of ARC-Easy; three to five choices, the answer as an index. Needs pyarrow."""
    info, split = entry("arc_easy", split)
    pin = pins()[f"arc-easy/{split}-00000-of-00001.parquet"]
    rows = rows_of(sources, pin, "parquet")
    check_count(info, split, len(rows), pin)
    return benchmark(info, (_easy(row, pin.name) for row in rows), [pin], split=split)


def _easy(row: dict[str, Any], name: str) -> Item:
    labels = texts(row["choices"]["label"], "label")
    if len(set(labels)) != len(labels) or len(labels) != len(row["choices"]["text"]):
        raise DatasetFileError(Path(name), f"the labels {labels} are not one for each choice")
    if row["answerKey"] not in labels:
        raise DatasetFileError(Path(name), f"the answer {row['answerKey']!r} is none of {labels}")
    return Item(
        f"arc_{row['id']}",
        {"question": row["question"], "choices": list(row["choices"]["text"])},
        labels.index(row["answerKey"]),
        {"source_id": row["id"]},
    )
