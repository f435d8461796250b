"""DROP: questions that need counting and arithmetic (Dua et al. 2019, arXiv:1903.00161).

An answer is a number, a date or spans; spans of one answer are written with ``|`` between them.
"""

import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..._core.errors import DatasetFileError
from ..._data.dataset import Dataset
from ..._data.item import Item
from ..._sources.sources import Sources, pins
from ..checks import formed, text
from ..entry import benchmark, check_count, entry

_MEMBERS = {
    "validation": "drop_dataset/drop_dataset_dev.json",
    "train": "drop_dataset/drop_dataset_train.json",
}
_MOST_BYTES = 512 << 20  # unpacked; the archive's own numbers are not trusted
# What the standard library raises for an archive that is cut, changed or packed in another way.
_DAMAGED = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, EOFError, RuntimeError)
Answer = Mapping[str, Any]


def load_drop(sources: Sources, *, split: str | None) -> Dataset:
    """A split; every answer that an annotator gave is right."""
    info, split = entry("drop", split)
    pin = pins()["drop/drop_dataset.zip"]
    passages = _member(sources.fetch(pin), _MEMBERS[split])
    asked = sum(len(each["qa_pairs"]) for each in passages.values())
    check_count(info, split, asked, pin)
    made = (item for name, each in passages.items() for item in _items(name, each))
    items = list(formed(made, [pin]))
    return benchmark(info, items, [pin], split=split, without_answer=asked - len(items))


def _member(path: Path, member: str) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise DatasetFileError(path, f"{member} has more than {_MOST_BYTES:,} bytes")
        found: dict[str, Any] = json.loads(content)
    except _DAMAGED as error:
        raise DatasetFileError(path, f"{member} cannot be read: {error}") from error
    return found


def _items(passage: str, part: Mapping[str, Any]) -> Iterator[Item]:
    for pair in part["qa_pairs"]:
        question = text(pair["question"], "question").strip()
        given = [pair["answer"], *pair.get("validated_answers", ())]
        answers = list(dict.fromkeys(said for each in given if (said := _text(each))))
        if not answers:
            continue
        prompt = f"Passage: {text(part['passage'], 'passage')}\nQuestion: {question}\nAnswer:"
        yield Item(
            f"drop_{pair['query_id']}",
            {"question": question, "prompt": prompt},
            answers,
            {"passage": passage, "kind": _kind(pair["answer"])},
        )


def _kind(answer: Answer) -> str:
    if str(answer.get("number", "")).strip():
        return "number"
    return "spans" if answer.get("spans") else "date"


def _text(answer: Answer) -> str:
    if str(answer.get("number", "")).strip():
        return str(answer["number"]).strip()
    if answer.get("spans"):
        return "|".join(answer["spans"])
    date = answer.get("date", {})
    return " ".join(part for name in ("day", "month", "year") if (part := date.get(name, "")))
