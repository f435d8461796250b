"""Options that many functions share, and the checks of their values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from .errors import InvalidOptionError

NanPolicy = Literal["error", "omit"]
Alternative = Literal["two-sided", "less", "greater"]
ALTERNATIVES: tuple[Alternative, ...] = ("two-sided", "less", "greater")


def check_choice(option: str, value: object, known: Iterable[object]) -> None:
    choices = tuple(known)
    if value not in choices:
        raise InvalidOptionError(option, value, choices)


def check_share(option: str, value: float) -> None:
    """Levels, probabilities of error and power lie strictly between 0 and 1."""
    if not 0.0 < value < 1.0:
        raise InvalidOptionError(option, value, "between 0 and 1 (such as 0.95)")
