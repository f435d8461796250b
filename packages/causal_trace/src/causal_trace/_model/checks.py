"""Checks of the fields of events and chains, and of the arguments of analyses.

Fields are checked whether made by hand or read from a file, arguments before a model is called.
"""

import math
from collections.abc import Mapping
from typing import Any

from .._core.errors import InvalidTraceError
from .._core.times import read_time

TOO_DEEP = "metadata hold themselves or are nested too deeply"
_LARGE = 1 << 53  # from here on JavaScript and other readers of JSON change whole numbers


def check_texts(what: str, instance: object, *names: str) -> None:
    """Check that these fields are texts."""
    for name in names:
        value = getattr(instance, name)
        if not isinstance(value, str):
            raise InvalidTraceError(what, f"{name} is {_kind(value)}, not text")


def check_optional_texts(what: str, instance: object, *names: str) -> None:
    """Check that these fields are texts or None."""
    for name in names:
        if getattr(instance, name) is not None:
            check_texts(what, instance, name)


def check_list(what: str, instance: object, name: str, kind: type) -> None:
    """Check that a field is a list of values of a kind, and make it a tuple."""
    value = getattr(instance, name)
    if type(value) is tuple and not value:
        return
    if not isinstance(value, list | tuple):
        raise InvalidTraceError(what, f"{name} is {_kind(value)}, not a list or tuple")
    for number, entry in enumerate(value, start=1):
        if not isinstance(entry, kind):
            raise InvalidTraceError(
                what, f"{name}, entry {number} is {_kind(entry)}, not {kind.__name__}"
            )
    object.__setattr__(instance, name, tuple(value))


def check_metadata(what: str, value: Any) -> None:
    """Check that metadata are a mapping."""
    if not isinstance(value, Mapping):
        raise InvalidTraceError(what, f"metadata is {_kind(value)}, not a mapping")


def check_time(what: str, name: str, value: str) -> None:
    """Check that a field is an ISO 8601 time."""
    try:
        read_time(value)
    except ValueError:
        raise InvalidTraceError(
            what, f"{name} {value!r:.40} is not an ISO 8601 time, such as 2026-01-31T12:00:00Z"
        ) from None


def is_finite(value: object) -> bool:
    """Return whether a value is a number that a float can hold, and neither infinite nor NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of more than 308 digits
        return False


def check_confidence(value: Any) -> None:
    """Check that a confidence is in [0, 1], or None when the model stated none."""
    if value is None:
        return
    if not is_finite(value):
        raise InvalidTraceError("event", f"confidence is {_kind(value)}, not a number or None")
    if not 0 <= value <= 1:
        raise InvalidTraceError("event", f"confidence must be between 0 and 1, got {value!r:.40}")


def check_span(position: Any, end: Any) -> None:
    """Check that two positions are numbers of characters in order, or None."""
    if type(position) is type(end) is int and 0 <= position <= end < _LARGE:
        return
    for name, value in (("position", position), ("end", end)):
        if value is not None and not _is_count(value):
            raise InvalidTraceError("event", f"{name} is {_kind(value)}, not a count of characters")
    if end is not None and (position is None or end < position):
        raise InvalidTraceError("event", f"end {end} is not after position {position}")


def check_quantities(instance: object, *names: str) -> None:
    """Check that these fields are finite numbers of at least 0, or None when not known."""
    for name in names:
        value = getattr(instance, name)
        if value is None:
            continue
        if not is_finite(value) or value < 0:
            raise InvalidTraceError(
                "event", f"{name} is {_kind(value)}, not a number of at least 0"
            )


def _is_count(value: object) -> bool:
    """Return whether a value is a whole number that every store and reader of JSON can hold."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGE


def check_repeat(value: Any) -> None:
    """Check that the number of a repeat is a whole number of at least 0, or None."""
    if value is not None and not _is_count(value):
        raise InvalidTraceError("chain", f"repeat is {_kind(value)}, not a whole number")


def check_level(level: Any) -> None:
    """Check that the level of an interval is between 0 and 1; 95 is a percentage."""
    if not isinstance(level, int | float) or not 0 < level < 1:
        text = f"level is {level!r:.20}, not between 0 and 1, such as 0.95"
        raise InvalidTraceError("interval", text)


def check_share(name: str, value: Any) -> None:
    """Check that a limit of confidences or of support is in [0, 1]; 70 is a percentage.

    Args:
        name: The name of the argument.
        value: Its value.
    """
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        raise InvalidTraceError("query", f"{name} is {value!r:.20}, not in [0, 1]")


def check_at_least(name: str, value: Any, least: int) -> None:
    """Check that a count is a whole number of at least so many.

    Args:
        name: The name of the argument.
        value: Its value.
        least: The smallest count.
    """
    if not isinstance(value, int) or value < least:
        text = f"{name} is {value!r:.20}, not a whole number of at least {least}"
        raise InvalidTraceError("query", text)


def _kind(value: object) -> str:
    if value is None:
        return "missing"
    try:
        return f"{type(value).__name__} ({value!r:.40})"
    except ValueError:  # a whole number of more than 4,300 digits
        return f"{type(value).__name__} of too many digits"
