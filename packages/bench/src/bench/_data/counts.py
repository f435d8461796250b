"""Counts that a caller passes one by one: whole numbers from 0 up, of any library."""

from __future__ import annotations

import math
from typing import Any

from .._core.errors import InvalidDataError
from .._core.options import plain_number
from .rounding import EXACT


def count(value: Any, name: str) -> int:
    """A count as an int; refuses what is missing, negative, or not a whole number."""
    found = plain_number(value)
    if not math.isfinite(found) or found != int(found) or found < 0:
        raise InvalidDataError(name, f"{value!r} is not a count: pass a whole number from 0 up")
    if found >= EXACT:
        raise InvalidDataError(name, f"counts from {EXACT:g} on, which a float does not hold")
    return int(found)


def share_of(successes: Any, n: Any, name: str = "") -> tuple[int, int]:
    """How many of how many; refuses 0 in all, and more successes than that."""
    prefix = f"{name}_" if name else ""
    right, size = count(successes, f"{prefix}successes"), count(n, f"{prefix}n")
    if size == 0 or right > size:
        raise InvalidDataError(f"{prefix}successes", f"{right} of {size} is not a proportion")
    return right, size
