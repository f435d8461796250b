r"""MATH: 12,500 problems of competitions (Hendrycks et al. 2021, arXiv:2103.03874; MIT).

The answer is the content of the last ``\boxed{}`` of the solution.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..._core.errors import DatasetFileError
from ..._data.dataset import Dataset
from ..._data.item import Item
from ..._scoring.latex.boxes import boxed
from ..._sources.pins import Pin
from ..._sources.sources import Sources, pins
from ..checks import formed
from ..entry import benchmark, check_count, entry, rows_of


def load_math(sources: Sources, *, split: str | None, subset: str | None) -> Dataset:
    """All seven subjects, or one of them (``subset``). Needs pyarrow."""
    info, split = entry("math", split, subset)
    subjects = (subset,) if subset else info.subsets
    files = [pins()[f"math/{name}/{split}-00000-of-00001.parquet"] for name in subjects]
    items = [
        item
        for subject, pin in zip(subjects, files, strict=True)
        for item in formed(_items(rows_of(sources, pin, "parquet"), split, subject, pin), [pin])
    ]
    if subset is None:
        check_count(info, split, len(items), files[0])
    return benchmark(info, items, files, split=split, subset=subset)


def _items(rows: Iterable[Mapping[str, Any]], split: str, subject: str, pin: Pin) -> Iterator[Item]:
    for position, row in enumerate(rows):
        yield _item(row, f"math_{split}_{subject}_{position}", subject, pin)


def _item(row: Mapping[str, Any], identifier: str, subject: str, pin: Pin) -> Item:
    answer = boxed(row["solution"])
    if not answer or not answer.strip():
        raise DatasetFileError(Path(pin.name), f"{identifier}: the solution has no \\boxed answer")
    metadata = {
        "subject": subject,
        "type": row["type"],
        "level": row["level"],
        "reasoning": row["solution"],
    }
    return Item(identifier, row["problem"], answer, metadata)
