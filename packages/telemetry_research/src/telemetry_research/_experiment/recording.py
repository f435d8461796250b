"""The recording of an experiment: it captures events, and gives them back."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from uuid import uuid4

from .._capture.context import NO_SPAN, OpenSpan
from .._capture.pipeline import Overflow, Pipeline
from .._capture.receiver import connect, disconnect, unscoped
from .._capture.sampling import Gate, Predicate, Reservoir, Sampling, gate
from .._core import tables
from .._core.chunk import Source, StoredChunk
from .._core.errors import DamagedFileError, StoreError, require_choice
from .._core.event import Event, event_from
from .._core.renamed import durations_in_ms
from .._core.rows import row_fields
from .._core.safe import described, printable
from .._query.queries import Queries
from .._stores.contents import read_batches
from .._stores.memory import MemoryStore
from .._stores.store import Store
from .checks import check_options
from .lifetime import Lifetime

if TYPE_CHECKING:
    from pyarrow import RecordBatch

_lock = threading.Lock()


class Recording(Lifetime, Queries):
    """The recording of an experiment: its description, its events and its metrics.

    Made by ``recording`` or ``start_experiment``. The arguments are the options of both.

    Args:
        name: A name for the experiment.
        hypothesis: The expected result.
        condition: The condition of all its events; ``scope`` sets finer ones.
        tags: Words to find it by.
        metadata: Anything else about it.
        sample_size: The planned number of requests.
        store: Where its events are stored; None is memory.
        include: Patterns with ``*``: only events whose name matches one are stored.
        exclude: Patterns with ``*``: events whose name matches one are not stored.
        where: A function of name, measurements and metadata that returns True for events to store.
        sampling: ``Uniform``, ``Stratified``, ``KeepErrors``, ``Reservoir``, or an object with
            ``probability(name, measurements, metadata)``.
        seed: The seed of the sampling.
        take_unscoped: Also store events from outside of any experiment.
        flush_interval_ms: The longest time an event waits for a file or database, in milliseconds.
        max_pending: The most events that wait for a slow store.
        overflow: When more would wait, ``block`` the emitter or ``drop`` the event.
        stop_timeout_ms: How long the stop tries again while the store fails, in milliseconds.
        experiment_id: The id of a stored experiment to continue; None is a new id.

    Attributes:
        id: 16 hexadecimal digits.
        name: As given, like ``hypothesis``, ``condition``, ``tags``, ``metadata``,
            ``sample_size`` and ``store``.
        capturing: Whether it captures events: it runs and is not paused.
        handler_errors: How many errors of filters, observers and captured values there were;
            ``last_error`` is the latest.
        late_events: How many events came after the stop.
        paused_events: How many events came during a pause.
        filtered_events: How many events the filters or the sampling discarded.

    Raises:
        ValueError: The name is empty, or an option has an impossible value.

    Example:
        >>> with recording("pilot", tags=["demo"]) as experiment:
        ...     record("retrieval.stop", {"duration_ns": 5})
        >>> experiment.status, len(experiment)
        ('stopped', 1)
    """

    capturing: bool
    intake: deque[bytes] | Reservoir
    settle: Callable[[], None]

    @durations_in_ms(flush_interval_s="flush_interval_ms")
    def __init__(
        self,
        name: str,
        *,
        hypothesis: str | None = None,
        condition: str = "default",
        tags: Sequence[str] = (),
        metadata: Mapping[str, object] | None = None,
        sample_size: int | None = None,
        store: Store | None = None,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        where: Predicate | None = None,
        sampling: Sampling | Reservoir | None = None,
        seed: int = 0,
        take_unscoped: bool = False,
        flush_interval_ms: float = 1000.0,
        max_pending: int = 1_000_000,
        overflow: Overflow = "block",
        stop_timeout_ms: float = 10_000.0,
        experiment_id: str | None = None,
    ) -> None:
        check_options(
            name=name,
            hypothesis=hypothesis,
            condition=condition,
            tags=tags,
            metadata=metadata,
            sample_size=sample_size,
            store=store,
            include=include,
            exclude=exclude,
            where=where,
            sampling=sampling,
            seed=seed,
            flush_interval_ms=flush_interval_ms,
            max_pending=max_pending,
            stop_timeout_ms=stop_timeout_ms,
        )
        require_choice("overflow", overflow, get_args(Overflow))
        super().__init__(experiment_id or uuid4().hex[:16])
        self.name: str = name
        self.hypothesis: str | None = hypothesis
        self.condition: str = condition
        self.tags: tuple[str, ...] = tuple(tags)
        self.metadata: dict[str, object] = dict(metadata or {})
        self.sample_size: int | None = sample_size
        self.store: Store = store if store is not None else MemoryStore()
        self.handler_errors: int = 0
        self.late_events: int = 0
        self.paused_events: int = 0
        self.filtered_events: int = 0
        self.last_error: str = ""
        self.observers: tuple[Callable[[Event], object], ...] = ()
        self.outer: Recording | None = None
        self.outer_span: OpenSpan = NO_SPAN
        self.workers: str | None = None
        chances = None if isinstance(sampling, Reservoir) else sampling
        self.gate: Gate | None = gate(chances, include, exclude, where, seed)
        self._take_unscoped = take_unscoped
        self._stop_timeout_s = stop_timeout_ms / 1000
        self._pipeline: Pipeline | None = None
        self._new_pipeline = partial(
            Pipeline,
            flush_interval_ms=flush_interval_ms,
            max_pending=max_pending,
            overflow=overflow,
            reservoir=sampling if isinstance(sampling, Reservoir) else None,
        )

    def begin(self) -> None:
        """Open the store and capture events.

        Raises:
            OSError: The store cannot be opened.
        """
        self.store.open(self.description())
        self._pipeline = self._new_pipeline(self.store, Source.here(self.id))
        self.intake = self._pipeline.rows
        self.settle = self._pipeline.settle
        if self._take_unscoped:
            unscoped.recipient = self
        connect()
        self.capturing = True

    @property
    def source(self) -> Source | None:
        """The name of this process as a writer of its events; None before it starts."""
        return None if self._pipeline is None else self._pipeline.source

    @property
    def dropped_events(self) -> int:
        """How many events were lost to a full buffer or to the caps of the store."""
        return self.store.dropped_events + (self._pipeline.dropped if self._pipeline else 0)

    def end(self) -> None:
        """Stop capturing and write what is pending; a second call does nothing.

        Raises:
            StoreError: The store refuses the last events; ``flush`` tries again.
        """
        with _lock:
            if self.stopped:
                return
            self._clock.stop()
            self.capturing = False
        if unscoped.recipient is self:
            unscoped.recipient = None
        disconnect()
        self.join_workers()
        if self._pipeline is not None:
            self._pipeline.close(self.description(), self._stop_timeout_s)

    def flush(self) -> None:
        """Write every event captured so far to the store.

        Raises:
            StoreError: The store cannot be written now; the events are kept.
        """
        if self._pipeline is None:
            return
        if self.stopped and not self._pipeline.finished:
            self._pipeline.finish(self.description())
        else:
            self._pipeline.flush()

    def join_workers(self) -> int:
        """Take over the events of worker processes.

        Returns:
            The number of events.

        Raises:
            StoreError: The store cannot be written now; the events are kept.
        """
        if self._pipeline is None or self.workers is None:
            return 0
        folder = Path(self.workers)
        joined = 0
        for path in sorted(folder.glob("*.arrows")):
            for batch in read_batches(path):
                joined += batch.num_rows
                self._pipeline.take_over(StoredChunk(batch))
            path.unlink()
        self.flush()
        folder.rmdir()
        self.workers = None
        return joined

    def restore_times(self, described: Mapping[str, Any]) -> None:
        """Become the stopped recording of a stored description.

        Args:
            described: As of ``description``.
        """
        self._clock.restore(described)

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

    def observe(self, row: tuple[Any, ...]) -> None:
        """Show one packed event to the observers; their errors are counted.

        Args:
            row: The event as the receiver packs it.
        """
        event = self._event(row)
        for observer in self.observers:
            try:
                observer(event)
            except Exception as error:  # noqa: BLE001  # counted, and shown with the experiment
                self.count_error(f"observer: {described(error)}")

    def subscribe(self, observer: Callable[[Event], object]) -> Callable[[], None]:
        """Call a function with every event from here on, in the emitter's thread.

        Args:
            observer: The function; an error of it is counted in ``handler_errors``.

        Returns:
            A function that ends the subscription.
        """
        self.observers = (*self.observers, observer)

        def unsubscribe() -> None:
            self.observers = tuple(each for each in self.observers if each is not observer)

        return unsubscribe

    def count_missed(self) -> None:
        """Count an event that was emitted after the stop or during a pause."""
        if self.stopped:
            self.late_events += 1
        else:
            self.paused_events += 1

    def count_error(self, text: str) -> None:
        """Count an event that could not be captured.

        Args:
            text: The reason, kept in ``last_error``.
        """
        self.handler_errors += 1
        self.last_error = text

    def batches(self) -> "Iterator[RecordBatch]":
        """All events as ``pyarrow.RecordBatch``, oldest first; pending ones are written first.

        While the store cannot be written, these are the events that are in it.
        """
        self._try_to_flush()
        return self.store.batches()

    def _try_to_flush(self) -> None:
        try:
            self.flush()
        except StoreError:
            if self._pipeline is not None:
                self._pipeline.failed()

    def __len__(self) -> int:
        count = getattr(self.store, "count", None)
        if count is None:
            return sum(batch.num_rows for batch in self.batches())
        self._try_to_flush()
        return int(count())

    def __bool__(self) -> bool:
        return True  # also while it has no events

    def description(self) -> dict[str, object]:
        """The description of the experiment, without its events; stores keep it."""
        return {
            "id": self.id,
            "name": self.name,
            "hypothesis": self.hypothesis,
            "condition": self.condition,
            "tags": list(self.tags),
            "metadata": self.metadata,
            "sample_size": self.sample_size,
            "status": self.status,
            "started_at": self.started_at.isoformat(),
            "stopped_at": None if self.stopped_at is None else self.stopped_at.isoformat(),
            "duration_ns": self._clock.duration_ns,
            "paused_ns": self._clock.paused_ns,
            "pause_count": self.pause_count,
        }

    def counters(self) -> dict[str, int]:
        """The number of events that were not stored, by reason."""
        return {
            "handler_errors": self.handler_errors,
            "late_events": self.late_events,
            "paused_events": self.paused_events,
            "filtered_events": self.filtered_events,
            "dropped_events": self.dropped_events,
        }

    def to_dict(self) -> dict[str, object]:
        """The description, the number of events, and the counters."""
        return {**self.description(), "events": len(self), **self.counters()}

    def __str__(self) -> str:
        text = f"{self.name} ({self.id}), {self.status}: {self._events_text()}"
        if self.handler_errors:
            text += f", {counted(self.handler_errors, 'error')} (last: {self.last_error})"
        missed = {name: count for name, count in self.counters().items() if count}
        missed.pop("handler_errors", None)
        text += "".join(f", {count} {name.split('_')[0]}" for name, count in missed.items())
        if self._pipeline is not None and self._pipeline.error:
            failures = counted(self._pipeline.failures, "time")
            text += f"; the store failed {failures} ({self._pipeline.error})"
        return printable(text)

    def _events_text(self) -> str:
        try:
            return counted(len(self), "event")
        except (OSError, DamagedFileError):
            return "its events cannot be read now"

    def __repr__(self) -> str:
        return f"<Recording {self.name!r} ({self.id}), {self.status}>"

    def _repr_html_(self) -> str:
        rows = [(name.replace("_", " "), str(value)) for name, value in self.to_dict().items()]
        return tables.html(("field", "value"), rows)

    def abandon(self) -> None:
        """Stop in a forked child, where the recording belongs to the parent."""
        self.capturing = False
        self._clock.stop()
        if self._pipeline is not None:
            self._pipeline.abandon()
            self._pipeline = None

    def _event(self, row: tuple[Any, ...]) -> Event:
        fields = row_fields(row, time.time_ns() // 1000)
        attributes = fields.pop("attributes")
        source = self.source
        about = {"experiment_id": self.id, "source": "live", "sequence": 0, "host": None, "pid": 0}
        if source is not None:
            about |= {"host": source.host, "pid": source.pid}
        return event_from({**about, **fields}, attributes)


def counted(number: int, noun: str) -> str:
    """A number with its noun in the singular or plural."""
    return f"{number} {noun if number == 1 else f'{noun}s'}"
