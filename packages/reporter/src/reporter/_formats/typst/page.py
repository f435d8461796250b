"""A document as Typst source."""

from collections.abc import Iterator

from ..._figures.drawing import draw_figure
from ..._figures.svg import drawing_svg
from ..._figures.tables import figure_table, provenance_table
from ..._model.blocks import Bullets, Callout, Code, KeyValues, Paragraph, TestLine
from ..._model.document import Block, Document, Section, figures_in
from ..._model.evidence import Provenance, References, Verdict
from ..._model.figures import FigureValue
from ..._model.inline import InlineText, inline_pieces
from ..._model.tables import Table
from .tables import table_typst
from .text import exact_string, inline, string

_PREAMBLE = """#set page(paper: "a4", margin: 2cm, numbering: "1", columns: %d)
#set text(font: ("Libertinus Serif", "Noto Sans Hebrew", "Noto Color Emoji"))
#set text(size: 10pt, lang: "en")
#set par(justify: true, leading: 0.6em)
#set heading(numbering: "1.1")
#show heading: set block(above: 1.4em, below: 0.8em)
#show figure.where(kind: table): set figure.caption(position: top)
#show figure.caption: set text(size: 9pt)
#show table: set text(size: 9pt)
#show table: set par(justify: false)
#let remark(color, content) = block(width: 100%%, inset: 8pt, stroke: (left: 2pt + color),
  fill: luma(246), content)
"""
_VERDICT_COLORS = {"SUPPORTED": "00795a", "NOT SUPPORTED": "b0182b"}
_OTHER_COLOR, _NOTE_COLOR, _WARNING_COLOR = "8a6d00", "1f5fbf", "8a3b00"


def render_typst(document: Document, *, columns: int = 1) -> str:
    """Return a document as Typst source that needs no other files."""
    two = columns > 1
    parts = [_PREAMBLE % columns, *_title(document, two_columns=two)]
    for section in document.sections:
        parts += _section(section, 1, two_columns=two)
    figures = list(figures_in(document.sections))
    if figures:
        parts.append('#heading(level: 1, numbering: none, "Numbers of the figures")')
    parts += [table_typst(figure_table(figure), two_columns=two) for figure in figures]
    return "\n".join(part for part in parts if part) + "\n"


def _title(document: Document, *, two_columns: bool) -> Iterator[str]:
    authors = ", ".join(string(author) for author in document.authors)
    authors += "," if authors else ""
    yield f"#set document(title: {string(document.title)}, author: ({authors}), date: none)"
    lines = [f'text(size: 17pt, weight: "bold", {string(document.title)})']
    if document.subtitle:
        lines.append(f"text(size: 12pt, {string(document.subtitle)})")
    about = ", ".join(document.authors)
    about += f" ({document.date})" if about and document.date else document.date or ""
    if about:
        lines.append(string(about))
    content = "; parbreak(); ".join(lines)
    title = f"align(center, {{ {content} }})"
    if document.banner:
        banner = f"strong({string(document.banner)})"
        title = f'{{ {title}; block(above: 1em, remark(rgb("{_WARNING_COLOR}"), {banner})) }}'
    yield (
        f'#place(top + center, scope: "parent", float: true, clearance: 2em, {title})'
        if two_columns
        else f"#{title}"
    )


def _section(section: Section, level: int, *, two_columns: bool) -> Iterator[str]:
    yield f"#heading(level: {min(level, 6)}, {string(section.title)})"
    for block in section.blocks:
        if isinstance(block, Section):
            yield from _section(block, level + 1, two_columns=two_columns)
        else:
            yield _block(block, two_columns=two_columns)


def _block(block: Block, *, two_columns: bool) -> str:  # noqa: C901, PLR0911  # one for each kind
    match block:
        case Paragraph(text):
            return f"#par({inline(text)})"
        case Bullets(items):
            return f"#list({', '.join(inline(item) for item in items)})" if items else ""
        case KeyValues():
            terms = ", ".join(f"({string(n)}, {string(v)})" for n, v in block.text_pairs)
            return f"#terms({terms})" if terms else ""
        case Code(text, language):
            known = f", lang: {string(language)}" if language else ""
            return f"#raw({exact_string(text)}, block: true{known})"
        case Callout(text=text, kind=kind):
            color = _WARNING_COLOR if kind == "warning" else _NOTE_COLOR
            lead = f"strong({string(kind.capitalize() + ': ')})"
            return f'#remark(rgb("{color}"), {{ {lead}; {inline(text)} }})'
        case TestLine():
            return _test_line(block)
        case Verdict():
            color = _VERDICT_COLORS.get(block.verdict, _OTHER_COLOR)
            lead = f"strong({string(block.verdict + ': ')}); {string(block.claim)}"
            return f'#remark(rgb("{color}"), {{ {lead}; parbreak(); {inline(block.reason)} }})'
        case References(entries):
            listed = [f"{{ {string(e.text + ' ')}; raw({string(e.url)}) }}" for e in entries]
            return f"#enum({', '.join(listed)})" if listed else ""
        case Provenance():
            return table_typst(provenance_table(block), two_columns=two_columns)
        case FigureValue():
            return _figure(block, two_columns=two_columns)
        case Table():
            return table_typst(block, two_columns=two_columns)


def _test_line(line: TestLine) -> str:
    pieces = inline_pieces(line.sentence)
    if line.label.strip():
        pieces = (InlineText(f"{line.label}:", "strong"), " ", *pieces)
    notes = ", ".join(inline(note) for note in line.notes)
    return f"#par({inline(pieces)})" + (f"\n#list({notes})" if notes else "")


def _figure(figure: FigureValue, *, two_columns: bool) -> str:
    drawing = draw_figure(figure)
    markup = exact_string(drawing_svg(drawing, standalone=True))
    alt = string(drawing.title)
    image = f'image(bytes({markup}), format: "svg", width: 100%, alt: {alt})'
    caption = f", caption: {string(figure.caption)}" if figure.caption else ""
    content = f"figure({image}{caption}, alt: {alt})"
    return (
        f'#place(top + center, scope: "parent", float: true, {content})'
        if two_columns
        else f"#{content}"
    )
