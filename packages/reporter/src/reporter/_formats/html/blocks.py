"""Sections and blocks as the values that the page's template reads. The template escapes them."""

from collections.abc import Iterator
from typing import Any

from ..._figures.drawing import draw_figure
from ..._figures.svg import drawing_svg
from ..._figures.tables import figure_table, provenance_table
from ..._model.blocks import Bullets, Callout, Code, KeyValues, Paragraph, TestLine
from ..._model.document import Block, Section
from ..._model.evidence import Provenance, References, Verdict
from ..._model.figures import FigureValue
from ..._model.inline import Inline, InlineText, inline_pieces
from ..._model.layout import table_layout
from ..._model.tables import Table

_TAGS = {"emphasis": "em", "strong": "strong", "code": "code"}


def section_values(section: Section, level: int) -> dict[str, Any]:
    """Return a section with its heading's level, from 1 to 6, and its blocks."""
    return {
        "title": section.title,
        "level": min(level, 6),
        "blocks": [_block(block, level) for block in section.blocks],
    }


def _block(  # noqa: C901, PLR0911  # one for each kind of block
    block: "Block | Section", level: int
) -> dict[str, Any]:
    match block:
        case Section():
            return {"kind": "section", "section": section_values(block, level + 1)}
        case Paragraph(text):
            return {"kind": "paragraph", "pieces": list(_pieces(text))}
        case Bullets(items):
            return {"kind": "bullets", "items": [list(_pieces(item)) for item in items]}
        case KeyValues():
            return {"kind": "pairs", "pairs": block.text_pairs}
        case Verdict():
            return {
                "kind": "verdict",
                "verdict": block.verdict,
                "style": block.verdict.lower().replace(" ", "-"),
                "claim": block.claim,
                "pieces": list(_pieces(block.reason)),
            }
        case References(entries):
            return {"kind": "references", "entries": entries}
        case Provenance():
            return _table(provenance_table(block))
        case Code(text, _):
            return {"kind": "code", "text": text}
        case Callout(text=text, kind=kind):
            return {"kind": "callout", "callout": kind, "pieces": list(_pieces(text))}
        case TestLine():
            return {
                "kind": "test",
                "label": block.label,
                "pieces": list(_pieces(block.sentence)),
                "notes": [list(_pieces(note)) for note in block.notes],
            }
        case FigureValue():
            return {
                "kind": "figure",
                "caption": block.caption,
                "svg": drawing_svg(draw_figure(block)),
                "numbers": _table(figure_table(block)),
            }
        case Table():
            return _table(block)


def _table(table: Table) -> dict[str, Any]:
    layout = table_layout(table)
    return {
        "kind": "table",
        "caption": table.caption,
        "notes": table.notes,
        "width": len(table.columns),
        "spans": layout.spans,
        "heads": layout.heads,
        "groups": [(group.label, group.rows) for group in layout.groups],
        "footnotes": layout.footnotes,
    }


def _pieces(text: Inline) -> Iterator[tuple[str | None, str]]:
    """Yield each piece of a text with its tag; the template escapes the text."""
    for piece in inline_pieces(text):
        if isinstance(piece, InlineText):
            yield _TAGS[piece.style], piece.text
        else:
            yield None, piece
