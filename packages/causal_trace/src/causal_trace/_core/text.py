"""Plain text before a format escapes it."""

import re
from collections.abc import Iterable

# Halves of surrogate pairs cannot be encoded as UTF-8; U+FFFE and U+FFFF are not characters.
# Embeddings and overrides of the direction of writing would reorder the text around them.
_UNPRINTABLE = re.compile(r"[\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def may_name(text: str, words: Iterable[str]) -> bool:
    """Return whether a text can hold one of these words in any case.

    Looking for words takes a tenth of the time of a pattern that tries each character. A text
    with letters outside of ASCII, some of which are an ASCII letter in another case, always can.

    Args:
        text: The text.
        words: Words of ASCII letters in lower case.
    """
    if not text.isascii():
        return True
    lowered = text.lower()
    return any(map(lowered.__contains__, words))


def one_line(text: str) -> str:
    """Return the text in one line, with U+FFFD for every character that a page cannot hold."""
    return _UNPRINTABLE.sub("\ufffd", _BREAKS.sub(" ", text).strip())
