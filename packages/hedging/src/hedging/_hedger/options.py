"""The keyword arguments of requests and hedgers, for functions that pass them on or check them."""

import functools
import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, TypedDict

from .._core.errors import PolicyError
from .._core.result import Attempt
from .._delays.registry import DelayStrategyName
from .._delays.strategy import DelayStrategy
from .._delays.workload import Workload
from .._limits.budget import Budget

AnyCall = Callable[[], Awaitable[Any]]


class HedgerOptions(TypedDict, total=False):
    """The keyword arguments of ``Hedger``."""

    strategy: DelayStrategy | Callable[[], DelayStrategy] | None
    budget: Budget | float | None
    accept: Callable[[Any], bool] | None
    retryable: Callable[[BaseException], bool] | None
    cost: Callable[[Any], float | None] | None
    dispose: Callable[[Any], object] | None
    idle: Callable[[], bool] | None
    on_hedge: Callable[[str, int], object] | None
    on_loser: Callable[[str, Attempt], object] | None
    clock: Callable[[], float] | None
    name: str


class StreamOptions(TypedDict, total=False):
    """The keyword arguments of ``Hedger.request`` that a stream takes too."""

    key: str
    workload: Workload | None
    idempotent: bool
    timeout_ms: float | None
    accept: Callable[[Any], bool] | None
    cost: Callable[[Any], float | None] | None


class RequestOptions(StreamOptions, total=False):
    """The keyword arguments of ``Hedger.request``."""

    dispose: Callable[[Any], object] | None
    backups: Sequence[AnyCall]


class _SingleOptions(StreamOptions, total=False):
    strategy: DelayStrategyName | DelayStrategy | None
    quantile: float
    delay_ms: float | None
    max_hedges: int
    stagger: float
    budget: Budget | float | None
    retryable: Callable[[BaseException], bool] | None
    clock: Callable[[], float] | None


class SingleRequestOptions(_SingleOptions, total=False):
    """The keyword arguments of ``request`` for a result."""

    backups: Sequence[AnyCall]


class SingleStreamOptions(_SingleOptions, total=False):
    """The keyword arguments of ``request`` for a stream."""

    backups: Sequence[Callable[[], Any]]


class SyncRequestOptions(SingleRequestOptions, total=False):
    """The keyword arguments of ``request_sync``."""

    until: Literal["done"]


def is_async_function(function: Any) -> bool:
    """Whether what it gives is awaited: async functions, and objects and partials of such.

    Raises:
        PolicyError: It is not a function, or gives an async generator.
    """
    if not callable(function):
        raise PolicyError("function", function, "a function")
    inner = function
    while isinstance(inner, functools.partial):
        inner = inner.func
    called = inner if inspect.isroutine(inner) or isinstance(inner, type) else type(inner).__call__
    if inspect.isasyncgenfunction(inner) or inspect.isasyncgenfunction(called):
        raise PolicyError("function", function, "an async function; a stream needs Hedger.stream")
    return inspect.iscoroutinefunction(inner) or inspect.iscoroutinefunction(called)


def require_functions(*, plain: bool = True, **given: object) -> None:
    """Refuse arguments that are not functions.

    Args:
        plain: Refuse coroutine functions too: what they return would always count as true.
        **given: The arguments by their names; None is allowed.

    Raises:
        PolicyError: One of them is not such a function.
    """
    for name, function in given.items():
        if function is not None and not callable(function):
            raise PolicyError(name, function, "a function, or None")
        if plain and inspect.iscoroutinefunction(function):
            raise PolicyError(name, function, "a plain function, not an async one")
