"""The blocks of a section other than tables and figures. All texts are plain text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from .._core.checks import freeze, several, text, texts
from .._core.errors import ReportError
from .inline import Inline, checked_inline

CALLOUTS = ("note", "warning", "result")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text.

    Attributes:
        text: Plain text, or a sequence of plain texts and ``Span`` values.
    """

    text: Inline

    def __post_init__(self) -> None:
        freeze(self, text=checked_inline(self.text, "paragraph"))


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list.

    Attributes:
        items: Its entries.
    """

    items: Sequence[Inline]

    def __post_init__(self) -> None:
        items = several(self.items, "bullets")
        freeze(self, items=tuple(checked_inline(item, "bullets") for item in items))


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
        freeze(self, text=checked_inline(self.text, "callout"))


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
        notes = tuple(
            checked_inline(note, "test line, notes") for note in several(self.notes, "notes")
        )
        freeze(self, sentence=checked_inline(self.sentence, "test line"), notes=notes)
