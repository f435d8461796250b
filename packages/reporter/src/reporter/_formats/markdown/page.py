"""A document as Markdown: CommonMark with the tables of GitHub."""

from collections.abc import Sequence

from ..._figures.tables import figure_table
from ..._model.blocks import Bullets, Callout, Code, KeyValues, Paragraph, TestLine
from ..._model.document import Block, Document, Section
from ..._model.figures import EcdfFigure, IntervalFigure, LineFigure
from ..._model.inline import InlineText, inline_pieces
from ..._model.tables import Table
from .text import cell, code_block, escape, heading, inline, strong

_ALIGNMENT_MARKS = {"left": ":---", "right": "---:", "center": ":---:"}


def render_markdown(document: Document) -> str:
    """Return a document as Markdown, with a newline at the end."""
    parts = [f"# {heading(document.title)}"]
    if document.banner:
        parts.append(f"> {strong(document.banner)}")
    if document.subtitle:
        parts.append(escape(document.subtitle))
    about = ", ".join(document.authors) + (
        f" ({document.date})" if document.date and document.authors else ""
    )
    if about or document.date:
        parts.append(escape(about or document.date or ""))
    for section in document.sections:
        parts += _section(section, level=2)
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(section: Section, *, level: int) -> list[str]:
    parts = [f"{'#' * min(level, 6)} {heading(section.title)}"]
    for block in section.blocks:
        if isinstance(block, Section):
            parts += _section(block, level=level + 1)
        else:
            parts.append(_block(block))
    return parts


def _block(block: Block) -> str:  # noqa: PLR0911  # one for each kind of block
    match block:
        case Paragraph(text):
            return inline(text)
        case Bullets(items):
            return "\n".join(f"- {inline(item)}" for item in items)
        case KeyValues(pairs):
            return _table(Table(columns=("", ""), rows=pairs, align=("left", "left")))
        case Code(text, language):
            return code_block(text, language)
        case Callout(text=text, kind=kind):
            return f"> **{kind.capitalize()}:** {inline(text)}"
        case TestLine():
            return _test_line(block)
        case IntervalFigure() | LineFigure() | EcdfFigure():
            return _table(figure_table(block))
        case Table():
            return _table(block)


def _test_line(line: TestLine) -> str:
    pieces = inline_pieces(line.sentence)
    if line.label.strip():
        pieces = (InlineText(f"{line.label}:", "strong"), " ", *pieces)
    notes = "\n".join(f"- {inline(note)}" for note in line.notes)
    return "\n\n".join(part for part in (inline(pieces), notes) if part)


def _table(table: Table) -> str:
    lines = []
    if table.caption:
        lines += [strong(table.caption), ""]
    lines.append(_row(table.columns))
    lines.append("| " + " | ".join(_ALIGNMENT_MARKS[each] for each in table.alignment) + " |")
    lines += [_row(row) for row in table.rows]
    if table.notes:
        lines += ["", inline([InlineText(table.notes)])]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell(each) for each in cells) + " |"
