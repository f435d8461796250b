"""The description of a recording, its counters, and its text."""

from collections.abc import Mapping

from .._core import tables
from .._core.errors import DamagedFileError
from .._core.safe import on_one_line, text_of
from .._core.storable import storable
from .._stores.store import Store
from .lifetime import Lifetime


class Described(Lifetime):
    """Says what a recording is, and what was not stored."""

    name: str
    hypothesis: str | None
    condition: str
    tags: tuple[str, ...]
    metadata: dict[str, object]
    sample_size: int | None
    store: Store
    handler_errors: int
    late_events: int
    paused_events: int
    filtered_events: int
    last_error: str
    started_in: tuple[str, ...]
    _unscoped_events: int | None

    @property
    def dropped_events(self) -> int:
        """How many events were lost to a full buffer or to the caps of the store."""
        raise NotImplementedError

    @property
    def unscoped_events(self) -> int:
        """How many events of this process had no experiment while this one ran."""
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def _store_failures(self) -> tuple[int, str]:
        """How often the store failed, and the latest reason."""
        raise NotImplementedError

    def restore_counters(self, counters: Mapping[str, int]) -> None:
        """Take over stored counters.

        Args:
            counters: As of ``counters``.
        """
        self.handler_errors = counters["handler_errors"]
        self.late_events = counters["late_events"]
        self.paused_events = counters["paused_events"]
        self.filtered_events = counters["filtered_events"]
        self.store.dropped_events = counters["dropped_events"]
        self._unscoped_events = counters.get("unscoped_events", 0)

    def description(self) -> dict[str, object]:
        """The description of the experiment, without its events; stores keep it."""
        return {
            "id": self.id,
            "name": text_of(self.name),
            "hypothesis": None if self.hypothesis is None else text_of(self.hypothesis),
            "condition": text_of(self.condition),
            "tags": [text_of(tag) for tag in self.tags],
            "metadata": storable(self.metadata),
            "sample_size": self.sample_size,
            "status": self.status,
            "started_at": self.started_at.isoformat(),
            "stopped_at": None if self.stopped_at is None else self.stopped_at.isoformat(),
            "duration_ns": self._clock.duration_ns,
            "paused_ns": self._clock.paused_ns,
            "pause_count": self.pause_count,
            "counters": {"handler_errors": self.handler_errors}
            | {"filtered_events": self.filtered_events, "paused_events": self.paused_events},
        }

    def counters(self) -> dict[str, int]:
        """The number of events that were not stored, by reason."""
        return {
            "handler_errors": self.handler_errors,
            "late_events": self.late_events,
            "paused_events": self.paused_events,
            "filtered_events": self.filtered_events,
            "dropped_events": self.dropped_events,
            "unscoped_events": self.unscoped_events,
        }

    def to_dict(self) -> dict[str, object]:
        """The description, the number of events, and the counters."""
        return {**self.description(), "events": len(self), **self.counters()}

    def __str__(self) -> str:
        events = self._events_text()
        text = f"{self.name} ({self.id}), {self.status}: {events}"
        if self.handler_errors:
            text += f", {counted(self.handler_errors, 'error')} (last: {self.last_error})"
        missed = {name: count for name, count in self.counters().items() if count}
        missed.pop("handler_errors", None)
        text += "".join(f", {count} {name.split('_')[0]}" for name, count in missed.items())
        if "unscoped_events" in missed and events == counted(0, "event"):
            text += " (another context emitted them: in_context or take_unscoped=True)"
        failures, error = self._store_failures()
        if failures:
            text += f"; the store failed {counted(failures, 'time')} ({error})"
        return on_one_line(text)

    def _events_text(self) -> str:
        try:
            return counted(len(self), "event")
        except (OSError, DamagedFileError):
            return "its events cannot be read now"

    def __repr__(self) -> str:
        text = f"Recording {self.name!r} ({self.id}), {self.status}"
        if self.started_in and not self.stopped:
            text += f", started in {self.started_in[0]}"
        return on_one_line(f"<{text}>")

    def _repr_html_(self) -> str:
        rows = [(name.replace("_", " "), str(value)) for name, value in self.to_dict().items()]
        return tables.html(("field", "value"), rows)


def counted(number: int, noun: str) -> str:
    """A number with its noun in the singular or plural."""
    return f"{number} {noun if number == 1 else f'{noun}s'}"
