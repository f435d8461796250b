"""Checks of the values that a report is made of. A mistake raises where it is made."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from .errors import ReportError

# The difference of two numbers below this is a finite float.
_LARGEST = 1e300
# A user or password before the host, also one with a stroke in it where a port would stand.
_USER = re.compile(
    r"://[^\s/?#]{0,2000}@|://[^\s/?#:@\[]{0,200}:(?!\d{0,5}(?:[/?#]|$))[^\n]{0,500}@"
)


def checked_text(value: object, where: str) -> str:
    """Return a text, or raise a ``ReportError`` that names its field."""
    if not isinstance(value, str):
        raise ReportError(
            f"{where}: expected text, got {type(value).__name__} ({value!r:.40});"
            " format numbers with number_text, money_text or the like"
        )
    return value


def checked_texts(values: object, where: str) -> tuple[str, ...]:
    """Return several texts. One text alone is refused: its letters would be taken as the texts."""
    return tuple(
        checked_text(value, f"{where}, entry {number}")
        for number, value in enumerate(checked_tuple(values, where), start=1)
    )


def checked_address(value: object, where: str) -> str:
    """Return an address, or raise an error that does not quote it: it holds a user or password."""
    text = checked_text(value, where)
    if _USER.search(text):
        raise ReportError(
            f"{where}: the address holds a user or a password, which every reader would see;"
            " give it without"
        )
    return text


def checked_tuple(values: object, where: str) -> tuple[Any, ...]:
    """Return any sequence as a tuple."""
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise ReportError(f"{where}: expected a list or tuple, got {type(values).__name__}")
    return tuple(values)


def checked_finite(value: Any, where: str) -> float:
    """Return a number that can be drawn, also one of numpy."""
    if isinstance(value, bool | str) or not hasattr(value, "__float__"):
        raise ReportError(f"{where}: expected a number, got {type(value).__name__} ({value!r:.40})")
    try:
        number = float(value)
    except OverflowError:  # an integer beyond the range of floats
        number = math.inf
    if not abs(number) < _LARGEST:
        raise ReportError(
            f"{where}: {number:g} cannot be drawn; leave out numbers that are not finite"
        )
    return number


def set_fields(instance: object, **values: object) -> None:
    """Set checked values on a frozen instance while it is being made."""
    for name, value in values.items():
        object.__setattr__(instance, name, value)
