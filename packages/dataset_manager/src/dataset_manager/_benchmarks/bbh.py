"""BIG-Bench Hard: 27 tasks, 6,511 questions (Suzgun et al. 2022, arXiv:2210.09261; MIT licence).

The prompt of an item is the text of the authors. Where it lists options, or where a task has only
two answers, they are the choices of the item, so that an answer is scored as a choice.

The three worked examples of each task are the split ``examples``. They are read from the copy in
lm-eval, which has the authors' texts: prompts made of them equal recorded ones to the byte.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .._core.errors import DatasetFileError
from .._core.extras import optional
from .._data.dataset import Dataset
from .._data.item import Item
from .._data.readers import read_records
from .._scoring.by_form import NAME as BY_FORM
from .._sources.sources import Sources, pins
from .checks import formed, text
from .entry import benchmark, entry
from .registry import DatasetInfo

_OPTION = re.compile(r"^(?:\(([A-Z])\)|-) ?(.*?) *$", re.MULTILINE)
# Tasks whose two answers are not listed in the question.
_PAIRS = {
    "boolean_expressions": ("True", "False"),
    "sports_understanding": ("yes", "no"),
    "web_of_lies": ("Yes", "No"),
}
_CUE = "answer is "
_NUMBERS = ("multistep_arithmetic_two", "object_counting")


def load_bbh(sources: Sources, *, split: str | None, subset: str | None) -> Dataset:
    """All tasks, or one of them (``subset``)."""
    info, split = entry("bbh", split, subset)
    tasks = (subset,) if subset else info.subsets
    if split == "examples":
        return _examples(sources, info, tasks, subset)
    files = [pins()[f"bbh/bbh/{task}.json"] for task in tasks]
    items = [
        item
        for task, pin in zip(tasks, files, strict=True)
        for item in formed(_items(task, sources.fetch(pin)), [pin])
    ]
    scorer = _scorer(items) if subset else info.scorer
    return benchmark(info, items, files, split=split, scorer=scorer, subset=subset)


def _examples(
    sources: Sources, info: DatasetInfo, tasks: Sequence[str], subset: str | None
) -> Dataset:
    """The worked examples, with the task's description and the reasoning in the metadata."""
    files = [pins()[f"bbh/cot_fewshot/{task}.yaml"] for task in tasks]
    items = [
        item
        for task, pin in zip(tasks, files, strict=True)
        for item in _worked(task, sources.fetch(pin))
    ]
    return benchmark(info, items, files, split="examples", subset=subset)


def _worked(task: str, path: Path) -> list[Item]:
    yaml = optional("yaml", extra="yaml", purpose="the examples of BIG-Bench Hard")
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
        samples = content["fewshot_config"]["samples"]
        description = content["description"].strip()
        pairs = [(each["input"], each["target"]) for each in samples]
    except (yaml.YAMLError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise DatasetFileError(path, f"has no worked examples: {error!r}") from error
    return [
        _example(task, position, description, question, worked)
        for position, (question, worked) in enumerate(pairs)
    ]


def _example(task: str, position: int, description: str, question: str, worked: str) -> Item:
    target = worked.rpartition(_CUE)[2].strip().removesuffix(".")
    item = _item(task, position, {"input": question, "target": target})
    metadata = {**item.metadata, "description": description, "reasoning": worked}
    return Item(f"bbh_{task}_example_{position}", item.input, item.expected, metadata)


def _scorer(items: list[Item]) -> str:
    """Texts need it too, since they stand at the end of a reasoning."""
    kinds = {item.metadata["kind"] for item in items}
    return kinds.pop() if kinds in ({"choice"}, {"number"}) else BY_FORM


def _items(task: str, path: Path) -> Iterator[Item]:
    for position, (_, record) in enumerate(list(read_records(path, "json"))):
        yield _item(task, position, record)


def _item(task: str, position: int, record: dict[str, Any]) -> Item:
    shown, target = text(record["input"], "input"), text(record["target"], "target")
    question, listed, options = shown.partition("\nOptions:\n")
    pairs = _OPTION.findall(options) if listed else []
    labels = [f"({letter})" if letter else option for letter, option in pairs]
    choices = [option for _, option in pairs] or list(_PAIRS.get(task, ()))
    labels = labels or choices
    metadata = {"task": task, "target": target, "kind": "text"}
    identifier = f"bbh_{task}_{position}"
    if target in labels:
        metadata["kind"] = "choice"
        asked = {"question": question, "choices": choices, "prompt": shown}
        return Item(identifier, asked, labels.index(target), metadata)
    if task in _NUMBERS:
        metadata["kind"] = "number"
        return Item(identifier, shown, int(target), metadata)
    return Item(identifier, shown, target, metadata)
