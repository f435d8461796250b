"""Sections and whole documents, without any format."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .._core.checks import checked_text, checked_texts, checked_tuple, set_fields
from .._core.errors import ReportError
from .._core.json_values import Value
from .._numbers.named import named_numbers
from .._numbers.number import Number
from .blocks import Bullets, Callout, Code, KeyValues, Paragraph, TestLine
from .data import DataSet, Recipe
from .evidence import Provenance, References, Verdict
from .figures import FigureValue
from .tables import Table

Kind = TypeVar("Kind")

Block = (
    Paragraph
    | Bullets
    | KeyValues
    | Code
    | Callout
    | TestLine
    | Verdict
    | References
    | Provenance
    | Table
    | FigureValue
)


@dataclass(frozen=True, slots=True)
class Section(Value):
    """A part of a report with its heading.

    Attributes:
        title: The heading.
        blocks: The blocks in order; a ``Section`` among them is a subsection.

    Raises:
        ReportError: The title is not a text, or an entry is neither a block nor a section.
    """

    title: str
    blocks: Sequence["Block | Section"]

    def __post_init__(self) -> None:
        title = checked_text(self.title, "section, title")
        blocks = checked_tuple(self.blocks, f"section {title!r}, blocks")
        for number, block in enumerate(blocks, start=1):
            if not isinstance(block, Block | Section):
                raise ReportError(
                    f"section {title!r}: entry {number} is {type(block).__name__}, not a block;"
                    " put a text into a Paragraph"
                )
        set_fields(self, blocks=blocks)


def blocks_of(parts: Sequence[Any], *kinds: type[Kind]) -> Iterator[Kind]:
    """Yield the blocks of some kinds in sections and their subsections, in reading order."""
    for part in parts:
        if isinstance(part, Section):
            yield from blocks_of(part.blocks, *kinds)
        elif isinstance(part, kinds):
            yield part


def figures_in(parts: Sequence[Any]) -> Iterator[FigureValue]:
    """Yield the figures in sections and their subsections, in reading order."""
    yield from blocks_of(parts, FigureValue)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Value):
    """The content of a report. Its public form is ``Report``, which adds the formats."""

    title: str
    subtitle: str | None = None
    authors: Sequence[str] = ()
    date: str | None = None
    banner: str | None = None
    sections: Sequence[Section] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    numbers: Sequence[Number] = ()
    data: Sequence[DataSet] = ()
    recipes: Sequence[Recipe] = ()

    def __post_init__(self) -> None:
        checked_text(self.title, "report, title")
        for name in ("subtitle", "date", "banner"):
            if (value := getattr(self, name)) is not None:
                checked_text(value, f"report, {name}")
        sections = checked_tuple(self.sections, "report, sections")
        for number, section in enumerate(sections, start=1):
            if not isinstance(section, Section):
                raise ReportError(
                    f"report, sections: entry {number} is {type(section).__name__}, not a Section;"
                    " put blocks into a Section"
                )
        authors = checked_texts(self.authors, "report, authors")
        set_fields(self, authors=authors, sections=sections, numbers=_checked_numbers(self.numbers))
        data = _checked_entries(self.data, DataSet, "data")
        recipes = _checked_entries(self.recipes, Recipe, "recipes")
        set_fields(self, data=data, recipes=recipes)
        named = named_numbers((self.numbers, sections))  # refuses two numbers of one name
        for recipe in recipes:
            if recipe.number not in named:
                raise ReportError(f"report, recipes: no number is named {recipe.number!r}")


def _checked_entries(values: object, kind: type, field: str) -> tuple[Any, ...]:
    entries = checked_tuple(values, f"report, {field}")
    for entry in entries:
        if not isinstance(entry, kind):
            raise ReportError(
                f"report, {field}: expected {kind.__name__} values, got {type(entry).__name__}"
            )
    return entries


def _checked_numbers(values: object) -> tuple[Number, ...]:
    numbers = _checked_entries(values, Number, "numbers")
    for entry in numbers:
        if not entry.name:
            raise ReportError("report, numbers: a number has no name; give it name=")
    return numbers
