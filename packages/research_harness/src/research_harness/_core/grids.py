"""Rows of cells as plain text, Markdown and HTML."""

from collections.abc import Sequence
from html import escape

from .text import printable

Grid = Sequence[Sequence[str]]


def text_grid(rows: Grid) -> list[str]:
    """Lines with aligned columns and a rule under the first."""
    rows = [[printable(cell).replace("\n", " ") for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return [lines[0], "  ".join("-" * width for width in widths), *lines[1:]]


def fitting_grid(rows: Grid, width: int | None) -> list[str]:
    """The lines of a table, or a block for each of its rows where they are longer than the width.

    Args:
        rows: The cells; the first row is the head.
        width: The columns of the terminal; None has no limit.
    """
    lines = text_grid(rows)
    if width is None or max(map(len, lines)) <= width:
        return lines
    blocks = []
    for first, *others in rows[1:]:
        named = text_grid(
            [[f"  {head}", cell] for head, cell in zip(rows[0][1:], others, strict=True)]
        )
        blocks += ["", first, named[0], *named[2:]]
    return blocks[1:]


def markdown_grid(rows: Grid) -> str:
    """A table of GitHub's Markdown; the first row is the head."""
    lines = ["| " + " | ".join(_markdown_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]) + "\n"


def html_grid(rows: Grid, *, lines: Sequence[str] = ()) -> str:
    """A table for a notebook, and lines of text under it; everything is escaped."""
    head = "".join(f"<th>{escape(printable(cell))}</th>" for cell in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(printable(cell))}</td>" for cell in row) + "</tr>"
        for row in rows[1:]
    )
    below = "".join(f"<p>{escape(printable(line))}</p>" for line in lines if line)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{below}"


def _markdown_cell(text: str) -> str:
    return escape(printable(text), quote=False).replace("|", "\\|").replace("\n", " ")
