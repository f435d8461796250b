"""HumanEval: 164 programming problems with tests (Chen et al. 2021, arXiv:2107.03374; MIT)."""

from .._data.dataset import Dataset
from .._data.item import Item
from .._sources.sources import Sources, pins
from .entry import benchmark, entry, rows_of


def load_humaneval(sources: Sources, *, split: str | None) -> Dataset:
    """HumanEval; ``expected`` is the reference solution, the tests are in the metadata."""
    info, split = entry("humaneval", split)
    pin = pins()["humaneval/HumanEval.jsonl.gz"]
    # The cache keeps a file under its hash, so its name does not show that it is packed.
    items = (
        Item(
            f"humaneval_{position}",
            record["prompt"],
            record["canonical_solution"],
            {name: record[name] for name in ("task_id", "entry_point", "test")},
        )
        for position, record in enumerate(rows_of(sources, pin, "jsonl.gz"))
    )
    return benchmark(info, items, [pin], split=split, scorer="tests")
