"""One attempt at a row, in a context of its own: what is tried, since when, and its calls.

Whether the models of a row are live, recorded or simulated is read from their events.
"""

import contextvars
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from .._core.events import signal
from .._outcome.outcome import Source
from .._plan.plan import Trial
from .row_clock import RowClock

if TYPE_CHECKING:
    from ensemble import ModelCall, QueueWait


_WEAKEST_FIRST: tuple[Source, ...] = ("simulated", "live", "recorded")

# Where the models of the current row say whether they are live, recorded or simulated.
_sources: contextvars.ContextVar[set[Source] | None] = contextvars.ContextVar(
    "research_harness_sources", default=None
)


class Attempt(msgspec.Struct, eq=False):
    """One attempt at a row.

    Attributes:
        trial: What is tried.
        number: For which time.
        started_us: When it began, in microseconds since the epoch.
        started: When it began, by the clock of the run.
        clock: Its time limit.
        context: The context of everything that is done for the row.
        calls: The calls to models so far.
        scoring: Those of them that scorers made.
        sources: Whether its models are live, recorded or simulated, as far as they have said it.
    """

    trial: Trial
    number: int
    started_us: int
    started: float
    clock: RowClock
    context: contextvars.Context
    calls: "list[ModelCall]" = []
    scoring: "list[ModelCall]" = []
    sources: set[Source] = set()

    def on_call(self, call: "ModelCall") -> None:
        """A call to a model has ended."""
        self.calls.append(call)
        self.clock.on_call(call)

    def asked(self) -> "list[ModelCall]":
        """The calls of the condition, without those of the scorers."""
        scoring = {id(each) for each in self.scoring}
        return [each for each in self.calls if id(each) not in scoring] if scoring else self.calls

    def identity(self) -> dict[str, Any]:
        """The fields of the row that do not depend on the answer."""
        trial = self.trial
        return {
            "index": trial.index,
            "item_id": trial.item.id,
            "condition": trial.condition.name,
            "repeat": trial.repeat,
            "arm": trial.arm,
            "block": trial.block,
            "period": trial.period,
            "attempts": self.number,
            "started_us": self.started_us,
        }


class Attempts:
    """Begins attempts, each in a context of its own.

    What a row sets there ends with it, so that nothing need be set back: the tasks and threads of
    the row inherit the context, and no other row sees it.

    Args:
        new_clock: Makes the clock of a row.
        scope: Marks the events of a row with its condition, item, repeat and id.
        sampling: Gives the models of a row their sample number.
        observing: Notes the calls to models.
        observing_waits: Notes the waits of these calls in the queue of the client.
    """

    def __init__(
        self,
        new_clock: Callable[[], RowClock],
        *,
        scope: Callable[[Trial], AbstractContextManager[Any]],
        sampling: Callable[..., AbstractContextManager[Any]],
        observing: "Callable[[Callable[[ModelCall], None]], AbstractContextManager[None]]",
        observing_waits: "Callable[[Callable[[QueueWait], None]], AbstractContextManager[None]]",
    ) -> None:
        self._new_clock = new_clock
        self._scope = scope
        self._sampling = sampling
        self._observing = observing
        self._observing_waits = observing_waits

    def begin(self, trial: Trial, number: int) -> Attempt:
        """Begin an attempt, in a copy of the context of here.

        Args:
            trial: What is tried.
            number: For which time.
        """
        context = contextvars.copy_context()
        row_clock = self._new_clock()
        started_us, started = time.time_ns() // 1000, row_clock.began
        begun = Attempt(trial, number, started_us, started, row_clock, context)
        context.run(self._set_up, begun)
        return begun

    def _set_up(self, begun: Attempt) -> None:
        _sources.set(begun.sources)
        self._observing(begun.on_call).__enter__()
        self._observing_waits(begun.clock.on_wait).__enter__()
        self._scope(begun.trial).__enter__()
        self._sampling(sample=begun.trial.repeat).__enter__()


def weakest_source(stated: Source | None, found: set[Source]) -> Source | Literal[""]:
    """The source of a row: one simulated model makes it simulated."""
    if stated is None and not found:
        return ""
    all_found = found | ({stated} if stated else set())
    for source in _WEAKEST_FIRST:
        if source in all_found:
            return source
    return ""


def _note_source(_: object, *, metadata: dict[str, Any], **__: object) -> None:
    found = _sources.get()
    source = metadata.get("source")
    if found is not None and source in _WEAKEST_FIRST:
        found.add(source)


_watchers = 0


@contextmanager
def watching_sources() -> Iterator[None]:
    """Read from the models' events whether they are live, recorded or simulated.

    So a condition that returns only the text of a simulated answer is marked as simulated too.
    """
    global _watchers  # noqa: PLW0603  # experiments that run side by side share one receiver
    _watchers += 1
    signal.connect(_note_source, sender="ensemble.model.stop")
    try:
        yield
    finally:
        _watchers -= 1
        if not _watchers:
            # Of every sender: the bus keeps a receiver that only one sender was taken from.
            signal.disconnect(_note_source)
