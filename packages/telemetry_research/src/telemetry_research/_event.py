"""One captured event."""

from dataclasses import dataclass, field
from typing import Any

from ._catalogue import event_info


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event with what was known about it when it was emitted.

    Attributes:
        event_id: Unique: the experiment's id and a running number.
        name: The event's name, such as ``ensemble.model.stop``.
        timestamp_us: Wall-clock time in microseconds since the epoch, UTC.
        monotonic_ns: A clock that never goes back, for order and distance.
        experiment_id: The experiment it belongs to.
        condition: The condition it was emitted under.
        item_id: The item that was being answered.
        repeat: The repeat.
        pid: The process.
        thread: The thread's name.
        task: The asyncio task's name; None outside a task.
        duration_ns: How long what it reports took; None where nothing was timed.
        cost_usd: What it cost; None when unknown.
        input_tokens: Tokens read by a model.
        output_tokens: Tokens written by a model.
        success: Whether it reports a success; None where it reports neither.
        model: The model.
        error_type: The class of the error.
        attributes: Everything else that came with it. A value that JSON does not know is kept as
            ``{"repr": ...}``.
    """

    event_id: str
    name: str
    timestamp_us: int
    monotonic_ns: int
    experiment_id: str
    condition: str | None = None
    item_id: str | None = None
    repeat: int | None = None
    pid: int = 0
    thread: str | None = None
    task: str | None = None
    duration_ns: int | None = None
    cost_usd: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    success: bool | None = None
    model: str | None = None
    error_type: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def level(self) -> str:
        """The level the event is on."""
        return event_info(self.name).level

    @property
    def latency_ms(self) -> float | None:
        """The duration in milliseconds."""
        return None if self.duration_ns is None else self.duration_ns / 1e6

    def to_dict(self) -> dict[str, Any]:
        """The event as plain values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {**values, "level": self.level, "latency_ms": self.latency_ms}
