"""The parameters of an instance: values of its own that its conditions may read."""

import inspect
import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from typing import Any

from .._core.secrets import redacted_text
from .._core.text import safe_text
from .._definition.experiment import Experiment
from .class_parts import READING
from .models import is_secret

_MAX_DEPTH = 8
_MAX_ENTRIES = 1_000  # a longer value is data
_MISSING = object()


def parameters_of(experiment: Experiment) -> dict[str, Any]:
    """The parameters that an instance was made with or was given afterwards, as plain values.

    Those are the fields of a dataclass or of a pydantic or attrs model, the attributes that are
    named like an argument of ``__init__``, and those that replace an attribute of the class. Only
    numbers, texts and collections of them count. Settings of experiments, which are compared by
    themselves, and secrets do not.

    Args:
        experiment: The instance, before its ``setup``.
    """
    found: dict[str, Any] = {}
    for name in sorted(set(_names(experiment))):
        if name.startswith("_") or hasattr(Experiment, name) or name in READING or is_secret(name):
            continue
        value = _plain(_read(experiment, name), _MAX_DEPTH)
        if value is not _MISSING:
            found[name] = value
    return found


def _read(experiment: Experiment, name: str) -> object:
    try:
        return getattr(experiment, name, _MISSING)
    except Exception:  # noqa: BLE001  # a property may raise anything before ``setup``
        return _MISSING


def _names(experiment: Experiment) -> Iterator[str]:
    kind: Any = type(experiment)
    if is_dataclass(kind):
        yield from (each.name for each in fields(kind))
    for listing in ("model_fields", "__pydantic_fields__"):
        found = getattr(kind, listing, None)
        if isinstance(found, Mapping):
            yield from found
    yield from (each.name for each in getattr(kind, "__attrs_attrs__", ()))
    yield from getattr(experiment, "__pydantic_extra__", None) or ()
    with suppress(TypeError, ValueError):
        yield from inspect.signature(kind).parameters
    yield from (name for name in getattr(experiment, "__dict__", ()) if hasattr(kind, name))


def _plain(value: object, depth: int) -> Any:
    """A value as JSON gives it back; the mark of absence for what has no such form."""
    if isinstance(value, str):
        return redacted_text(safe_text(value, limit=10_000))
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth == 0 or not isinstance(value, Mapping | list | tuple) or len(value) > _MAX_ENTRIES:
        return _MISSING
    if isinstance(value, Mapping):
        items: dict[str, Any] = {
            safe_text(key): _plain(entry, depth - 1) for key, entry in value.items()
        }
        return _MISSING if any(each is _MISSING for each in items.values()) else items
    entries = [_plain(each, depth - 1) for each in value]
    return _MISSING if any(each is _MISSING for each in entries) else entries
