"""GPQA Diamond: 198 questions for experts (Rein et al. 2023, arXiv:2311.12022; CC BY 4.0).

Its authors ask that the questions are not shown in the open. The repository asks for a token.
"""

from collections.abc import Mapping

from ..._data.dataset import Dataset
from ..._data.item import Item
from ..._data.shuffling import with_shuffled_choices
from ..._sources.sources import Sources, pins
from ..entry import benchmark, check_count, entry, rows_of


def load_gpqa(sources: Sources, *, split: str | None) -> Dataset:
    """The questions; the file has the right answer first, so the id of each gives an order."""
    info, split = entry("gpqa", split)
    pin = pins()["gpqa/gpqa_diamond.csv"]
    rows = rows_of(sources, pin, "csv")
    check_count(info, split, len(rows), pin)
    items = (with_shuffled_choices(_item(row, at), seed=0) for at, row in enumerate(rows))
    return benchmark(info, items, [pin], split=split)


def _item(row: Mapping[str, str], position: int) -> Item:
    names = ("Correct Answer", *(f"Incorrect Answer {number}" for number in (1, 2, 3)))
    question = {
        "question": row["Question"].strip(),
        "choices": [row[each].strip() for each in names],
    }
    metadata = {
        "record_id": row.get("Record ID", ""),
        "domain": row.get("High-level domain", ""),
        "subdomain": row.get("Subdomain", ""),
    }
    return Item(f"gpqa_diamond_{position}", question, 0, metadata)
