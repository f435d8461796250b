"""A document as Markdown: CommonMark with the tables of GitHub."""

from collections.abc import Sequence

from ..._figures.tables import figure_table, provenance_table
from ..._model.blocks import Bullets, Callout, Code, KeyValues, Paragraph, TestLine
from ..._model.document import Block, Document, Section
from ..._model.evidence import Provenance, References, Verdict
from ..._model.figures import FigureValue
from ..._model.inline import InlineText, inline_pieces
from ..._model.layout import SetCell, TableLayout, table_layout
from ..._model.tables import Table
from .text import cell, code_block, escape, heading, inline, strong, superscript

_ALIGNMENT_MARKS = {"left": ":---", "right": "---:", "center": ":---:"}


def render_markdown(document: Document) -> str:
    """Return a document as Markdown, with a newline at the end."""
    parts = [title_markdown(document)]
    for section in document.sections:
        parts += _section(section, level=2)
    return "\n\n".join(part for part in parts if part) + "\n"


def title_markdown(document: Document) -> str:
    """Return the title, the banner and the authors."""
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
    return "\n\n".join(part for part in parts if part)


def _section(section: Section, *, level: int) -> list[str]:
    parts = [f"{'#' * min(level, 6)} {heading(section.title)}"]
    for block in section.blocks:
        if isinstance(block, Section):
            parts += _section(block, level=level + 1)
        else:
            parts.append(block_markdown(block))
    return parts


def block_markdown(block: Block) -> str:  # noqa: C901, PLR0911  # one for each kind of block
    """Return a block as Markdown."""
    match block:
        case Paragraph(text):
            return inline(text)
        case Bullets(items):
            return "\n".join(f"- {inline(item)}" for item in items)
        case KeyValues():
            return _table(Table(columns=("", ""), rows=block.text_pairs, align=("left", "left")))
        case Code(text, language):
            return code_block(text, language)
        case Callout(text=text, kind=kind):
            return f"> **{kind.capitalize()}:** {inline(text)}"
        case TestLine():
            return _test_line(block)
        case Verdict():
            lead = inline([InlineText(f"{block.verdict}:", "strong"), f" {block.claim}"])
            return "\n\n".join(part for part in (lead, inline(block.reason)) if part)
        case References(entries):
            return "\n".join(
                f"{number}. {inline([entry.text])}" + (f" <{entry.url}>" if entry.url else "")
                for number, entry in enumerate(entries, start=1)
            )
        case Provenance():
            return _table(provenance_table(block))
        case FigureValue():
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
    layout = table_layout(table)
    lines = [strong(table.caption), ""] if table.caption else []
    lines += [_row([_cell(head) for head in _heads(layout)])]
    lines.append("| " + " | ".join(_ALIGNMENT_MARKS[head.align] for head in layout.heads) + " |")
    for group in layout.groups:
        if group.label:
            lines.append(_row([strong(group.label), *[""] * (len(table.columns) - 1)]))
        lines += [_row([_cell(each) for each in row]) for row in group.rows]
    if layout.footnotes:
        lines += ["", *_footnotes(layout.footnotes)]
    if table.notes:
        lines += ["", inline([InlineText(table.notes)])]
    return "\n".join(lines)


def _heads(layout: TableLayout) -> list[SetCell]:
    """Return the heads in one row, which is all that Markdown has, with the spans before them."""
    above = [[span.label for span in level for _ in range(span.columns)] for level in layout.spans]
    return [
        SetCell(
            ": ".join(text for text in (*(level[at] for level in above), head.text) if text),
            head.marks,
            head.align,
        )
        for at, head in enumerate(layout.heads)
    ]


def _footnotes(footnotes: Sequence[tuple[str, str]]) -> list[str]:
    return [
        f"{superscript(mark)} {cell(text)}" + ("\\" if number < len(footnotes) else "")
        for number, (mark, text) in enumerate(footnotes, start=1)
    ]


def _cell(set_cell: SetCell) -> str:
    text = strong(set_cell.text) if set_cell.strong else cell(set_cell.text)
    return text + superscript(set_cell.marks)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
