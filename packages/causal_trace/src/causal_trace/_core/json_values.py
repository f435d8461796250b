"""The base of the values of this library, and their form that JSON can hold."""

import math
from collections.abc import Mapping
from dataclasses import MISSING, field, fields, make_dataclass
from datetime import date
from os import PathLike
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from dataclasses import Field


_MOST_BITS = 14_000  # of a whole number that Python writes, which has 4,300 digits at most


class Value:
    """The base of the dataclasses of this library."""

    __slots__ = ()
    __dataclass_fields__: "ClassVar[dict[str, Field[Any]]]"

    def to_dict(self) -> dict[str, object]:
        """Return the fields as plain values for JSON.

        Returns:
            The fields by name. Infinite numbers, NaN and types unknown to JSON become their text.
        """
        return {each.name: json_value(getattr(self, each.name)) for each in fields(self)}


def draft_of(kind: type[Value]) -> Any:
    """Return a class with the same slots and defaults as a frozen one, without its checks.

    A frozen dataclass sets its fields through ``object.__setattr__``. A draft takes a third of the
    time, and becomes a value of the frozen class when its ``__class__`` is set.
    """
    return make_dataclass(
        "_Draft",
        [
            (each.name, Any)
            if each.default is MISSING
            else (each.name, Any, field(default=each.default))
            for each in fields(kind)
        ],
        bases=(Value,),
        kw_only=True,
        slots=True,
        repr=False,
        eq=False,
    )


def json_value(value: Any) -> Any:
    """Return dictionaries, lists, texts, numbers, truth values and None only.

    Infinite numbers, NaN and types unknown to JSON become their text, whole numbers of more digits
    than Python writes their hexadecimal text. Sets are sorted.
    """
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        return _json_number(value)
    if isinstance(value, Value):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {str(key): json_value(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        ordered = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
        return [json_value(each) for each in ordered]
    return str(value) if isinstance(value, PathLike | date) else repr(value)


def _json_number(value: float) -> float | str:
    if isinstance(value, int):
        return value if value.bit_length() < _MOST_BITS else hex(value)
    return value if math.isfinite(value) else str(value)
