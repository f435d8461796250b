"""Where captured events go. The memory store keeps them in columns."""

import threading
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from ._columns import BytesColumn, FloatColumn, IntegerColumn, TextColumn
from ._event import Event


class Store(Protocol):
    """Takes events and gives them back; one store belongs to one experiment."""

    def append(self, record: tuple[Any, ...], attributes: Mapping[str, Any]) -> None:
        """Take one event; called from any thread.

        Args:
            record: The fields of ``Event`` from ``name`` to ``error_type``, without
                ``experiment_id``, in their order.
            attributes: Everything else.
        """
        ...

    def __len__(self) -> int:
        """How many events there are."""
        ...

    def event(self, index: int, experiment_id: str) -> Event:
        """One event by its place."""
        ...

    def table(self, experiment_id: str) -> Any:
        """All events as a ``pyarrow.Table``, a column for each field."""
        ...


_COLUMNS: tuple[tuple[str, type[Any]], ...] = (
    ("name", TextColumn),
    ("timestamp_us", IntegerColumn),
    ("monotonic_ns", IntegerColumn),
    ("condition", TextColumn),
    ("item_id", TextColumn),
    ("repeat", IntegerColumn),
    ("pid", IntegerColumn),
    ("thread", TextColumn),
    ("task", TextColumn),
    ("duration_ns", IntegerColumn),
    ("cost_usd", FloatColumn),
    ("input_tokens", IntegerColumn),
    ("output_tokens", IntegerColumn),
    ("success", IntegerColumn),
    ("model", TextColumn),
    ("error_type", TextColumn),
)
_ROWS_PER_TURN = 1024
FIELDS = tuple(name for name, _ in _COLUMNS)


def _as_repr(value: object) -> dict[str, str]:
    """What JSON does not know is kept as its repr, and marked as such."""
    return {"repr": repr(value)}


def _encoded(attributes: Mapping[str, Any]) -> bytes:
    try:
        return _encode(attributes)
    except (TypeError, ValueError, RecursionError):
        # Keys that are no text, half characters, structures that contain themselves.
        text = repr(dict(attributes)).encode("utf-8", "backslashreplace").decode()
        return _encode({"repr": text})


_encode = msgspec.json.Encoder(enc_hook=_as_repr).encode
_decode = msgspec.json.Decoder().decode


class MemoryStore:
    """Keeps events in memory, by column.

    Events gather as rows and are turned into columns a thousand at a time, which is cheaper than
    one by one and holds nobody up for long.
    """

    def __init__(self) -> None:
        self._columns = tuple(kind() for _, kind in _COLUMNS)
        self._attributes = BytesColumn()
        self._rows: list[tuple[Any, ...]] = []
        self._encoded: list[bytes] = []
        self._settled = 0
        self._lock = threading.Lock()

    def append(self, record: tuple[Any, ...], attributes: Mapping[str, Any]) -> None:
        """Take one event; called from any thread."""
        encoded = _encoded(attributes) if attributes else b"{}"
        with self._lock:
            self._rows.append(record)
            self._encoded.append(encoded)
            if len(self._rows) >= _ROWS_PER_TURN:
                self._settle()

    def __len__(self) -> int:
        with self._lock:
            return self._settled + len(self._rows)

    def _settle(self) -> None:
        """Turn the rows that have gathered into columns."""
        if not self._rows:
            return
        for column, values in zip(self._columns, zip(*self._rows, strict=True), strict=True):
            column.extend(values)
        self._attributes.extend(self._encoded)
        self._settled += len(self._rows)
        self._rows, self._encoded = [], []

    def event(self, index: int, experiment_id: str) -> Event:
        """One event by its place."""
        with self._lock:
            self._settle()
        values = {
            name: column.get(index) for name, column in zip(FIELDS, self._columns, strict=True)
        }
        success = values.pop("success")
        return Event(
            event_id=f"{experiment_id}-{index}",
            experiment_id=experiment_id,
            success=None if success is None else bool(success),
            attributes=_decode(self._attributes.get(index)),
            **values,
        )

    def table(self, experiment_id: str) -> Any:
        """All events as a ``pyarrow.Table``, a column for each field."""
        import pyarrow as pa  # noqa: PLC0415  # 30 ms that a capture does not need
        import pyarrow.compute as pc  # noqa: PLC0415  # same

        with self._lock:
            self._settle()
            arrays = [column.to_arrow() for column in self._columns]
            attributes = self._attributes.to_arrow()
            count = self._settled
        place = FIELDS.index("success")
        arrays[place] = pc.equal(arrays[place], pa.scalar(1, pa.int64()))
        numbers = IntegerColumn()
        numbers.extend(range(count))
        same = TextColumn()
        same.extend([experiment_id] * count)
        return pa.Table.from_arrays(
            [numbers.to_arrow(), same.to_arrow(), *arrays, attributes],
            names=["sequence", "experiment_id", *FIELDS, "attributes"],
        )
