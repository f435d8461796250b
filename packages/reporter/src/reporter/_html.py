"""A report as one HTML page that needs nothing else: no script, no network, light and dark."""

from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from ._blocks import (
    Bullets,
    Callout,
    Code,
    Inline,
    KeyValues,
    Paragraph,
    Span,
    Table,
    TestLine,
    spans,
)
from ._figure import figure_svg
from ._figure_table import figure_table
from ._figures import EcdfFigure, IntervalFigure, LineFigure
from ._report import Block, Report, Section
from ._text import printable

if TYPE_CHECKING:
    from jinja2 import Template

_TAGS = {"emphasis": "em", "strong": "strong", "code": "code"}


def render_html(report: Report) -> str:
    """The report as one self-contained page."""
    return _template().render(
        report=report,
        sections=[_section(section, 2) for section in report.sections],
        contents=[(f"s{number}", each.title) for number, each in enumerate(report.sections)],
        about=", ".join(report.authors),
        style=_style(),
    )


def _section(section: Section, level: int) -> dict[str, Any]:
    return {
        "title": section.title,
        "level": min(level, 6),
        "blocks": [_block(block, level) for block in section.blocks],
    }


def _block(  # noqa: PLR0911  # one for each kind of block
    block: "Block | Section", level: int
) -> dict[str, Any]:
    match block:
        case Section():
            return {"kind": "section", "section": _section(block, level + 1)}
        case Paragraph(text):
            return {"kind": "paragraph", "pieces": list(_pieces(text))}
        case Bullets(items):
            return {"kind": "bullets", "items": [list(_pieces(item)) for item in items]}
        case KeyValues(pairs):
            return {"kind": "pairs", "pairs": pairs}
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
        case IntervalFigure() | LineFigure() | EcdfFigure():
            return {
                "kind": "figure",
                "caption": block.caption,
                "svg": figure_svg(block),
                "numbers": _table(figure_table(block)),
            }
        case Table():
            return _table(block)


def _table(table: Table) -> dict[str, Any]:
    return {
        "kind": "table",
        "caption": table.caption,
        "notes": table.notes,
        "columns": list(zip(table.columns, table.alignment, strict=True)),
        "rows": [list(zip(row, table.alignment, strict=True)) for row in table.rows],
    }


def _pieces(text: Inline) -> Iterator[tuple[str | None, str]]:
    """Each piece of a text with the tag it goes into; the template escapes the text."""
    for piece in spans(text):
        if isinstance(piece, Span):
            yield _TAGS[piece.style], piece.text
        else:
            yield None, piece


@lru_cache(maxsize=1)
def _template() -> "Template":
    import jinja2  # noqa: PLC0415  # 30 ms that a Markdown report does not need

    environment = jinja2.Environment(
        autoescape=True,
        finalize=_printable,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.from_string(_resource("report.html.jinja"))


def _printable(value: Any) -> Any:
    # What is escaped already is this library's own markup.
    return printable(value) if type(value) is str else value


@lru_cache(maxsize=1)
def _style() -> str:
    return _resource("report.css")


def _resource(name: str) -> str:
    return resources.files(__package__ or "reporter").joinpath("templates", name).read_text("utf-8")
