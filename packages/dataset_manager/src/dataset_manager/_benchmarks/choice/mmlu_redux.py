"""MMLU-Redux 2.0: 5,700 questions of MMLU, checked by hand (Gema et al. 2024, arXiv:2406.04127).

Each question has the kind of error that was found. A corrected answer replaces a wrong one. What
has no single right answer is left out, and counted in the metadata.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..._core.errors import DatasetFileError
from ..._data.dataset import Dataset
from ..._data.item import Item
from ..._data.readers import arrow
from ..._sources.pins import Pin
from ..._sources.sources import Sources, pins
from ..entry import benchmark, entry

_EACH = 100  # questions of a subject


def load_mmlu_redux(sources: Sources, *, split: str | None, subset: str | None) -> Dataset:
    """All 57 subjects, or one of them (``subset``). Needs pyarrow."""
    info, split = entry("mmlu_redux", split, subset)
    subjects = (subset,) if subset else info.subsets
    files = [pins()[f"mmlu-redux/{name}/data-00000-of-00001.arrow"] for name in subjects]
    left_out: Counter[str] = Counter()
    items: list[Item] = []
    for subject, pin in zip(subjects, files, strict=True):
        for position, row in enumerate(_rows(sources, pin)):
            item = _item(row, subject, f"mmlu_redux_{subject}_{position}")
            if item is None:
                left_out[row["error_type"]] += 1
            else:
                items.append(item)
    noted = dict(sorted(left_out.items()))
    return benchmark(info, items, files, split=split, subset=subset, left_out=noted)


def _rows(sources: Sources, pin: Pin) -> list[dict[str, Any]]:
    path = sources.fetch(pin)
    try:
        with arrow("pyarrow.ipc").open_stream(str(path)) as stream:
            table = stream.read_all()
        table.validate(full=True)
    except arrow("pyarrow").ArrowException as error:
        raise DatasetFileError(path, f"is not an Arrow stream: {error}") from error
    if len(table) != _EACH:
        raise DatasetFileError(Path(pin.name), f"has {len(table)} rows, not {_EACH}")
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def _item(row: Mapping[str, Any], subject: str, identifier: str) -> Item | None:
    choices = list(row["choices"])
    right: int | None = int(row["answer"])
    if row["error_type"] == "wrong_groundtruth":
        right = _corrected(row["correct_answer"], choices)
    elif row["error_type"] != "ok":
        right = None
    if right is None:
        return None
    metadata = {"subject": subject, "error_type": row["error_type"], "mmlu_answer": row["answer"]}
    return Item(identifier, {"question": row["question"], "choices": choices}, right, metadata)


def _corrected(answer: Any, choices: list[str]) -> int | None:
    """The index of a corrected answer, which stands there as an index, a letter or a text."""
    text = str(answer if answer is not None else "").strip()
    if text in choices:
        return choices.index(text)
    if text.isdecimal() and int(text) < len(choices):
        return int(text)
    if len(text) == 1 and text.upper() in "ABCD"[: len(choices)]:
        return "ABCD".index(text.upper())
    return None
