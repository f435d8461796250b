"""Old attributes, and old durations in seconds or microseconds, that still work with a warning."""

import warnings
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
_MS_PER_UNIT = {"s": 1000.0, "us": 0.001}


def durations_in_ms(
    old_positional: Sequence[str] = (), /, **new_names: str
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Accept old durations of a function or method under their new names, in milliseconds.

    Args:
        old_positional: Old names of a method's arguments that were positional.
        **new_names: For each old keyword, which ends in ``_s`` or ``_us``, the new one, which ends
            in ``_ms``.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            if old_positional and len(args) > 1:
                kwargs.update(zip(old_positional, args[1:], strict=False))
                args = cast("Any", args[:1])
            for old in new_names.keys() & kwargs.keys():
                new = new_names[old]
                if new in kwargs:
                    raise TypeError(f"{function.__name__}: give {new} only; {old} is its old name")
                text = f"{function.__name__}: {old} is now {new}=, in milliseconds"
                warnings.warn(text, DeprecationWarning, stacklevel=2)
                kwargs[new] = in_ms(cast("float | None", kwargs.pop(old)), old)
            return function(*args, **kwargs)

        return call

    return decorate


def in_ms(duration: float | None, old: str) -> float | None:
    """A duration in the unit that its old name ends in, in milliseconds."""
    return None if duration is None else duration * _MS_PER_UNIT[old.rpartition("_")[2]]


def old_fields(accept: Callable[[Any], Any]) -> Callable[[type[T]], type[T]]:
    """Accept old arguments of a dataclass's constructor.

    Args:
        accept: The decorator of the constructor, from ``renamed_arguments`` or ``durations_in_ms``.
    """

    def decorate(cls: type[T]) -> type[T]:
        cls.__init__ = accept(cls.__init__)  # type: ignore[method-assign]  # same arguments, old ones too
        return cls

    return decorate


def renamed_attribute(new: str, value: Callable[[Any], Any] = lambda found: found) -> Any:
    """A property that reads an attribute under its old name.

    Args:
        new: The new name.
        value: The old form of the new value.
    """

    class Renamed:
        def __set_name__(self, owner: type, name: str) -> None:
            self.name = name

        def __get__(self, owner: Any, kind: type | None = None) -> Any:
            if owner is None:
                return self
            text = f"{type(owner).__name__}.{self.name} is now {new}"
            warnings.warn(text, DeprecationWarning, stacklevel=2)
            return value(getattr(owner, new))

    return Renamed()
