"""Scorers with partial credit for words in common, as SQuAD and ROUGE define it.

With several right answers the best one counts.
"""

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from .._data.item import Item
from .._extraction.outcome import nothing_in
from .verdict import Score, Scorer, answers_of, text_of

# Precision, recall and their harmonic mean.
Overlap = tuple[float, float, float]
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_NO_WORD = re.compile(r"[^a-z0-9]+")
_NOTHING: Overlap = (0.0, 0.0, 0.0)


def squad_words(text: str) -> list[str]:
    """The words that SQuAD compares (Rajpurkar et al. 2016): small, no punctuation, no articles."""
    return _ARTICLES.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split()


def rouge_words(text: str) -> list[str]:
    """The words that ROUGE compares, as the package rouge-score does it: a-z and 0-9, no stems."""
    return _NO_WORD.sub(" ", text.lower()).split()


def squad_overlap(prediction: str, reference: str) -> Overlap:
    """Words in common, each as often as it occurs in both."""
    return _of_counts(Counter(squad_words(prediction)), Counter(squad_words(reference)))


def rouge_n(prediction: str, reference: str, *, size: int) -> Overlap:
    """Runs of words in common (Lin 2004, section 2)."""
    return _of_counts(
        *(Counter(_runs(rouge_words(text), size)) for text in (prediction, reference))
    )


def rouge_l(prediction: str, reference: str) -> Overlap:
    """The longest sequence of words that both have in this order (Lin 2004, section 3.1)."""
    ours, theirs = rouge_words(prediction), rouge_words(reference)
    return _shares(_longest_common(ours, theirs), len(ours), len(theirs))


def _scored(
    prediction: Any, item: Item, *, compare: Callable[[str, str], Overlap], part: int, name: str
) -> Score:
    text = text_of(prediction)
    if text is None or not text.strip():
        return Score(correct=False, value=0.0, outcome="empty", scorer=name)
    value = max((compare(text, str(right))[part] for right in answers_of(item)), default=0.0)
    refused = value < 1 and nothing_in(text).outcome == "refused"
    return Score(
        correct=value == 1.0,
        value=value,
        outcome="refused" if refused else "found",
        extracted=text,
        scorer=name,
    )


def _of_counts(ours: Counter[Any], theirs: Counter[Any]) -> Overlap:
    return _shares((ours & theirs).total(), ours.total(), theirs.total())


def _shares(common: int, ours: int, theirs: int) -> Overlap:
    if not ours and not theirs:
        return _NOTHING
    if not common:
        return _NOTHING
    precision, recall = common / ours, common / theirs
    return precision, recall, 2 * precision * recall / (precision + recall)


def _runs(words: Sequence[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(words[position : position + size]) for position in range(len(words) - size + 1)]


def _longest_common(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """The length of the longest common subsequence, a row of its table as the bits of a number.

    Hyyro (2004), Bit-parallel LCS-length computation revisited: each bit that is zero at the end
    is a place where the length grows by one.
    """
    places: dict[str, int] = {}
    for position, word in enumerate(theirs):
        places[word] = places.get(word, 0) | 1 << position
    whole = (1 << len(theirs)) - 1
    row = whole
    for word in ours:
        met = row & places.get(word, 0)
        row = (row + met | row - met) & whole
    return len(theirs) - row.bit_count()


_KINDS: dict[str, tuple[Callable[[str, str], Overlap], int]] = {
    "f1": (squad_overlap, 2),
    "precision": (squad_overlap, 0),
    "recall": (squad_overlap, 1),
    "rouge1": (partial(rouge_n, size=1), 2),
    "rouge2": (partial(rouge_n, size=2), 2),
    "rougeL": (rouge_l, 2),
}
OVERLAP_SCORERS: dict[str, Scorer] = {
    name: partial(_scored, compare=compare, part=part, name=name)
    for name, (compare, part) in _KINDS.items()
}
