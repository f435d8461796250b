"""Sentences and words, split by rules where IFEval's authors use a trained model of nltk."""

import re

_SHORT = r"Mr|Mrs|Ms|Dr|St|Prof|Capt|Lt|Gen|Sen|Rep|Jr|Sr|vs|etc|Inc|Ltd|Co|Fig|e\.g|i\.e|a\.m|p\.m"
# A full stop that ends no sentence: of a short form, an initial, a number, or within a name.
_NO_END = re.compile(rf"\b(?:{_SHORT})\.|\b[A-Z]\.(?=\s*[A-Z]\.|\s+[A-Z][a-z])|\d\.\d|\w\.(?=\w)")
_END = re.compile(r"[.!?]+[\"'\u201d\u2019)\]]*(?=\s|$)")
_HIDDEN = "\u2024"
_WORD = re.compile(r"\w+(?:[-.]\w+)*")
_NOT = re.compile(r"(?<=\w)(?=n['\u2019]t\b)", re.IGNORECASE)
_SUFFIX = re.compile(r"(?<=\w)['\u2019](?=(?:s|m|d|ll|re|ve)\b)", re.IGNORECASE)


def count_sentences(text: str) -> int:
    """How many sentences a text has; a line of its own without a stop is one too."""
    hidden = _NO_END.sub(lambda found: found[0].replace(".", _HIDDEN), text)
    parts = [part for block in re.split(r"\n\s*\n", hidden) for part in _END.split(block)]
    return sum(bool(part.strip()) for part in parts)


def words(text: str) -> list[str]:
    """The words as the authors count them: runs of word characters."""
    return re.findall(r"\w+", text)


def tokens(text: str) -> list[str]:
    """The words with hyphens inside; contractions are two, as in the Penn Treebank."""
    return _WORD.findall(_SUFFIX.sub(" ", _NOT.sub(" ", text)))
