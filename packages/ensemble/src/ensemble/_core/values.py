"""Frozen values of keyword arguments."""

import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, field, make_dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self, dataclass_transform

if TYPE_CHECKING:
    from inspect import Signature


@cache
def _as_dataclass(kind: Any) -> type:
    """The dataclass with the fields of a class of values."""
    import inspect  # noqa: PLC0415  # for those who look

    annotations: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        annotations |= inspect.get_annotations(base)
    fields = [(name, annotations[name], _default(kind, name)) for name in kind._fields]
    return make_dataclass(kind.__name__, fields, frozen=True, kw_only=True)


def _default(kind: Any, name: str) -> Any:
    value = getattr(kind, name, MISSING)
    if value is MISSING:
        return field()
    # A mapping is refused as a default, a function that gives it is not.
    return (
        field(default_factory=lambda: value) if isinstance(value, Mapping) else field(default=value)
    )


def _signature(kind: Any) -> "Signature":
    import inspect  # noqa: PLC0415  # for those who look

    return inspect.signature(_as_dataclass(kind)).replace(return_annotation=inspect.Signature.empty)


class _OfClass:
    """An attribute of a class that is computed when it is first asked for."""

    def __init__(self, compute: Callable[[Any], Any], *, of_instances: bool) -> None:
        self._compute = compute
        self._of_instances = of_instances

    def __get__(self, instance: object, kind: type) -> Any:
        if instance is not None and not self._of_instances:
            # A value that is called has a signature of its own.
            raise AttributeError("__signature__")
        return self._compute(kind)


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Value:
    """A frozen dataclass that is compiled when it is looked at, not when it is defined.

    A dataclass compiles its methods when it is defined, 0.4 ms each; importing the library should
    not take longer for settings that few programs use. What ``dataclasses`` and ``inspect`` look
    for is made when they look for it.
    """

    _fields: tuple[str, ...] = ()
    # Old names of fields until 0.3: the new name, and how many of its units make one of the old.
    _renamed: ClassVar[Mapping[str, tuple[str, float | None]]] = {}
    if not TYPE_CHECKING:
        __dataclass_fields__ = _OfClass(
            lambda kind: _as_dataclass(kind).__dataclass_fields__, of_instances=True
        )
        __dataclass_params__ = _OfClass(
            lambda kind: _as_dataclass(kind).__dataclass_params__, of_instances=True
        )
        __signature__ = _OfClass(_signature, of_instances=False)

    def __init_subclass__(cls) -> None:
        own = cls.__annotations__  # its own, or none: not those of its base
        new = tuple(name for name in own if not name.startswith("_") and name not in cls._fields)
        cls._fields = (*cls._fields, *new)

    def __init__(self, **given: Any) -> None:
        kind = type(self)
        given = {new: each for old, value in given.items() for new, each in self._new(old, value)}
        unknown = [name for name in given if name not in self._fields]
        missing = [name for name in self._fields if name not in given and not hasattr(kind, name)]
        if unknown or missing:
            wrong = f"no option {unknown[0]!r}" if unknown else f"needs {missing[0]!r}"
            raise TypeError(
                f"{kind.__name__}: {wrong}; options: {', '.join(self._fields) or 'none'}"
            )
        self.__dict__.update(given)
        self._check()

    def _new(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        """The field under its new name and in its new unit."""
        if name not in self._renamed:
            yield name, value
            return
        new, scale = self._renamed[name]
        text = f"{type(self).__name__}: {name}= is now {new}="
        warnings.warn(text, DeprecationWarning, stacklevel=4)
        yield new, value * scale if scale is not None and value is not None else value

    if not TYPE_CHECKING:  # type checkers refuse the old names; running code is warned

        def __getattr__(self, name: str) -> Any:
            if name not in self._renamed:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            new, scale = self._renamed[name]
            text = f"{type(self).__name__}.{name} is now .{new}"
            warnings.warn(text, DeprecationWarning, stacklevel=2)
            value = getattr(self, new)
            return value / scale if scale is not None and value is not None else value

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
        """Return the value with other fields; deprecated, use ``dataclasses.replace``."""
        text = "changed() is now dataclasses.replace()"
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        changed: Self = replace(self, **new)  # type: ignore[type-var]  # a dataclass to all who look
        return changed

    def to_json(self) -> str:
        """Return the value as JSON."""
        import json  # noqa: PLC0415  # few need it

        return json.dumps(self.to_dict(), ensure_ascii=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the value as plain values, as JSON has them.

        Returns:
            Each field by its name; what has no form in JSON by its ``repr``.
        """
        return {name: plain(getattr(self, name)) for name in self._fields}


def plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [plain(each) for each in value]
    return repr(value)
