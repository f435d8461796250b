"""SQuAD 1.1: questions on paragraphs of Wikipedia (Rajpurkar et al. 2016, arXiv:1606.05250)."""

from collections.abc import Iterator
from typing import Any

from ..._data.dataset import Dataset
from ..._data.item import Item
from ..._sources.sources import Sources, pins
from ..entry import benchmark, check_count, entry, rows_of


def load_squad(sources: Sources, *, split: str | None) -> Dataset:
    """The development set; every answer that its annotators gave is right."""
    info, split = entry("squad", split)
    pin = pins()["squad/dev-v1.1.json"]
    items = [item for article in rows_of(sources, pin, "json") for item in _items(article)]
    check_count(info, split, len(items), pin)
    return benchmark(info, items, [pin], split=split)


def _items(article: dict[str, Any]) -> Iterator[Item]:
    for paragraph in article["paragraphs"]:
        for asked in paragraph["qas"]:
            question = asked["question"].strip()
            prompt = f"Passage: {paragraph['context']}\nQuestion: {question}\nAnswer:"
            answers = list(dict.fromkeys(each["text"] for each in asked["answers"]))
            yield Item(
                f"squad_{asked['id']}",
                {"question": question, "prompt": prompt},
                answers,
                {"title": article["title"]},
            )
