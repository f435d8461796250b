"""HellaSwag: 10,042 beginnings with four endings (Zellers et al. 2019, arXiv:1905.07830; MIT)."""

from collections.abc import Mapping
from typing import Any

from ..._data.dataset import Dataset
from ..._data.item import Item
from ..._sources.sources import Sources, pins
from ..checks import texts
from ..entry import benchmark, check_count, entry, rows_of


def load_hellaswag(sources: Sources, *, split: str | None) -> Dataset:
    """The validation split, whose answers are published."""
    info, split = entry("hellaswag", split)
    pin = pins()["hellaswag/hellaswag_val.jsonl"]
    rows = rows_of(sources, pin, "jsonl")
    check_count(info, split, len(rows), pin)
    return benchmark(info, map(_item, rows), [pin], split=split)


def _item(row: Mapping[str, Any]) -> Item:
    metadata = {name: row[name] for name in ("activity_label", "source_id", "split_type")}
    question = {"question": row["ctx"], "choices": texts(row["endings"], "endings", fewest=2)}
    return Item(f"hellaswag_{row['ind']}", question, row["label"], metadata)
