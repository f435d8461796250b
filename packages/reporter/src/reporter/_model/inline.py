"""Text inside blocks: plain text with numbers and pieces with emphasis. Each format escapes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from .._core.checks import checked_text, checked_tuple
from .._core.errors import ReportError
from .._core.json_values import Value
from .._numbers.number import Number

InlineStyle = Literal["emphasis", "strong", "code"]


@dataclass(frozen=True, slots=True)
class InlineText(Value):
    """A piece of a paragraph with emphasis.

    Attributes:
        text: The text.
        style: ``emphasis``, ``strong`` or ``code``.

    Raises:
        ReportError: The text is not a ``str``, or the style is unknown.
    """

    text: str
    style: InlineStyle = "emphasis"

    def __post_init__(self) -> None:
        checked_text(self.text, "inline text")
        if self.style not in get_args(InlineStyle):
            known = ", ".join(get_args(InlineStyle))
            raise ReportError(f"inline text: unknown style {self.style!r}; known: {known}")


Inline = str | Sequence[str | InlineText | Number]


def inline_pieces(text: Inline) -> tuple[str | InlineText, ...]:
    """Return a text as its pieces, with each number as its text."""
    if isinstance(text, str):
        return (text,)
    return tuple(piece.text if isinstance(piece, Number) else piece for piece in text)


def inline_text(text: Inline) -> str:
    """Return a text without emphasis."""
    return "".join(
        piece.text if isinstance(piece, InlineText) else piece for piece in inline_pieces(text)
    )


def checked_inline(value: Any, where: str) -> Inline:
    """Return a text or its pieces, or raise a ``ReportError`` that names the field."""
    if isinstance(value, str):
        return value
    pieces = checked_tuple(value, where)
    for piece in pieces:
        if not isinstance(piece, InlineText | Number):
            checked_text(piece, where)
    return pieces
