"""A hedger: settings, and what was learned for each key."""

import functools
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar, Token
from dataclasses import replace
from typing import Any, ParamSpec, Protocol, TypeVar, Unpack, cast, overload

from .._core.errors import AllAttemptsFailedError, PolicyError
from .._core.events import signal
from .._core.failures import original_error
from .._core.plain import is_number
from .._core.result import Attempt, Hedged
from .._core.scripts import run_to_end, running_loop
from .._core.shown import html_table
from .._delays.strategy import DelayStrategy
from .._delays.workload import Workload
from .._learning.key_state import KeyState
from .._learning.learned_keys import LearnedKeys
from .._limits.budget import Budget
from .._limits.policy import Policy
from .._race.first_token import Open, Stream, first_token_race
from .._race.race import Race
from .._race.reports import report_start
from .._race.threads import in_thread
from .hedged_request import HedgedRequest
from .options import RequestOptions, StreamOptions, is_async_function, require_functions
from .probes import start_probe
from .schedule import calls_of, delays_ms, for_workload, within_bounds

Value = TypeVar("Value")
Chunk = TypeVar("Chunk")
Parameters = ParamSpec("Parameters")
Result_co = TypeVar("Result_co", covariant=True)
Call = Callable[[], Awaitable[Value]]
# Keys in a printed hedger.
_SHOWN = 10
# The shared budgets that the requests around this one have paid into.
_paid: ContextVar[tuple[Budget, ...]] = ContextVar("hedging_paid", default=())


class HedgedFunction(Protocol[Parameters, Result_co]):
    """A function whose calls are requests with backups.

    Attributes:
        hedger: Sends the requests, and has their statistics.
    """

    hedger: "Hedger"

    def __call__(
        self, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Coroutine[Any, Any, Result_co]:
        """Send a request with these arguments, and give its value."""
        ...


class Hedger(LearnedKeys):
    """Sends requests with backups, and learns for each key when a backup is due.

    One hedger serves any number of concurrent requests of one event loop at a time. A key names
    what is called: endpoint, model, region. Each has its own strategy, budget and breaker.

    Args:
        policy: How much is allowed; ``BALANCED``, ``CAUTIOUS`` and ``EAGER`` are presets.
        strategy: A strategy for all keys, or a function that makes one for each; without it the
            policy's strategy.
        budget: A share of requests, in place of the policy's; or a budget to share with others,
            such as another hedger or a retry loop. Without it each key has one of its own.
        accept: Whether a result will do; without it every result does, None included.
        retryable: Whether an attempt that failed with this error may be followed by another.
        cost: The cost of a result in dollars; None when unknown. For a stream it is called once
            with the ``Stream`` when that has ended, failed or was closed; see ``streamed``.
        dispose: Takes each result that the caller does not get, such as a loser's that came too
            late, to close it; may be async.
        idle: Whether the service has idle capacity; only then backups are sent.
        on_hedge: Called with the key and the number of a backup or retry before it is started.
        on_loser: Called with the key and the attempt for each that did not give the result.
        clock: Gives seconds; the running loop's clock when left out.
        name: Names the hedger in its events.

    Raises:
        UnknownDelayStrategyError: The policy names an unknown strategy.
        PolicyError: An option of the strategy, or the type of an argument, is wrong.

    Example:
        >>> import asyncio
        >>> async def ask():
        ...     return "4"
        >>> hedger = Hedger(Policy(budget=0.05))
        >>> asyncio.run(hedger.request(ask, key="gpt-4o")).value
        '4'
    """

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        strategy: DelayStrategy | Callable[[], DelayStrategy] | None = None,
        budget: Budget | float | None = None,
        accept: Callable[[Any], bool] | None = None,
        retryable: Callable[[BaseException], bool] | None = None,
        cost: Callable[[Any], float | None] | None = None,
        dispose: Callable[[Any], object] | None = None,
        idle: Callable[[], bool] | None = None,
        on_hedge: Callable[[str, int], object] | None = None,
        on_loser: Callable[[str, Attempt], object] | None = None,
        clock: Callable[[], float] | None = None,
        name: str = "hedger",
    ) -> None:
        policy = policy or Policy()
        if not isinstance(policy, Policy):
            raise PolicyError("policy", policy, "a Policy, such as Policy(budget=0.05)")
        if not isinstance(budget, Budget | None):  # a share of each key's requests
            policy, budget = replace(policy, budget=budget), None
        require_functions(plain=False, dispose=dispose, on_hedge=on_hedge, on_loser=on_loser)
        require_functions(accept=accept, retryable=retryable, cost=cost, idle=idle, clock=clock)
        super().__init__(policy, strategy, budget)
        self.name: str = name
        self._accept: Callable[[Any], bool] | None = accept
        self._retryable: Callable[[BaseException], bool] | None = retryable
        self._cost: Callable[[Any], float | None] | None = cost
        self._dispose: Callable[[Any], object] | None = dispose
        self._idle: Callable[[], bool] | None = idle
        self._on_hedge: Callable[[str, int], object] | None = on_hedge
        self._on_loser: Callable[[str, Attempt], object] | None = on_loser
        self._clock: Callable[[], float] | None = clock
        self._numbers: itertools.count[int] = itertools.count(1)

    def __repr__(self) -> str:
        state = "on" if self.enabled else "off"
        learned = ", ".join(
            f"{key}: backup after {delay:.0f} ms"
            for key in self.keys[:_SHOWN]
            if (delay := self.delay_ms(key)) is not None
        )
        return (
            f"<Hedger {self.name!r} {state}: {self.policy}; {self.statistics()};"
            f" learned for {len(self.keys)} keys{': ' if learned else ''}{learned}>"
        )

    def _repr_html_(self) -> str:
        rows = []
        for key in self.keys[:_SHOWN]:
            counted, delay = self.statistics(key), self.delay_ms(key)
            waits = "not yet" if delay is None else f"{delay:.0f}"
            won = f"{counted.hedge_wins} of {counted.hedged}"
            rows.append((key, f"{counted.requests}", waits, f"{counted.extra_requests:.1%}", won))
        headers = ("key", "requests", "backup after ms", "extra", "backups that won")
        return html_table(str(self.policy), headers, rows)

    @property
    def enabled(self) -> bool:
        """The kill switch: set it to False, and no further backup is sent."""
        return self._shared.enabled

    @enabled.setter
    def enabled(self, value: bool) -> None:
        if not isinstance(value, bool):  # "false" would be true
            raise PolicyError("enabled", value, "True or False")
        self._shared.enabled = value

    @property
    def in_flight(self) -> tuple[int, int]:
        """The number of requests and the number of backups that are running."""
        return self._shared.requests, self._shared.hedges

    async def request(
        self,
        call: Call[Value],
        *,
        key: str = "default",
        workload: Workload | None = None,
        backups: Sequence[Call[Value]] = (),
        idempotent: bool = True,
        timeout_ms: float | None = None,
        accept: Callable[[Value], bool] | None = None,
        cost: Callable[[Value], float | None] | None = None,
        dispose: Callable[[Value], object] | None = None,
    ) -> Hedged[Value]:
        """Call, and call once more when the answer is late; give the first acceptable result.

        A failed attempt starts the next at once. Losers are cancelled, and waited for as long as
        the policy's grace lasts. Cancelling the caller cancels all attempts.

        Args:
            call: Makes one attempt; an async function without arguments, or ``in_thread(...)``.
            key: What is called.
            workload: The size of the request, for strategies that use it.
            backups: Other calls for the backups, in order; ``call`` itself when there are fewer.
            idempotent: Whether a second attempt does no harm; without that there is one attempt.
            timeout_ms: The longest the request may take, instead of the policy's.
            accept: Whether a result will do, instead of the hedger's.
            cost: The cost of a result in dollars, instead of the hedger's.
            dispose: Takes the results that are not given, instead of the hedger's.

        Returns:
            The result with its attempts.

        Raises:
            AllAttemptsFailedError: No attempt gave an acceptable result. When all failed with
                errors of one class, it is of that class too.
            HedgeTimeoutError: No acceptable result arrived in time.
            PolicyError: ``timeout_ms`` is not positive, or ``backups`` not a list or tuple of
                functions, or ``accept``, ``cost`` or ``dispose`` not one.
            NoEventLoopError: There is no running event loop of asyncio.
        """
        if timeout_ms is not None and not is_number(timeout_ms, above=0):
            raise PolicyError("timeout_ms", timeout_ms, "a positive number of milliseconds")
        if accept or cost or dispose:
            require_functions(accept=accept, cost=cost)
            require_functions(plain=False, dispose=dispose)
        loop = running_loop()
        policy, state = self.policy, self._state(key)
        hedges = policy.max_hedges if idempotent else 0
        calls = calls_of(call, backups, hedges)
        hedged = self._begin(state, workload, hedgeable=idempotent)
        race = Race(
            calls=calls,
            delays_ms=delays_ms(policy, hedged.delay_ms, hedges),
            clock=self._clock or loop.time,
            callbacks=hedged,
            accept=accept or self._accept,
            retryable=self._retryable,
            cost=cost or self._cost,
            timeout_ms=timeout_ms or policy.timeout_ms,
            grace_ms=policy.grace_ms,
            cancel_losers=policy.cancel_losers,
            dispose=dispose or self._dispose,
        )
        paid = self._enter_budget(state.budget)
        probe = (
            start_probe(hedged, race, backups[0] if backups else call) if policy.probes else None
        )
        try:
            await race.run()
        except BaseException as error:
            hedged.broken_off(race, error)
            raise
        finally:
            if paid is not None:
                _paid.reset(paid)
        if probe is not None and race.winner == 0:
            probe.primary_took(race.latency_ms)
        return hedged.settle(race)

    def _enter_budget(self, budget: Budget | None) -> Token[tuple[Budget, ...]] | None:
        """Pay the request's share into its budget, once for nested requests over one budget."""
        if budget is None:
            return None
        if self._budget is None:  # a budget of one key: no other layer has it
            budget.deposit()
            return None
        paid = _paid.get()
        if any(each is budget for each in paid):
            return None
        budget.deposit()
        return _paid.set((*paid, budget))

    @asynccontextmanager
    async def stream(
        self,
        open_stream: Open[Chunk],
        *,
        backups: Sequence[Open[Chunk]] = (),
        **options: Unpack[StreamOptions],
    ) -> AsyncIterator[tuple[Hedged[Stream[Chunk]], Stream[Chunk]]]:
        """A stream with backups until its first chunk; then the winner's goes on alone.

        The delay is learned from the times to the first chunk, which do not grow with the length
        of the answer. Use it as ``async with hedger.stream(ask) as (result, chunks)``; the stream
        is closed at the end of the block.

        Args:
            open_stream: Opens a stream: a function that gives an async iterator, or an awaitable
                of one, as the ``create(stream=True)`` of an SDK.
            backups: Open other streams for the backups.
            **options: The keyword arguments of ``request``.

        Yields:
            The result, and the winner's stream.

        Raises:
            AllAttemptsFailedError: No stream gave a first chunk.
            HedgeTimeoutError: No first chunk arrived in time.
        """
        request = functools.partial(self.request, **options)
        grace_ms = self.policy.grace_ms
        result = await first_token_race(request, open_stream, backups, grace_ms)
        async with result.value as chunks:
            yield result, chunks

    def request_sync(self, call: Call[Value], **options: Unpack[RequestOptions]) -> Hedged[Value]:
        """``request`` for scripts: takes the same arguments and waits for the end.

        Args:
            call: Makes one attempt; an async function without arguments, or ``in_thread(...)``.
            **options: The keyword arguments of ``request``.

        Returns:
            The result with its attempts.

        Raises:
            RunningLoopError: An event loop is running; use ``await hedger.request(...)``.
            AllAttemptsFailedError: No attempt gave an acceptable result.
            HedgeTimeoutError: No acceptable result arrived in time.
        """

        async def main() -> Hedged[Value]:
            return await self.request(call, **options)

        return run_to_end(main, name="Hedger.request_sync", instead="await hedger.request(...)")

    @overload
    def wrap(
        self, function: Callable[Parameters, Awaitable[Value]], *, key: str | None = None
    ) -> HedgedFunction[Parameters, Value]: ...

    @overload
    def wrap(
        self, function: Callable[Parameters, Value], *, key: str | None = None
    ) -> HedgedFunction[Parameters, Value]: ...

    def wrap(
        self, function: Callable[..., Any], *, key: str | None = None
    ) -> HedgedFunction[..., Any]:
        """The function with backups: takes its arguments, gives its value.

        Args:
            function: An async function, or a blocking one, which then runs in threads.
            key: What is called; the function's name when left out.

        Returns:
            An async function with the same arguments; its attribute ``hedger`` is this hedger.

        Raises:
            PolicyError: It is not a function, or gives an async generator, which ``stream`` takes.
        """
        name = key or str(getattr(function, "__qualname__", "default"))
        is_async = is_async_function(function)

        @functools.wraps(function)
        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            call = functools.partial(function, *args, **kwargs)
            try:
                return (await self.request(call if is_async else in_thread(call), key=name)).value
            except AllAttemptsFailedError as failed:
                error = original_error(failed)
            raise error

        wrapped.hedger = self  # type: ignore[attr-defined]  # makes it a HedgedFunction
        return cast("HedgedFunction[..., Any]", wrapped)

    def delay_ms(self, key: str = "default", workload: Workload | None = None) -> float | None:
        """The delay that the next request would get.

        Args:
            key: What is called.
            workload: The size of the request.

        Returns:
            Milliseconds; None when no backup would be sent.
        """
        strategy = for_workload(self._state(key).strategy, workload)
        return within_bounds(self.policy, strategy.delay_ms())

    def _begin(
        self, state: KeyState, workload: Workload | None, *, hedgeable: bool
    ) -> HedgedRequest:
        number = next(self._numbers)
        with self._shared.lock:
            strategy = for_workload(state.strategy, workload)
            delay = within_bounds(self.policy, strategy.delay_ms())
            state.tally.requests += 1
            others = state.running
            state.running += 1
            state.last_used = number
            self._shared.requests += 1
            run = None if state.load is None else state.load.begin()
        hedged = HedgedRequest(
            state,
            self._shared,
            self.policy,
            strategy=strategy,
            delay_ms=delay,
            number=number,
            hedgeable=hedgeable,
            idle=self._idle,
            others=others,
        )
        hedged.on_hedge, hedged.on_loser, hedged.run = self._on_hedge, self._on_loser, run
        if signal.receivers:
            about = {"key": state.key, "hedger": self.name}
            report_start(hedged.request_id, **about, strategy=strategy, delay_ms=delay)
        return hedged
