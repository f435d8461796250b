"""A hedged request without a hedger of one's own."""

import threading
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache, partial
from typing import Any, Literal, TypeVar, Unpack, overload

from .._core.conversions import as_quantile, converted_arguments, quantile_of
from .._core.errors import PolicyError
from .._core.result import Hedged
from .._core.scripts import run_to_end
from .._delays.registry import DelayStrategyName, named_strategy
from .._delays.strategy import DelayStrategy
from .._delays.workload import Workload
from .._limits.budget import Budget
from .._limits.policy import Policy
from .._race.first_token import Open, Stream, first_token_race
from .hedger import Hedger
from .options import SingleRequestOptions, SingleStreamOptions, SyncRequestOptions

Value = TypeVar("Value")
Chunk = TypeVar("Chunk")
# Learned per name of a target, so that a plain function call can learn from the calls before it.
_Identity = tuple[str, str, str, float | None]
_shared: dict[_Identity, DelayStrategy] = {}
_budgets: dict[tuple[str, float], Budget] = {}
# What learns from the calls before it, and takes longer to make than a race.
_hedgers: dict[tuple[object, ...], Hedger] = {}  # by the key first
_MAX_HEDGERS = 200
# Held while one of these is made: threads that meet a new key at once share what they get.
_making = threading.RLock()
_BURST = 24.0


@overload
async def request(
    call: Callable[[], Awaitable[Value]],
    *,
    until: Literal["done"] = ...,
    **options: Unpack[SingleRequestOptions],
) -> Hedged[Value]: ...


@overload
async def request(
    call: Open[Chunk], *, until: Literal["first_token"], **options: Unpack[SingleStreamOptions]
) -> Hedged[Stream[Chunk]]: ...


@converted_arguments(percentile=("quantile", quantile_of))
async def request(
    call: Callable[[], Any],
    *,
    until: Literal["done", "first_token"] = "done",
    strategy: DelayStrategyName | DelayStrategy | None = None,
    quantile: float = 0.95,
    delay_ms: float | None = None,
    key: str = "default",
    workload: Workload | None = None,
    backups: Sequence[Callable[[], Any]] = (),
    max_hedges: int = 1,
    stagger: float = 1.0,
    budget: Budget | float | None = 0.05,
    timeout_ms: float | None = None,
    idempotent: bool = True,
    accept: Callable[[Any], bool] | None = None,
    retryable: Callable[[BaseException], bool] | None = None,
    cost: Callable[[Any], float | None] | None = None,
    clock: Callable[[], float] | None = None,
) -> Hedged[Any]:
    """Call, and call once more when the answer is late; give the first acceptable result.

    For many calls make a ``Hedger``: it counts, and has more to set.

    Args:
        call: Makes one attempt; an async function without arguments, or ``in_thread(...)``.
        until: What the race is for: the result, or the ``first_token`` of a stream; ``call`` then
            gives an async iterator, and the value is a ``Stream``, to be closed by the caller.
        strategy: When to send a backup: a strategy, or the name of one; ``fixed`` with a
            ``delay_ms``, else ``percentile``. A named strategy learns from all requests of this
            process with the same ``key``.
        quantile: For the strategy ``percentile``, between 0 and 1.
        delay_ms: For the strategy ``fixed``, in milliseconds.
        key: What is called, such as the model's name; each key learns for itself.
        workload: The size of the request, for strategies that use it.
        backups: Other calls for the backups, in order; ``call`` itself when there are fewer.
        max_hedges: The most backups, 1 to 10.
        stagger: Each further backup waits this many times longer than the one before it.
        budget: Backups per request of this key, after the first 24; None sets no limit. A budget of
            one's own is shared with what else has it, whatever the keys.
        timeout_ms: The longest the whole request may take; None sets no limit.
        idempotent: Whether a second attempt does no harm; without that there is one attempt.
        accept: Whether a result will do; without it every result does, None included.
        retryable: Whether an attempt that failed with this error may be followed by another.
        cost: The cost of a result in dollars; None when unknown. For a stream it is called once
            with the ``Stream`` when that has ended, failed or was closed; see ``streamed``.
        clock: Gives seconds; the running loop's clock when left out.

    Returns:
        The result with its attempts.

    Raises:
        AllAttemptsFailedError: No attempt gave an acceptable result.
        HedgeTimeoutError: No acceptable result arrived within ``timeout_ms``.
        UnknownDelayStrategyError: No strategy has this name.
        PolicyError: An option is out of its range.

    Example:
        >>> import asyncio
        >>> async def ask():
        ...     return "4"
        >>> asyncio.run(request(ask, delay_ms=500)).value
        '4'
    """
    if until not in ("done", "first_token"):
        raise PolicyError("until", until, "'done' or 'first_token'")
    if strategy is None:
        strategy = "percentile" if delay_ms is None else "fixed"
    elif delay_ms is not None and strategy != "fixed":
        raise PolicyError("delay_ms", delay_ms, "it with strategy 'fixed', or without a strategy")
    options: dict[str, Any] = {}
    if strategy == "percentile":
        options = {"quantile": as_quantile(quantile, "request")}
    elif strategy == "fixed":
        options = {"delay_ms": delay_ms}
    policy = _policy(max_hedges, stagger, timeout_ms)
    own, share = (budget, budget.share) if isinstance(budget, Budget) else (None, budget)
    if isinstance(strategy, str) and own is None and retryable is None and clock is None:
        hedger = _hedger(strategy, options, key=key, budget=share, policy=policy)
    else:
        if isinstance(strategy, str):
            strategy = _learned(strategy, options, key=key, budget=share)
        paying = own or _budget(key, share)
        hedger = Hedger(policy, strategy=strategy, budget=paying, retryable=retryable, clock=clock)
    if until == "first_token":
        send = partial(
            hedger.request,
            key=key,
            workload=workload,
            idempotent=idempotent,
            timeout_ms=timeout_ms,
            accept=accept,
            cost=cost,
        )
        return await first_token_race(send, call, backups, policy.grace_ms)
    return await hedger.request(
        call,
        key=key,
        workload=workload,
        backups=backups,
        idempotent=idempotent,
        timeout_ms=timeout_ms,
        accept=accept,
        cost=cost,
    )


def request_sync(
    call: Callable[[], Awaitable[Value]], **options: Unpack[SyncRequestOptions]
) -> Hedged[Value]:
    """``request`` for scripts: takes the same arguments and waits for the end.

    Args:
        call: Makes one attempt; an async function without arguments, or ``in_thread(...)``.
        **options: The keyword arguments of ``request``. ``until`` is ``done``: a stream belongs to
            the event loop that it was opened in.

    Returns:
        The result with its attempts.

    Raises:
        RunningLoopError: An event loop is running; use ``await request(...)``.
        PolicyError: An option is out of its range.
        AllAttemptsFailedError: No attempt gave an acceptable result.
        HedgeTimeoutError: No acceptable result arrived within ``timeout_ms``.

    Example:
        >>> async def ask():
        ...     return "4"
        >>> request_sync(ask, strategy="fixed", delay_ms=500).value
        '4'
    """

    async def main() -> Hedged[Value]:
        until = options.get("until", "done")
        if until != "done":
            raise PolicyError("until", until, "'done'; a stream needs `await request(...)`")
        return await request(call, **options)

    return run_to_end(main, name="request_sync", instead="await request(...)")


def forget(key: str | None = None) -> None:
    """Forget what the named strategies of ``request`` have learned.

    Args:
        key: Which key; None forgets all keys.
    """
    for known in [each for each in _shared if key is None or each[0] == key]:
        del _shared[known]
    for made in [each for each in _hedgers if key is None or each[0] == key]:
        del _hedgers[made]
    for paid in [each for each in _budgets if key is None or each[0] == key]:
        del _budgets[paid]


def _hedger(
    name: str, options: dict[str, Any], *, key: str, budget: float | None, policy: Policy
) -> Hedger:
    """The hedger that all requests with this key and these settings share."""
    identity = (key, name, *options.values(), budget, policy.max_hedges, policy.stagger)
    try:
        hedger = _hedgers.get(identity)
    except TypeError:  # an option without a hash is refused below
        hedger = None
    if hedger is not None:
        return hedger
    with _making:
        strategy = _learned(name, options, key=key, budget=budget)
        hedger = _hedgers.get(identity)
        if hedger is not None:
            return hedger
        without_limit = _policy(policy.max_hedges, policy.stagger, None)
        hedger = Hedger(without_limit, strategy=strategy, budget=_budget(key, budget))
        if len(_hedgers) >= _MAX_HEDGERS:
            del _hedgers[next(iter(_hedgers))]
        _hedgers[identity] = hedger
    return hedger


def _learned(
    name: str, options: dict[str, Any], *, key: str, budget: float | None
) -> DelayStrategy:
    """The strategy that all requests with this key share."""
    identity = (key, name, repr(options), budget)
    with _making:
        if identity not in _shared:
            _shared[identity] = named_strategy(name, options)
        return _shared[identity]


@lru_cache(maxsize=64, typed=True)
def _policy(max_hedges: int, stagger: float, timeout_ms: float | None) -> Policy:
    """The policy of a call; checking one takes longer than the race."""
    return Policy(budget=None, max_hedges=max_hedges, stagger=stagger, timeout_ms=timeout_ms)


def _budget(key: str, share: float | None) -> Budget | None:
    """The budget that all requests with this key share; full at first, for scripts of few calls."""
    if share is None:
        return None
    with _making:
        if (key, share) not in _budgets:
            _budgets[key, share] = Budget(share, burst=_BURST, initial=_BURST)
        return _budgets[key, share]
