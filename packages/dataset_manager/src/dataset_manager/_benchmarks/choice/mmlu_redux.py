"""MMLU-Redux 2.0: 5,700 questions of MMLU, checked by hand (Gema et al. 2024, arXiv:2406.04127).

Each question has the kind of error that was found. A corrected answer replaces a wrong one. What
has no single right answer is left out, and counted in the metadata.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..._core.errors import DatasetFileError
from ..._data.dataset import Dataset
from ..._data.item import Item
from ..._data.readers import arrow
from ..._sources.pins import Pin
from ..._sources.sources import Sources, pins
from ..checks import text, texts
from ..entry import benchmark, entry

_EACH = 100  # questions of a subject
_LETTERS = "ABCD"
_CORRECTED = "wrong_groundtruth"


def load_mmlu_redux(sources: Sources, *, split: str | None, subset: str | None) -> Dataset:
    """All 57 subjects, or one of them (``subset``). Needs pyarrow."""
    info, split = entry("mmlu_redux", split, subset)
    subjects = (subset,) if subset else info.subsets
    files = [pins()[f"mmlu-redux/{name}/data-00000-of-00001.arrow"] for name in subjects]
    left_out: Counter[str] = Counter()
    items: list[Item] = []
    for subject, pin in zip(subjects, files, strict=True):
        items += _items(_rows(sources, pin), subject, pin, left_out)
    noted = dict(sorted(left_out.items()))
    return benchmark(info, items, files, split=split, subset=subset, left_out=noted)


def _rows(sources: Sources, pin: Pin) -> list[dict[str, Any]]:
    path = sources.fetch(pin)
    try:
        with arrow("pyarrow.ipc").open_stream(str(path)) as stream:
            table = stream.read_all()
        table.validate(full=True)
    except (arrow("pyarrow").ArrowException, OSError) as error:  # a cut one gives an OSError
        raise DatasetFileError(path, f"is not an Arrow stream: {error}") from error
    if len(table) != _EACH:
        raise DatasetFileError(Path(pin.name), f"has {len(table)} rows, not {_EACH}")
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def _items(
    rows: list[dict[str, Any]], subject: str, pin: Pin, left_out: Counter[str]
) -> Iterator[Item]:
    for position, row in enumerate(rows):
        try:
            item = _item(row, subject, f"mmlu_redux_{subject}_{position}")
        except (KeyError, TypeError, ValueError) as error:
            problem = f"record {position + 1} is not in the published form: {error}"
            raise DatasetFileError(Path(pin.name), problem) from error
        if item is None:
            left_out[row["error_type"]] += 1
        else:
            yield item


def _item(row: Mapping[str, Any], subject: str, identifier: str) -> Item | None:
    """The question as it was corrected; None where it has no single right answer."""
    kind = text(row["error_type"], "error_type")
    question = text(row["question"], "question")
    choices = texts(row["choices"], "choices", fewest=2)
    given = row["answer"]
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < len(choices):
        raise ValueError(f"'answer' is {given!r}, not one of the {len(choices)} choices")
    right = given if kind == "ok" else None
    if kind == _CORRECTED:
        right = _corrected(row["correct_answer"], choices)
    if right is None:
        return None
    metadata = {"subject": subject, "error_type": kind, "mmlu_answer": given}
    return Item(identifier, {"question": question, "choices": choices}, right, metadata)


def _corrected(answer: Any, choices: list[str]) -> int | None:
    """The index of a corrected answer, which stands there as an index, a letter or a text."""
    shown = str(answer if answer is not None else "").strip()
    if shown in choices:
        return choices.index(shown)
    if shown.isdecimal() and int(shown) < len(choices):
        return int(shown)
    if len(shown) == 1 and shown.upper() in _LETTERS[: len(choices)]:
        return _LETTERS.index(shown.upper())
    return None
