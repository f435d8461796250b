"""The blocks of a section other than tables and figures. All texts are plain text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from .._core.checks import checked_text, checked_tuple, set_fields
from .._core.errors import ReportError
from .._core.json_values import Value
from .._numbers.number import Number
from .inline import Inline, checked_inline

CalloutKind = Literal["note", "warning", "result"]


@dataclass(frozen=True, slots=True)
class Paragraph(Value):
    """A paragraph of text.

    Attributes:
        text: Plain text, or a sequence of plain texts, ``InlineText`` and ``Number`` values.

    Raises:
        ReportError: A piece of the text is none of these.
    """

    text: Inline

    def __post_init__(self) -> None:
        set_fields(self, text=checked_inline(self.text, "paragraph"))


@dataclass(frozen=True, slots=True)
class Bullets(Value):
    """A list with bullets.

    Attributes:
        items: The entries; each is a text as in ``Paragraph``.

    Raises:
        ReportError: ``items`` is not a sequence, or an entry is not a text.
    """

    items: Sequence[Inline]

    def __post_init__(self) -> None:
        items = checked_tuple(self.items, "bullets")
        set_fields(self, items=tuple(checked_inline(item, "bullets") for item in items))


@dataclass(frozen=True, slots=True)
class KeyValues(Value):
    """Names with their values.

    Attributes:
        pairs: (name, value) in order; a value is a text or a ``Number``.

    Raises:
        ReportError: An entry is not a pair of a text and a value.
    """

    pairs: Sequence[tuple[str, str | Number]]

    def __post_init__(self) -> None:
        pairs = [
            checked_tuple(pair, "key values") for pair in checked_tuple(self.pairs, "key values")
        ]
        for pair in pairs:
            if len(pair) != len(("name", "value")):
                raise ReportError(f"key values: expected (name, value), got {pair!r:.60}")
            checked_text(pair[0], "key values, name")
            if not isinstance(pair[1], Number):
                checked_text(pair[1], f"key values, value of {pair[0]!r}")
        set_fields(self, pairs=tuple(pairs))

    @property
    def text_pairs(self) -> tuple[tuple[str, str], ...]:
        """The pairs with each number as its text."""
        return tuple(
            (name, value.cell_text if isinstance(value, Number) else value)
            for name, value in self.pairs
        )


@dataclass(frozen=True, slots=True)
class Code(Value):
    """A code block, such as a command or a program.

    Attributes:
        text: The code.
        language: Its language, such as ``sh`` or ``python``.

    Raises:
        ReportError: A field is not a text.
    """

    text: str
    language: str = ""

    def __post_init__(self) -> None:
        checked_text(self.text, "code")
        checked_text(self.language, "code, language")


@dataclass(frozen=True, slots=True, kw_only=True)
class Callout(Value):
    """A remark set off from the text around it.

    Attributes:
        text: The remark.
        kind: ``note``, ``warning`` or ``result``.

    Raises:
        ReportError: The kind is unknown, or the remark is not a text.
    """

    text: Inline
    kind: CalloutKind = "note"

    def __post_init__(self) -> None:
        if self.kind not in get_args(CalloutKind):
            known = ", ".join(get_args(CalloutKind))
            raise ReportError(f"callout: unknown kind {self.kind!r}; known: {known}")
        set_fields(self, text=checked_inline(self.text, "callout"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TestLine(Value):
    """The result of a statistical test as a sentence, with notes on the choice of the test.

    Attributes:
        sentence: The result, such as "t(18) = 2.31, p = .033, d = 1.03, 95 % CI [0.08, 1.96]".
        label: What was compared.
        notes: Why this test was chosen, and what it assumes.

    Raises:
        ReportError: A field is not a text.
    """

    __test__: ClassVar[bool] = False  # pytest takes every class named Test* for a test

    sentence: Inline
    label: str = ""
    notes: Sequence[Inline] = ()

    def __post_init__(self) -> None:
        checked_text(self.label, "test line, label")
        notes = checked_tuple(self.notes, "test line, notes")
        set_fields(
            self,
            sentence=checked_inline(self.sentence, "test line"),
            notes=tuple(checked_inline(note, "test line, notes") for note in notes),
        )
