"""The state of a race between a primary and its backups, for all that does not run it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from .._core.errors import HedgeTimeoutError, error_text
from .._core.failures import all_failed
from .._core.result import Attempt, Status, new_attempt
from .own_calls import OwnCall

Value = TypeVar("Value")
Call = Callable[[], Awaitable[Value]]


@dataclass(slots=True, eq=False, repr=False)
class RunningAttempt:
    """An attempt while it runs; ``began`` once its call was made.

    A stream goes on after its attempt: it is ``open`` until its source has ended. When a loser was
    closed before that, ``arrived`` chunks had come, which cost ``streamed_usd``.
    """

    start_ms: float
    end_ms: float | None = None
    status: Status = "running"
    error: BaseException | None = None
    cost_usd: float | None = None
    began: bool = False
    is_stream: bool = False
    open: bool = False
    was_cut: bool = False
    arrived: int = 0
    streamed_usd: float | None = None


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class RaceState(Generic[Value]):
    """The arguments of a race, and its attempts so far.

    Attributes:
        calls: The primary and its backups, in the order they may be started.
        delays_ms: How long each backup waits for the attempt before it; empty starts backups
            only after failures.
        clock: Gives seconds.
        timeout_ms: The longest the race may take.
        winner: The index of the attempt that gave the result; None without a result.
        value: The result.
        timed_out: Whether the time limit ended the race.
        reason: Why the first backup that was due was not sent; empty when it was.
        latency_ms: From the start of the race to its result.
        started: The attempts that were started.
    """

    calls: Sequence[Call[Value]]
    delays_ms: Sequence[float]
    clock: Callable[[], float]
    timeout_ms: float | None
    winner: int | None = None
    value: Value | None = None
    timed_out: bool = False
    reason: str = ""
    latency_ms: float = 0.0
    started: list[RunningAttempt] = field(default_factory=list)

    @property
    def errors(self) -> list[BaseException]:
        """Why each failed attempt failed."""
        return [each.error for each in self.started if each.error is not None]

    def failure(self) -> Exception:
        """The error of a race without a result."""
        if self.timed_out and self.timeout_ms is not None:
            return HedgeTimeoutError(self.timeout_ms, len(self.started))
        return all_failed(self.errors, self.reason)

    def attempts(self) -> tuple[Attempt, ...]:
        """Every attempt that was started, in its present state."""
        if len(self.started) == 1:
            return (self._row(0),)
        return tuple([self._row(index) for index in range(len(self.started))])

    def _row(self, index: int) -> Attempt:
        attempt, call = self.started[index], self.calls[index]
        error = attempt.error
        return new_attempt(
            index=index,
            start_ms=attempt.start_ms,
            end_ms=self.latency_ms if attempt.end_ms is None else attempt.end_ms,
            status=attempt.status,
            error="" if error is None else error_text(error),
            cost_usd=attempt.cost_usd,
            cancellable=not isinstance(call, OwnCall) or call.cancellable,
        )
