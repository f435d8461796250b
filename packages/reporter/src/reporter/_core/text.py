"""What every format does to a text before it escapes it."""

import re

# Halves of surrogate pairs cannot be written as UTF-8; control characters end or garble a page.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+")


def printable(text: str) -> str:
    """The text with the replacement sign for every character that no page can hold."""
    return _UNPRINTABLE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """The text in one line: breaks, tabs and control characters become spaces."""
    return printable(_BREAKS.sub(" ", text))
