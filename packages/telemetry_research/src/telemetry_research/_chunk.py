"""Packed events on their way from the bus to a store, and the table they become."""

import os
import platform
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any

import msgspec

from ._columns import booleans, bytes_to_arrow, floats, integers, texts

SCHEMA_VERSION = "1"
_ROWS_AT_ONCE = 256
_PAUSE_S = 0.0001
_LARGEST = 2**63 - 1
_ARRAY = b"\xdd"  # MessagePack: an array follows, its length in four bytes
_INTEGERS = ("duration_ns", "input_tokens", "output_tokens")
_MEASURED = (*_INTEGERS, "cost_usd")
_WHOLE = frozenset((int, NoneType))
_REAL = frozenset((int, float, NoneType))
_KINDS: Mapping[str, Callable[[Any], Any]] = {
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
# What the table has, in this order; the first five are the same for all events of a chunk.
_OF_THE_CHUNK = ("experiment_id", "source", "sequence", "host", "pid")
FIELDS = (*_OF_THE_CHUNK, *_KINDS, "attributes")
_decode_json = msgspec.json.Decoder().decode


def _as_repr(value: object) -> dict[str, str]:
    return {"repr": repr(value)}


_encode_json = msgspec.json.Encoder(enc_hook=_as_repr).encode


class _Place(msgspec.Struct, array_like=True, gc=False):
    """The scope of an event, as it is packed."""

    condition: str | None
    item: str | None
    repeat: int | None
    extras: dict[Any, Any]


class _Row(msgspec.Struct, array_like=True, gc=False):
    """An event as it is packed; unknown to the garbage collector, which would stop the program."""

    name: str
    monotonic_ns: int
    place: _Place
    thread: str
    task: str | None
    span: int | None
    parent: int | None
    chance: float
    measurements: dict[Any, Any]
    attributes: dict[Any, Any]


_unpack = msgspec.msgpack.Decoder(list[_Row]).decode
_unpack_place = msgspec.msgpack.Decoder(_Place).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who writes: one process in one sitting."""

    experiment_id: str
    name: str
    pid: int
    host: str

    @classmethod
    def here(cls, experiment_id: str) -> "Source":
        """This process, under a name that no other has."""
        pid = os.getpid()
        name = f"{pid:x}.{os.urandom(4).hex()}"
        return cls(experiment_id=experiment_id, name=name, pid=pid, host=platform.node())


class Chunk:
    """Packed events of one source, compressed until somebody asks for the table.

    Attributes:
        source: Who wrote them.
        first: The sequence number of the first.
        count: How many there are.
    """

    __slots__ = ("_codec", "_lock", "_packed", "_size", "_table", "_wall_us", "count", "first",
                 "source")  # fmt: skip

    def __init__(self, source: Source, first: int, rows: Sequence[bytes], codec: Any) -> None:
        packed = b"".join((_ARRAY, len(rows).to_bytes(4, "big"), *rows))
        self.source = source
        self.first = first
        self.count = len(rows)
        self._wall_us = (time.time_ns() - time.monotonic_ns()) // 1000
        self._codec = codec
        self._size = len(packed)
        self._packed: bytes | None = codec.compress(packed, asbytes=True)
        self._table: Any = None
        self._lock = threading.Lock()

    @property
    def table(self) -> Any:
        """The events as a ``pyarrow.RecordBatch`` with the columns of an event."""
        with self._lock:
            if self._table is None:
                rows = _unpack(self._codec.decompress(self._packed, self._size, asbytes=True))
                self._table = self._columns(rows)
                self._packed = None
            return self._table

    def _columns(self, rows: list[_Row]) -> Any:
        values: list[tuple[Any, ...]] = []
        _let_others_run()
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            values.extend(map(_fields, rows[start : start + _ROWS_AT_ONCE]))
            _let_others_run()
        found: list[Any] = list(zip(*values, strict=True))
        found.insert(1, [self._wall_us + row.monotonic_ns // 1000 for row in rows])
        _let_others_run()
        return self._assemble(found)

    def _assemble(self, found: Sequence[Any]) -> Any:
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package

        *columns, attributes = found
        arrays = [
            texts([self.source.experiment_id] * self.count),
            texts([self.source.name] * self.count),
            integers(range(self.first, self.first + self.count)),
            texts([self.source.host] * self.count),
            integers([self.source.pid] * self.count),
            *(kind(values) for kind, values in zip(_KINDS.values(), columns, strict=True)),
            bytes_to_arrow(attributes),
        ]
        return pa.RecordBatch.from_arrays(arrays, names=list(FIELDS))


class StoredChunk:
    """A chunk that another process wrote: a table already."""

    __slots__ = ("count", "first", "source", "table")

    def __init__(self, batch: Any) -> None:
        first = {name: batch.column(name)[0].as_py() for name in _OF_THE_CHUNK}
        self.source = Source(
            experiment_id=first["experiment_id"],
            name=first["source"],
            pid=first["pid"],
            host=first["host"],
        )
        self.first = first["sequence"]
        self.count = batch.num_rows
        self.table = batch


def warm_up(source: Source, codec: Any) -> Any:
    """Import and prepare what the first table needs: 0.3 s that no measurement should wait for."""
    place = _Place(None, None, None, {})
    row = _Row("warm.up", 0, place, "", None, None, None, 1.0, {}, {})
    return Chunk(source, 0, [msgspec.msgpack.encode(row)], codec).table


def _let_others_run() -> None:
    """Between pieces of work in a background thread: an event loop would wait 5 ms otherwise."""
    if threading.current_thread() is not threading.main_thread():
        time.sleep(_PAUSE_S)


def schema() -> Any:
    """The columns of the table and their types."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    text = pa.dictionary(pa.int32(), pa.string())
    kinds = {texts: text, integers: pa.int64(), floats: pa.float64(), booleans: pa.bool_()}
    named = {name: kinds[kind] for name, kind in _KINDS.items()}
    own = {name: pa.int64() if name in ("sequence", "pid") else text for name in _OF_THE_CHUNK}
    every = {**own, **named, "attributes": pa.string()}
    return pa.schema(every, metadata={"schema_version": SCHEMA_VERSION})


def row_fields(row: Sequence[Any], wall_us: int) -> dict[str, Any]:
    """The fields of one event that was not stored yet, for those who watch."""
    name, monotonic, place, *where, measurements, attributes = row
    about: list[Any] = [*where, dict(measurements), dict(attributes)]
    *fields, attributes = _fields(_Row(name, monotonic, _unpack_place(place), *about))
    fields.insert(1, wall_us)
    values = dict(zip(_KINDS, fields, strict=True))
    success = values["success"]
    return {
        **values,
        "success": None if success is None else bool(success),
        "attributes": _decode_json(attributes),
    }


def _fields(row: _Row) -> tuple[Any, ...]:
    """The columns of one event, without its wall time, and its attributes.

    A measurement of the wrong kind stays among the attributes, which say so under ``malformed``.
    """
    name, place = row.name, row.place
    measurements, attributes = row.measurements, row.attributes
    take = measurements.pop
    duration, tokens_in = take("duration_ns", None), take("input_tokens", None)
    tokens_out, cost = take("output_tokens", None), take("cost_usd", None)
    if not (
        type(duration) in _WHOLE
        and type(tokens_in) in _WHOLE
        and type(tokens_out) in _WHOLE
        and type(cost) in _REAL
        and (duration or 0) <= _LARGEST
        and (tokens_in or 0) <= _LARGEST
        and (tokens_out or 0) <= _LARGEST
    ):
        given = (duration, tokens_in, tokens_out, cost)
        duration, tokens_in, tokens_out, cost = _checked(given, attributes)
    if place.extras:
        attributes = {**place.extras, **attributes}
    if measurements:
        attributes = {**attributes, **measurements}
    success = _success(name, attributes)
    model, error = attributes.pop("model", None), attributes.pop("error_type", None)
    return (
        name,
        row.monotonic_ns,
        place.condition,
        place.item,
        place.repeat,
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
        row.chance,
        _json(attributes) if attributes else b"{}",
    )


def _checked(values: Sequence[Any], attributes: dict[str, Any]) -> list[Any]:
    """Measurements as their kind; what cannot be that goes into the attributes."""
    found: list[Any] = []
    for key, value in zip(_MEASURED, values, strict=True):
        try:
            found.append(None if value is None else _KIND_OF[key](value))
        except (TypeError, ValueError, OverflowError):
            found.append(None)
            attributes[key] = value
            attributes["malformed"] = [*attributes.get("malformed", []), key]
    return found


def _success(name: str, attributes: dict[str, Any]) -> int | None:
    """What the event says of itself; else an exception is a failure and a stop is a success."""
    stated = attributes.pop("success", None)
    if stated is not None:
        return int(bool(stated))
    if name.endswith(".exception"):
        return 0
    return 1 if name.endswith(".stop") else None


def _integer(value: Any) -> int:
    number = int(value)
    if not -_LARGEST <= number <= _LARGEST:
        raise OverflowError(f"{number} does not fit into 64 bits")
    return number


_KIND_OF: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_INTEGERS, _integer),
    "cost_usd": float,
}


def _json(attributes: Mapping[str, Any]) -> bytes:
    found = _encode_json(attributes)
    # JSON has no word for not-a-number and infinity, and null would be another value.
    return _encode_json(_finite(attributes)) if b"null" in found else found


def _finite(value: Any) -> Any:
    if isinstance(value, float) and value - value != 0:
        return {"repr": repr(value)}
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list) else value
