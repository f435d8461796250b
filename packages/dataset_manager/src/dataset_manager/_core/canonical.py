"""Canonical JSON: equal content has equal bytes."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any


def canonical(value: Any) -> str:
    """A value as JSON: keys in order, no spaces, tuples as lists, arrays of numpy as numbers.

    Raises:
        TypeError: It has a value without such a form, whose text could differ
            in the next run.
        ValueError: It has a number that JSON does not have, or contains itself.
    """
    return _ENCODER.encode(value)


def json_safe(value: Any) -> Any:
    """A value for a report: as it is where JSON can represent it, else as text."""
    try:
        return json.loads(canonical(value))
    except (TypeError, ValueError, RecursionError):
        return repr(value)


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, date | Decimal | Fraction):
        return str(value)
    tolist = getattr(value, "tolist", None)
    if callable(tolist):
        return tolist()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain
)
