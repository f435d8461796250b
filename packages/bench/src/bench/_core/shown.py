"""Text that a terminal shows and does not obey."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

_Self = TypeVar("_Self")
# What a terminal acts on (C0 without tab and newline, DEL, C1), what changes the order in which
# text is read (Unicode TR 36), and what has no width, so that two names look the same. Joiners
# stay, which scripts and emoji need.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Return a text in which control and direction characters are visible escapes.

    Args:
        text: Any text; tabs and ends of lines stay.
    """
    return _ACTING.sub(lambda found: ascii(found[0])[1:-1], text)


def repr_of(value: object) -> str:
    """Return the ``repr`` of a value, or its type where its own code raises.

    Args:
        value: Anything that came from outside.
    """
    try:
        return repr(value)
    except Exception:  # noqa: BLE001  # the value's own code
        return f"<{type(value).__name__}>"


def on_one_line(text: str) -> str:
    """Return printable text in which ends of lines are visible escapes too.

    A name that holds an end of line could else write lines of its own below a result.

    Args:
        text: Any text; tabs stay.
    """
    return printable(text).replace("\n", "\\n")


def shown(method: Callable[[_Self], str | Iterable[str]]) -> Callable[[_Self], str]:
    """Let a ``__str__`` return printable text, whatever names and answers it holds.

    Args:
        method: The ``__str__`` that may hold text from outside. Its text is one line; where it has
            more, it returns them one by one.
    """

    def __str__(self: _Self) -> str:  # noqa: N807  # the name that a traceback shows
        text = method(self)
        return "\n".join(map(on_one_line, [text] if isinstance(text, str) else text))

    return __str__
