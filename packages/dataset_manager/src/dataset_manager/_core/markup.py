"""Tables in Markdown and HTML; text from outside cannot break out of a cell."""

import re
from collections.abc import Iterable, Sequence
from html import escape

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|#~])")


def markdown_text(text: str) -> str:
    """A text on one line that is not taken for Markdown or HTML."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table; every cell is escaped."""
    lines = [_line(map(markdown_text, head)), f"|{'---|' * len(head)}"]
    return lines + [_line(map(markdown_text, row)) for row in rows]


def html_table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of HTML; the head is escaped, cells are taken as they are."""
    names = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{names}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
