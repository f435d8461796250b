"""Checks of what a report is made from, so that a mistake is named where it is made."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from .errors import ReportError

# Differences of such numbers are still finite.
_LARGEST = 1e300


def text(value: object, where: str) -> str:
    """A text, or an error that says where it is missing."""
    if not isinstance(value, str):
        raise ReportError(
            f"{where}: expected text, got {type(value).__name__} ({value!r:.40});"
            " format numbers with number_text, money_text and the like"
        )
    return value


def texts(values: object, where: str) -> tuple[str, ...]:
    """Several texts; one text alone is a mistake, as it would be taken letter by letter."""
    return tuple(
        text(value, f"{where}, entry {number}")
        for number, value in enumerate(several(values, where), start=1)
    )


def several(values: object, where: str) -> tuple[Any, ...]:
    """Any sequence as a tuple."""
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise ReportError(f"{where}: expected a list or tuple, got {type(values).__name__}")
    return tuple(values)


def finite(value: Any, where: str) -> float:
    """A number that can be drawn; those of numpy are such."""
    if isinstance(value, bool | str) or not hasattr(value, "__float__"):
        raise ReportError(f"{where}: expected a number, got {type(value).__name__} ({value!r:.40})")
    try:
        number = float(value)
    except OverflowError:  # an integer beyond all floats
        number = math.inf
    if not abs(number) < _LARGEST:
        raise ReportError(f"{where}: {number:g} is not finite and cannot be drawn")
    return number


def freeze(instance: object, **values: object) -> None:
    """Set checked values on a frozen instance while it is being made."""
    for name, value in values.items():
        object.__setattr__(instance, name, value)
