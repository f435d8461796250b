"""Whole numbers that a float does not hold exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._core.errors import InvalidDataError
from .._core.lazy import FloatArray, np

EXACT = 2.0**53  # below it a float holds every whole number


def refuse_rounded(
    values: Any, floats: FloatArray | Sequence[float], name: str, start: Any = 0
) -> None:
    """Refuse a whole number that a float would round, such as a time in nanoseconds.

    Args:
        values: The values as they were given, by place.
        floats: The same values as floats.
        name: What the error calls the column.
        start: The place of the first value.

    Raises:
        InvalidDataError: A whole number beyond 2**53 that its float differs from.
    """
    for place in np.flatnonzero(np.abs(np.asarray(floats)) >= EXACT).tolist():
        value = values[place]
        if isinstance(value, int | np.integer) and int(value) != int(floats[place]):
            where = start + place if isinstance(start, int) else start
            raise InvalidDataError(
                name, f"value {where} is {int(value)}, which a float rounds; subtract an offset"
            )
