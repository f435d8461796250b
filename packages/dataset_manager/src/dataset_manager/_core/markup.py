"""Text that people see: on a terminal, and in tables of Markdown and HTML.

Text from outside cannot act on a terminal, change the direction of reading, or break out of a cell.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from html import escape
from typing import TypeVar

T = TypeVar("T")

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|#~])")
# What a terminal acts on (C0, DEL and C1 controls), and what reverses the order in which text is
# read (Unicode TR 36, bidirectional spoofing). Tabs and ends of lines stay.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def printable(text: str) -> str:
    """A text whose control characters and marks of direction are visible escapes."""
    return _ACTING.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def printed(method: Callable[[T], str]) -> Callable[[T], str]:
    """Make the text of a ``__str__`` printable, whatever the values in it are."""

    @wraps(method)
    def text(self: T) -> str:
        return printable(method(self))

    return text


def one_line(text: str) -> str:
    """A text as a cell of a table of plain text shows it."""
    return printable(" ".join(text.split()))


def html_text(text: str) -> str:
    """A text that is shown as it stands and is not taken for HTML."""
    return escape(printable(text))


def markdown_text(text: str) -> str:
    """A text on one line that is not taken for Markdown or HTML."""
    return _MARKDOWN.sub(r"\\\1", one_line(text))


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table; every cell is escaped."""
    lines = [_line(map(markdown_text, head)), f"|{'---|' * len(head)}"]
    return lines + [_line(map(markdown_text, row)) for row in rows]


def html_table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of HTML; the head is escaped, cells are taken as they are."""
    names = "".join(f"<th>{html_text(name)}</th>" for name in head)
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{names}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
