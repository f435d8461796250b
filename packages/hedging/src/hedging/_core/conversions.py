"""Old arguments whose unit has changed: percentiles to quantiles, seconds to milliseconds."""

import warnings
from collections.abc import Callable, Mapping
from functools import wraps
from operator import attrgetter
from typing import Any, ParamSpec, TypeVar

from .deprecated import renamed_arguments
from .plain import require_numbers

P = ParamSpec("P")
R = TypeVar("R")
Conversion = tuple[str, Callable[[Any], Any]]


def quantile_of(percentile: float) -> float:
    """The quantile of a percentile: 0.95 of 95."""
    return percentile / 100


def quantiles_of(percentiles: tuple[float, ...]) -> tuple[float, ...]:
    """The quantiles of percentiles."""
    return tuple(quantile_of(each) for each in percentiles)


def milliseconds_of(seconds: float | None) -> float | None:
    """Milliseconds of seconds; None stays None."""
    return None if seconds is None else seconds * 1000


def as_quantile(value: float, name: str) -> float:
    """A quantile; a number above 1 is taken for a percentile, with a warning."""
    if type(value) is float and 0 < value < 1:  # each call of `request` comes here
        return value
    require_numbers(quantile=value)
    if 1 < value < 100:
        text = f"{name}({value:g}) is now {name}({quantile_of(value):g}): give a quantile"
        warnings.warn(text, DeprecationWarning, stacklevel=3)
        return quantile_of(value)
    return value


def converted_arguments(**new: Conversion) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Accept old keyword arguments of a function in their old unit.

    Args:
        **new: For each old keyword, the new one and the function that converts its value.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            for old, (name, convert) in new.items():
                if old not in kwargs:
                    continue
                if name in kwargs:
                    raise TypeError(f"give {name} only; {old} is its old name")
                value = convert(kwargs.pop(old))
                text = f"{function.__qualname__}: {old}= is now {name}={value!r}"
                warnings.warn(text, DeprecationWarning, stacklevel=2)
                kwargs[name] = value
            return function(*args, **kwargs)

        return call

    return decorate


def renamed_attribute(old: str, new: str, value: Callable[[Any], Any]) -> property:
    """A property that gives an old attribute from a new one, with a warning."""

    def get(self: Any) -> Any:
        text = f"{type(self).__name__}.{old} is now .{new}"
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        return value(self)

    get.__doc__ = f"The old name of ``{new}``."
    return property(get)


def keep_old_fields(cls: type, new_names: Mapping[str, str]) -> None:
    """Accept the old names of a dataclass's fields, as arguments and as attributes."""
    construct: Callable[..., None] = getattr(cls, "__init__")  # noqa: B009  # mypy: on a class
    setattr(cls, "__init__", renamed_arguments(**new_names)(construct))  # noqa: B010  # mypy
    for old, new in new_names.items():
        setattr(cls, old, renamed_attribute(old, new, attrgetter(new)))
