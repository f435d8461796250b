"""IFEval: 541 prompts with instructions that a program can check (Zhou et al. 2023; Apache-2.0)."""

from collections.abc import Mapping
from typing import Any

from ..._data.dataset import Dataset
from ..._data.item import Item
from ..._scoring.instructions.checks import CHECKS
from ..._sources.sources import Sources, pins
from ..checks import texts
from ..entry import benchmark, check_count, entry, rows_of


def load_ifeval(sources: Sources, *, split: str | None) -> Dataset:
    """The prompts; the right answer is the list of instructions that it must follow."""
    info, split = entry("ifeval", split)
    pin = pins()["ifeval/ifeval_input_data.jsonl"]
    rows = rows_of(sources, pin, "jsonl")
    check_count(info, split, len(rows), pin)
    return benchmark(info, map(_item, rows), [pin], split=split)


def _item(row: Mapping[str, Any]) -> Item:
    arguments = [
        {name: value for name, value in each.items() if value is not None} for each in row["kwargs"]
    ]
    names = texts(row["instruction_id_list"], "instruction_id_list")
    unknown = [name for name in names if name not in CHECKS]
    if unknown or len(names) != len(arguments):
        raise ValueError(f"{len(arguments)} 'kwargs' for {names}, of which {unknown} are unknown")
    metadata = {"instruction_id_list": names, "kwargs": arguments}
    return Item(f"ifeval_{row['key']}", row["prompt"], "; ".join(names), metadata)
