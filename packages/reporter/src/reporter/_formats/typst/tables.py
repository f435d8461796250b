"""Tables as Typst, with the rules of booktabs."""

from collections.abc import Sequence

from ..._model.layout import SetCell, TableLayout, table_layout
from ..._model.tables import Table
from .text import inline, string

_WRAPPED, _COLUMN_CHARACTERS, _LINE_CHARACTERS = 24, 40, 88
_GAP = 3


def table_typst(table: Table, *, two_columns: bool = False) -> str:
    """Return a table as a figure; on a page with two columns a wide one goes over both."""
    layout = table_layout(table)
    widths = _widths(layout)
    total = sum(widths) + _GAP * len(widths)
    wide = two_columns and total > _COLUMN_CHARACTERS
    room = _COLUMN_CHARACTERS if two_columns and not wide else _LINE_CHARACTERS
    columns = ["1fr" if width > _WRAPPED and total > room else "auto" for width in widths]
    aligns = ", ".join(head.align for head in layout.heads)
    cells = ["table.hline(stroke: 0.9pt)", _header(layout), "table.hline(stroke: 0.5pt)"]
    cells += _body(layout)
    cells.append("table.hline(stroke: 0.9pt)")
    body = ",\n  ".join(cells)
    grid = (
        f"table(columns: ({', '.join(columns)},), align: ({aligns},), stroke: none,"
        f" inset: (x: 5pt, y: 3pt),\n  {body})"
    )
    if total > room and "1fr" not in columns:  # numbers cannot wrap
        grid = f"text(size: {max(5.0, 9.0 * room / total):.1f}pt, {grid})"
    notes = _notes(table, layout)
    content = f"{{ {grid}; {notes} }}" if notes else grid
    caption = f", caption: {string(table.caption)}" if table.caption else ""
    label = f" <{_label(table.label)}>" if table.label and not wide else ""
    figure = f"figure(kind: table, supplement: [Table]{caption}, {content})"
    return (
        f'#place(top + center, scope: "parent", float: true, {figure})'
        if wide
        else f"#{figure}{label}"
    )


def _header(layout: TableLayout) -> str:
    cells = []
    for row, level in enumerate(layout.spans, start=1):
        first = 0
        for span in level:
            last = first + span.columns
            content = f"align(center, strong({string(span.label)}))"
            cells.append(f"table.cell(colspan: {span.columns}, {content})")
            if span.label.strip():
                cells.append(f"table.hline(start: {first}, end: {last}, y: {row}, stroke: 0.4pt)")
            first = last
    return f"table.header({', '.join([*cells, *(_cell(head) for head in layout.heads)])})"


def _body(layout: TableLayout) -> list[str]:
    cells = []
    width = len(layout.heads)
    for group in layout.groups:
        if group.label:
            cells.append(f"table.cell(colspan: {width}, align: left, emph({string(group.label)}))")
        cells += [", ".join(_cell(cell) for cell in row) for row in group.rows]
    return cells


def _cell(cell: SetCell) -> str:
    text = string(cell.text)
    if cell.strong:
        text = f"strong({text})"
    return f"{{ {text}; super({string(cell.marks)}) }}" if cell.marks else text


def _notes(table: Table, layout: TableLayout) -> str:
    lines = [
        f"par({{ super({string(mark)}); {string(' ' + text)} }})" for mark, text in layout.footnotes
    ]
    if table.notes:
        lines.append(f"par({inline(table.notes)})")
    return f"text(size: 8pt, {{ {'; '.join(lines)} }})" if lines else ""


def _label(label: str) -> str:
    return "".join(
        sign if (sign.isascii() and sign.isalnum()) or sign in ":_-." else "-" for sign in label
    )


def _widths(layout: TableLayout) -> Sequence[int]:
    rows = [layout.heads, *(row for group in layout.groups for row in group.rows)]
    return [
        max(len(row[at].text) + len(row[at].marks) for row in rows) for at in range(len(rows[0]))
    ]
