"""What a hedged request gives back: the value, and what was done to get it."""

from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

Value = TypeVar("Value")
Status = Literal["ok", "error", "rejected", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt of a request.

    Attributes:
        index: 0 for the primary, then the backups in the order they were started.
        kind: ``primary`` or ``hedge``.
        start_ms: When it began, counted from the begin of the request.
        end_ms: When it ended.
        status: ``ok``, ``error``, ``rejected`` (not accepted) or ``cancelled``.
        error: The error in words; empty when there was none.
        cost_usd: What it cost; None when unknown.
    """

    index: int
    kind: Literal["primary", "hedge"]
    start_ms: float
    end_ms: float
    status: Status
    error: str = ""
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedged(Generic[Value]):
    """The result of a hedged request.

    Attributes:
        value: The first acceptable result; may be None.
        hedged: Whether a backup was started.
        hedge_won: Whether a backup gave the result.
        winner: The index of the attempt that gave it.
        delay_ms: How long the backup was to wait; None when none was to be sent.
        latency_ms: From the begin of the request to its result.
        attempts: Every attempt that was started.
        cost_factor: What was started, in units of one attempt: an upper bound of the cost against
            not hedging, since a provider may go on generating for a caller who has left.
        reason: Why no backup was sent; empty when one was.
    """

    value: Value
    hedged: bool
    hedge_won: bool
    winner: int
    delay_ms: float | None
    latency_ms: float
    attempts: tuple[Attempt, ...]
    cost_factor: float
    reason: str = ""

    def __str__(self) -> str:
        if not self.hedged:
            return f"{self.latency_ms:.1f} ms, not hedged ({self.reason})"
        winner = "the backup won" if self.hedge_won else "the primary won"
        return f"{self.latency_ms:.1f} ms, {len(self.attempts)} attempts, {winner}"

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        return {
            "value": self.value,
            "hedged": self.hedged,
            "hedge_won": self.hedge_won,
            "winner": self.winner,
            "delay_ms": self.delay_ms,
            "latency_ms": self.latency_ms,
            "attempts": [
                {name: getattr(attempt, name) for name in Attempt.__slots__}
                for attempt in self.attempts
            ],
            "cost_factor": self.cost_factor,
            "reason": self.reason,
        }
