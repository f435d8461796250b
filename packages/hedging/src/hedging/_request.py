"""Send a request, and a backup when it is slow; the first acceptable result counts."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import anyio

from ._errors import AllAttemptsFailedError, HedgeTimeoutError
from ._events import emit, signal
from ._race import Race
from ._result import Hedged
from ._strategies import Strategy, named_strategy

Value = TypeVar("Value")
_numbers = itertools.count(1)
_MOST_HEDGES = 10


async def request(
    call: Callable[[], Awaitable[Value]],
    *,
    strategy: str | Strategy = "percentile",
    percentile: float = 95,
    delay_ms: float | None = None,
    key: str = "default",
    backups: Sequence[Callable[[], Awaitable[Value]]] = (),
    max_hedges: int = 1,
    timeout_ms: float | None = None,
    accept: Callable[[Value], bool] | None = None,
    cost: Callable[[Value], float | None] | None = None,
    clock: Callable[[], float] | None = None,
) -> Hedged[Value]:
    """Call, and call once more when the answer is late; give the first acceptable result.

    A failed attempt starts the next at once. When there is a result, the other attempts are
    cancelled, and they are gone before this returns. Cancelling the caller cancels all attempts.

    Args:
        call: Makes one attempt; an async function without arguments.
        strategy: When to send a backup: a strategy, or ``off``, ``fixed`` or ``percentile``. The
            named ``percentile`` learns from all requests of this process with the same ``key``.
        percentile: For the strategy ``percentile``, in (0, 100).
        delay_ms: For the strategy ``fixed``.
        key: What is called, such as the model's name; each key learns for itself.
        backups: Other calls for the backups, in order; ``call`` itself when there are fewer.
        max_hedges: How many backups at most, 1 to 10.
        timeout_ms: The longest the whole request may take; None sets no limit.
        accept: Whether a result will do; without it every result does, None included.
        cost: What a result cost, in dollars, for the table of attempts.
        clock: Gives seconds; the running loop's clock when left out.

    Returns:
        The result with its attempts.

    Raises:
        AllAttemptsFailedError: No attempt gave an acceptable result.
        HedgeTimeoutError: There was none within ``timeout_ms``.
        UnknownStrategyError: There is no strategy of this name.
        ValueError: An option is out of its range.
    """
    if isinstance(strategy, str):
        strategy = named_strategy(strategy, key=key, delay_ms=delay_ms, percentile=percentile)
    if not 1 <= max_hedges <= _MOST_HEDGES:
        raise ValueError(f"max_hedges: {max_hedges!r} is not between 1 and {_MOST_HEDGES}")
    if timeout_ms is not None and timeout_ms <= 0:
        raise ValueError(f"timeout_ms: {timeout_ms!r} is not a positive number of milliseconds")
    delay = strategy.delay_ms()
    clock = clock or asyncio.get_running_loop().time
    request_id = f"request-{next(_numbers)}"
    spare = [*backups, *[call] * max_hedges][:max_hedges]
    race = Race(
        calls=[call, *spare],
        delay_ms=delay,
        accept=accept,
        cost=cost,
        clock=clock,
        request_id=request_id,
    )
    if signal.receivers:
        emit("hedging.request.start", {}, {"request_id": request_id, "key": key, "delay_ms": delay})
    start = clock()
    with anyio.move_on_after(None if timeout_ms is None else timeout_ms / 1000) as limit:
        await race.run()
    latency_ms = round((clock() - start) * 1000, 3)
    if race.winner is None:
        error = _failure(race, timeout_ms if limit.cancelled_caught else None)
        _report_failure(race, latency_ms, error)
        raise error from (race.errors[0] if race.errors else None)
    strategy.record(latency_ms)
    result = _result(race, race.winner, delay, latency_ms)
    if signal.receivers:
        _report(race, result)
    return result


def request_sync(call: Callable[[], Awaitable[Value]], **options: object) -> Hedged[Value]:
    """``request`` for scripts: takes the same arguments and waits for the end."""

    async def main() -> Hedged[Value]:
        return await request(call, **options)  # type: ignore[arg-type]  # the options of request

    return asyncio.run(main())


def _result(
    race: Race[Value], winner: int, delay: float | None, latency_ms: float
) -> Hedged[Value]:
    attempts = race.attempts()
    reason = ""
    if len(attempts) == 1:
        reason = "no delay is set or learned yet" if delay is None else "answered before the delay"
    return Hedged(
        value=race.values[winner],
        hedged=len(attempts) > 1,
        hedge_won=winner > 0,
        winner=winner,
        delay_ms=delay,
        latency_ms=latency_ms,
        attempts=attempts,
        cost_factor=float(len(attempts)),
        reason=reason,
    )


def _failure(race: Race[Value], timeout_ms: float | None) -> Exception:
    if timeout_ms is not None:
        return HedgeTimeoutError(timeout_ms, len(race.attempts()))
    return AllAttemptsFailedError(race.errors)


def _report(race: Race[Value], result: Hedged[Value]) -> None:
    for attempt in result.attempts:
        about: dict[str, object] = {"request_id": race.request_id, "attempt": attempt.index}
        if attempt.status == "cancelled":
            ran_ms = round(attempt.end_ms - attempt.start_ms, 3)
            emit("hedging.request.cancelled", {"ran_ms": ran_ms}, about)
        if attempt.index == result.winner and result.hedge_won:
            emit("hedging.hedge.won", {"latency_ms": result.latency_ms}, about)
    if not result.hedged and result.delay_ms is None:
        reason: dict[str, object] = {"request_id": race.request_id, "reason": result.reason}
        emit("hedging.hedge.suppressed", {}, reason)
    emit(
        "hedging.request.stop",
        {"duration_ns": int(result.latency_ms * 1e6), "cost_factor": result.cost_factor},
        {
            "request_id": race.request_id,
            "hedged": result.hedged,
            "hedge_won": result.hedge_won,
            "attempts": len(result.attempts),
        },
    )


def _report_failure(race: Race[Value], latency_ms: float, error: Exception) -> None:
    emit(
        "hedging.request.exception",
        {"duration_ns": int(latency_ms * 1e6)},
        {
            "request_id": race.request_id,
            "error": str(error),
            "error_type": type(error).__name__,
            "attempts": len(race.attempts()),
        },
    )
