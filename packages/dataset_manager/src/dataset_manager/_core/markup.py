"""Text that people see: on a terminal, and in tables of Markdown and HTML.

Text from outside cannot act on a terminal, change the direction of reading, or break out of a cell.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape

from .shown import printable

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|#~])")


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
