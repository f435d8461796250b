"""WinoGrande: sentences with a gap and two fillers (Sakaguchi et al. 2019, arXiv:1907.10641)."""

from collections.abc import Mapping
from typing import Any

from ..._data.dataset import Dataset
from ..._data.item import Item
from ..._sources.sources import Sources, pins
from ..checks import text
from ..entry import benchmark, check_count, entry, rows_of

_ANSWERS = ("1", "2")


def load_winogrande(sources: Sources, *, split: str | None) -> Dataset:
    """A split of the largest set (xl). Needs pyarrow."""
    info, split = entry("winogrande", split)
    pin = pins()[f"winogrande/{split}-00000-of-00001.parquet"]
    rows = rows_of(sources, pin, "parquet")
    check_count(info, split, len(rows), pin)
    items = (_item(row, f"winogrande_{split}_{at}") for at, row in enumerate(rows))
    return benchmark(info, items, [pin], split=split)


def _item(row: Mapping[str, Any], identifier: str) -> Item:
    sentence = text(row["sentence"], "sentence")
    if "_" not in sentence:
        raise ValueError(f"'sentence' has no gap: {sentence!r}")
    choices = [text(row[name], name) for name in ("option1", "option2")]
    if choices[0].strip() == choices[1].strip():
        raise ValueError(f"'option1' and 'option2' are both {choices[0]!r}")
    if row["answer"] not in _ANSWERS:
        raise ValueError(f"'answer' is {row['answer']!r}, not one of {', '.join(_ANSWERS)}")
    question = {"question": sentence, "choices": choices}
    return Item(identifier, question, _ANSWERS.index(row["answer"]))
