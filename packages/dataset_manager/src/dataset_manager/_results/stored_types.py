"""The types of the values in a stored result, which others may have written."""

import math
from collections.abc import Mapping
from typing import Any

_RESULT = {
    **dict.fromkeys(("model_name", "dataset_name", "dataset_version", "dataset_hash"), str),
    "synthetic": bool,
    "scorer": str,
    "metrics": dict,
    "items": list,
}
_ITEM = {"id": str, "correct": bool, "score": float, "outcome": str, "missing": bool}
_SUMMARY = {
    **dict.fromkeys(("id", "model_name", "dataset_name", "dataset_hash", "saved_at"), str),
    "accuracy": float,
    "total": int,
    "metrics": dict,
}


def check_result(record: Mapping[str, Any]) -> None:
    """Refuse a stored result in which a value has another type than its field's.

    Args:
        record: As it was read.

    Raises:
        KeyError: A field is missing.
        TypeError: A value has another type.
        ValueError: It has no items.
    """
    _check(record, _RESULT)
    if not record["items"]:
        raise ValueError("it has no items")
    _check_metrics(record["metrics"])
    _check({"left_out": record.get("left_out", 0)}, {"left_out": int})
    for name in ("layers", "warnings"):
        _check({name: list(record.get(name, ()))}, {name: list})
        for each in record.get(name, ()):
            _check({name: each}, {name: str})
    for item in record["items"]:
        _check(item, _ITEM)
        _check_optional(item, "confidence", float)
        _check_optional(item, "how", str)
        _check_optional(item, "span", list)


def check_summary(record: Mapping[str, Any]) -> None:
    """Refuse a summary in which a value has another type than its field's.

    Args:
        record: As it was read.

    Raises:
        KeyError: A field is missing.
        TypeError: A value has another type.
    """
    _check(record, _SUMMARY)
    _check_metrics(record["metrics"])


def _check_metrics(metrics: Mapping[str, Any]) -> None:
    for name, value in metrics.items():
        if value is not None:
            _check({name: value}, {name: float})


def _check_optional(record: Mapping[str, Any], name: str, kind: type) -> None:
    if record.get(name) is not None:
        _check(record, {name: kind})


def _check(record: Mapping[str, Any], kinds: Mapping[str, type]) -> None:
    for name, kind in kinds.items():
        if not _fits(record[name], kind):
            raise TypeError(f"{name} is {str(record[name])[:80]!r}, which is not of its type")


def _fits(value: Any, kind: type) -> bool:
    if kind is float:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and (math.isnan(value) or abs(value) < math.inf)
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
