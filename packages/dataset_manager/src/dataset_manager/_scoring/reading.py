"""The rules of benchmarks of reading: SQuAD's exact match, and DROP's F1 over several spans."""

import re
import string
from collections.abc import Sequence
from typing import Any

from .._data.item import Item
from .._extraction.outcome import nothing_in
from .overlap import squad_words
from .verdict import Score, Scorer, answers_of, text_of

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_STATED = re.compile(r"\banswer\s*(?:is|:)\s*:?", re.IGNORECASE)
_MOST_SPANS = 12  # of one answer; the best alignment is sought over all orders
Bag = frozenset[str]


def official_squad(prediction: Any, item: Item) -> Score:
    """Exact match as SQuAD's script counts it (Rajpurkar et al. 2016): words without articles."""
    text = text_of(prediction) or ""
    if not text.strip():
        return Score(correct=False, value=0.0, outcome="empty")
    given = squad_words(text)
    correct = any(given == squad_words(str(right)) for right in answers_of(item))
    return Score(correct=correct, value=float(correct), outcome="found", extracted=" ".join(given))


def score_drop(prediction: Any, item: Item) -> Score:
    """DROP's F1 as the value, correct for its exact match (Dua et al. 2019, section 5).

    A right answer of several spans is a text with ``|`` between them. What follows the last "answer
    is" counts, else the whole text; spans may be given as a list, or as lines or ``|`` in a text.
    """
    if isinstance(prediction, list | tuple):
        spans = [str(each) for each in prediction]
    else:
        text = text_of(prediction) or ""
        if not text.strip():
            return Score(correct=False, value=0.0, outcome=nothing_in(text).outcome)
        stated = _STATED.split(text)[-1].strip()
        spans = [part for part in re.split(r"[|\n]", stated) if part.strip()] or [text]
    best = max(
        (_compared(spans, str(right).split("|")) for right in answers_of(item)), default=None
    )
    exact, value = best or (False, 0.0)
    return Score(correct=exact, value=value, outcome="found", extracted=" | ".join(spans)[:1000])


def _compared(given: Sequence[str], right: Sequence[str]) -> tuple[bool, float]:
    ours, theirs = ([_plain(each) for each in part] for part in (given, right))
    exact = set(ours) == set(theirs) and len(ours) == len(theirs)
    if max(len(ours), len(theirs)) > _MOST_SPANS:
        ours = [" ".join(ours)]
    bags = [[frozenset(each.split()) for each in part] for part in (ours, theirs)]
    mean = _aligned(*bags) / max(len(bags[0]), len(bags[1]))
    return exact, round(100 * mean) / 100  # halves to even, as the authors' numpy rounds


def _aligned(ours: Sequence[Bag], theirs: Sequence[Bag]) -> float:
    """The largest sum of F1 over pairs, each span used once."""
    best = {0: 0.0}  # by the set of our spans that were used, as bits
    for right in theirs:
        scores = [_f1(each, right) if _numbers_fit(right, each) else 0.0 for each in ours]
        following = dict(best)
        for used, total in best.items():
            for position, value in enumerate(scores):
                bit = 1 << position
                if value and not used & bit:
                    following[used | bit] = max(following.get(used | bit, 0.0), total + value)
        best = following
    return max(best.values())


def _f1(ours: Bag, theirs: Bag) -> float:
    common = len(ours & theirs)
    precision = common / len(ours) if ours else 1.0
    recall = common / len(theirs) if theirs else 1.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _numbers_fit(right: Bag, given: Bag) -> bool:
    numbers = {each for each in right if _is_number(each)}
    return not numbers or bool(numbers & given)


def _plain(text: str) -> str:
    words = (_word(each) for each in re.split(r" |-", text.lower()))
    return " ".join(part for word in words for part in word.split())


def _word(word: str) -> str:
    if not _is_number(word):
        word = word.translate(_NO_PUNCTUATION)
    if _is_number(word):
        word = str(float(word))
    return _ARTICLES.sub(" ", word)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


READING_SCORERS: dict[str, Scorer] = {"drop": score_drop, "official_squad": official_squad}
