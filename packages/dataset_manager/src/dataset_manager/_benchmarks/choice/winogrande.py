"""WinoGrande: sentences with a gap and two fillers (Sakaguchi et al. 2019, arXiv:1907.10641)."""

from collections.abc import Mapping
from typing import Any

from ..._data.dataset import Dataset
from ..._data.item import Item
from ..._sources.sources import Sources, pins
from ..entry import benchmark, check_count, entry, rows_of


def load_winogrande(sources: Sources, *, split: str | None) -> Dataset:
    """A split of the largest set (xl). Needs pyarrow."""
    info, split = entry("winogrande", split)
    pin = pins()[f"winogrande/{split}-00000-of-00001.parquet"]
    rows = rows_of(sources, pin, "parquet")
    check_count(info, split, len(rows), pin)
    items = (_item(row, f"winogrande_{split}_{at}") for at, row in enumerate(rows))
    return benchmark(info, items, [pin], split=split)


def _item(row: Mapping[str, Any], identifier: str) -> Item:
    question = {"question": row["sentence"], "choices": [row["option1"], row["option2"]]}
    return Item(identifier, question, int(row["answer"]) - 1)
