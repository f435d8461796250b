"""A report as data, without any format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._core.checks import freeze, several, text, texts
from .._core.errors import ReportError
from .._core.json_values import plain
from .blocks import Bullets, Callout, Code, KeyValues, Paragraph, TestLine
from .figures import EcdfFigure, IntervalFigure, LineFigure
from .tables import Table

Block = (
    Paragraph
    | Bullets
    | KeyValues
    | Code
    | Callout
    | TestLine
    | Table
    | IntervalFigure
    | LineFigure
    | EcdfFigure
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report with its heading.

    Attributes:
        title: The heading.
        blocks: What stands in it; a ``Section`` among them is a subsection.

    Raises:
        ReportError: There is something else than blocks in it.
    """

    title: str
    blocks: Sequence["Block | Section"]

    def __post_init__(self) -> None:
        title = text(self.title, "section, title")
        blocks = several(self.blocks, f"section {title!r}, blocks")
        for number, block in enumerate(blocks, start=1):
            if not isinstance(block, Block | Section):
                raise ReportError(
                    f"section {title!r}: entry {number} is no block but {type(block).__name__}"
                    " (a text goes into a Paragraph)"
                )
        freeze(self, blocks=blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a report holds. Its public form is ``Report``, which adds the formats."""

    title: str
    subtitle: str | None = None
    authors: Sequence[str] = ()
    date: str | None = None
    banner: str | None = None
    sections: Sequence[Section] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        text(self.title, "report, title")
        for name in ("subtitle", "date", "banner"):
            if (value := getattr(self, name)) is not None:
                text(value, f"report, {name}")
        sections = several(self.sections, "report, sections")
        for number, section in enumerate(sections, start=1):
            if not isinstance(section, Section):
                raise ReportError(
                    f"report: part {number} is no Section but {type(section).__name__}"
                )
        freeze(self, authors=texts(self.authors, "report, authors"), sections=sections)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values; every block carries the name of its class as ``kind``."""
        values: dict[str, Any] = plain(self)
        return values
