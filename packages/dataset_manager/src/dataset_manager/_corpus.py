"""Metrics of a whole set of answers, which are no means of values for each: BLEU and chrF."""

from collections.abc import Callable, Sequence
from typing import Any

from ._item import Item
from ._verdict import answers_of, text_of


def corpus_bleu(answers: Sequence[tuple[Any, Item]]) -> float:
    """BLEU of a corpus, 0 to 100, with sacrebleu's defaults (Papineni et al. 2002; Post 2018)."""
    from sacrebleu.metrics.bleu import BLEU  # noqa: PLC0415  # an extra

    return _score(BLEU(), answers)


def corpus_chrf(answers: Sequence[tuple[Any, Item]]) -> float:
    """ChrF of a corpus, 0 to 100, with sacrebleu's defaults (Popovic 2015)."""
    from sacrebleu.metrics.chrf import CHRF  # noqa: PLC0415  # an extra

    return _score(CHRF(), answers)


CORPUS_METRICS: dict[str, Callable[[Sequence[tuple[Any, Item]]], float]] = {
    "bleu": corpus_bleu,
    "chrf": corpus_chrf,
}


def _score(metric: Any, answers: Sequence[tuple[Any, Item]]) -> float:
    """With several right answers, each is one more reference; None where an item has fewer."""
    rights = [[str(each) for each in answers_of(item)] for _, item in answers]
    most = max(map(len, rights))
    references = [
        [one[place] if place < len(one) else None for one in rights] for place in range(most)
    ]
    given = [text_of(prediction) or "" for prediction, _ in answers]
    return float(metric.corpus_score(given, references).score)
