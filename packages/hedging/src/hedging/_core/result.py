"""What a hedged request gives back: the value, and what was done to get it.

Named tuples, because a frozen dataclass takes three times as long to make, for each request.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Generic, Literal, NamedTuple, TypeVar

Value = TypeVar("Value")
Status = Literal["ok", "error", "rejected", "cancelled", "abandoned", "lost", "running"]

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "quick": "answered before the delay",
        "no_delay": "no delay is set or learned yet",
        "not_idempotent": "a second attempt might do harm",
        "killed": "hedging is switched off",
        "shadow": "only watching, a backup would have been sent",
        "canary": "not in the share of requests that may be hedged",
        "chance": "the strategy hedges only some of the late requests",
        "budget": "the budget of backup requests is used up",
        "dollars": "the budget in dollars is used up",
        "pushback": "the service asked for less",
        "breaker": "too many requests failed",
        "concurrency": "too many backups are on their way",
        "busy": "the service has no idle capacity",
    }
)


class Attempt(NamedTuple):
    """One attempt of a request.

    Attributes:
        index: 0 for the primary, then the backups in the order they were started.
        kind: ``primary`` or ``hedge``.
        start_ms: When it began, counted from the begin of the request.
        end_ms: When it ended, or the end of the request when it runs on.
        status: ``ok``, ``error``, ``rejected`` (not accepted), ``cancelled``, ``abandoned``
            (cancelled, and still running when the grace was over), ``lost`` (gave its result too
            late) or ``running`` (losers are not cancelled).
        error: The error in words; empty when there was none.
        cost_usd: What it cost; None when unknown.
        cancellable: Whether cancelling stops the work; a thread cannot be stopped.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody asks of an attempt
    kind: Literal["primary", "hedge"]
    start_ms: float
    end_ms: float
    status: Status
    error: str = ""
    cost_usd: float | None = None
    cancellable: bool = True


class Hedged(NamedTuple, Generic[Value]):
    """The result of a hedged request.

    Attributes:
        value: The first acceptable result; may be None.
        winner: The index of the attempt that gave it.
        delay_ms: How long the backup was to wait; None when none was to be sent.
        latency_ms: From the begin of the request to its result.
        attempts: Every attempt that was started.
        cost_factor: The cost in units of one attempt. By the number of attempts that were started
            unless a policy and known costs say more: a provider may go on generating for a caller
            who has left.
        cost_usd: The cost of all attempts by the policy; None when one of them is unknown.
        reason: Why no backup was sent, a key of ``REASONS``; empty when one was.
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

    def __str__(self) -> str:
        if not self.hedged:
            reason = REASONS.get(self.reason, self.reason)
            return f"{self.latency_ms:.1f} ms, not hedged ({reason})"
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
                {name: getattr(attempt, name) for name in Attempt._fields}
                for attempt in self.attempts
            ],
            "cost_factor": self.cost_factor,
            "cost_usd": self.cost_usd,
            "reason": self.reason,
        }
