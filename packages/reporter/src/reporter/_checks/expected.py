"""The texts of a report in the order in which its formats set them."""

from collections.abc import Iterator

from .._figures.tables import figure_table, provenance_table
from .._model.blocks import Bullets, Callout, Code, KeyValues, Paragraph, TestLine
from .._model.document import Block, Document, Section, figures_in
from .._model.evidence import Provenance, References, Verdict
from .._model.figures import FigureValue
from .._model.inline import inline_text
from .._model.layout import table_layout
from .._model.tables import Table

# These formats put the numbers of figures at their end.
_FIGURES_LAST = ("latex", "latex-twocolumn", "typst")


def expected_texts(document: Document, format: str) -> Iterator[str]:
    """Yield the texts whose numbers stand in this order, apart from heads and captions."""
    last = figures_last(format)
    for section in document.sections:
        yield from _section(section, last=last)
    if last:
        for figure in figures_in(document.sections):
            yield from _table(figure_table(figure))


def figures_last(format: str) -> bool:
    """Whether a format puts the numbers of figures at its end."""
    return format in _FIGURES_LAST


def free_texts(document: Document) -> Iterator[str]:
    """Yield the texts that a format may repeat or move: titles, heads and captions."""
    yield from (document.title, document.subtitle or "", document.date or "")
    yield from document.authors
    yield document.banner or ""
    yield from _free(document.sections)


def _free(parts: object) -> Iterator[str]:
    if isinstance(parts, Section):
        yield from _free(parts.blocks)
    elif isinstance(parts, tuple):
        for part in parts:
            yield from _free(part)
    elif isinstance(parts, FigureValue):
        yield from _free(figure_table(parts))
    elif isinstance(parts, Provenance):
        yield from _free(provenance_table(parts))
    elif isinstance(parts, Table):
        layout = table_layout(parts)
        yield parts.caption
        yield from (head.text for head in layout.heads)
        yield from (span.label for level in layout.spans for span in level)
        yield from (group.label for group in layout.groups)
        # LaTeX repeats them below each part of a long table.
        yield from (text for _, text in layout.footnotes)
        yield inline_text(parts.notes)


def _section(section: Section, *, last: bool) -> Iterator[str]:
    yield section.title
    for block in section.blocks:
        if isinstance(block, Section):
            yield from _section(block, last=last)
        elif not (last and isinstance(block, FigureValue)):
            yield from _block(block)


def _block(block: Block) -> Iterator[str]:  # noqa: C901  # one for each kind of block
    match block:
        case Paragraph(text) | Callout(text=text):
            yield inline_text(text)
        case Bullets(items):
            yield from (inline_text(item) for item in items)
        case KeyValues():
            yield from (text for pair in block.text_pairs for text in pair)
        case Code(text, _):
            yield text
        case TestLine():
            yield (
                f"{block.label}: {inline_text(block.sentence)}"
                if block.label
                else inline_text(block.sentence)
            )
            yield from (inline_text(note) for note in block.notes)
        case Verdict():
            yield block.claim
            yield inline_text(block.reason)
        case References(entries):
            yield from (f"{entry.text} {entry.url}" for entry in entries)
        case Provenance():
            yield from _table(provenance_table(block))
        case FigureValue():
            yield from _table(figure_table(block))
        case Table():
            yield from _table(block)


def _table(table: Table) -> Iterator[str]:
    layout = table_layout(table)
    for group in layout.groups:
        yield from (cell.text for row in group.rows for cell in row)
    yield from (text for _, text in layout.footnotes)
    yield inline_text(table.notes)
