"""The calls and the delays of a request."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from .._core.errors import PolicyError
from .._delays.workload import Workload
from .._limits.policy import Policy

Value = TypeVar("Value")
Call = Callable[[], Awaitable[Value]]


def for_workload(strategy: Any, workload: Workload | None) -> Any:
    """The strategy for a request of this size."""
    if workload is None or not hasattr(strategy, "for_workload"):
        return strategy
    return strategy.for_workload(workload)


def within_bounds(policy: Policy, delay_ms: float | None) -> float | None:
    """The delay within the bounds of the policy; None stays None."""
    if delay_ms is None:
        return None
    if policy.min_delay_ms <= delay_ms <= policy.max_delay_ms:
        return delay_ms
    return min(max(delay_ms, policy.min_delay_ms), policy.max_delay_ms)


def delays_ms(policy: Policy, delay_ms: float | None, hedges: int) -> Sequence[float]:
    """How long each backup waits for the attempt before it; empty without a delay."""
    if delay_ms is None:
        return ()
    if hedges == 1:
        return (delay_ms,)
    return [delay_ms * policy.stagger**index for index in range(hedges)]


def calls_of(call: Call[Value], backups: Sequence[Call[Value]], hedges: int) -> list[Call[Value]]:
    """The primary and its backups; the call itself when there are fewer backups.

    Raises:
        PolicyError: ``backups`` is not a list or tuple of functions.
    """
    if not isinstance(backups, list | tuple):
        raise PolicyError("backups", backups, "a list of calls")
    if not backups:
        return [call] * (1 + hedges)
    if not all(map(callable, backups)):
        raise PolicyError("backups", backups, "a list of calls")
    return [call, *backups[:hedges], *[call] * (hedges - len(backups))]
