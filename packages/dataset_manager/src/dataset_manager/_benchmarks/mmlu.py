"""MMLU: 57 subjects of multiple choice (Hendrycks et al. 2021, arXiv:2009.03300; MIT licence).

The files are those of the final release: 14,042 test questions, of which 27 appear twice.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .._core.canonical import canonical
from .._core.errors import DatasetFileError, UnknownOptionError
from .._data.dataset import Dataset
from .._data.item import LETTERS, Item
from .._sources.sources import Pin, Sources, pins
from .entry import benchmark, entry

_FOLDER = "mmlu/final-2021"
_COLUMNS = ["question", "choice0", "choice1", "choice2", "choice3", "answer"]
# The official grouping counts 18 subjects as STEM; a widespread evaluation harness adds anatomy.
_STEM = (
    "abstract_algebra",
    "astronomy",
    "college_biology",
    "college_chemistry",
    "college_computer_science",
    "college_mathematics",
    "college_physics",
    "computer_security",
    "conceptual_physics",
    "electrical_engineering",
    "elementary_mathematics",
    "high_school_biology",
    "high_school_chemistry",
    "high_school_computer_science",
    "high_school_mathematics",
    "high_school_physics",
    "high_school_statistics",
    "machine_learning",
)
GROUPINGS: Mapping[str, tuple[str, ...]] = {
    "hendrycks": _STEM,
    "lm-eval": ("abstract_algebra", "anatomy", *_STEM[1:]),
}
_OPTION = re.compile(r"\n([ABCD])\. ")


def subjects() -> tuple[str, ...]:
    """The 57 subjects in alphabetical order."""
    prefix = f"{_FOLDER}/test/"
    return tuple(
        sorted(
            name.removeprefix(prefix).removesuffix("_test.csv")
            for name in pins()
            if name.startswith(prefix)
        )
    )


def load_mmlu(sources: Sources, *, split: str | None, subset: str | None) -> Dataset:
    """A split of MMLU: all subjects, or one."""
    if subset is not None and subset not in subjects():
        raise UnknownOptionError(subset, subjects(), dataset="mmlu", option="subset")
    wanted = (subset,) if subset else subjects()
    return _load(sources, wanted, split=split, name="mmlu", subset=subset)


def load_mmlu_stem(sources: Sources, *, split: str | None, grouping: str | None) -> Dataset:
    """The STEM subjects: 18 in the official grouping (``hendrycks``), 19 in ``lm-eval``."""
    grouping = grouping or "hendrycks"
    if grouping not in GROUPINGS:
        raise UnknownOptionError(grouping, GROUPINGS, dataset="mmlu_stem", option="grouping")
    wanted = GROUPINGS[grouping]
    return _load(
        sources, wanted, split=split, name="mmlu_stem", grouping=grouping, subjects=list(wanted)
    )


def _load(
    sources: Sources, wanted: tuple[str, ...], *, split: str | None, name: str, **metadata: Any
) -> Dataset:
    info, split = entry(name, split)
    files = _files(wanted, split)
    items: list[Item] = []
    for subject, pin in files:
        path = sources.fetch(pin)
        items += _rows(path, subject, split) if subject else _validation(path, frozenset(wanted))
    marks = {canonical([item.input, item.expected, item.metadata["subject"]]) for item in items}
    return benchmark(
        info,
        items,
        [pin for _, pin in files],
        split=split,
        duplicate_rows=len(items) - len(marks),
        **metadata,
    )


def _files(wanted: tuple[str, ...], split: str) -> list[tuple[str, Pin]]:
    """The files of a split by subject; the validation split is one file for all, under no name."""
    if split == "val":
        return [("", pins()[f"{_FOLDER}/val/zero_shot_mmlu_val.jsonl"])]
    return [(subject, pins()[f"{_FOLDER}/{split}/{subject}_{split}.csv"]) for subject in wanted]


def _rows(path: Path, subject: str, split: str) -> Iterator[Item]:
    # Choices such as "None" or "1/2" are texts, and questions contain breaks of line.
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        if next(reader, None) != _COLUMNS:
            raise DatasetFileError(path, f"the columns are not {', '.join(_COLUMNS)}", 1)
        for number, row in enumerate(reader):
            if len(row) != len(_COLUMNS) or row[5] not in set("0123"):
                raise DatasetFileError(
                    path, "not a question, four choices and 0-3", reader.line_num
                )
            mark = "" if split == "test" else f"{split}_"
            yield _item(f"mmlu_{mark}{subject}_{number}", subject, row[0], row[1:5], int(row[5]))


def _validation(path: Path, wanted: frozenset[str]) -> Iterator[Item]:
    """The validation split is published as rendered prompts; they are parsed back."""
    counts: dict[str, int] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        record = json.loads(line)
        subject = record["subject"]
        if subject not in wanted:
            continue
        body = record["input"].partition("\n\n")[2].removesuffix("\nAnswer:")
        parts = _OPTION.split(body)
        letters, choices = parts[1::2], parts[2::2]
        if "".join(letters) != "ABCD" or record["output"].strip() not in LETTERS[:4]:
            raise DatasetFileError(path, "not a question with four lettered choices", number)
        position = counts[subject] = counts.get(subject, -1) + 1
        identifier = f"mmlu_val_{subject}_{position}"
        yield _item(identifier, subject, parts[0], choices, LETTERS.index(record["output"].strip()))


def _item(identifier: str, subject: str, question: str, choices: list[str], answer: int) -> Item:
    return Item(
        identifier, {"question": question, "choices": choices}, answer, {"subject": subject}
    )
