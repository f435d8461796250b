"""Text that a terminal shows and does not obey."""

import re
from collections.abc import Callable
from typing import TypeVar

_Self = TypeVar("_Self")
# What a terminal acts on (C0 without tab and newline, DEL, C1), and what reverses the order in
# which text is read (Unicode TR 36, bidirectional spoofing).
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Return a text in which control and direction characters are visible escapes.

    Args:
        text: Any text; tabs and ends of lines stay.
    """
    return _ACTING.sub(lambda found: ascii(found[0])[1:-1], text)


def shown(method: Callable[[_Self], str]) -> Callable[[_Self], str]:
    """Let a ``__str__`` return printable text, whatever names and answers it holds.

    Args:
        method: The ``__str__`` that may hold text from outside.
    """

    def __str__(self: _Self) -> str:  # noqa: N807  # the name that a traceback shows
        return printable(method(self))

    return __str__
