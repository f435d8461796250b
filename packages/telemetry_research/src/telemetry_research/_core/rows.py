"""Packed events (MessagePack) and the values of their columns."""

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, islice
from typing import Any

import msgspec

from .columns import booleans, floats, integers, texts
from .safe import repr_of
from .storable import plain, plain_in_json, storable

MAX_WHOLE = 2**53  # larger integers are not exact as floats, which sums and means are
_MAX_HEAD = 65_536
_MAX_NAMES = 10_000
_INTEGERS = ("duration_ns", "input_tokens", "output_tokens")
_MEASURED = (*_INTEGERS, "cost_usd")
_NUMBER_TYPES = frozenset((int, float))
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
# Names that events of other tools use, and what the columns are called here.
MISNAMED: Mapping[str, str] = {
    "duration": "duration_ns (nanoseconds)",
    "duration_ms": "duration_ns (nanoseconds)",
    "duration_s": "duration_ns (nanoseconds)",
    "latency": "duration_ns (nanoseconds)",
    "latency_ms": "duration_ns (nanoseconds)",
    "elapsed_ms": "duration_ns (nanoseconds)",
    "cost": "cost_usd (US dollars)",
    "price": "cost_usd (US dollars)",
    "prompt_tokens": "input_tokens",
    "tokens_in": "input_tokens",
    "completion_tokens": "output_tokens",
    "tokens_out": "output_tokens",
}
_decode_json = msgspec.json.Decoder().decode
_encode_json = msgspec.json.Encoder(enc_hook=plain_in_json).encode


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


class _RawRow(msgspec.Struct, array_like=True):
    """An event whose values could not be unpacked as they are."""

    name: str
    monotonic_ns: int
    scope: PackedScope
    thread: str
    task: str | None
    span: int | None
    parent: int | None
    probability: float
    measurements: msgspec.Raw
    attributes: msgspec.Raw


_pack = msgspec.msgpack.Encoder(enc_hook=plain).encode
_unpack_row = msgspec.msgpack.Decoder(PackedRow).decode
_unpack_raw = msgspec.msgpack.Decoder(_RawRow).decode
_unpack_values = msgspec.msgpack.Decoder(dict[Any, Any]).decode
_unpack_list = msgspec.msgpack.Decoder(list[PackedRow]).decode
unpack_scope = msgspec.msgpack.Decoder(PackedScope).decode
_ARRAY = b"\xdd"  # MessagePack: an array follows, its length in four bytes


def unpack_rows(packed: bytes, sizes: Sequence[int]) -> list[PackedRow]:
    """The rows of a chunk; one that cannot be unpacked costs no other.

    Args:
        packed: The rows, one behind the other.
        sizes: The number of bytes of each.
    """
    try:
        return _unpack_list(b"".join((_ARRAY, len(sizes).to_bytes(4, "big"), packed)))
    except Exception:  # noqa: BLE001  # one of them is malformed: find it
        ends = accumulate(sizes)
        return [_one_row(packed[end - size : end]) for end, size in zip(ends, sizes, strict=True)]


def _one_row(packed: bytes) -> PackedRow:
    try:
        return _unpack_row(packed)
    except Exception as error:  # noqa: BLE001  # kept with the reason
        return _row_in_parts(packed, {"unreadable": repr_of(error)})


def _row_in_parts(packed: bytes, reason: dict[Any, Any]) -> PackedRow:
    """The row with those of its values that can be unpacked."""
    try:
        raw = _unpack_raw(packed)
    except Exception:  # noqa: BLE001  # nothing of it can be unpacked: the fields before its values
        return _head_of(packed, reason)
    values: list[dict[Any, Any]] = []
    for part in (raw.measurements, raw.attributes):
        try:
            values.append(_unpack_values(part))
        except Exception:  # noqa: BLE001  # kept with the reason
            values.append(dict(reason))
    *head, _, _ = (getattr(raw, name) for name in raw.__struct_fields__)
    return PackedRow(*head, *values)


def _head_of(packed: bytes, reason: dict[Any, Any]) -> PackedRow:
    """The row without its values, whose nesting the decoder refuses."""
    # The row is a list of ten; all but the last two are short. Measurements and attributes
    # are replaced by two empty maps.
    for end in range(1, min(len(packed), _MAX_HEAD)):
        try:
            row = _unpack_row(packed[:end] + b"\x80\x80")
        except Exception:  # noqa: BLE001, S112  # not yet the end of the eighth field
            continue
        return msgspec.structs.replace(row, attributes=reason)
    scope = PackedScope(None, None, None, {})
    return PackedRow("unreadable", 0, scope, "", None, None, None, 1.0, {}, reason)


def row_fields(row: Sequence[Any], wall_us: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of one event that is not stored yet, and its attributes, for observers."""
    name, monotonic, scope, *where, measurements, attributes = row
    head: list[Any] = [name, monotonic, unpack_scope(scope), *where]
    about: list[Any] = [dict(measurements), dict(attributes)]
    try:
        *fields, attributes = row_values(PackedRow(*head, *about))
    except Exception:  # noqa: BLE001  # foreign code in a value: as it is stored
        about = [_unpack_values(_pack(storable(each))) for each in (measurements, attributes)]
        ((*fields, attributes),) = all_row_values([PackedRow(*head, *about)])
    fields.insert(1, wall_us)
    values = dict(zip(COLUMN_BUILDERS, fields, strict=True))
    if values["success"] is not None:
        values["success"] = bool(values["success"])
    return values, {} if attributes == b"{}" else _decode_json(attributes)


def all_row_values(rows: Sequence[PackedRow]) -> list[tuple[Any, ...]]:
    """The columns of events; values that cannot be read cost only themselves.

    Args:
        rows: The events; their measurements and attributes are taken out of them.
    """
    found: list[tuple[Any, ...]] = []
    while len(found) < len(rows):
        try:
            found.extend(map(row_values, islice(rows, len(found), None)))
        except Exception as error:  # noqa: BLE001  # kept with the reason
            found.append(_without_values(rows[len(found)], error))
    return found


def _without_values(row: PackedRow, error: Exception) -> tuple[Any, ...]:
    reason = {"unreadable": repr_of(error)}
    return row_values(msgspec.structs.replace(row, measurements={}, attributes=reason))


def row_values(row: PackedRow) -> tuple[Any, ...]:
    """The columns of one event, without its wall time, and its attributes.

    A measurement of the wrong type becomes an attribute, and ``malformed`` lists its name.
    """
    name, scope = row.name, row.scope
    measurements, attributes = row.measurements, row.attributes
    duration = tokens_in = tokens_out = cost = None
    if measurements:
        take = measurements.pop
        duration, cost = take("duration_ns", None), take("cost_usd", None)
        tokens_in, tokens_out = take("input_tokens", None), take("output_tokens", None)
        if not (
            (duration is None or (type(duration) is int and 0 <= duration <= MAX_WHOLE))
            and (tokens_in is None or (type(tokens_in) is int and 0 <= tokens_in <= MAX_WHOLE))
            and (tokens_out is None or (type(tokens_out) is int and 0 <= tokens_out <= MAX_WHOLE))
            and (cost is None or (type(cost) in _NUMBER_TYPES and cost - cost == 0))
        ):
            given = (duration, tokens_in, tokens_out, cost)
            duration, tokens_in, tokens_out, cost = _checked(given, attributes)
    if scope.extras:
        attributes = {**scope.extras, **attributes}
    if measurements:
        attributes = {**attributes, **measurements}
    success = _success(name, attributes) if "success" in attributes else OUTCOMES[name]
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
            found.append(None if _missing(value) else _CONVERTERS[key](value))
        except (TypeError, ValueError, OverflowError):
            found.append(None)
            _mark_malformed(key, value, attributes)
    return found


def _missing(value: Any) -> bool:
    return value is None or (type(value) is float and value != value)  # noqa: PLR0124  # not-a-number


def _mark_malformed(key: str, value: Any, attributes: dict[str, Any]) -> None:
    """Keep a value under its name, and list the name under ``malformed``."""
    known = attributes.get("malformed", [])
    attributes["malformed"] = [*(known if isinstance(known, list) else [known]), key]
    attributes.setdefault(key, value)


def stated_success(value: object) -> bool | None:
    """What a stated success means; None when that is not clear."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return bool(value) if value in (0, 1) else None
    found = plain(value)
    return found if isinstance(found, bool) else None


class _Outcomes(dict[str, int | None]):
    """The success that the name of an event says, looked up once."""

    def __missing__(self, name: str) -> int | None:
        if len(self) >= _MAX_NAMES:
            self.clear()
        ending = name.rpartition(".")[2] if "." in name else ""
        outcome = self[name] = {"exception": 0, "stop": 1}.get(ending)
        return outcome


OUTCOMES = _Outcomes()


def _success(name: str, attributes: dict[str, Any]) -> int | None:
    """The stated success; without one, an exception is a failure and a stop is a success."""
    given = attributes.pop("success", None)
    if given is not None:
        stated = stated_success(given)
        if stated is None:
            _mark_malformed("success", given, attributes)
        return None if stated is None else int(stated)
    return OUTCOMES[name]


def _integer(value: Any) -> int:
    number = int(value)
    if not 0 <= number <= MAX_WHOLE:
        raise OverflowError(f"{number} is negative, or above 2**53")
    return number


def _finite_number(value: Any) -> float:
    number = float(value)
    if number - number != 0:
        raise ValueError(f"{number} is not finite")
    return number


_CONVERTERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_INTEGERS, _integer),
    "cost_usd": _finite_number,
}


def _json(attributes: Mapping[str, Any]) -> bytes:
    try:
        found = _encode_json(attributes)
        # JSON has no form for not-a-number and infinity; null would be another value (RFC 8259, 6).
        return _encode_json(_finite(attributes)) if b"null" in found else found
    except Exception:  # noqa: BLE001  # a key or value without a JSON form costs only itself
        return _encode_json(_finite(storable(attributes)))


def _finite(value: Any) -> Any:
    if isinstance(value, float) and value - value != 0:
        return {"repr": repr(value)}
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list) else value
