"""One captured event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from .catalogue import Level, event_info
from .errors import DamagedFileError


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event with its context at the time it was emitted.

    Attributes:
        event_id: Unique: the experiment, the source and the sequence number.
        name: The event's name, such as ``ensemble.model.stop``.
        timestamp_us: Wall-clock time in microseconds since the epoch, UTC.
        monotonic_ns: Monotonic clock of the process, for order and distance.
        experiment_id: The experiment it belongs to.
        source: The process that wrote it, with a new name for each session.
        sequence: The sequence number within the source, from 0.
        condition: The condition it was emitted under.
        item_id: The item it belongs to.
        repeat: The repeat of the item.
        host: The machine.
        pid: The process.
        thread: The thread's name.
        task: The asyncio task's name; None outside a task.
        span_id: The span it belongs to, 16 hexadecimal digits; a start and its stop share it.
        parent_id: The enclosing span.
        duration_ns: The duration in nanoseconds; None when it was not measured.
        cost_usd: The cost in US dollars; None when unknown.
        input_tokens: Tokens of the prompt.
        output_tokens: Tokens of the answer.
        success: True for a success, False for a failure, None for neither.
        model: The model.
        error_type: The class of the error.
        probability: The sampling probability; 1 without sampling.
        attributes: All other measurements and metadata. A value without a JSON form is stored as
            ``{"repr": ...}``.
    """

    event_id: str
    name: str
    timestamp_us: int
    monotonic_ns: int
    experiment_id: str
    source: str = ""
    sequence: int = 0
    condition: str | None = None
    item_id: str | None = None
    repeat: int | None = None
    host: str | None = None
    pid: int = 0
    thread: str | None = None
    task: str | None = None
    span_id: str | None = None
    parent_id: str | None = None
    duration_ns: int | None = None
    cost_usd: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    success: bool | None = None
    model: str | None = None
    error_type: str | None = None
    probability: float = 1.0
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        """The level of the event."""
        return event_info(self.name).level

    @property
    def latency_ms(self) -> float | None:
        """The duration in milliseconds."""
        return None if self.duration_ns is None else self.duration_ns / 1e6

    def to_dict(self) -> dict[str, object]:
        """The event as plain values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {**values, "level": self.level, "latency_ms": self.latency_ms}


def event_from(columns: Mapping[str, Any], attributes: dict[str, Any]) -> Event:
    """An event from one row of an Arrow table."""
    values = {name: value for name, value in columns.items() if name != "attributes"}
    for name in ("span_id", "parent_id"):
        number = values[name]
        values[name] = None if number is None else f"{number:016x}"
    event_id = f"{values['experiment_id']}-{values['source']}-{values['sequence']}"
    return Event(event_id=event_id, attributes=attributes, **values)


_attributes = msgspec.json.Decoder(dict[str, Any]).decode


def attributes_of(text: str) -> dict[str, Any]:
    """The attributes of a stored event.

    Args:
        text: What is stored; others may have written it.

    Raises:
        DamagedFileError: It is not a JSON object.
    """
    try:
        return _attributes(text)
    except (TypeError, ValueError, RecursionError) as error:
        problem = f"the attributes of an event cannot be read ({error}): {text!r:.60}"
        raise DamagedFileError(problem) from error
