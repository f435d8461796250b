"""Calls in the form that they had until 0.2: the model before the item, other units."""

import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def item_first(item: str, other: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Accept the old order ``f(other, item)`` of a function that takes ``f(item, other=...)``.

    Args:
        item: The name of the first argument.
        other: The name of the argument that was first.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> R:
            if len(args) == 2 or (len(args) == 1 and item in kwargs):
                text = f"{function.__name__}: the item comes first, {other}= by keyword"
                warnings.warn(text, DeprecationWarning, stacklevel=2)
                kwargs[other], args = args[0], args[1:]
            return function(*args, **kwargs)

        return call

    return decorate


def rescaled_argument(
    old: str, new: str, scale: float
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Accept an old keyword argument of another unit.

    Args:
        old: The old name.
        new: The new name.
        scale: How many new units make one old unit.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> R:
            if old in kwargs:
                text = f"{function.__qualname__}: {old}= is now {new}="
                warnings.warn(text, DeprecationWarning, stacklevel=2)
                kwargs[new] = kwargs.pop(old) * scale
            return function(*args, **kwargs)

        return call

    return decorate
