"""Recorded latencies from outside: checked once, for every function that takes them."""

import math
from collections.abc import Iterable, Mapping, Sequence

from .._core.errors import DataError

ABSENT = frozenset(("", "nan", "none", "null", "n/a", "na", "-"))
# Calls of models and of other services rarely have such a median.
_LEAST_MEDIAN_MS = 20.0


def checked_latencies(values: Iterable[float], *, name: str = "latencies") -> tuple[float, ...]:
    """Latencies as finite numbers from 0, in their order.

    Args:
        values: Any iterable of numbers, such as a list, an array or a column.
        name: The argument, for the errors.

    Raises:
        DataError: A value is not a number, not finite or negative, or almost all are 0.
    """
    numbers = checked_numbers(values, name=name)
    require_times(numbers, name=name)
    return numbers


def require_times(numbers: Sequence[float], *, name: str) -> None:
    """Check that some times are not 0.

    Args:
        numbers: The times.
        name: The argument, for the error.

    Raises:
        DataError: Almost all are 0.
    """
    if numbers and sum(each > 0 for each in numbers) <= len(numbers) / 20:
        raise DataError(f"{name}: nearly all are 0; give the times that requests took")


def checked_where_known(
    values: Iterable[float | None], *, name: str, kind: str
) -> tuple[float | None, ...]:
    """Finite numbers from 0, in their order, and None where one is unknown.

    Args:
        values: Any iterable of numbers and None.
        name: The argument, for the errors.
        kind: What they are numbers of, for the errors.

    Raises:
        DataError: A value is not a number, not finite or negative.
    """
    given = tuple(values) if isinstance(values, list | tuple) else values
    if not isinstance(given, tuple) or None not in given:
        return checked_numbers(given, name=name, kind=kind)  # type: ignore[arg-type]  # refuses None
    numbers = checked_numbers(
        [0.0 if each is None else each for each in given], name=name, kind=kind
    )
    return tuple(
        None if each is None else number for each, number in zip(given, numbers, strict=True)
    )


def checked_numbers(
    values: Iterable[float], *, name: str, kind: str = "milliseconds"
) -> tuple[float, ...]:
    """Finite numbers from 0, in their order.

    Args:
        values: Any iterable of numbers.
        name: The argument, for the errors.
        kind: What they are numbers of, for the errors.

    Raises:
        DataError: A value is not a number, not finite or negative.
    """
    if isinstance(values, str | bytes | bytearray | Mapping) or not isinstance(values, Iterable):
        raise DataError(f"{name} is {values!r:.60}; give numbers of {kind}")
    given = tuple(values)
    try:
        numbers = tuple(map(float, given))
    except (TypeError, ValueError, OverflowError):
        numbers = ()
    is_fine = len(numbers) == len(given) and math.isfinite(sum(numbers))
    if not is_fine or (numbers and min(numbers) < 0) or any(map(_is_odd, set(map(type, given)))):
        _refuse(given, name, kind)
    return numbers


def _is_odd(kind: type) -> bool:
    """Whether values of a type are no numbers of one part, though ``float`` may take them."""
    return issubclass(kind, str | bytes) or kind.__name__.startswith(("bool", "complex"))


def _refuse(given: tuple[object, ...], name: str, kind: str) -> None:
    for index, value in enumerate(given):
        problem = _problem(value, kind)
        if problem:
            raise DataError(f"{name}[{index}] is {value!r:.60}; {problem}")
    raise DataError(f"{name}: their sum is too large for a number; give {kind}")


def _problem(value: object, kind: str) -> str:
    """What is wrong with a value; empty when nothing is."""
    if _is_odd(type(value)) or not hasattr(value, "__float__"):
        return f"give a number of {kind}"
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return f"give a number of {kind}"
    if not math.isfinite(number):
        return "leave out requests that gave no answer"
    return "leave out marks of failures; a latency is not negative" if number < 0 else ""


def is_absent(value: object) -> bool:
    """Whether a field of a file holds no value."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return isinstance(value, str) and value.strip().lower() in ABSENT


def unit_warning(median_ms: float) -> str:
    """A sentence when latencies look like seconds; empty otherwise."""
    if median_ms >= _LEAST_MEDIAN_MS:
        return ""
    return f"the median is {median_ms:g} ms: if these are seconds, multiply by 1000"
