"""Options that many functions share, and the checks of their values."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar, get_args

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
    if not 0.0 < value < 1.0:
        raise InvalidOptionError(option, value, "between 0 and 1 (such as 0.95)")


def renamed_value(option: str, value: Value, new_values: Mapping[str, Value]) -> Value:
    """The value of an option, with values of older versions under their new names."""
    if value not in new_values:
        return value
    new = new_values[value]
    text = f"{option}={value!r} is now {option}={new!r}"
    warnings.warn(text, DeprecationWarning, stacklevel=3)
    return new
