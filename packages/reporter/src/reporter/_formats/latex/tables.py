r"""Tables with the rules of booktabs, which documents can ``\input``."""

from collections.abc import Sequence

from ..._model.layout import SetCell, SetGroup, TableLayout, table_layout
from ..._model.tables import Table
from .floats import with_page_ends
from .text import escape, inline

# Texts longer than this may wrap; a line of the page holds about so many characters.
_WRAPPED, _LINE_CHARACTERS, _COLUMN_CHARACTERS = 24, 92, 44
# Characters that the space beside a column takes.
_GAP = 3
_SIZES = ((1.0, ""), (1.12, r"\small"), (1.25, r"\footnotesize"), (1.45, r"\scriptsize"))
_ROWS_PER_PART = 40
_COLUMN_LETTERS = {"left": "l", "right": "r", "center": "c"}


def table_tex(table: Table, *, two_columns: bool = False) -> str:
    """Return a table as floats: one, or several for a table longer than a page.

    Args:
        table: The table.
        two_columns: Whether the page has two columns; wide tables then go over both.
    """
    layout = table_layout(table)
    widths = _widths(layout)
    parts = _page_parts(layout.groups)
    floats = "\n".join(
        _float(table, layout, widths, groups, number, two_columns=two_columns)
        for number, groups in enumerate(parts)
    )
    return with_page_ends(floats)


def _float(
    table: Table,
    layout: TableLayout,
    widths: Sequence[int],
    groups: Sequence[SetGroup],
    number: int,
    *,
    two_columns: bool,
) -> str:
    wide = two_columns and _total(widths) > _COLUMN_CHARACTERS
    room = _LINE_CHARACTERS if wide or not two_columns else _COLUMN_CHARACTERS
    kind = "table*" if wide else "table"
    lines = [rf"\begin{{{kind}}}[htbp]", r"\centering"]
    lines += _caption(table, number)
    lines += _grid(layout, groups, widths, room)
    lines += [
        rf"\par\smallskip\footnotesize\textsuperscript{{{mark}}}~{escape(text)}"
        for mark, text in layout.footnotes
    ]
    if table.notes:
        lines.append(rf"\par\smallskip\footnotesize {inline(table.notes)}")
    return "\n".join([*lines, rf"\end{{{kind}}}"]) + "\n"


def _caption(table: Table, number: int) -> list[str]:
    lines = []
    if table.caption:
        more = " (continued)" if number else ""
        lines.append(rf"\caption{{{escape(table.caption)}{more}}}")
    if table.label and not number:
        lines.append(rf"\label{{{label_tex(table.label)}}}")
    return lines


def label_tex(label: str) -> str:
    """Return a label as LaTeX can look it up."""
    return "".join(
        sign if sign.isascii() and (sign.isalnum() or sign in ":.-/") else "-" for sign in label
    )


def _grid(
    layout: TableLayout,
    groups: Sequence[SetGroup],
    widths: Sequence[int],
    room: int,
) -> list[str]:
    wrapped = [width > _WRAPPED for width in widths]
    flexible = any(wrapped) and _total(widths) > room
    needed = _total(
        [_WRAPPED if flexible and wrap else w for w, wrap in zip(widths, wrapped, strict=True)]
    )
    size = next((name for factor, name in _SIZES if needed <= room * factor), None)
    columns = _columns(layout, wrapped if flexible else [False] * len(widths))
    kind = r"tabularx}{\linewidth" if flexible else "tabular"
    lines = [rf"\begin{{{kind}}}{{{columns}}}", r"\toprule"]
    lines += _span_lines(layout)
    lines += [_row(layout.heads), r"\midrule"]
    for number, group in enumerate(groups):
        if group.label:
            lines += [r"\addlinespace"] if number else []
            lines.append(
                rf"\multicolumn{{{len(widths)}}}{{l}}{{\textit{{{escape(group.label)}}}}} \\"
            )
        lines += [_row(row) for row in group.rows]
    lines += [r"\bottomrule", r"\end{tabularx}" if flexible else r"\end{tabular}"]
    if size is None and not flexible:  # wider than the page in any size: shrink it
        return [r"\resizebox{\linewidth}{!}{%", *lines, "}"]
    return [size or r"\scriptsize", *lines] if size != "" else lines


def _columns(layout: TableLayout, flexible: Sequence[bool]) -> str:
    letters = [
        r">{\raggedright\arraybackslash}X" if flex else _COLUMN_LETTERS[head.align]
        for head, flex in zip(layout.heads, flexible, strict=True)
    ]
    return "@{}" + "".join(letters) + "@{}"


def _span_lines(layout: TableLayout) -> list[str]:
    lines = []
    for level in layout.spans:
        cells, rules, first = [], [], 1
        for span in level:
            last = first + span.columns - 1
            cells.append(rf"\multicolumn{{{span.columns}}}{{c}}{{{escape(span.label)}}}")
            if span.label.strip():
                rules.append(rf"\cmidrule(lr){{{first}-{last}}}")
            first = last + 1
        lines += [" & ".join(cells) + r" \\", "".join(rules)]
    return [line for line in lines if line]


def _row(row: Sequence[SetCell]) -> str:
    return " & ".join(_cell(cell) for cell in row) + r" \\"


def _cell(cell: SetCell) -> str:
    text = escape(cell.text)
    if cell.strong:
        text = rf"\textbf{{{text}}}"
    return text + (rf"\textsuperscript{{{cell.marks}}}" if cell.marks else "")


def _widths(layout: TableLayout) -> list[int]:
    rows = [layout.heads, *(row for group in layout.groups for row in group.rows)]
    return [
        max(len(row[at].text) + len(row[at].marks) for row in rows) for at in range(len(rows[0]))
    ]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)


def _page_parts(groups: Sequence[SetGroup]) -> list[list[SetGroup]]:
    """Return the groups in parts of a page's length; long groups go on in the next part."""
    parts: list[list[SetGroup]] = [[]]
    used = 0
    for group in groups:
        rows = group.rows
        while rows or not group.rows:
            if used >= _ROWS_PER_PART:
                parts.append([])
                used = 0
            taken, rows = rows[: _ROWS_PER_PART - used], rows[_ROWS_PER_PART - used :]
            parts[-1].append(SetGroup(group.label, taken))
            used += len(taken)
            if not group.rows:
                break
    return parts
