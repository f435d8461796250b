"""Checks of what events and chains are made from, whether by hand or from a file."""

import math
from collections.abc import Mapping
from typing import Any

from .._core.errors import InvalidTraceError
from .._core.times import read_time


def check_texts(what: str, instance: object, *names: str) -> None:
    """These fields are texts."""
    for name in names:
        value = getattr(instance, name)
        if not isinstance(value, str):
            raise InvalidTraceError(what, f"{name} is {_kind(value)}, not text")


def check_optional_texts(what: str, instance: object, *names: str) -> None:
    """These fields are texts or None."""
    check_texts(what, instance, *(name for name in names if getattr(instance, name) is not None))


def check_list(what: str, instance: object, name: str, kind: type) -> None:
    """This field is a list of such values; it is frozen to a tuple."""
    value = getattr(instance, name)
    if not isinstance(value, list | tuple):
        raise InvalidTraceError(what, f"{name} is {_kind(value)}, not a list or tuple")
    for entry in value:
        if not isinstance(entry, kind):
            raise InvalidTraceError(
                what, f"{name} holds {_kind(entry)}; all of it must be {kind.__name__}"
            )
    object.__setattr__(instance, name, tuple(value))


def check_metadata(what: str, value: Any) -> None:
    """Metadata have names."""
    if not isinstance(value, Mapping):
        raise InvalidTraceError(what, f"metadata is {_kind(value)}, not a mapping")


def check_time(what: str, name: str, value: str) -> None:
    """This field is a time."""
    try:
        read_time(value)
    except ValueError:
        raise InvalidTraceError(
            what, f"{name} {value!r:.40} is no ISO 8601 time, such as 2026-01-31T12:00:00Z"
        ) from None


def check_confidence(value: Any) -> None:
    """A confidence is a share, or None when none was stated."""
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise InvalidTraceError("event", f"confidence is {_kind(value)}, not a number or None")
    if not 0 <= value <= 1:
        raise InvalidTraceError("event", f"confidence must be between 0 and 1, got {value!r:.40}")


def check_position(value: Any) -> None:
    """A position counts characters."""
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise InvalidTraceError("event", f"position is {value!r:.40}, not a count of characters")


def _kind(value: object) -> str:
    return "missing" if value is None else f"{type(value).__name__} ({value!r:.40})"
