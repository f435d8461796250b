"""The recording of an experiment: it captures events, and gives them back."""

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from uuid import uuid4

from .._capture.context import NO_SPAN, OpenSpan
from .._capture.observed import Observed
from .._capture.pipeline import Overflow, Pipeline
from .._capture.receiver import connect, disconnect
from .._capture.recorder import Recorder
from .._capture.sampling import Gate, Predicate, Reservoir, Sampling, gate
from .._capture.unscoped import unscoped
from .._capture.written import Written
from .._core.callers import callers
from .._core.chunk import Source
from .._core.errors import require_choice
from .._core.event import Event
from .._core.renamed import durations_in_ms
from .._core.safe import text_of
from .._query.queries import Queries
from .._stores.memory import MemoryStore
from .._stores.store import Store
from .checks import check_options
from .description import Described
from .ownership import own_store
from .worker_files import take_over_files

if TYPE_CHECKING:
    pass

_lock = threading.Lock()


class Recording(Observed, Written, Described, Queries):
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
        started_in: The lines of code that started it, innermost first; empty for a stored one.

    Raises:
        ValueError: The name is empty, or an option has an impossible value.

    Example:
        >>> with recording("pilot", tags=["demo"]) as experiment:
        ...     record("retrieval.stop", {"duration_ns": 5})
        >>> experiment.status, len(experiment)
        ('stopped', 1)
    """

    capturing: bool
    intake: list[bytes] | Reservoir
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
        super().__init__(text_of(experiment_id) if experiment_id else uuid4().hex[:16])
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
        self.outer: Recorder | None = None
        self.outer_span: OpenSpan = NO_SPAN
        self.workers: str | None = None
        self.started_in: tuple[str, ...] = ()
        chances = None if isinstance(sampling, Reservoir) else sampling
        self.gate: Gate | None = gate(chances, include, exclude, where, seed)
        self._take_unscoped = take_unscoped
        self._unscoped_before = unscoped.events
        self._unscoped_events: int | None = None
        self.worker_options: dict[str, object] = {
            "condition": condition,
            "include": tuple(include),
            "exclude": tuple(exclude),
            "where": where,
            "sampling": sampling.fresh() if isinstance(sampling, Reservoir) else sampling,
            "seed": seed,
        }
        self._stop_timeout_s = stop_timeout_ms / 1000
        self._pipeline: Pipeline | None = None
        self._new_pipeline = partial(
            Pipeline,
            flush_interval_ms=flush_interval_ms,
            max_pending=max_pending,
            overflow=overflow,
            reservoir=sampling.fresh() if isinstance(sampling, Reservoir) else None,
        )

    def begin(self) -> None:
        """Open the store and capture events.

        Raises:
            OSError: The store cannot be opened.
        """
        self.started_in = callers()
        own_store(self.store, self.id)
        self.store.open(self.description())
        self._pipeline = self._new_pipeline(self.store, Source.here(self.id, self.own_condition()))
        self.intake = self._pipeline.rows
        self.settle = self._pipeline.settle
        if self._take_unscoped:
            unscoped.add_recipient(self)
        self._unscoped_before = unscoped.events
        connect(self)
        self.capturing = True

    @property
    def unscoped_events(self) -> int:
        """How many events of this process had no experiment while this one ran."""
        if self._unscoped_events is None:
            return unscoped.events - self._unscoped_before
        return self._unscoped_events

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
        disconnect(self)
        self._unscoped_events = unscoped.events - self._unscoped_before
        self.join_workers()
        if self._pipeline is not None:
            self._pipeline.close(self.description(), self._stop_timeout_s)

    def join_workers(self) -> int:
        """Take over the events of worker processes.

        Returns:
            The number of events.

        Raises:
            StoreError: The store cannot be written now; the events are kept.
        """
        if self._pipeline is None or self.workers is None:
            return 0
        found = take_over_files(Path(self.workers), self._pipeline.take_over, self.count_error)
        for name, count in found.counters.items():
            setattr(self, name, getattr(self, name) + count)
        if found.events:
            self._pipeline.reopen(self.description())
        self.flush()
        found.remove()
        return found.events

    def restore_times(self, described: Mapping[str, Any]) -> None:
        """Become the stopped recording of a stored description.

        Args:
            described: As of ``description``.
        """
        self._clock.restore(described)

    def __bool__(self) -> bool:
        return True  # also while it has no events

    def abandon(self) -> None:
        """Stop in a forked child, where the recording belongs to the parent."""
        self.capturing = False
        self._clock.stop()
        if self._pipeline is not None:
            self._pipeline.abandon()
            self._pipeline = None

    def own_condition(self) -> str | None:
        """The condition of events without one; None when none was given."""
        return None if self.condition == "default" else self.condition
