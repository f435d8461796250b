"""A report as data, without any format. All texts are plain; each format escapes them itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ._errors import ReportError

Align = Literal["left", "right", "center"]
CALLOUTS = ("note", "warning", "result")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a paragraph that is set apart.

    Attributes:
        text: The text.
        style: ``emphasis``, ``strong`` or ``code``.
    """

    text: str
    style: Literal["emphasis", "strong", "code"] = "emphasis"


Inline = str | Sequence[str | Span]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text.

    Attributes:
        text: Plain text, or a sequence of plain texts and ``Span`` values.
    """

    text: Inline


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list.

    Attributes:
        items: Its entries.
    """

    items: Sequence[Inline]


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Names with their values.

    Attributes:
        pairs: (name, value) in order.
    """

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Code:
    """Something to be typed or read by a program.

    Attributes:
        text: The code.
        language: Its language, such as ``sh`` or ``python``.
    """

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callout:
    """A remark that must not be overlooked.

    Attributes:
        text: The remark.
        kind: ``note``, ``warning`` or ``result``.
    """

    text: Inline
    kind: str = "note"

    def __post_init__(self) -> None:
        if self.kind not in CALLOUTS:
            raise ReportError(f"callout: unknown kind {self.kind!r}; known: {', '.join(CALLOUTS)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table.

    Attributes:
        columns: The heads of the columns.
        rows: The cells, row by row, each row as long as ``columns``.
        caption: What it shows.
        notes: A remark below it.
        align: ``left``, ``right`` or ``center`` for each column; numbers to the right when left
            out.

    Raises:
        ReportError: A row, or ``align``, is not as long as ``columns``.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    notes: str = ""
    align: Sequence[Align] = ()

    def __post_init__(self) -> None:
        width = len(self.columns)
        for number, row in enumerate(self.rows, start=1):
            if len(row) != width:
                raise ReportError(
                    f"table {self.caption!r}: row {number} has {len(row)} cells, not {width}"
                )
        if self.align and len(self.align) != width:
            raise ReportError(
                f"table {self.caption!r}: align has {len(self.align)} entries, not {width}"
            )

    @property
    def alignment(self) -> tuple[Align, ...]:
        """The alignment of each column: as given, else right for columns of numbers."""
        if self.align:
            return tuple(self.align)
        return tuple(
            "right" if _numeric([row[column] for row in self.rows]) else "left"
            for column in range(len(self.columns))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value with an interval, for a figure.

    Attributes:
        label: What it is the value of.
        value: The value.
        low: The lower end of its interval; None for none.
        high: The upper end.
    """

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalFigure:
    """Values with their intervals, one below the other.

    Attributes:
        points: What is shown.
        caption: What it shows.
        axis: The name and unit of the axis.
        reference: A value to draw a line at, such as 0 for differences; None for none.

    Raises:
        ReportError: There are no points, or a number is not finite.
    """

    points: Sequence[Point]
    caption: str = ""
    axis: str = ""
    reference: float | None = None

    def __post_init__(self) -> None:
        if not self.points:
            raise ReportError(f"figure {self.caption!r}: there is nothing to show")
        for point in self.points:
            for number in (point.value, point.low, point.high):
                if number is not None and not -1e300 < number < 1e300:  # noqa: PLR2004  # finite
                    raise ReportError(f"figure {self.caption!r}: {point.label!r} is not finite")


Block = Paragraph | Bullets | KeyValues | Code | Callout | Table | IntervalFigure


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report with its heading.

    Attributes:
        title: The heading.
        blocks: What stands in it; a ``Section`` among them is a subsection.
    """

    title: str
    blocks: Sequence["Block | Section"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole report.

    Attributes:
        title: Its title.
        subtitle: A line below it.
        authors: Who wrote it.
        date: When, as text.
        banner: A warning that stands above everything, such as that the data are simulated.
        sections: Its parts.
        metadata: Anything for renderers of your own.
    """

    title: str
    subtitle: str | None = None
    authors: Sequence[str] = ()
    date: str | None = None
    banner: str | None = None
    sections: Sequence[Section] = ()
    metadata: dict[str, Any] = field(default_factory=dict)


def spans(text: Inline) -> tuple[str | Span, ...]:
    """A text as its pieces."""
    return (text,) if isinstance(text, str) else tuple(text)


def _numeric(cells: Sequence[str]) -> bool:
    """Whether a column holds numbers, some of which may be missing."""
    known = [cell.strip() for cell in cells if cell.strip() not in ("", "-", "unknown")]
    return bool(known) and all(cell.lstrip("+-<$[ .")[:1].isdigit() for cell in known)
