"""Packed events (MessagePack) and the values of their columns."""

from collections.abc import Callable, Mapping, Sequence
from types import NoneType
from typing import Any

import msgspec

from .columns import booleans, floats, integers, texts

_MAX_INT64 = 2**63 - 1
_INTEGERS = ("duration_ns", "input_tokens", "output_tokens")
_MEASURED = (*_INTEGERS, "cost_usd")
_INTEGER_TYPES = frozenset((int, NoneType))
_NUMBER_TYPES = frozenset((int, float, NoneType))
COLUMN_BUILDERS: Mapping[str, Callable[[Any], Any]] = {
    "name": texts,
    "timestamp_us": integers,
    "monotonic_ns": integers,
    "condition": texts,
    "item_id": texts,
    "repeat": integers,
    "thread": texts,
    "task": texts,
    "span_id": integers,
    "parent_id": integers,
    "duration_ns": integers,
    "cost_usd": floats,
    "input_tokens": integers,
    "output_tokens": integers,
    "success": booleans,
    "model": texts,
    "error_type": texts,
    "probability": floats,
}
_decode_json = msgspec.json.Decoder().decode


def _as_repr(value: object) -> dict[str, str]:
    return {"repr": repr(value)}


_encode_json = msgspec.json.Encoder(enc_hook=_as_repr).encode


class PackedScope(msgspec.Struct, array_like=True, gc=False):
    """The scope fields of an event, as they are packed."""

    condition: str | None
    item: str | None
    repeat: int | None
    extras: dict[Any, Any]


class PackedRow(msgspec.Struct, array_like=True, gc=False):
    """An event as it is packed; not tracked by the garbage collector, whose runs would pause it."""

    name: str
    monotonic_ns: int
    scope: PackedScope
    thread: str
    task: str | None
    span: int | None
    parent: int | None
    probability: float
    measurements: dict[Any, Any]
    attributes: dict[Any, Any]


unpack_rows = msgspec.msgpack.Decoder(list[PackedRow]).decode
_unpack_scope = msgspec.msgpack.Decoder(PackedScope).decode


def row_fields(row: Sequence[Any], wall_us: int) -> dict[str, Any]:
    """The fields of one event that is not stored yet, for observers."""
    name, monotonic, scope, *where, measurements, attributes = row
    about: list[Any] = [*where, dict(measurements), dict(attributes)]
    *fields, attributes = row_values(PackedRow(name, monotonic, _unpack_scope(scope), *about))
    fields.insert(1, wall_us)
    values = dict(zip(COLUMN_BUILDERS, fields, strict=True))
    success = values["success"]
    return {
        **values,
        "success": None if success is None else bool(success),
        "attributes": _decode_json(attributes),
    }


def row_values(row: PackedRow) -> tuple[Any, ...]:
    """The columns of one event, without its wall time, and its attributes.

    A measurement of the wrong type becomes an attribute, and ``malformed`` lists its name.
    """
    name, scope = row.name, row.scope
    measurements, attributes = row.measurements, row.attributes
    take = measurements.pop
    duration, tokens_in = take("duration_ns", None), take("input_tokens", None)
    tokens_out, cost = take("output_tokens", None), take("cost_usd", None)
    if not (
        type(duration) in _INTEGER_TYPES
        and type(tokens_in) in _INTEGER_TYPES
        and type(tokens_out) in _INTEGER_TYPES
        and type(cost) in _NUMBER_TYPES
        and (duration or 0) <= _MAX_INT64
        and (tokens_in or 0) <= _MAX_INT64
        and (tokens_out or 0) <= _MAX_INT64
    ):
        given = (duration, tokens_in, tokens_out, cost)
        duration, tokens_in, tokens_out, cost = _checked(given, attributes)
    if scope.extras:
        attributes = {**scope.extras, **attributes}
    if measurements:
        attributes = {**attributes, **measurements}
    success = _success(name, attributes)
    model, error = attributes.pop("model", None), attributes.pop("error_type", None)
    return (
        name,
        row.monotonic_ns,
        scope.condition,
        scope.item,
        scope.repeat,
        row.thread,
        row.task,
        row.span,
        row.parent,
        duration,
        cost,
        tokens_in,
        tokens_out,
        success,
        model if model is None or type(model) is str else str(model),
        error if error is None or type(error) is str else str(error),
        row.probability,
        _json(attributes) if attributes else b"{}",
    )


def _checked(values: Sequence[Any], attributes: dict[str, Any]) -> list[Any]:
    """Measurements as their type; the ones that cannot be converted become attributes."""
    found: list[Any] = []
    for key, value in zip(_MEASURED, values, strict=True):
        try:
            found.append(None if value is None else _CONVERTERS[key](value))
        except (TypeError, ValueError, OverflowError):
            found.append(None)
            attributes[key] = value
            attributes["malformed"] = [*attributes.get("malformed", []), key]
    return found


def _success(name: str, attributes: dict[str, Any]) -> int | None:
    """The stated success; without one, an exception is a failure and a stop is a success."""
    stated = attributes.pop("success", None)
    if stated is not None:
        return int(bool(stated))
    if name.endswith(".exception"):
        return 0
    return 1 if name.endswith(".stop") else None


def _integer(value: Any) -> int:
    number = int(value)
    if not -_MAX_INT64 <= number <= _MAX_INT64:
        raise OverflowError(f"{number} does not fit into 64 bits")
    return number


_CONVERTERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_INTEGERS, _integer),
    "cost_usd": float,
}


def _json(attributes: Mapping[str, Any]) -> bytes:
    found = _encode_json(attributes)
    # JSON has no form for not-a-number and infinity; null would be another value (RFC 8259, 6).
    return _encode_json(_finite(attributes)) if b"null" in found else found


def _finite(value: Any) -> Any:
    if isinstance(value, float) and value - value != 0:
        return {"repr": repr(value)}
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list) else value
