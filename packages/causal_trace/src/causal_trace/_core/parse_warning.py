"""A warning about malformed markup, with its place and a remedy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseWarning:
    """Something odd in a text.

    Attributes:
        code: What kind of oddity, a key of ``WARNINGS``.
        message: What is odd, and what was made of it.
        position: Where, in characters from the begin.
        remedy: What to do about it.
    """

    code: str
    message: str
    position: int
    remedy: str

    def __str__(self) -> str:
        return f"at character {self.position}: {self.message}"
