"""Metrics of a whole set of answers, not means over items: BLEU, chrF and CodeBLEU."""

from collections.abc import Callable, Sequence
from typing import Any

from .._core.extras import optional
from .._data.item import Item
from .._extraction.code import extract_code
from .codebleu import codebleu
from .verdict import answers_of, text_of


def corpus_bleu(answers: Sequence[tuple[Any, Item]]) -> float:
    """BLEU of a corpus, 0 to 100, with sacrebleu's defaults (Papineni et al. 2002; Post 2018)."""
    return _score(_metric("BLEU"), answers)


def corpus_chrf(answers: Sequence[tuple[Any, Item]]) -> float:
    """ChrF of a corpus, 0 to 100, with sacrebleu's defaults (Popovic 2015)."""
    return _score(_metric("CHRF"), answers)


def corpus_codebleu(answers: Sequence[tuple[Any, Item]]) -> float:
    """CodeBLEU of Python programs, 0 to 100 (Ren et al. 2020); a missing one is an empty one."""
    programs = [extract_code(text_of(prediction)).value or "" for prediction, _ in answers]
    rights = [[str(each) for each in answers_of(item)] for _, item in answers]
    return 100 * codebleu(programs, rights).value


CORPUS_METRICS: dict[str, Callable[[Sequence[tuple[Any, Item]]], float]] = {
    "bleu": corpus_bleu,
    "chrf": corpus_chrf,
    "codebleu": corpus_codebleu,
}


def _metric(name: str) -> Any:
    metrics = optional("sacrebleu.metrics", extra="text", purpose="BLEU and chrF")
    return getattr(metrics, name)()


def _score(metric: Any, answers: Sequence[tuple[Any, Item]]) -> float:
    """With several right answers, each is one more reference; None where an item has fewer."""
    rights = [[str(each) for each in answers_of(item)] for _, item in answers]
    most = max(map(len, rights))
    references = [
        [one[position] if position < len(one) else None for one in rights]
        for position in range(most)
    ]
    given = [text_of(prediction) or "" for prediction, _ in answers]
    return float(metric.corpus_score(given, references).score)
