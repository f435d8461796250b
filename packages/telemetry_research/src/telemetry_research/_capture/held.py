"""Events that are held back: kept, or dropped, by another process when it knows whether they count.

A worker runs a unit of work and sends its events with the result. The process that takes the result
keeps the events with it, once. Work that is done again by another worker has no event twice.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from .._core.chunk import wall_minus_monotonic_ns
from .._core.rows import PackedRow
from .._core.safe import described
from .context import NO_SPAN, current, open_span
from .filing import draw, take_row
from .receiver import listen, stop_listening
from .recorder import Recorder
from .sampling import Gate, Reservoir

_MOST = 2**62
_pack = msgspec.msgpack.Encoder().encode


class _Held(msgspec.Struct, array_like=True):
    """The events of a unit of work, and how far the clocks of its process are apart."""

    wall_minus_monotonic_ns: int
    rows: list[bytes]


_unpack = msgspec.msgpack.Decoder(_Held).decode
_unpack_row = msgspec.msgpack.Decoder(PackedRow).decode


class HeldEvents:
    """The events of a block; made by ``held_events``.

    Attributes:
        errors: Why events could not be held.
    """

    def __init__(self) -> None:
        self.id: str = ""
        self.capturing: bool = True
        self.gate: Gate | None = None
        self._events: list[bytes] = []
        self.intake: list[bytes] | Reservoir = self._events
        self.filtered_events: int = 0
        self.errors: list[str] = []

    def __len__(self) -> int:
        return len(self._events)

    def __bool__(self) -> bool:
        return True

    @property
    def observers(self) -> tuple[Callable[..., object], ...]:
        return ()

    @property
    def settle(self) -> Callable[[], None]:
        return lambda: None

    def observe(self, row: tuple[Any, ...]) -> None:
        """Nothing observes events that are held."""

    def count_missed(self) -> None:
        """Events after the block are not held."""

    def count_error(self, text: str) -> None:
        """Note an event that could not be held."""
        self.errors.append(text)

    def to_bytes(self) -> bytes:
        """The events for ``keep_held``; empty without events."""
        if not self._events:
            return b""
        return _pack(_Held(wall_minus_monotonic_ns(), self._events))


@contextmanager
def held_events() -> Iterator[HeldEvents]:
    """Hold the events that are emitted inside the block, instead of recording them.

    Yields:
        The events, for ``to_bytes``.

    Example:
        >>> from telemetry_research import keep_held, record, recording
        >>> with held_events() as held:  # in a worker
        ...     record("retrieval.stop", {"duration_ns": 5})
        >>> with recording("pilot") as experiment:  # where the result arrives
        ...     keep_held(experiment, held.to_bytes())
        1
        >>> len(experiment)
        1
    """
    held = HeldEvents()
    listen()
    tokens = current.set(held), open_span.set(NO_SPAN)
    try:
        yield held
    finally:
        current.reset(tokens[0])
        open_span.reset(tokens[1])
        held.capturing = False
        stop_listening()


def keep_held(experiment: Recorder, held: bytes) -> int:
    """Record events that another process has held, with their own times and spans.

    They lie in the span that is open here. Filters and sampling of the recording hold for them.

    Args:
        experiment: A running recording.
        held: What ``HeldEvents.to_bytes`` gave; each is to be kept once.

    Returns:
        The number of events that were kept.

    Raises:
        ValueError: The bytes do not hold events.
    """
    if not held:
        return 0
    try:
        found = _unpack(held)
        rows = [_unpack_row(each) for each in found.rows]
    except msgspec.MsgspecError as error:
        raise ValueError(f"these bytes hold no events: {described(error)}") from error
    shift = found.wall_minus_monotonic_ns - wall_minus_monotonic_ns()
    if not all(_is_storable(each, shift) for each in rows):
        raise ValueError(
            "these bytes hold no events: a time, a span or a probability is impossible"
        )
    outer = open_span.get().span_id
    return sum(_keep(experiment, row, shift, outer) for row in rows)


def _is_storable(row: PackedRow, shift_ns: int) -> bool:
    times = (row.monotonic_ns + shift_ns, shift_ns)
    spans = (row.span or 0, row.parent or 0)
    numbers = all(-_MOST < each < _MOST for each in times) and all(
        0 <= each < 2**63 for each in spans
    )
    return numbers and 0 < row.probability <= 1


def _keep(experiment: Recorder, row: PackedRow, shift_ns: int, outer: int | None) -> bool:
    if not experiment.capturing:
        experiment.count_missed()
        return False
    probability = draw(experiment, row.name, row.measurements, row.attributes)
    if probability is None:
        return False
    parent = outer if row.parent is None else row.parent
    scope = msgspec.Raw(_pack(row.scope))
    where = (row.monotonic_ns + shift_ns, scope, row.thread, row.task, row.span, parent)
    values = (row.measurements, row.attributes)
    take_row(experiment, (row.name, *where, probability * row.probability, *values))
    return True
