"""An experiment: the time in which events are captured, and what was captured in it."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from .._capture.context import NO_SPAN
from .._capture.pipeline import Overflow, Pipeline
from .._capture.receiver import connect, disconnect, unscoped
from .._capture.sampling import Predicate, Reservoir, Sampling, gate
from .._core.chunk import Source, StoredChunk
from .._core.errors import AlreadyPausedError, NotPausedError, NotRunningError, StillRunningError
from .._core.event import Event, event_from
from .._core.rows import row_fields
from .._query.queries import Queries
from .._stores.memory import MemoryStore
from .._stores.store import Store
from .._stores.streams import read_batches

_lock = threading.Lock()


class Experiment(Queries):
    """What is being captured, or was.

    Made by ``start_experiment`` or ``recording``.

    Attributes:
        id: 16 hexadecimal digits.
        name: Its name.
        hypothesis: What is expected.
        condition: The condition that all of it belongs to.
        tags: Words to find it by.
        metadata: Anything else about it.
        sample_size: How many requests are planned.
        started_at: When it began, UTC.
        stopped_at: When it ended; None while it runs.
        store: Where its events are.
        capturing: Whether events are taken: it runs and is not paused.
        handler_errors: How many events could not be taken; ``last_error`` says why.
        late_events: How many came after it had stopped.
        paused_events: How many came while it was paused.
        filtered_events: How many a filter or the sampling let go.
    """

    def __init__(
        self,
        name: str,
        *,
        hypothesis: str | None = None,
        condition: str = "default",
        tags: Sequence[str] = (),
        metadata: Mapping[str, Any] | None = None,
        sample_size: int | None = None,
        store: Store | None = None,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        where: Predicate | None = None,
        sampling: Sampling | Reservoir | None = None,
        seed: int = 0,
        take_unscoped: bool = False,
        flush_interval_s: float = 1.0,
        max_pending: int = 1_000_000,
        overflow: Overflow = "block",
        experiment_id: str | None = None,
    ) -> None:
        if not name.strip():
            raise ValueError("name: an experiment needs a name to be found by")
        self.id = experiment_id or uuid4().hex[:16]
        self.name = name
        self.hypothesis = hypothesis
        self.condition = condition
        self.tags = tuple(tags)
        self.metadata = dict(metadata or {})
        self.sample_size = sample_size
        self.store: Store = store if store is not None else MemoryStore()
        self.started_at = datetime.now(UTC)
        self.stopped_at: datetime | None = None
        self.capturing = False
        self.handler_errors = self.late_events = self.paused_events = self.filtered_events = 0
        self.last_error = ""
        self.pause_count = 0
        self.observers: tuple[Callable[[Event], object], ...] = ()
        self.outer: Experiment | None = None
        self.outer_frame = NO_SPAN
        self.archived = False
        self.workers: str | None = None
        reservoir = sampling if isinstance(sampling, Reservoir) else None
        chances = None if isinstance(sampling, Reservoir) else sampling
        self.gate = gate(chances, include, exclude, where, seed)
        self._take_unscoped = take_unscoped
        self._started_ns = time.monotonic_ns()
        self._stopped_ns: int | None = None
        self._paused_ns = 0
        self._pause_began: int | None = None
        self._pipeline: Pipeline | None = None
        self._options = {
            "flush_interval_s": flush_interval_s,
            "max_pending": max_pending,
            "overflow": overflow,
            "reservoir": reservoir,
        }

    def begin(self) -> None:
        """Open the store and take events."""
        self.store.open(self.description())
        options: Any = self._options
        self._pipeline = Pipeline(self.store, Source.here(self.id), **options)
        self.intake = self._pipeline.rows
        self.settle = self._pipeline.settle
        if self._take_unscoped:
            unscoped.recipient = self
        connect()
        self.capturing = True

    @property
    def stopped(self) -> bool:
        """Whether it has ended."""
        return self._stopped_ns is not None

    @property
    def status(self) -> str:
        """``running``, ``paused``, ``stopped`` or ``archived``."""
        if self.archived:
            return "archived"
        if self.stopped:
            return "stopped"
        return "running" if self._pause_began is None else "paused"

    @property
    def duration_ns(self) -> int:
        """Wall time from start to stop, or until now; the pauses are part of it."""
        return (self._stopped_ns or time.monotonic_ns()) - self._started_ns

    @property
    def paused_ns(self) -> int:
        """How much of that it was paused."""
        began = self._pause_began
        running = 0 if began is None else (self._stopped_ns or time.monotonic_ns()) - began
        return self._paused_ns + running

    @property
    def active_ns(self) -> int:
        """How much of that it took events."""
        return self.duration_ns - self.paused_ns

    @property
    def source(self) -> Source | None:
        """Who writes for it in this process."""
        return None if self._pipeline is None else self._pipeline.source

    @property
    def dropped_events(self) -> int:
        """How many were lost to a full buffer or to the caps of the store."""
        return self.store.dropped_events + (self._pipeline.dropped if self._pipeline else 0)

    def pause(self) -> None:
        """Take no events until ``resume``; they are counted.

        Raises:
            NotRunningError: It has stopped.
            AlreadyPausedError: It is paused.
        """
        self._require_running("it cannot be paused")
        if self._pause_began is not None:
            raise AlreadyPausedError(self.id, self.status, "resume() it first")
        self.capturing = False
        self.pause_count += 1
        self._pause_began = time.monotonic_ns()

    def resume(self) -> None:
        """Take events again.

        Raises:
            NotRunningError: It has stopped.
            NotPausedError: It is not paused.
        """
        self._require_running("continue_experiment() goes on with a stored one")
        if self._pause_began is None:
            raise NotPausedError(self.id, self.status, "there is nothing to resume")
        self._paused_ns += time.monotonic_ns() - self._pause_began
        self._pause_began = None
        self.capturing = True

    def end(self) -> None:
        """Stop capturing and write what is left; nothing happens when it has stopped already.

        Raises:
            StoreError: The store does not take the last events; ``flush`` tries again.
        """
        with _lock:
            if self.stopped:
                return
            self._stopped_ns = time.monotonic_ns()
            self.capturing = False
        self.stopped_at = datetime.now(UTC)
        if unscoped.recipient is self:
            unscoped.recipient = None
        disconnect()
        self.join_workers()
        if self._pipeline is not None:
            self._pipeline.close()

    def flush(self) -> None:
        """Bring every event taken so far to the store.

        Raises:
            StoreError: The store cannot be written now; the events are kept.
        """
        if self._pipeline is not None:
            self._pipeline.flush()

    def join_workers(self) -> int:
        """Take over what worker processes have captured; see ``join_workers``."""
        if self._pipeline is None or self.workers is None:
            return 0
        folder = Path(self.workers)
        joined = 0
        for path in sorted(folder.glob("*.arrows")):
            for batch, _ in read_batches(path):
                joined += batch.num_rows
                self._pipeline.take_over(StoredChunk(batch))
            path.unlink()
        self.flush()
        folder.rmdir()
        self.workers = None
        return joined

    def restore_times(self, described: Mapping[str, Any]) -> None:
        """Make this the stopped experiment that a description tells of."""
        self.started_at = datetime.fromisoformat(described["started_at"])
        stopped = described["stopped_at"]
        self.stopped_at = None if stopped is None else datetime.fromisoformat(stopped)
        self._started_ns, self._stopped_ns = 0, described["duration_ns"]
        self._paused_ns, self.pause_count = described["paused_ns"], described["pause_count"]

    def restore_counters(self, counters: Mapping[str, int]) -> None:
        """Take over what was not stored when this was captured."""
        self.handler_errors = counters["handler_errors"]
        self.late_events = counters["late_events"]
        self.paused_events = counters["paused_events"]
        self.filtered_events = counters["filtered_events"]
        self.store.dropped_events = counters["dropped_events"]

    def observe(self, row: tuple[Any, ...]) -> None:
        """Show one event to those who watch; they cannot break the emitter."""
        event = self._seen(row)
        for observer in self.observers:
            try:
                observer(event)
            except Exception as error:  # noqa: BLE001  # counted, and shown with the experiment
                self.count_error(f"observer: {type(error).__name__}: {error}")

    def subscribe(self, observer: Callable[[Event], object]) -> Callable[[], None]:
        """Call a function with every event that is taken from here on, in the emitter's thread.

        Returns:
            A function that ends it.
        """
        self.observers = (*self.observers, observer)

        def unsubscribe() -> None:
            self.observers = tuple(each for each in self.observers if each is not observer)

        return unsubscribe

    def count_missed(self) -> None:
        """An event came while none were taken."""
        if self.stopped:
            self.late_events += 1
        else:
            self.paused_events += 1

    def count_error(self, text: str) -> None:
        """An event could not be taken."""
        self.handler_errors += 1
        self.last_error = text

    def batches(self) -> Iterator[Any]:
        """All events as ``pyarrow.RecordBatch``, oldest first; what is pending is written first."""
        self.flush()
        return self.store.batches()

    def __len__(self) -> int:
        return sum(batch.num_rows for batch in self.batches())

    def __bool__(self) -> bool:
        return True  # also while it has no events

    def description(self) -> dict[str, Any]:
        """What the experiment is, without its events."""
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
            "duration_ns": self.duration_ns,
            "paused_ns": self.paused_ns,
            "pause_count": self.pause_count,
        }

    def counters(self) -> dict[str, int]:
        """What was not stored, by reason."""
        return {
            "handler_errors": self.handler_errors,
            "late_events": self.late_events,
            "paused_events": self.paused_events,
            "filtered_events": self.filtered_events,
            "dropped_events": self.dropped_events,
        }

    def to_dict(self) -> dict[str, Any]:
        """What the experiment is, how many events it has and what was not stored."""
        return {**self.description(), "events": len(self), **self.counters()}

    def __str__(self) -> str:
        text = f"{self.name} ({self.id}), {self.status}: {len(self)} events"
        if self.handler_errors:
            text += f", {self.handler_errors} could not be stored (last: {self.last_error})"
        missed = {name: count for name, count in self.counters().items() if count}
        missed.pop("handler_errors", None)
        text += "".join(f", {count} {name.split('_')[0]}" for name, count in missed.items())
        if self._pipeline is not None and self._pipeline.error:
            text += f"; the store failed {self._pipeline.failures} times ({self._pipeline.error})"
        return text

    def require_stopped(self, problem: str) -> None:
        """Refuse what is possible only afterwards.

        Raises:
            StillRunningError: It runs or is paused.
        """
        if not self.stopped:
            raise StillRunningError(self.id, self.status, problem)

    def abandon(self) -> None:
        """In a forked child: this experiment belongs to the parent."""
        self.capturing = False
        self._stopped_ns = time.monotonic_ns()
        if self._pipeline is not None:
            self._pipeline.abandon()
            self._pipeline = None

    def _require_running(self, problem: str) -> None:
        if self.stopped:
            raise NotRunningError(self.id, self.status, problem)

    def _seen(self, row: tuple[Any, ...]) -> Event:
        fields = row_fields(row, time.time_ns() // 1000)
        attributes = fields.pop("attributes")
        source = self.source
        about = {"experiment_id": self.id, "source": "live", "sequence": 0, "host": None, "pid": 0}
        if source is not None:
            about |= {"host": source.host, "pid": source.pid}
        return event_from({**about, **fields}, attributes)


def names_of(experiment: Experiment) -> Counter[str]:
    """How many events of each name."""
    found: Counter[str] = Counter()
    for batch in experiment.batches():
        for each in batch.column("name").value_counts().to_pylist():
            found[each["values"]] += each["counts"]
    return found
