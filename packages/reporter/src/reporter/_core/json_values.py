"""Values of a report in the form that JSON can hold."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any


def json_value(value: Any) -> Any:
    """Return dictionaries, lists, texts, numbers, truth values and None only.

    A dataclass becomes a dictionary with the name of its class as ``type``. Infinite numbers, NaN
    and types unknown to JSON become their text.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if is_dataclass(value):
        values = {each.name: json_value(getattr(value, each.name)) for each in fields(value)}
        return {"type": type(value).__name__, **values}
    if isinstance(value, Mapping):
        return {str(key): json_value(each) for key, each in value.items()}
    if isinstance(value, Iterable):
        return [json_value(each) for each in value]
    return str(value)


class Value:
    """The base of every part of a report."""

    __slots__ = ()

    def to_dict(self) -> dict[str, object]:
        """Return the fields as plain values for JSON.

        Returns:
            The fields by name, and the name of the class as ``type``; the same for parts inside.
        """
        values: dict[str, object] = json_value(self)
        return values
