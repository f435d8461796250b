"""Run one trial to a row: call the condition, read what it returned, score it."""

import asyncio
import contextvars
import functools
import inspect
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from ._events import emit, signal
from ._outcome import Outcome, to_outcome
from ._plan import Trial
from ._row import Row

# Where the models of the current row say whether they are live, recorded or simulated.
_sources: contextvars.ContextVar[set[str] | None] = contextvars.ContextVar(
    "research_harness_sources", default=None
)


class RowTimeoutError(TimeoutError):
    """The condition did not answer within the experiment's ``timeout_ms``."""


Ask = Callable[[Trial], Awaitable[object]]


def make_ask(function: Callable[..., Any], executor: Executor) -> Ask:
    """A uniform way to call a condition, whatever its form.

    Args:
        function: Async or plain; takes the item, or the item and the trial.
        executor: Runs plain functions, so that they do not hold up the others.
    """
    with_trial = positional_parameters(function)[0] > 1

    async def ask_async(trial: Trial) -> object:
        return await (function(trial.item, trial) if with_trial else function(trial.item))

    async def ask_plain(trial: Trial) -> object:
        call = (
            functools.partial(function, trial.item, trial)
            if with_trial
            else functools.partial(function, trial.item)
        )
        # The thread must see the same experiment and scope as this task.
        context = contextvars.copy_context()
        value = await asyncio.get_running_loop().run_in_executor(executor, context.run, call)
        return await value if inspect.isawaitable(value) else value

    return ask_async if inspect.iscoroutinefunction(function) else ask_plain


def positional_parameters(function: Callable[..., Any]) -> tuple[int, int]:
    """How many positional arguments a function needs at least and takes at most."""
    least = most = 0
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            most = 99
        elif parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            most += 1
            least += parameter.default is parameter.empty
    return least, most


class Executioner:
    """Turns trials into rows.

    Args:
        asks: How to call each condition, by name.
        score: Scores a prediction against an item.
        timeout_ms: The longest a row may take.
        clock: Gives seconds; the event loop's own clock, so that simulated time counts as time.
        on_trace: Stores a trace that a condition returned.
    """

    def __init__(
        self,
        asks: dict[str, Ask],
        score: Callable[[Any, Any], Any],
        *,
        timeout_ms: float | None,
        clock: Callable[[], float],
        scope: Callable[..., Any],
        sampling: Callable[..., Any],
        on_trace: Callable[[Any], None],
    ) -> None:
        self._asks = asks
        self._score = score
        self._timeout = None if timeout_ms is None else timeout_ms / 1000
        self._timeout_ms = timeout_ms
        self._clock = clock
        self._scope = scope
        self._sampling = sampling
        self._on_trace = on_trace

    async def row(self, trial: Trial) -> Row:
        """The row of this trial; a condition that fails gives a failed row, never an exception."""
        name, item_id = trial.condition.name, trial.item.id
        started_us = time.time_ns() // 1000
        start = self._clock()
        found: set[str] = set()
        token = _sources.set(found)
        try:
            with (
                self._scope(condition=name, item_id=item_id, repeat=trial.repeat),
                self._sampling(sample=trial.repeat),
            ):
                row = await self._attempt(trial, found, start, started_us)
                _report(row)
                return row
        finally:
            _sources.reset(token)

    async def _attempt(self, trial: Trial, found: set[str], start: float, started_us: int) -> Row:
        limit = asyncio.timeout(self._timeout)
        try:
            async with limit:
                value = await self._asks[trial.condition.name](trial)
            outcome = to_outcome(value)
            latency = self._elapsed(start)
            score = self._score(outcome.prediction, trial.item)
            if outcome.trace is not None:
                self._on_trace(outcome.trace)
        except Exception as error:  # noqa: BLE001  # it becomes a failed row
            if isinstance(error, TimeoutError) and limit.expired():
                error = RowTimeoutError(
                    f"no answer within {self._timeout_ms:g} ms (timeout_ms of the experiment)"
                )
            return self._failed(trial, error, found, start, started_us)
        return self._done(
            trial, outcome, score=score, found=found, latency=latency, started_us=started_us
        )

    def _done(
        self,
        trial: Trial,
        outcome: Outcome,
        *,
        score: Any,
        found: set[str],
        latency: float,
        started_us: int,
    ) -> Row:
        given = outcome.latency_ms
        if given is not None:
            latency_ms: float | None = round(float(given), 3)
        else:
            latency_ms = latency if outcome.latency_known else None
        return Row(
            index=trial.index,
            item_id=trial.item.id,
            condition=trial.condition.name,
            repeat=trial.repeat,
            prediction=outcome.prediction,
            correct=score.correct,
            score=score.value,
            extraction=score.outcome,
            latency_ms=latency_ms,
            cost_usd=outcome.cost_usd,
            confidence=outcome.confidence,
            consensus=outcome.consensus,
            values=dict(outcome.values),
            metadata=dict(outcome.metadata),
            source=_source(outcome.source, found),
            started_us=started_us,
            duration_ms=latency,
        )

    def _failed(
        self, trial: Trial, error: Exception, found: set[str], start: float, started_us: int
    ) -> Row:
        elapsed = self._elapsed(start)
        return Row(
            index=trial.index,
            item_id=trial.item.id,
            condition=trial.condition.name,
            repeat=trial.repeat,
            latency_ms=elapsed,
            source=_source(None, found),
            error_type=type(error).__name__,
            error=str(error) or type(error).__name__,
            started_us=started_us,
            duration_ms=elapsed,
        )

    def _elapsed(self, start: float) -> float:
        """Milliseconds since ``start``, to the microsecond."""
        return round((self._clock() - start) * 1000, 3)


def _source(stated: str | None, found: set[str]) -> str:
    """The weakest evidence wins: one simulated model makes the row simulated."""
    all_found = found | ({stated} if stated else set())
    for source in ("simulated", "live", "recorded"):
        if source in all_found:
            return source
    return ""


def _report(row: Row) -> None:
    if not signal.receivers:
        return
    measurements: dict[str, object] = {"duration_ns": int(row.duration_ms * 1e6)}
    if row.cost_usd is not None:
        measurements["cost_usd"] = row.cost_usd
    if row.failed:
        emit(
            "harness.row.exception",
            measurements,
            {"error_type": row.error_type, "error": row.error},
        )
    else:
        emit(
            "harness.row.stop", measurements, {"correct": row.correct, "extraction": row.extraction}
        )


def _note_source(_: object, *, metadata: dict[str, Any], **__: object) -> None:
    found = _sources.get()
    source = metadata.get("source")
    if found is not None and isinstance(source, str):
        found.add(source)


_watchers = 0


@contextmanager
def watching_sources() -> Iterator[None]:
    """While inside, learn from the models' own events whether they were live or simulated.

    A condition that passes on only the text of an answer cannot hide that it was simulated.
    """
    global _watchers  # noqa: PLW0603  # experiments that run side by side share one receiver
    _watchers += 1
    signal.connect(_note_source, sender="ensemble.model.stop")
    try:
        yield
    finally:
        _watchers -= 1
        if not _watchers:
            signal.disconnect(_note_source, sender="ensemble.model.stop")
