"""GSM8K: 8,792 grade-school word problems (Cobbe et al. 2021, arXiv:2110.14168; MIT licence)."""

import json
from pathlib import Path

from ._dataset import Dataset
from ._errors import DatasetFileError, UnknownOptionError
from ._item import Item
from ._sources import Sources, pins

SPLITS = ("test", "train")
_METADATA = {
    "source": "https://github.com/openai/grade-school-math",
    "license": "MIT",
    "citation": "Cobbe et al. 2021, Training Verifiers to Solve Math Word Problems, 2110.14168",
    "domain": "math",
}


def load_gsm8k(sources: Sources, *, split: str | None) -> Dataset:
    """The split of GSM8K; the answer is the number after ``####``, the rest is in the metadata."""
    split = split or "test"
    if split not in SPLITS:
        raise UnknownOptionError("gsm8k", "split", split, SPLITS)
    pin = pins()[f"gsm8k/{split}.jsonl"]
    path = sources.fetch(pin)
    items = [
        _item(line, f"gsm8k_{split}_{number}", path, number + 1)
        for number, line in enumerate(path.read_text("utf-8").splitlines())
    ]
    metadata = {**_METADATA, "revision": pin.commit, "sha256": pin.sha256}
    return Dataset(
        items, name="gsm8k", version="2021-11-19", split=split, scorer="number", metadata=metadata
    )


def _item(line: str, identifier: str, path: Path, number: int) -> Item:
    record = json.loads(line)
    reasoning, mark, answer = record["answer"].rpartition("####")
    if not mark:
        raise DatasetFileError(path, "the answer has no '####'", number)
    steps = reasoning.count("<<")
    return Item(
        identifier,
        record["question"],
        answer.strip().replace(",", ""),
        {"reasoning": reasoning.strip(), "steps": steps},
    )
