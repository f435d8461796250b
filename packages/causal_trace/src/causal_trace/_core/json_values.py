"""Any value as what JSON can hold, the same one each time."""

import math
from collections.abc import Mapping
from datetime import date
from os import PathLike
from typing import Any


def plain(value: Any) -> Any:
    """A value of dictionaries, lists, texts, numbers, truth values and None.

    Infinite numbers and what JSON does not know become their text; sets are put in order.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        ordered = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
        return [plain(each) for each in ordered]
    return str(value) if isinstance(value, PathLike | date) else repr(value)
