"""The result of a hedged request: the value, and every attempt that was made to get it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar, cast

from .frozen import unfrozen
from .plain import plain
from .shown import html_table, shown

Value = TypeVar("Value")
Status = Literal["ok", "error", "rejected", "cancelled", "abandoned", "lost", "running"]

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "quick": "answered before the delay",
        "no_delay": "no delay is set or learned yet",
        "not_idempotent": "a second attempt might do harm",
        "killed": "hedging is switched off",
        "shadow": "shadow mode: a backup would have been sent",
        "canary": "not in the share of requests that may be hedged",
        "chance": "the strategy hedges only a share of the late requests",
        "budget": "the budget of backup requests is used up",
        "dollars": "the budget in dollars is used up; unknown costs count at their worst",
        "pushback": "the service asked for fewer requests",
        "pool": "the request waits for a connection of its own client",
        "breaker": "too many requests failed",
        "concurrency": "too many backups are running",
        "useless": "backups save nothing here; a few go on to notice when they do",
        "load": "backups would make a service slower that slows down with its load",
        "busy": "the service has no idle capacity",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt of a request.

    Attributes:
        index: 0 for the primary, then the backups in the order they were started.
        kind: ``primary`` or ``hedge``.
        start_ms: When it started, in milliseconds from the start of the request.
        end_ms: When it ended, or the end of the request when it runs on.
        status: ``ok``, ``error``, ``rejected`` (not accepted), ``cancelled``, ``abandoned``
            (cancelled, and still running when the grace was over), ``lost`` (gave its result too
            late) or ``running`` (losers are not cancelled).
        error: The error as text; empty when there was no error.
        cost_usd: Its cost in dollars; None when unknown.
        cancellable: Whether cancelling stops the work; a thread cannot be stopped.
    """

    index: int
    kind: Literal["primary", "hedge"]
    start_ms: float
    end_ms: float
    status: Status
    error: str = ""
    cost_usd: float | None = None
    cancellable: bool = True

    def to_dict(self) -> dict[str, object]:
        """The attempt as plain values."""
        return plain(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedged(Generic[Value]):
    """The result of a hedged request.

    Attributes:
        value: The first acceptable result; may be None.
        winner: The index of the attempt that gave it.
        delay_ms: The delay before a backup; None when no backup was to be sent.
        latency_ms: From the start of the request to its result.
        attempts: Every attempt that was started.
        cost_factor: The cost in units of one attempt. By the number of attempts that were started
            unless a policy and known costs say more: a provider may go on generating for a caller
            who has left.
        cost_usd: The cost of all attempts by the policy; None when one of them is unknown, such
            as that of a stream before its end.
        reason: Why no backup was sent, a key of ``REASONS``; empty when one was sent.
    """

    value: Value
    winner: int
    delay_ms: float | None
    latency_ms: float
    attempts: tuple[Attempt, ...]
    cost_factor: float
    cost_usd: float | None = None
    reason: str = ""

    @property
    def hedged(self) -> bool:
        """Whether a backup was started."""
        return len(self.attempts) > 1

    @property
    def hedge_won(self) -> bool:
        """Whether a backup gave the result."""
        return self.winner > 0

    @property
    def would_hedge(self) -> bool:
        """Whether a backup was sent, or would have been but for shadow mode."""
        return self.hedged or self.reason == "shadow"

    @shown
    def __str__(self) -> str:
        if not self.hedged:
            reason = REASONS.get(self.reason, self.reason)
            return f"{self.latency_ms:.1f} ms, not hedged ({reason})"
        winner = "the backup won" if self.hedge_won else "the primary won"
        return f"{self.latency_ms:.1f} ms, {len(self.attempts)} attempts, {winner}"

    def _repr_html_(self) -> str:
        return html_table(str(self), ATTEMPT_HEADERS, attempt_rows(self.attempts))

    def to_dict(self) -> dict[str, object]:
        """The result as plain values; a value that JSON cannot hold becomes text."""
        return {**plain(self), "hedged": self.hedged, "hedge_won": self.hedge_won}


# Made for each request; see ``unfrozen``.
_make: Any = object.__new__
_UnfrozenAttempt = unfrozen(Attempt)
_UnfrozenHedged = unfrozen(Hedged)


def new_attempt(
    *,
    index: int,
    start_ms: float,
    end_ms: float,
    status: Status,
    error: str,
    cost_usd: float | None,
    cancellable: bool,
) -> Attempt:
    """An ``Attempt``; its first one is the primary."""
    made = _make(_UnfrozenAttempt)
    made.index = index
    made.kind = "hedge" if index else "primary"
    made.start_ms = start_ms
    made.end_ms = end_ms
    made.status = status
    made.error = error
    made.cost_usd = cost_usd
    made.cancellable = cancellable
    made.__class__ = Attempt
    return cast("Attempt", made)


def new_result(
    *,
    value: Value,
    winner: int,
    delay_ms: float | None,
    latency_ms: float,
    attempts: tuple[Attempt, ...],
    cost_factor: float,
    cost_usd: float | None,
    reason: str,
) -> Hedged[Value]:
    """A ``Hedged``."""
    made = _make(_UnfrozenHedged)
    made.value = value
    made.winner = winner
    made.delay_ms = delay_ms
    made.latency_ms = latency_ms
    made.attempts = attempts
    made.cost_factor = cost_factor
    made.cost_usd = cost_usd
    made.reason = reason
    made.__class__ = Hedged
    return cast("Hedged[Value]", made)


ATTEMPT_HEADERS = ("attempt", "start ms", "end ms", "status", "cost $", "error")


def attempt_rows(attempts: tuple[Attempt, ...]) -> list[tuple[object, ...]]:
    """The rows of a table of attempts."""
    return [
        (
            f"{each.kind} {each.index}",
            f"{each.start_ms:.1f}",
            f"{each.end_ms:.1f}",
            each.status,
            "unknown" if each.cost_usd is None else f"{each.cost_usd:g}",
            each.error,
        )
        for each in attempts
    ]
