"""Text inside blocks: plain text with pieces set apart by emphasis. Each format escapes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from .._core.checks import several, text
from .._core.errors import ReportError

Style = Literal["emphasis", "strong", "code"]


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


def spans(text: Inline) -> tuple[str | Span, ...]:
    """A text as its pieces."""
    return (text,) if isinstance(text, str) else tuple(text)


def checked_inline(value: Any, where: str) -> Inline:
    """A text or its pieces, or an error with the place of what is neither."""
    if isinstance(value, str):
        return value
    pieces = several(value, where)
    for piece in pieces:
        if not isinstance(piece, Span):
            text(piece, where)
    return pieces
