"""TruthfulQA as multiple choice (Lin et al. 2022, arXiv:2109.07958; Apache-2.0)."""

from collections.abc import Mapping

from .._data.dataset import Dataset
from .._data.item import Item
from .._data.shuffling import with_shuffled_choices
from .._scoring.by_form import NAME as BY_FORM
from .._sources.sources import Sources, pins
from .checks import text, texts
from .entry import benchmark, entry, rows_of


def load_truthfulqa(sources: Sources, *, split: str | None, subset: str | None) -> Dataset:
    """``mc1`` (the default): the best answer among wrong ones; ``mc2``: all right ones among them.

    The file lists the right answers first. The choices are put in an order that the id of the
    question gives, so that no position is favoured, always in the same way.
    """
    info, split = entry("truthfulqa", split, subset)
    subset = subset or "mc1"
    pin = pins()["truthfulqa/TruthfulQA.csv"]
    items = (
        with_shuffled_choices(_item(record, position, subset), seed=0)
        for position, record in enumerate(rows_of(sources, pin, "csv"))
    )
    scorer = None if subset == "mc1" else BY_FORM
    return benchmark(info, items, [pin], split=split, scorer=scorer, subset=subset)


def _item(record: Mapping[str, str], position: int, subset: str) -> Item:
    right, wrong = (_answers(record[f"{kind} Answers"]) for kind in ("Correct", "Incorrect"))
    best = text(record["Best Answer"], "Best Answer").strip()
    if best in wrong:
        raise ValueError(f"{best!r} is the best answer and a wrong one")
    texts(wrong, "Incorrect Answers")
    first = [best] if subset == "mc1" else list(dict.fromkeys([best, *right]))
    question = {"question": record["Question"], "choices": [*first, *wrong]}
    metadata = {
        "category": record["Category"],
        "type": record["Type"],
        "source": record["Source"],
        "correct_answers": right,
        "incorrect_answers": wrong,
    }
    expected = 0 if subset == "mc1" else list(range(len(first)))
    return Item(f"truthfulqa_{position}", question, expected, metadata)


def _answers(text: str) -> list[str]:
    """The answers of a cell, each once."""
    return list(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))
