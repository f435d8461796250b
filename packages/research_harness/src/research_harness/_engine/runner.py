"""Run one trial to a row: call the condition, read what it returned, score it."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeAlias

from .._core.events import emit, signal
from .._outcome.outcome import Outcome, Source
from .._outcome.reading import to_outcome
from .._outcome.responses import call_records
from .._outcome.row import Row
from .._plan.plan import Trial
from .calls import ConditionCall
from .sources import noting_sources, weakest_source

if TYPE_CHECKING:
    from ensemble import ModelCall

# A row, and the calls to models that it made.
FinishedRow: TypeAlias = tuple[Row, Sequence[Mapping[str, Any]]]


class RowTimeoutError(TimeoutError):
    """The condition did not answer within the experiment's ``timeout_ms``."""


class RowRunner:
    """Runs trials to rows.

    Args:
        calls: How to call each condition, by name.
        score: Scores a prediction against an item.
        timeout_ms: The longest a row may take.
        clock: Gives seconds; the event loop's own clock, so that simulated time counts as time.
        on_trace: Stores a trace that a condition returned.
    """

    def __init__(
        self,
        calls: dict[str, ConditionCall],
        score: Callable[[Any, Any], Any],
        *,
        timeout_ms: float | None,
        clock: Callable[[], float],
        scope: Callable[..., Any],
        sampling: Callable[..., Any],
        observing: "Callable[[Callable[[ModelCall], None]], AbstractContextManager[None]]",
        on_trace: Callable[[Any], None],
    ) -> None:
        self._calls = calls
        self._score = score
        self._timeout = None if timeout_ms is None else timeout_ms / 1000
        self._timeout_ms = timeout_ms
        self._clock = clock
        self._scope = scope
        self._sampling = sampling
        self._observing = observing
        self._on_trace = on_trace

    async def row(self, trial: Trial) -> FinishedRow:
        """The row of this trial and its calls; a condition that fails gives a failed row."""
        name, item_id = trial.condition.name, trial.item.id
        started_us = time.time_ns() // 1000
        start = self._clock()
        calls: list[ModelCall] = []
        with (
            noting_sources() as found,
            self._observing(calls.append),
            self._scope(condition=name, item_id=item_id, repeat=trial.repeat),
            self._sampling(sample=trial.repeat),
        ):
            row, value = await self._attempt(trial, found, start, started_us)
            _emit_row(row)
            return row, call_records(calls, value, started=start)

    async def _attempt(
        self, trial: Trial, found: set[Source], start: float, started_us: int
    ) -> tuple[Row, object]:
        limit = asyncio.timeout(self._timeout)
        try:
            async with limit:
                value = await self._calls[trial.condition.name](trial)
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
            return self._failed(trial, error, found, start, started_us), None
        row = self._done(
            trial, outcome, score=score, found=found, latency=latency, started_us=started_us
        )
        return row, value

    def _done(
        self,
        trial: Trial,
        outcome: Outcome,
        *,
        score: Any,
        found: set[Source],
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
            source=weakest_source(outcome.source, found),
            started_us=started_us,
            duration_ms=latency,
        )

    def _failed(
        self, trial: Trial, error: Exception, found: set[Source], start: float, started_us: int
    ) -> Row:
        elapsed = self._elapsed(start)
        return Row(
            index=trial.index,
            item_id=trial.item.id,
            condition=trial.condition.name,
            repeat=trial.repeat,
            # A failure is not a fast answer; a row that reached its time limit did take that long.
            latency_ms=elapsed if isinstance(error, RowTimeoutError) else None,
            source=weakest_source(None, found),
            error_type=type(error).__name__,
            error=str(error) or type(error).__name__,
            started_us=started_us,
            duration_ms=elapsed,
        )

    def _elapsed(self, start: float) -> float:
        """Milliseconds since ``start``, to the microsecond."""
        return round((self._clock() - start) * 1000, 3)


def _emit_row(row: Row) -> None:
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
