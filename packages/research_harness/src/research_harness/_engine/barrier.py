"""The barrier round code that is not ours: what it raises, hangs in or cancels stays in its row."""

import asyncio
import contextvars
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

# How long a call that was cancelled may take to end before it is left behind.
GRACE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """How a foreign call ended.

    Attributes:
        value: What it returned; None after an error.
        error: What it raised; None after an answer.
        ended: When it ended, by the clock of the run.
        cut_off: Whether it was cancelled because it reached its limit.
    """

    value: Any
    error: BaseException | None
    ended: float
    cut_off: bool = False


async def guarded(
    call: Callable[[], Awaitable[object]],
    *,
    watch: Callable[[asyncio.Task[Any]], Awaitable[None]],
    clock: Callable[[], float],
    name: str,
    on_abandoned: Callable[[], None] | None = None,
    on_end: Callable[[], None] = lambda: None,
    context: contextvars.Context | None = None,
) -> Answer:
    """Call foreign code in a task of its own and give what came of it.

    A task of its own separates a cancellation that the code met (a shared request was cancelled, it
    cancelled itself) from one of the run, which is passed on.

    Args:
        call: The foreign code.
        watch: Waits until the task is done or its limit is reached.
        clock: Gives seconds.
        name: The task's name, for those who look at the loop.
        on_abandoned: Called when the code does not end after it was cancelled.
        on_end: Called in the task, as its last step. A task that is cancelled before its first step
            does not call it.
        context: The context that the code runs in; None takes a copy of that of here.

    Returns:
        The answer or the error; a ``TimeoutError`` when the limit was reached.

    Raises:
        asyncio.CancelledError: The run itself is being stopped.
    """
    task = asyncio.create_task(_caught(call, clock, on_end), name=name, context=context)
    try:
        await watch(task)
    except asyncio.CancelledError:
        await _ended(task)
        raise
    if not task.done():
        ended = clock()
        if not await _ended(task) and on_abandoned is not None:
            on_abandoned()
        return Answer(None, TimeoutError(), ended, cut_off=True)
    if task.cancelled():
        return Answer(None, asyncio.CancelledError("the condition's task was cancelled"), clock())
    return task.result()


async def _ended(task: asyncio.Task[Answer]) -> bool:
    """Cancel a task and wait for its end, but not for ever; whether it has ended."""
    task.cancel()
    await asyncio.wait({task}, timeout=GRACE_SECONDS)
    return task.done()


async def _caught(
    call: Callable[[], Awaitable[object]],
    clock: Callable[[], float],
    on_end: Callable[[], None],
) -> Answer:
    own = os.getpid()
    try:
        value = await call()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # SystemExit and groups too: a failed row
        end_forked(own, error)
        on_end()
        return Answer(None, error, clock())
    end_forked(own)
    on_end()
    return Answer(value, None, clock())


def end_forked(own: int, error: BaseException | None = None) -> None:
    """End this process when foreign code has forked it and its copy comes back into the run.

    A copy shares the journal and the event loop's files with the process that has the run.

    Args:
        own: The process that called the foreign code.
        error: What the code raised.
    """
    if os.getpid() == own:
        return
    code = error.code if isinstance(error, SystemExit) else error
    with suppress(BaseException):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))  # what sys.exit makes of it
