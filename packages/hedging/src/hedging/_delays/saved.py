"""Values of a snapshot, checked before one of them is taken: a file may hold anything."""

import math
from typing import Any

_MOST_KEPT = 100_000
# Far beyond every latency and count, and so small that sums of squares are finite.
_GREATEST = 1e100


def saved_number(value: object, *, least: float = 0.0) -> float:
    """A number that can be calculated with.

    Args:
        value: What the snapshot has.
        least: The smallest that it may be.

    Raises:
        ValueError: It is something else.
    """
    try:
        number = math.nan if isinstance(value, bool | str) else float(value)  # type: ignore[arg-type]
    except (OverflowError, TypeError):
        number = math.nan
    if not least <= number <= _GREATEST or number < -_GREATEST:
        wanted = f"a number from {max(least, -_GREATEST):g} to {_GREATEST:g}"
        raise ValueError(f"a {type(value).__name__} in the place of {wanted}")
    return number


def saved_numbers(value: object) -> list[float]:
    """A list of numbers from 0.

    Args:
        value: What the snapshot has.

    Raises:
        ValueError: It is something else, or too long.
    """
    if not isinstance(value, list | tuple) or len(value) > _MOST_KEPT:
        raise ValueError(f"a {type(value).__name__} is not a list of at most {_MOST_KEPT} numbers")
    return [saved_number(each) for each in value]


def saved_count(value: object) -> int:
    """A whole number from 0.

    Args:
        value: What the snapshot has.

    Raises:
        ValueError: It is something else.
    """
    number = saved_number(value)
    if number != int(number):
        raise ValueError(f"{number} is not a whole number")
    return int(number)


def saved_mapping(value: object) -> dict[str, Any]:
    """Values by their names.

    Args:
        value: What the snapshot has.

    Raises:
        ValueError: It is something else.
    """
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        raise ValueError(f"a {type(value).__name__} is not a table of values by their names")
    return value
