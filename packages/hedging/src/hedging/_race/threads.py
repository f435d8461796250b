"""Blocking functions as attempts: they run in threads, which cannot be cancelled."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Generic, ParamSpec, TypeVar

from .own_calls import OwnCall

Value = TypeVar("Value")
Parameters = ParamSpec("Parameters")


class _InThread(OwnCall, Generic[Value]):
    """Calls a blocking function in a thread of the loop's pool."""

    # Cancelling stops the waiting, not the work: the attempt table says so.
    cancellable = False

    def __init__(self, function: Callable[[], Value]) -> None:
        self._function = function

    def __call__(self) -> Awaitable[Value]:
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(None, partial(context.run, self._called))

    def _called(self) -> Value:
        value = self._function()
        if isinstance(value, Coroutine):
            value.close()
            raise TypeError("the function for a thread gave a coroutine: give it as it is")
        return value


def in_thread(
    function: Callable[Parameters, Value], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Callable[[], Awaitable[Value]]:
    """A call that runs a blocking function in a thread.

    A loser in a thread is not waited for, and runs to its end; its attempt has
    ``cancellable=False``.

    Args:
        function: The function.
        *args: Its arguments.
        **kwargs: Its keyword arguments.

    Returns:
        An async function without arguments, for ``request``.

    Example:
        >>> from hedging import request_sync
        >>> request_sync(in_thread(sum, [1, 2])).value
        3
    """
    return _InThread(partial(function, *args, **kwargs))
