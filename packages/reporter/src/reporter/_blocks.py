"""What stands in a report. All texts are plain; each format escapes them itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

from ._check import freeze, several, text, texts
from ._errors import ReportError

Align = Literal["left", "right", "center"]
Style = Literal["emphasis", "strong", "code"]
CALLOUTS = ("note", "warning", "result")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a paragraph that is set apart.

    Attributes:
        text: The text.
        style: ``emphasis``, ``strong`` or ``code``.
    """

    text: str
    style: Style = "emphasis"

    def __post_init__(self) -> None:
        text(self.text, "span")
        if self.style not in get_args(Style):
            known = ", ".join(get_args(Style))
            raise ReportError(f"span: unknown style {self.style!r}; known: {known}")


Inline = str | Sequence[str | Span]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text.

    Attributes:
        text: Plain text, or a sequence of plain texts and ``Span`` values.
    """

    text: Inline

    def __post_init__(self) -> None:
        freeze(self, text=_inline(self.text, "paragraph"))


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list.

    Attributes:
        items: Its entries.
    """

    items: Sequence[Inline]

    def __post_init__(self) -> None:
        items = several(self.items, "bullets")
        freeze(self, items=tuple(_inline(item, "bullets") for item in items))


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Names with their values.

    Attributes:
        pairs: (name, value) in order.
    """

    pairs: Sequence[tuple[str, str]]

    def __post_init__(self) -> None:
        pairs = [texts(pair, "key values") for pair in several(self.pairs, "key values")]
        for pair in pairs:
            if len(pair) != len(("name", "value")):
                raise ReportError(f"key values: expected (name, value), got {pair!r:.60}")
        freeze(self, pairs=tuple(pairs))


@dataclass(frozen=True, slots=True)
class Code:
    """Something to be typed or read by a program.

    Attributes:
        text: The code.
        language: Its language, such as ``sh`` or ``python``.
    """

    text: str
    language: str = ""

    def __post_init__(self) -> None:
        text(self.text, "code")
        text(self.language, "code, language")


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
        freeze(self, text=_inline(self.text, "callout"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TestLine:
    """The outcome of a statistical test, as a sentence with what a reader needs to judge it.

    Attributes:
        sentence: The result, such as "t(18) = 2.31, p = .033, d = 1.03, 95 % CI [0.08, 1.96]".
        label: What was compared.
        notes: Why this test was taken, and what it assumes.
    """

    __test__: ClassVar[bool] = False  # pytest takes every class named Test* for a test

    sentence: Inline
    label: str = ""
    notes: Sequence[Inline] = ()

    def __post_init__(self) -> None:
        text(self.label, "test line, label")
        notes = tuple(_inline(note, "test line, notes") for note in several(self.notes, "notes"))
        freeze(self, sentence=_inline(self.sentence, "test line"), notes=notes)


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
        ReportError: A row, or ``align``, is not as long as ``columns``, or a cell is no text.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    notes: str = ""
    align: Sequence[Align] = ()

    def __post_init__(self) -> None:
        where = f"table {self.caption!r}" if self.caption else "table"
        columns = texts(self.columns, f"{where}, columns")
        width = len(columns)
        if not columns:
            raise ReportError(f"{where}: there are no columns")
        rows = []
        for number, row in enumerate(several(self.rows, f"{where}, rows"), start=1):
            cells = texts(row, f"{where}, row {number}")
            if len(cells) != width:
                raise ReportError(f"{where}: row {number} has {len(cells)} cells, not {width}")
            rows.append(cells)
        align = texts(self.align, f"{where}, align")
        if align and len(align) != width:
            raise ReportError(f"{where}: align has {len(align)} entries, not {width}")
        for entry in align:
            if entry not in get_args(Align):
                raise ReportError(f"{where}: unknown align {entry!r}; known: left, right, center")
        text(self.caption, "table, caption")
        text(self.notes, f"{where}, notes")
        freeze(self, columns=columns, rows=tuple(rows), align=align)

    @property
    def alignment(self) -> tuple[Align, ...]:
        """The alignment of each column: as given, else right for columns of numbers."""
        if self.align:
            return tuple(self.align)
        return tuple(
            "right" if _numeric([row[column] for row in self.rows]) else "left"
            for column in range(len(self.columns))
        )


def spans(text: Inline) -> tuple[str | Span, ...]:
    """A text as its pieces."""
    return (text,) if isinstance(text, str) else tuple(text)


def _inline(value: Any, where: str) -> Inline:
    if isinstance(value, str):
        return value
    pieces = several(value, where)
    for piece in pieces:
        if not isinstance(piece, Span):
            text(piece, where)
    return pieces


def _numeric(cells: Sequence[str]) -> bool:
    """Whether a column holds numbers, some of which may be missing."""
    known = [cell.strip() for cell in cells if cell.strip() not in ("", "-", "unknown")]
    return bool(known) and all(cell.lstrip("+-<>$[ .∞")[:1].isdigit() for cell in known)
