"""Plain text before a format escapes it."""

import re

# Halves of surrogate pairs cannot be encoded as UTF-8. Control characters are not allowed in HTML.
# Embeddings and overrides of the direction of writing would reorder the text around them.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+")


def printable(text: str) -> str:
    """Return the text with U+FFFD for every character that a page cannot hold."""
    return _UNPRINTABLE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """Return the text in one line: line breaks, tabs and control characters become spaces."""
    return printable(_BREAKS.sub(" ", text))
