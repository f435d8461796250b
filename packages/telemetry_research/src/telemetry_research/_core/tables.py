"""Small tables as Markdown and HTML, and values as JSON."""

from collections.abc import Iterable, Sequence
from html import escape

import msgspec

from .safe import printable

Row = Sequence[str]


def markdown(head: Row, rows: Iterable[Row]) -> str:
    """A Markdown table; a bar inside of a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return printable(
        "".join(f"| {' | '.join(_plain(cell) for cell in line)} |\n" for line in lines)
    )


def html(head: Row, rows: Iterable[Row], box: str = 'style="overflow-x:auto"') -> str:
    """An HTML table with escaped cells, in a box that scrolls when the page is narrower."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    table = f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    return printable(f"<div {box}>{table}</div>")


def json_text(values: object) -> str:
    """Plain values as JSON; not-a-number and infinity become null."""
    return msgspec.json.encode(values, enc_hook=str).decode()


def _plain(cell: str) -> str:
    return printable(" ".join(cell.replace("|", "\\|").split()))
