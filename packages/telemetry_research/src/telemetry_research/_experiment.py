"""An experiment: the time in which events are captured, and what was captured in it."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import Token
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from uuid import uuid4

from ._capture import connect, disconnect
from ._context import current
from ._errors import ExperimentNotFoundError
from ._event import Event
from ._export import export
from ._metrics import Metrics, measure
from ._store import MemoryStore, Store

_known: dict[str, "Experiment"] = {}
_lock = threading.Lock()


class Experiment:
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
        handler_errors: How many events could not be stored; ``last_error`` says why.
        late_events: How many came after it had stopped.
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
    ) -> None:
        if not name.strip():
            raise ValueError("name: an experiment needs a name to be found by")
        self.id = uuid4().hex[:16]
        self.name = name
        self.hypothesis = hypothesis
        self.condition = condition
        self.tags = tuple(tags)
        self.metadata = dict(metadata or {})
        self.sample_size = sample_size
        self.store: Store = store if store is not None else MemoryStore()
        self.started_at = datetime.now(UTC)
        self.stopped_at: datetime | None = None
        self.handler_errors = 0
        self.last_error = ""
        self.late_events = 0
        self._started_ns = time.monotonic_ns()
        self._stopped_ns: int | None = None

    @property
    def stopped(self) -> bool:
        """Whether it has ended."""
        return self._stopped_ns is not None

    @property
    def status(self) -> str:
        """``running`` or ``stopped``."""
        return "stopped" if self.stopped else "running"

    @property
    def duration_ns(self) -> int:
        """How long it ran, or has been running."""
        return (self._stopped_ns or time.monotonic_ns()) - self._started_ns

    def __len__(self) -> int:
        return len(self.store)

    def __bool__(self) -> bool:
        return True  # also while it has no events

    def __iter__(self) -> Iterator[Event]:
        return (self.store.event(index, self.id) for index in range(len(self.store)))

    def events(
        self,
        name: str = "*",
        *,
        success: bool | None = None,
        condition: str | None = None,
        since_us: int | None = None,
        until_us: int | None = None,
        where: Callable[[Event], bool] | None = None,
    ) -> list[Event]:
        """The captured events that fit.

        Args:
            name: A name, or a pattern with ``*``.
            success: Only successes, or only failures.
            condition: Only those of one condition.
            since_us: Not before this time, in microseconds since the epoch.
            until_us: Not after this time.
            where: Any further test.
        """
        return [
            event
            for event in self
            if fnmatchcase(event.name, name)
            and (success is None or event.success is success)
            and (condition is None or event.condition == condition)
            and (since_us is None or event.timestamp_us >= since_us)
            and (until_us is None or event.timestamp_us <= until_us)
            and (where is None or where(event))
        ]

    def table(self) -> Any:
        """All events as a ``pyarrow.Table``; the attributes are JSON in a column of their own."""
        return self.store.table(self.id)

    def metrics(self) -> Metrics:
        """Latency, cost and reliability, one level of events at a time."""
        return measure(self, handler_errors=self.handler_errors, late_events=self.late_events)

    def export(self, path: str | Path, format: str | None = None) -> Path:
        """Write all events to a file.

        Args:
            path: The file; replaced when there.
            format: ``csv``, ``jsonl`` or ``parquet``; the ending of the path when left out.

        Raises:
            UnsupportedFormatError: The format is none of these.
            NoDataError: There are no events.
        """

        def events() -> Iterable[Event]:
            return self

        return export(Path(path), format=format, events=events, table=self.table)

    def to_dict(self) -> dict[str, Any]:
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
            "events": len(self),
            "handler_errors": self.handler_errors,
            "late_events": self.late_events,
        }

    def __str__(self) -> str:
        text = f"{self.name} ({self.id}), {self.status}: {len(self)} events"
        if self.handler_errors:
            text += f", {self.handler_errors} could not be stored (last: {self.last_error})"
        return text

    def end(self) -> None:
        """Stop capturing; nothing happens when it has stopped already."""
        with _lock:
            if self.stopped:
                return
            self._stopped_ns = time.monotonic_ns()
        self.stopped_at = datetime.now(UTC)
        disconnect()


class recording:  # noqa: N801  # used as a function: `with recording("name") as experiment:`
    """Capture every event that is emitted inside the block, in its tasks and threads.

    Works with ``with`` and ``async with``. Takes what ``start_experiment`` takes. Blocks may be
    nested: an event belongs to the innermost experiment.
    """

    def __init__(self, name: str, **options: Any) -> None:
        self._experiment = Experiment(name, **options)
        self._token: Token[Experiment | None] | None = None

    def __enter__(self) -> Experiment:
        _begin(self._experiment)
        self._token = current.set(self._experiment)
        return self._experiment

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            current.reset(self._token)
        self._experiment.end()

    async def __aenter__(self) -> Experiment:
        return self.__enter__()

    async def __aexit__(self, *_: object) -> None:
        self.__exit__()


def start_experiment(
    name: str,
    *,
    hypothesis: str | None = None,
    condition: str = "default",
    tags: Sequence[str] = (),
    metadata: Mapping[str, Any] | None = None,
    sample_size: int | None = None,
    store: Store | None = None,
) -> Experiment:
    """Begin to capture what the running code emits from here on, in its tasks and threads.

    Args:
        name: What to call it.
        hypothesis: What is expected.
        condition: The condition all of it belongs to; ``scope`` gives finer ones.
        tags: Words to find it by.
        metadata: Anything else about it.
        sample_size: How many requests are planned.
        store: Where to keep the events; in memory when left out.

    Raises:
        ValueError: The name is empty.
    """
    experiment = Experiment(
        name,
        hypothesis=hypothesis,
        condition=condition,
        tags=tags,
        metadata=metadata,
        sample_size=sample_size,
        store=store,
    )
    _begin(experiment)
    experiment.metadata.setdefault("outer", getattr(current.get(), "id", None))
    current.set(experiment)
    return experiment


def stop_experiment(experiment: Experiment) -> Experiment:
    """Stop capturing; its events stay. Stopping twice does no harm.

    The experiment it was started in, if any, goes on.
    """
    if current.get() is experiment:
        outer = experiment.metadata.get("outer")
        current.set(_known.get(outer) if outer else None)
    experiment.end()
    return experiment


def get_experiment(experiment_id: str) -> Experiment:
    """An experiment of this process by its id.

    Raises:
        ExperimentNotFoundError: There is none.
    """
    if experiment_id not in _known:
        raise ExperimentNotFoundError(experiment_id)
    return _known[experiment_id]


def list_experiments(*, tag: str | None = None) -> list[Experiment]:
    """The experiments of this process, oldest first.

    Args:
        tag: Only those that have this tag.
    """
    return [each for each in _known.values() if tag is None or tag in each.tags]


def forget_experiment(experiment: Experiment) -> None:
    """Stop an experiment if it runs, and let go of its events."""
    stop_experiment(experiment)
    _known.pop(experiment.id, None)


def _begin(experiment: Experiment) -> None:
    connect()
    _known[experiment.id] = experiment
