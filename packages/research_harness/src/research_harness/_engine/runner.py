"""Run one trial to a row: call the condition, read what it returned, score it."""

import contextvars
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from .._core.events import emit, signal
from .._core.text import error_text, type_name
from .._outcome.chains import chain_of_row
from .._outcome.outcome import Outcome, Source
from .._outcome.reading import is_measured_here, to_outcome, without_waits
from .._outcome.responses import call_records
from .._outcome.row import Row
from .._plan.plan import Trial
from .barrier import guarded
from .calls import ConditionCall
from .costs import scoring_cost, with_known_cost
from .failures import failure_of
from .row_clock import RowClock
from .scoring import Scoring
from .sources import noting_sources, weakest_source

if TYPE_CHECKING:
    from ensemble import ModelCall, QueueWait

# A row, and the calls to models that it made.
FinishedRow: TypeAlias = tuple[Row, Sequence[Mapping[str, Any]]]


class RowTimeoutError(TimeoutError):
    """The condition did not answer within the experiment's ``timeout_ms``."""


class RowRunner:
    """Runs trials to rows.

    Args:
        calls: How to call each condition, by name.
        scoring: Scores an answer against its item.
        timeout_ms: The longest a condition may take for a row; see ``RowClock`` for what counts.
        clock: Gives seconds; the event loop's own clock, so that simulated time counts as time.
        scope: Marks the events of a row with its condition, item, repeat and id.
        sampling: Gives the models of a row their sample number.
        observing: Notes the calls to models.
        observing_waits: Notes the waits of these calls in the queue of the client.
        on_trace: Takes a trace that a condition returned, with the row's number.
        on_abandoned: Called when a condition does not end after its time limit.
        on_error: Called with what a condition raised.
        traced: Whether a row that returned no chain gets one of what its models said.
    """

    def __init__(
        self,
        calls: dict[str, ConditionCall],
        scoring: Scoring,
        *,
        timeout_ms: float | None,
        clock: Callable[[], float],
        scope: Callable[[Trial], AbstractContextManager[Any]],
        sampling: Callable[..., Any],
        observing: "Callable[[Callable[[ModelCall], None]], AbstractContextManager[None]]",
        observing_waits: "Callable[[Callable[[QueueWait], None]], AbstractContextManager[None]]",
        on_trace: Callable[[Any, Trial], None],
        on_abandoned: Callable[[Trial], None],
        on_error: Callable[[Trial, BaseException], None] = lambda _trial, _error: None,
        traced: bool = False,
    ) -> None:
        self._calls = calls
        self._scoring = scoring
        self._timeout = None if timeout_ms is None else timeout_ms / 1000
        self._timeout_ms = timeout_ms
        self._clock = clock
        self._scope = scope
        self._sampling = sampling
        self._observing = observing
        self._observing_waits = observing_waits
        self._on_trace = on_trace
        self._on_abandoned = on_abandoned
        self._on_error = on_error
        self._traced = traced

    async def row(self, trial: Trial, attempt: int = 1) -> FinishedRow:
        """The row of this trial and its calls; a condition that fails gives a failed row."""
        row_clock = RowClock(self._timeout, self._clock)
        attempted = _Attempt(trial, attempt, time.time_ns() // 1000, self._clock(), row_clock)

        def on_call(call: "ModelCall") -> None:
            attempted.calls.append(call)
            row_clock.on_call(call)

        with (
            noting_sources() as found,
            self._observing(on_call),
            self._observing_waits(row_clock.on_wait),
            self._scope(trial),
            self._sampling(sample=trial.repeat),
        ):
            row, value = await self._attempt(attempted, found)
            asked = attempted.asked()
            row = with_known_cost(row, asked)
            _emit_row(row)
            records = call_records(
                asked, value, started=attempted.started, scoring=attempted.scoring
            )
            return row, records

    async def _attempt(self, attempted: "_Attempt", found: set[Source]) -> tuple[Row, object]:
        trial = attempted.trial
        call = self._calls[trial.condition.name]
        answer = await guarded(
            lambda: call(trial),
            watch=attempted.clock.watch,
            clock=self._clock,
            name=f"row {trial.index}: condition {trial.condition.name!r}, item {trial.item.id!r}",
            on_abandoned=lambda: self._on_abandoned(trial),
        )
        waited = attempted.clock.waited()
        elapsed = _milliseconds(max(0.0, answer.ended - attempted.started - waited))
        error = answer.error
        if error is None:
            outcome = contextvars.copy_context().run(_read, answer.value)
            if isinstance(outcome, Outcome):
                if waited and is_measured_here(answer.value):
                    outcome = without_waits(outcome, 1000 * waited)
                row = await self._scored(attempted, outcome, found, elapsed)
                self._keep_trace(attempted, outcome, answer.value)
                return row, answer.value
            error = outcome
        elif answer.cut_off:
            error = RowTimeoutError(
                f"no answer within {self._timeout_ms:g} ms (timeout_ms of the experiment)"
            )
        self._on_error(trial, error)
        return _failed(attempted, error, found, elapsed), None

    async def _scored(
        self, attempted: "_Attempt", outcome: Outcome, found: set[Source], elapsed: float
    ) -> Row:
        with self._observing(attempted.scoring.append):
            mark = await self._scoring.mark(outcome.prediction, attempted.trial.item)
        latency = elapsed if outcome.latency_known else None
        given = outcome.latency_ms
        return Row(
            **attempted.identity(),
            prediction=outcome.prediction,
            correct=mark.correct,
            score=mark.value,
            extraction=mark.extraction,
            latency_ms=latency if given is None else round(given, 3),
            cost_usd=outcome.cost_usd,
            confidence=outcome.confidence,
            consensus=outcome.consensus,
            values={**outcome.values, **mark.further, **scoring_cost(attempted.scoring)},
            metadata=dict(outcome.metadata),
            source=weakest_source(outcome.source, found),
            error_type=type_name(mark.error) if mark.error else "",
            error=error_text(mark.error) if mark.error else "",
            failure="score" if mark.error else "",
            duration_ms=elapsed,
        )

    def _keep_trace(self, attempted: "_Attempt", outcome: Outcome, value: object) -> None:
        trace, trial = outcome.trace, attempted.trial
        if trace is None and self._traced:
            name = f"{trial.condition.name}/{trial.item.id}/{trial.repeat}"
            trace = chain_of_row(value, attempted.asked(), name, attempted.started_us)
        if trace is not None:
            self._on_trace(trace, trial)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One attempt at a row: what is tried, for which time, since when; and the calls to models."""

    trial: Trial
    number: int
    started_us: int
    started: float
    clock: RowClock
    calls: "list[ModelCall]" = field(default_factory=list)
    scoring: "list[ModelCall]" = field(default_factory=list)

    def asked(self) -> "list[ModelCall]":
        """The calls of the condition, without those of the scorers."""
        scoring = {id(each) for each in self.scoring}
        return [each for each in self.calls if id(each) not in scoring] if scoring else self.calls

    def identity(self) -> dict[str, Any]:
        """The fields of the row that do not depend on the answer."""
        return {
            "index": self.trial.index,
            "item_id": self.trial.item.id,
            "condition": self.trial.condition.name,
            "repeat": self.trial.repeat,
            "arm": self.trial.arm,
            "block": self.trial.block,
            "period": self.trial.period,
            "attempts": self.number,
            "started_us": self.started_us,
        }


def _read(value: object) -> Outcome | BaseException:
    """The outcome in what a condition returned, or why it has no outcome."""
    try:
        return to_outcome(value)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # foreign properties may raise anything
        return error


def _failed(attempted: _Attempt, error: BaseException, found: set[Source], elapsed: float) -> Row:
    late = type(error) is RowTimeoutError  # isinstance asks the error, which may raise
    return Row(
        **attempted.identity(),
        # A failure is not a fast answer; a row that reached its time limit did take that long.
        latency_ms=elapsed if late else None,
        source=weakest_source(None, found),
        error_type=type_name(error),
        error=error_text(error),
        failure="time" if late else failure_of(error),
        duration_ms=elapsed,
    )


def _milliseconds(seconds: float) -> float:
    """Milliseconds to the microsecond."""
    return round(seconds * 1000, 3)


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
