"""A warning about malformed markup in a text."""

from dataclasses import dataclass

from .json_values import Value
from .shown import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseWarning(Value):
    """Malformed markup in a text, and how it was read.

    Attributes:
        code: The kind of warning, a key of ``WARNINGS``.
        message: What is malformed, and how it was read.
        position: Its position in the text, in characters from the beginning.
        remedy: What to do about it.
    """

    code: str
    message: str
    position: int
    remedy: str

    @shown
    def __str__(self) -> str:
        return f"at character {self.position}: {self.message}"
