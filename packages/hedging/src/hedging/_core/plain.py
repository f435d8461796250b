"""Plain values: results as JSON can hold them, and the check of a number that was given."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from numbers import Real
from typing import Any

from .errors import PolicyError


def plain(value: Any) -> dict[str, object]:
    """The fields of a dataclass as plain values.

    Tuples become lists, keys of mappings become text, and a number that is not finite becomes
    None. An object of another library gives its own ``to_dict()``, or else its text.
    """
    return {each.name: plain_value(getattr(value, each.name)) for each in fields(value)}


def is_number(value: object, *, above: float | None = None) -> bool:
    """Whether a value is a finite number from 0, and not a truth value or a text.

    Args:
        value: What was given.
        above: The number has to be greater than this; without it 0 is allowed too.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    try:
        number = float(value)
    except OverflowError:
        return False
    return math.isfinite(number) and (number >= 0 if above is None else number > above)


def require_numbers(**given: object) -> None:
    """Refuse what is not a number; its range is checked where it is used.

    Args:
        **given: The arguments by their names.

    Raises:
        PolicyError: One of them is a text, a truth value, None, NaN or no number at all.
    """
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, Real) or value != value:  # noqa: PLR0124  # NaN
            raise PolicyError(name, value, "a number")


def json_text(value: Mapping[str, object]) -> str:
    """Plain values as JSON."""
    import json  # noqa: PLC0415  # as `import hedging` has to be quick

    return json.dumps(value, allow_nan=False)


def plain_value(value: Any) -> object:
    """One value as JSON can hold it; see ``plain``."""
    if value is None or isinstance(value, bool | int | str | float):
        return None if isinstance(value, float) and not math.isfinite(value) else value
    if isinstance(value, Mapping):
        return {str(key): plain_value(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_value(each) for each in value]
    if isinstance(value, type):
        return value.__qualname__
    if callable(getattr(value, "to_dict", None)):
        return plain_value(value.to_dict())
    return plain(value) if is_dataclass(value) else str(value)
