"""SQuAD 1.1: questions on paragraphs of Wikipedia (Rajpurkar et al. 2016, arXiv:1606.05250)."""

from collections.abc import Iterator
from typing import Any

from ..._data.dataset import Dataset
from ..._data.item import Item
from ..._sources.sources import Sources, pins
from ..checks import formed, text
from ..entry import benchmark, check_count, entry, rows_of


def load_squad(sources: Sources, *, split: str | None) -> Dataset:
    """The development set; every answer that its annotators gave is right."""
    info, split = entry("squad", split)
    pin = pins()["squad/dev-v1.1.json"]
    articles = rows_of(sources, pin, "json")
    items = list(formed((item for each in articles for item in _items(each)), [pin]))
    check_count(info, split, len(items), pin)
    return benchmark(info, items, [pin], split=split)


def _items(article: dict[str, Any]) -> Iterator[Item]:
    for paragraph in article["paragraphs"]:
        for asked in paragraph["qas"]:
            question = text(asked["question"], "question").strip()
            context = text(paragraph["context"], "context")
            prompt = f"Passage: {context}\nQuestion: {question}\nAnswer:"
            answers = list(dict.fromkeys(text(each["text"], "text") for each in asked["answers"]))
            yield Item(
                f"squad_{asked['id']}",
                {"question": question, "prompt": prompt},
                answers,
                {"title": article["title"]},
            )
