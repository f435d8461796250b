"""A document as a LaTeX file that compiles alone, with its tables and numbers beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ..._figures.drawing import draw_figure
from ..._figures.tables import figure_table, provenance_table
from ..._figures.tex import drawing_tex
from ..._model.blocks import Bullets, Callout, Code, KeyValues, Paragraph, TestLine
from ..._model.document import Block, Document, Section, blocks_of, figures_in
from ..._model.evidence import Provenance, References, Verdict
from ..._model.figures import FigureValue
from ..._model.inline import InlineText, inline_pieces
from ..._model.tables import Table
from ..._numbers.named import named_numbers
from .floats import with_page_ends
from .preamble import preamble
from .tables import table_tex
from .text import code_lines, escape, inline
from .values import values_tex

Layout = Literal["article", "twocolumn"]
_HEADINGS = ("section", "subsection", "subsubsection", "paragraph", "subparagraph")


@dataclass(frozen=True, slots=True)
class LatexRenderer:
    """The LaTeX format in one of its layouts."""

    layout: Layout = "article"

    def files(self, report: Document, stem: str) -> Mapping[str, str | bytes]:
        """Return the whole document, then the macros of its numbers and each table."""
        two = self.layout == "twocolumn"
        files: dict[str, str | bytes] = {f"{stem}.tex": render_latex(report, self.layout)}
        files[f"{stem}_values.tex"] = values_tex(named_numbers(report))
        for number, table in enumerate(blocks_of(report.sections, Table), start=1):
            files[f"{stem}_table_{number}.tex"] = table_tex(table, two_columns=two)
        return files


def render_latex(document: Document, layout: Layout = "article") -> str:
    """Return a document as LaTeX that compiles without other files."""
    parts = [preamble(two_columns=layout == "twocolumn"), *_title(document)]
    for section in document.sections:
        parts += _section(section, 0, layout)
    parts += _figure_numbers(document, layout)
    body = "\n\n".join(part for part in parts if part)
    return with_page_ends(body) + "\n\n\\end{document}\n"


def _title(document: Document) -> Iterator[str]:
    title = escape(document.title)
    if document.subtitle:
        title += rf"\\[0.5ex]\large {escape(document.subtitle)}"
    yield "\n".join(
        [
            rf"\title{{{title}}}",
            rf"\author{{{escape(', '.join(document.authors))}}}",
            rf"\date{{{escape(document.date or '')}}}",
            r"\begin{document}",
            r"\maketitle",
        ]
    )
    if document.banner:
        yield rf"\reportbox{{\textbf{{{escape(document.banner)}}}}}"


def _section(section: Section, level: int, layout: Layout) -> Iterator[str]:
    command = _HEADINGS[min(level, len(_HEADINGS) - 1)]
    yield rf"\{command}{{{escape(section.title)}}}"
    for block in section.blocks:
        if isinstance(block, Section):
            yield from _section(block, level + 1, layout)
        else:
            yield _block(block, layout)


def _block(block: Block, layout: Layout) -> str:  # noqa: C901, PLR0911  # one for each kind
    match block:
        case Paragraph(text):
            return inline(text)
        case Bullets(items):
            return _list("itemize", [inline(item) for item in items])
        case KeyValues():
            rows = "\n".join(
                rf"\item[{{{escape(name)}}}] {escape(value)}" for name, value in block.text_pairs
            )
            return f"\\begin{{description}}\n{rows}\n\\end{{description}}" if rows else ""
        case Code(text, _):
            return _code(text)
        case Callout(text=text, kind=kind):
            return rf"\reportbox{{\textbf{{{kind.capitalize()}:}} {inline(text)}}}"
        case TestLine():
            return _test_line(block)
        case Verdict():
            reason = inline(block.reason)
            lead = rf"\textbf{{{block.verdict}:}} {escape(block.claim)}"
            return rf"\reportbox{{{lead}{chr(92)}par {reason}}}" if reason else lead
        case References(entries):
            return _list(
                "enumerate",
                [f"{escape(entry.text)} {_address(entry.url)}".strip() for entry in entries],
            )
        case Provenance():
            return table_tex(provenance_table(block), two_columns=layout == "twocolumn")
        case FigureValue():
            return _figure(block, layout)
        case Table():
            return table_tex(block, two_columns=layout == "twocolumn")


def _list(kind: str, items: list[str]) -> str:
    # The braces keep an entry that begins with a bracket from being read as a label.
    rows = "\n".join(rf"\item {{}}{item}" for item in items)
    return f"\\begin{{{kind}}}\n{rows}\n\\end{{{kind}}}" if rows else ""


def _code(text: str) -> str:
    lines = "\n".join(rf"\noindent\mbox{{}}{line}\par" for line in code_lines(text))
    return f"{{\\small\\ttfamily\\raggedright\n{lines}\n}}"


def _test_line(line: TestLine) -> str:
    pieces = inline_pieces(line.sentence)
    if line.label.strip():
        pieces = (InlineText(f"{line.label}:", "strong"), " ", *pieces)
    notes = _list("itemize", [inline(note) for note in line.notes])
    return "\n".join(part for part in (inline(pieces), notes) if part)


def _address(url: str) -> str:
    return rf"\texttt{{{escape(url)}}}" if url else ""


def _figure(figure: FigureValue, layout: Layout) -> str:
    kind = "figure*" if layout == "twocolumn" else "figure"
    lines = [rf"\begin{{{kind}}}[htbp]", r"\centering", drawing_tex(draw_figure(figure), escape)]
    if figure.caption:
        lines.append(rf"\caption{{{escape(figure.caption)}}}")
    return "\n".join([*lines, rf"\end{{{kind}}}"]) + "\n"


def _figure_numbers(document: Document, layout: Layout) -> Iterator[str]:
    figures = list(figures_in(document.sections))
    if figures:
        yield r"\clearpage\appendix"
        yield r"\section{Numbers of the figures}"
    for figure in figures:
        yield table_tex(figure_table(figure), two_columns=layout == "twocolumn")
