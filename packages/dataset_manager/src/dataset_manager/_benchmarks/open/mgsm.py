"""MGSM: 250 problems in eleven languages (Shi et al. 2022, arXiv:2210.03057; CC BY 4.0)."""

import re
from pathlib import Path

from ..._core.errors import DatasetFileError
from ..._data.answers import is_blank
from ..._data.dataset import Dataset
from ..._data.item import Item
from ..._sources.sources import Sources, pins
from ..entry import benchmark, entry

_EACH = 250
_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?", re.ASCII)


def load_mgsm(sources: Sources, *, split: str | None, subset: str | None) -> Dataset:
    """All languages, or one of them (``subset``, such as ``de``)."""
    info, split = entry("mgsm", split, subset)
    languages = (subset,) if subset else info.subsets
    files = [pins()[f"mgsm/mgsm_{language}.tsv"] for language in languages]
    items = [
        item
        for language, pin in zip(languages, files, strict=True)
        for item in _items(sources.fetch(pin), language)
    ]
    return benchmark(info, items, files, split=split, subset=subset)


def _items(path: Path, language: str) -> list[Item]:
    """One question a line, then a tab and the answer; quotes are part of the question."""
    items: list[Item] = []
    for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
        question, tab, answer = line.rstrip("\r").rpartition("\t")
        if not tab and not answer:
            continue
        answer = answer.strip().replace(",", "")
        if is_blank(question) or not answer:
            raise DatasetFileError(path, "is not a question, a tab and an answer", number)
        if not _NUMBER.fullmatch(answer):
            raise DatasetFileError(path, f"the answer {answer!r} is not a number", number)
        identifier = f"mgsm_{language}_{len(items)}"
        items.append(Item(identifier, question.strip(), answer, {"language": language}))
    if len(items) != _EACH:
        raise DatasetFileError(path, f"has {len(items)} questions, not {_EACH}")
    return items
