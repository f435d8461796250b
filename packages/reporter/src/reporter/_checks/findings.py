"""What a check found."""

from dataclasses import dataclass
from typing import Literal

from .._core.json_values import Value
from .._core.shown import shown

FindingKind = Literal["p-value", "missing number", "extra number", "changed digit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Value):
    """Something in a finished text that does not fit.

    Attributes:
        kind: ``p-value``, ``missing number``, ``extra number`` or ``changed digit``.
        message: What was found and what was expected.
        context: The text around it.
        format: The format of the text.
    """

    kind: FindingKind
    message: str
    context: str = ""
    format: str = ""

    @shown
    def __str__(self) -> str:
        where = f"{self.format}: " if self.format else ""
        around = f" in: {self.context}" if self.context else ""
        return f"{where}{self.message}{around}"
