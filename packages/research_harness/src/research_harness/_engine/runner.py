"""Run one trial to a row: call the condition, read what it returned, score it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from .._core.events import emit, signal
from .._core.text import error_text, type_name
from .._outcome.chains import chain_of_row
from .._outcome.outcome import BareOutcome, Outcome
from .._outcome.reading import bare_outcome, is_measured_here, to_outcome, without_waits
from .._outcome.responses import call_records
from .._outcome.row import Row
from .._plan.plan import Trial
from .attempt import Attempt, Attempts, weakest_source
from .barrier import Answer, FirstSteps, guarded
from .calls import ConditionCall
from .costs import scoring_cost, with_known_cost
from .failures import failure_of
from .scoring import Mark, Scoring

if TYPE_CHECKING:
    from ensemble import ModelCall

# A row, and the calls to models that it made.
FinishedRow: TypeAlias = tuple[Row, Sequence[Mapping[str, Any]]]
AnyOutcome: TypeAlias = Outcome | BareOutcome
# Values of these classes run no foreign code when they are read.
_PLAIN = frozenset({str, int, float, bool, type(None)})


class RowTimeoutError(TimeoutError):
    """The condition did not answer within the experiment's ``timeout_ms``."""


class RowRunner:
    """Runs trials to rows.

    Args:
        calls: How to call each condition, by name.
        scoring: Scores an answer against its item.
        attempts: Begins the attempts at rows.
        timeout_ms: The longest a condition may take for a row; see ``RowClock`` for what counts.
        clock: Gives seconds; the event loop's own clock, so that simulated time counts as time.
        observing: Notes the calls to models.
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
        attempts: Attempts,
        timeout_ms: float | None,
        clock: Callable[[], float],
        observing: "Callable[[Callable[[ModelCall], None]], AbstractContextManager[None]]",
        on_trace: Callable[[Any, Trial], None],
        on_abandoned: Callable[[Trial], None],
        on_error: Callable[[Trial, BaseException], None] = lambda _trial, _error: None,
        traced: bool = False,
    ) -> None:
        self._calls = calls
        self._scoring = scoring
        self._attempts = attempts
        self._timeout_ms = timeout_ms
        self._clock = clock
        self._observing = observing
        self._on_trace = on_trace
        self._on_abandoned = on_abandoned
        self._on_error = on_error
        self._traced = traced
        self._steps = FirstSteps()

    def close(self) -> None:
        """Begin no further row."""
        self._steps.close()

    async def row(self, trial: Trial, attempt: int = 1) -> FinishedRow:
        """The row of this trial and its calls; a condition that fails gives a failed row."""
        begun = self._attempts.begin(trial, attempt)
        inside = begun.context.run
        condition = trial.condition.name
        answer = await guarded(
            partial(self._calls[condition], trial),
            watch=begun.clock.watch,
            clock=self._clock,
            name=f"row {trial.index}: condition {condition!r}, item {trial.item.id!r}",
            on_abandoned=partial(self._on_abandoned, trial),
            on_end=begun.clock.ended,
            context=begun.context.copy(),
            steps=self._steps,
        )
        waited = begun.clock.waited()
        elapsed = _milliseconds(max(0.0, answer.ended - begun.started - waited))
        found = inside(self._row_now, begun, answer, elapsed, waited)
        if not isinstance(found, Outcome | BareOutcome):
            return found
        mark = await asyncio.create_task(self._mark(begun, found), context=begun.context)
        return inside(self._answered_row, begun, found, mark, answer.value, elapsed)

    def _row_now(
        self, begun: Attempt, answer: Answer, elapsed: float, waited: float
    ) -> FinishedRow | AnyOutcome:
        """The row of an answer; its outcome where the scorer takes time or waits."""
        read = self._read(begun, answer, waited)
        if isinstance(read, _NoOutcome):
            return self._failed_row(begun, read.error, elapsed)
        mark = self._mark_quickly(begun, read)
        if mark is None:
            return read
        return self._answered_row(begun, read, mark, answer.value, elapsed)

    def _read(self, begun: Attempt, answer: Answer, waited: float) -> "AnyOutcome | _NoOutcome":
        """The outcome in an answer, or why it has no outcome."""
        if answer.cut_off:
            limit = f"{self._timeout_ms:g} ms (timeout_ms of the experiment)"
            return _NoOutcome(RowTimeoutError(f"no answer within {limit}"))
        if answer.error is not None:
            return _NoOutcome(answer.error)
        if type(answer.value) in _PLAIN:
            return _outcome(answer.value, bare_outcome)
        outcome = begun.context.copy().run(_outcome, answer.value, to_outcome)
        if waited and isinstance(outcome, Outcome) and is_measured_here(answer.value):
            return without_waits(outcome, 1000 * waited)
        return outcome

    def _mark_quickly(self, begun: Attempt, outcome: AnyOutcome) -> Mark | None:
        with self._observing(begun.scoring.append):
            return self._scoring.mark_quickly(outcome.prediction, begun.trial.item)

    async def _mark(self, begun: Attempt, outcome: AnyOutcome) -> Mark:
        with self._observing(begun.scoring.append):
            return await self._scoring.mark(outcome.prediction, begun.trial.item)

    def _answered_row(
        self, begun: Attempt, outcome: AnyOutcome, mark: Mark, value: object, elapsed: float
    ) -> FinishedRow:
        trial, given = begun.trial, outcome.latency_ms
        latency = elapsed if outcome.latency_known else None
        row = Row(  # its identity is written out, since a dict of it takes as long as the rest
            index=trial.index,
            item_id=trial.item.id,
            condition=trial.condition.name,
            repeat=trial.repeat,
            arm=trial.arm,
            block=trial.block,
            period=trial.period,
            attempts=begun.number,
            started_us=begun.started_us,
            prediction=outcome.prediction,
            correct=mark.correct,
            score=mark.value,
            extraction=mark.extraction,
            latency_ms=latency if given is None else round(given, 3),
            cost_usd=outcome.cost_usd,
            confidence=outcome.confidence,
            consensus=outcome.consensus,
            values={**outcome.values, **mark.further, **scoring_cost(begun.scoring)},
            unscored=mark.unscored,
            metadata=dict(outcome.metadata),
            source=weakest_source(outcome.source, begun.sources),
            error_type=type_name(mark.error) if mark.error else "",
            error=error_text(mark.error) if mark.error else "",
            failure="score" if mark.error else "",
            duration_ms=elapsed,
        )
        self._keep_trace(begun, outcome, value)
        return _finished(begun, row, value)

    def _failed_row(self, begun: Attempt, error: BaseException, elapsed: float) -> FinishedRow:
        self._on_error(begun.trial, error)
        late = type(error) is RowTimeoutError  # isinstance asks the error, which may raise
        row = Row(
            **begun.identity(),
            # A failure is not a fast answer; a row that reached its limit did take that long.
            latency_ms=elapsed if late else None,
            source=weakest_source(None, begun.sources),
            error_type=type_name(error),
            error=error_text(error),
            failure="time" if late else failure_of(error),
            duration_ms=elapsed,
        )
        return _finished(begun, row, None)

    def _keep_trace(self, begun: Attempt, outcome: AnyOutcome, value: object) -> None:
        trace, trial = outcome.trace, begun.trial
        if trace is None and self._traced:
            name = f"{trial.condition.name}/{trial.item.id}/{trial.repeat}"
            trace = chain_of_row(value, begun.asked(), name, begun.started_us)
        if trace is not None:
            self._on_trace(trace, trial)


class _NoOutcome(NamedTuple):
    """Why a condition has no outcome; an error may raise when it is asked for its class."""

    error: BaseException


def _outcome(value: object, read: Callable[[object], AnyOutcome]) -> AnyOutcome | _NoOutcome:
    """The outcome in what a condition returned, or why it has no outcome."""
    try:
        return read(value)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # foreign properties may raise anything
        return _NoOutcome(error)


def _finished(begun: Attempt, row: Row, value: object) -> FinishedRow:
    """The row with the cost of its calls, its event emitted, and the records of its calls."""
    asked = begun.asked()
    row = with_known_cost(row, asked)
    _emit_row(row)
    return row, call_records(asked, value, started=begun.started, scoring=begun.scoring)


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
