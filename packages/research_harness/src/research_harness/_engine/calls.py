"""Calling a condition: async or plain, with the item or with the item and the trial."""

import asyncio
import contextvars
import functools
import inspect
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from typing import Any

from .._definition.condition import positional_parameters
from .._plan.plan import Trial

ConditionCall = Callable[[Trial], Awaitable[object]]


def make_call(function: Callable[..., Any], executor: Executor) -> ConditionCall:
    """A function that calls a condition of any form.

    Args:
        function: Async or plain; takes the item, or the item and the trial.
        executor: Runs plain functions, so that they do not hold up the others.
    """
    with_trial = positional_parameters(function)[0] > 1

    def call_async(trial: Trial) -> Awaitable[object]:
        called: Awaitable[object]
        called = function(trial.item, trial) if with_trial else function(trial.item)
        return called

    async def call_plain(trial: Trial) -> object:
        call = (
            functools.partial(function, trial.item, trial)
            if with_trial
            else functools.partial(function, trial.item)
        )
        # The thread must see the same experiment and scope as this task.
        context = contextvars.copy_context()
        work = functools.partial(_ended, functools.partial(context.run, call))
        value, error = await asyncio.get_running_loop().run_in_executor(executor, work)
        if error is not None:
            raise error
        return await value if inspect.isawaitable(value) else value

    return call_async if inspect.iscoroutinefunction(function) else call_plain


def _ended(call: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    """The value or the error of a call; a future takes neither StopIteration nor SystemExit."""
    try:
        return call(), None
    except BaseException as error:  # noqa: BLE001  # it is raised again in the row's own task
        return None, error
