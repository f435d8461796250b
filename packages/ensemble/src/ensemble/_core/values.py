"""Frozen values of keyword arguments."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Self, dataclass_transform


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Value:
    """What a frozen dataclass is, for the many small settings of this library.

    A dataclass compiles its methods when it is defined, 0.4 ms each; importing the library should
    not take longer for settings that few programs use.
    """

    _fields: tuple[str, ...] = ()

    def __init_subclass__(cls) -> None:
        own = tuple(name for name in cls.__annotations__ if not name.startswith("_"))
        cls._fields = (*cls._fields, *own)

    def __init__(self, **given: Any) -> None:
        kind = type(self)
        unknown = [name for name in given if name not in self._fields]
        missing = [name for name in self._fields if name not in given and not hasattr(kind, name)]
        if unknown or missing:
            wrong = f"no option {unknown[0]!r}" if unknown else f"needs {missing[0]!r}"
            raise TypeError(
                f"{kind.__name__}: {wrong}; options: {', '.join(self._fields) or 'none'}"
            )
        self.__dict__.update(given)
        self._check()

    def _check(self) -> None:
        """Refuse values that are out of range."""

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name!r} cannot be set")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self._fields)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._fields)
        return f"{type(self).__name__}({shown})"

    def changed(self, **new: Any) -> Self:
        """The same value with other fields."""
        return type(self)(**{**{name: getattr(self, name) for name in self._fields}, **new})

    def to_dict(self) -> dict[str, Any]:
        """The value as plain values, as JSON has them; what has no such form by its ``repr``."""
        return {name: _plain(getattr(self, name)) for name in self._fields}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [_plain(each) for each in value]
    return repr(value)
