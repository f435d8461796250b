"""Hedging as a decorator."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar, Unpack, cast, overload

from .._core.errors import PolicyError
from .._limits.policy import Policy
from .hedger import HedgedFunction, Hedger, Parameters
from .options import HedgerOptions

Value = TypeVar("Value")


class HedgedDecorator(Protocol):
    """Makes a function send backups; async and blocking functions become async ones."""

    @overload
    def __call__(
        self, function: Callable[Parameters, Awaitable[Value]], /
    ) -> HedgedFunction[Parameters, Value]: ...
    @overload
    def __call__(
        self, function: Callable[Parameters, Value], /
    ) -> HedgedFunction[Parameters, Value]: ...


@overload
def hedged(
    policy: Policy | None = None, *, key: str | None = None, **options: Unpack[HedgerOptions]
) -> HedgedDecorator: ...
@overload
def hedged(
    policy: Callable[Parameters, Awaitable[Value]], /
) -> HedgedFunction[Parameters, Value]: ...
@overload
def hedged(policy: Callable[Parameters, Value], /) -> HedgedFunction[Parameters, Value]: ...


def hedged(
    policy: Policy | Callable[..., Any] | None = None,
    *,
    key: str | None = None,
    **options: Unpack[HedgerOptions],
) -> HedgedDecorator | HedgedFunction[..., Any]:
    """A decorator: each call of the function is a request with backups.

    Without brackets, ``@hedged``, it has the default policy.

    Args:
        policy: How much is allowed; ``Policy()`` when left out.
        key: What is called; the function's name when left out.
        **options: The keyword arguments of ``Hedger``.

    Returns:
        A decorator for an async function, or for a blocking one, which then runs in threads. The
        function it makes has the hedger as its attribute ``hedger``.

    Raises:
        PolicyError: A setting or option is out of its range.
        UnknownDelayStrategyError: The policy names an unknown strategy.

    Example:
        >>> import asyncio
        >>> @hedged(Policy(budget=0.1))
        ... async def double(number):
        ...     return 2 * number
        >>> asyncio.run(double(21)), double.hedger.statistics().requests
        (42, 1)
    """
    if policy is not None and not isinstance(policy, Policy):
        if not callable(policy):
            raise PolicyError("policy", policy, "a Policy, such as Policy(budget=0.05)")
        return Hedger().wrap(policy, key=key)
    hedger = Hedger(policy, **options)

    def decorate(function: Callable[..., Any], /) -> HedgedFunction[..., Any]:
        return hedger.wrap(function, key=key)

    return cast("HedgedDecorator", decorate)
