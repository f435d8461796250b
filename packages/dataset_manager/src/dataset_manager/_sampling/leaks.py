"""Items that two data sets share, such as a test set and its training data.

Two questions are alike when the Jaccard index of their word 3-grams is high; case, spacing and
punctuation do not count. Every such pair is found: candidates share one of their rarest grams, as
alike questions must (the prefix filter of Chaudhuri, Ganti, Kaushik 2006, A primitive operator for
similarity joins in data cleaning), and each candidate is checked.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .._core.shown import shown
from .._data.dataset import Dataset
from .._data.item import Item

_WORD = re.compile(r"\w+")
_GRAM = 3
_ROUNDING = 1e-9  # 0.7 * 10 is a little more than 7
_MOST_SHOWN = 3

Gram = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """One question that is in both data sets.

    Attributes:
        id: Its id in the first.
        other_id: Its id in the second.
        similarity: The Jaccard index of their word 3-grams; 1 for the same text.
        same_answer: Whether the answers are equal too.
    """

    id: str
    other_id: str
    similarity: float
    same_answer: bool

    def to_dict(self) -> dict[str, object]:
        """The pair as plain values."""
        return {
            "id": self.id,
            "other_id": self.other_id,
            "similarity": self.similarity,
            "same_answer": self.same_answer,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakReport:
    """The items that two data sets share.

    Attributes:
        first: The name and split of the first.
        second: The name and split of the second.
        checked: How many items of the first there are.
        threshold: The lowest similarity of questions that count as alike.
        leaks: The pairs that were found, most alike first.
    """

    first: str
    second: str
    checked: int
    threshold: float
    leaks: tuple[Leak, ...]

    @property
    def leaked_ids(self) -> tuple[str, ...]:
        """The ids of the first that have a copy in the second."""
        return tuple(dict.fromkeys(leak.id for leak in self.leaks))

    @property
    def clean(self) -> bool:
        """Whether no shared question was found."""
        return not self.leaks

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "first": self.first,
            "second": self.second,
            "checked": self.checked,
            "threshold": self.threshold,
            "leaked": len(self.leaked_ids),
            "leaks": [leak.to_dict() for leak in self.leaks],
        }

    @shown
    def __str__(self) -> str:
        count = len(self.leaked_ids)
        text = (
            f"{count} of {self.checked} items of {self.first} are also in {self.second}"
            f" (similarity {self.threshold:g} or more)"
        )
        shown = ", ".join(f"{leak.id} = {leak.other_id}" for leak in self.leaks[:_MOST_SHOWN])
        return (
            f"{text}: {shown}{', ...' if len(self.leaks) > _MOST_SHOWN else ''}" if count else text
        )


def find_leaks(first: Dataset, second: Dataset, *, threshold: float = 0.8) -> LeakReport:
    """Look for questions of the first data set that are also in the second.

    Choices are part of a question. When both data sets are the same one, no item is compared with
    itself and each pair is reported once.

    Args:
        first: The data set to check, such as a test split.
        second: The data set that it must not overlap, such as a train split or few-shot examples.
        threshold: The lowest similarity of questions that count as alike; 1 for exact copies only.

    Returns:
        The shared questions, most alike first.

    Raises:
        ValueError: ``threshold`` is not above 0 and at most 1.
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"threshold: {threshold!r} is not above 0 and at most 1")
    mine, theirs = ([_grams(_words(item)) for item in data] for data in (first, second))
    same = first.content_hash == second.content_hash
    found = []
    for position, other in _candidates(mine, theirs, threshold):
        if same and position >= other:
            continue
        alike = _similarity(mine[position], theirs[other])
        if alike >= threshold:
            one, two = first[position], second[other]
            equal = _answer(one) == _answer(two)
            found.append(Leak(id=one.id, other_id=two.id, similarity=alike, same_answer=equal))
    found.sort(key=lambda leak: -leak.similarity)
    return LeakReport(
        first=_name(first),
        second=_name(second),
        checked=len(first),
        threshold=threshold,
        leaks=tuple(found),
    )


def _candidates(
    mine: list[frozenset[Gram]], theirs: list[frozenset[Gram]], threshold: float
) -> Iterator[tuple[int, int]]:
    counts = Counter(gram for grams in (*mine, *theirs) for gram in grams)

    def rarest(grams: frozenset[Gram]) -> list[Gram]:
        needed = len(grams) - math.ceil(threshold * len(grams) - _ROUNDING) + 1
        return sorted(grams, key=lambda gram: (counts[gram], gram))[:needed]

    index = defaultdict(list)
    for other, grams in enumerate(theirs):
        for gram in rarest(grams):
            index[gram].append(other)
    for position, grams in enumerate(mine):
        for other in sorted({other for gram in rarest(grams) for other in index.get(gram, ())}):
            yield position, other


def _similarity(one: frozenset[Gram], two: frozenset[Gram]) -> float:
    return len(one & two) / len(one | two)


def _grams(words: tuple[str, ...]) -> frozenset[Gram]:
    if len(words) < _GRAM:
        return frozenset([words])
    return frozenset(words[start : start + _GRAM] for start in range(len(words) - _GRAM + 1))


def _words(item: Item) -> tuple[str, ...]:
    text = "\n".join([item.question, *item.choices])
    return tuple(_WORD.findall(text.casefold())) or (text,)


def _answer(item: Item) -> Any:
    """The answer as text, so that another order of the choices makes no difference."""
    if isinstance(item.expected, int) and 0 <= item.expected < len(item.choices):
        return item.choices[item.expected]
    return str(item.expected)


def _name(dataset: Dataset) -> str:
    return f"{dataset.name} ({dataset.split})" if dataset.split else dataset.name
