"""Options that many functions share, and the checks of their values."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar, get_args

from .errors import InvalidOptionError

Value = TypeVar("Value", bound=str)
MissingPolicy = Literal["error", "omit"]
MISSING_POLICIES: tuple[MissingPolicy, ...] = ("error", "omit")
Alternative = Literal["two-sided", "less", "greater"]
ALTERNATIVES: tuple[Alternative, ...] = ("two-sided", "less", "greater")

RankMethod = Literal["auto", "exact", "asymptotic"]
RANK_METHODS: tuple[RankMethod, ...] = get_args(RankMethod)


def check_choice(option: str, value: object, known: Iterable[object]) -> None:
    choices = tuple(known)
    if value not in choices:
        raise InvalidOptionError(option, value, choices)


def check_share(option: str, value: float) -> None:
    """Levels, probabilities of error and power lie strictly between 0 and 1."""
    if not 0.0 < share_number(value) < 1.0:
        raise InvalidOptionError(option, value, "between 0 and 1 (such as 0.95)")


def share_number(value: Any) -> float:
    """A share to calculate with; NaN for what floats do not mix with, such as a Decimal."""
    mixes = isinstance(value, float | int) or hasattr(value, "dtype")
    return plain_number(value) if mixes else math.nan


def plain_number(value: Any) -> float:
    """A single number of any library as a float; NaN for everything else."""
    if isinstance(value, str | bytes | bytearray | complex) or getattr(value, "ndim", 0) != 0:
        return math.nan
    try:
        return float(value)
    except Exception:  # noqa: BLE001  # the value's own code
        return math.nan


def check_number(option: str, value: Any) -> float:
    """The value of an option as a finite float."""
    found = plain_number(value)
    if not math.isfinite(found):
        raise InvalidOptionError(option, value, "a finite number")
    return found


def check_whole(option: str, value: Any, least: int = 1) -> int:
    """The value of an option as a whole number that is not below ``least``."""
    found = plain_number(value)
    if not math.isfinite(found) or found != int(found) or found < least:
        raise InvalidOptionError(option, value, f"a whole number from {least} up")
    return int(found)


def renamed_value(option: str, value: Value, new_values: Mapping[str, Value]) -> Value:
    """The value of an option, with values of older versions under their new names."""
    if value not in new_values:
        return value
    new = new_values[value]
    text = f"{option}={value!r} is now {option}={new!r}"
    warnings.warn(text, DeprecationWarning, stacklevel=3)
    return new
