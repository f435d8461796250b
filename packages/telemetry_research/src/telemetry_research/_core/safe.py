"""Texts of foreign values and errors: whatever their methods do, and of bounded length."""

import re
from collections.abc import Callable, Iterable
from typing import cast

from .sizes import has_few_parts

# What a terminal acts on (C0 without tab and newline, DEL, C1), what changes the order in which
# text is read (Unicode TR 36), and what has no width, so that two names look the same. Joiners
# stay, which scripts and emoji need.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_MAX_REPR = 10_000


def repr_of(value: object) -> str:
    """The repr of a value, whatever that does; without surrogates, and of bounded length."""
    return _shown(value, repr)


def str_of(value: object) -> str:
    """The text of a value, as ``repr_of`` gives its repr."""
    return _shown(value, str)


def _shown(value: object, show: type[str] | Callable[[object], str]) -> str:
    try:
        if not has_few_parts(value):
            return f"<{_class_of(value)} with too many parts>"
        return text_of(str.__getitem__(show(value), slice(_MAX_REPR)))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # foreign code
        return f"<{_class_of(value)} whose {show.__name__} raises {_class_of(error)}>"


def _class_of(value: object) -> str:
    return text_of(type.__dict__["__name__"].__get__(type(value)))  # a metaclass may hide it


def text_of(value: object) -> str:
    """A text that UTF-8 can encode; the repr of anything that is not a text."""
    if not issubclass(type(value), str):  # the class that an object states may be any
        return repr_of(value)
    return str.__str__(cast("str", value)).encode("utf-8", "backslashreplace").decode()


def printable(text: str) -> str:
    """Return a text in which control and direction characters are visible escapes.

    Args:
        text: Any text; tabs and ends of lines stay.
    """
    return _ACTING.sub(lambda found: ascii(found[0])[1:-1], text)


def on_one_line(text: str) -> str:
    """Return printable text in which ends of lines are visible escapes too.

    A name that holds an end of line could else write lines of its own below a result.
    """
    return printable(text).replace("\n", "\\n")


def on_lines(lines: Iterable[str]) -> str:
    """Return lines of printable text, each on one line whatever names it holds."""
    return "\n".join(map(on_one_line, lines))


def described(error: BaseException) -> str:
    """The class and the text of an error, also when its ``str`` raises."""
    return f"{_class_of(error)}: {str_of(error)}"
