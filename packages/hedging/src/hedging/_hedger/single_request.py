"""A hedged request without a hedger of one's own."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Literal, TypeVar, overload

from .._core.result import Hedged
from .._delays.registry import named_strategy
from .._delays.strategy import Strategy
from .._delays.workload import Workload
from .._limits.budget import Budget
from .._limits.policy import Policy
from .._race.first_token import Open, Stream, first_token_race
from .hedger import Hedger

Value = TypeVar("Value")
Chunk = TypeVar("Chunk")
# Learned per name of a target, so that a plain function call can learn from the calls before it.
_Identity = tuple[str, str, str, float | None]
_shared: dict[_Identity, tuple[Strategy, Budget | None]] = {}


@overload
async def request(
    call: Callable[[], Awaitable[Value]],
    *,
    until: Literal["done"] = ...,
    **options: Any,
) -> Hedged[Value]: ...


@overload
async def request(
    call: Open[Chunk], *, until: Literal["first_token"], **options: Any
) -> Hedged[Stream[Chunk]]: ...


async def request(  # type: ignore[misc]  # the overloads leave the further options out
    call: Callable[[], Any],
    *,
    until: Literal["done", "first_token"] = "done",
    strategy: str | Strategy = "percentile",
    percentile: float = 95,
    delay_ms: float | None = None,
    key: str = "default",
    workload: Workload | None = None,
    backups: Sequence[Callable[[], Any]] = (),
    max_hedges: int = 1,
    stagger: float = 1.0,
    budget: float | None = None,
    timeout_ms: float | None = None,
    idempotent: bool = True,
    accept: Callable[[Any], bool] | None = None,
    retryable: Callable[[BaseException], bool] | None = None,
    cost: Callable[[Any], float | None] | None = None,
    clock: Callable[[], float] | None = None,
) -> Hedged[Any]:
    """Call, and call once more when the answer is late; give the first acceptable result.

    For more than a few calls make a ``Hedger``: it has a budget, counts, and is safer to turn on.

    Args:
        call: Makes one attempt; an async function without arguments, or ``in_thread(...)``.
        until: What the race is for: the result, or the ``first_token`` of a stream; ``call`` then
            gives an async iterator, and the value is a ``Stream``, to be closed by the caller.
        strategy: When to send a backup: a strategy, or the name of one. Those that learn, learn
            from all requests of this process with the same ``key``.
        percentile: For the strategy ``percentile``, in (0, 100).
        delay_ms: For the strategy ``fixed``.
        key: What is called, such as the model's name; each key learns for itself.
        workload: What is known of the request's size, for strategies that use it.
        backups: Other calls for the backups, in order; ``call`` itself when there are fewer.
        max_hedges: How many backups at most, 1 to 10.
        stagger: Each further backup waits this much longer than the one before it.
        budget: Backups per request of this key, for strategies by name; None sets no limit.
        timeout_ms: The longest the whole request may take; None sets no limit.
        idempotent: Whether a second attempt does no harm; without that there is none.
        accept: Whether a result will do; without it every result does, None included.
        retryable: Whether an attempt that failed like this may be followed by another.
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
        options: dict[str, Any] = {}
        if strategy == "percentile":
            options = {"percentile": percentile}
        elif strategy == "fixed":
            options = {"delay_ms": delay_ms}
        strategy, shared_budget = _learned(strategy, options, key=key, budget=budget)
    else:
        shared_budget = None if budget is None else Budget(budget)
    hedger = Hedger(
        Policy(budget=None, max_hedges=max_hedges, stagger=stagger, timeout_ms=timeout_ms),
        strategy=strategy,
        budget=shared_budget,
        retryable=retryable,
        clock=clock,
    )
    send = partial(
        hedger.request,
        key=key,
        workload=workload,
        idempotent=idempotent,
        accept=accept,
        cost=cost,
    )
    if until == "first_token":
        return await first_token_race(send, call, backups, hedger.policy.grace_ms)
    return await send(call, backups=backups)


def request_sync(call: Callable[[], Awaitable[Value]], **options: Any) -> Hedged[Value]:
    """``request`` for scripts: takes the same arguments and waits for the end."""

    async def main() -> Hedged[Value]:
        return await request(call, **options)

    return asyncio.run(main())


def forget(key: str | None = None) -> None:
    """Forget what the named strategies learned under a key; None forgets all."""
    for known in [each for each in _shared if key is None or each[0] == key]:
        del _shared[known]


def _learned(
    name: str, options: dict[str, Any], *, key: str, budget: float | None
) -> tuple[Strategy, Budget | None]:
    """What the requests with this key share: a strategy and a budget."""
    identity = (key, name, repr(options), budget)
    if identity not in _shared:
        shared_budget = None if budget is None else Budget(budget)
        _shared[identity] = (named_strategy(name, options), shared_budget)
    return _shared[identity]
