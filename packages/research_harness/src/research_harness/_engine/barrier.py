"""The barrier round code that is not ours: what it raises, hangs in or cancels stays in its row."""

import asyncio
import contextvars
import os
import sys
from asyncio.tasks import _enter_task, _leave_task  # Python 3.11 has no other way
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
# How long a call that was cancelled may take to end before it is left behind.
GRACE_SECONDS = 2.0


class Answer(msgspec.Struct, frozen=True):
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
    cancelled itself) from one of the run, which is passed on. Code that waits for nothing has ended
    before anything else runs, and is not watched.

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
    task = begun_task(_caught(call, clock, on_end), name=name, context=context)
    if not task.done():
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


def begun_task(
    coroutine: Coroutine[Any, Any, T], *, name: str, context: contextvars.Context | None
) -> asyncio.Task[T]:
    """A task that has taken its first step, where the event loop allows it.

    Code that waits for nothing then needs no turn of the loop. It is a task as any other: the
    current one while its code runs, and of no other code.

    Args:
        coroutine: The code of the task.
        name: Its name.
        context: The context that the code runs in; None takes a copy of that of here.

    Returns:
        The task, which may have ended. It has not begun where the loop has a task factory, is in
        debug mode, or is not of asyncio on Python 3.11.
    """
    loop = asyncio.get_running_loop()
    here = asyncio.current_task(loop)
    if here is None or loop.get_task_factory() is not None or loop.get_debug():
        return loop.create_task(coroutine, name=name, context=context)
    if sys.version_info >= (3, 12):
        return asyncio.Task(coroutine, loop=loop, name=name, context=context, eager_start=True)
    return _begun(loop, here, coroutine, name, context or contextvars.copy_context())


def _begun(
    loop: asyncio.AbstractEventLoop,
    here: asyncio.Task[Any],
    coroutine: Coroutine[Any, Any, T],
    name: str,
    context: contextvars.Context,
) -> asyncio.Task[T]:
    """``eager_start`` for Python 3.11: the step that a new task asks its loop for is taken here.

    Args:
        loop: The running loop.
        here: The current task.
        coroutine: The code of the new task.
        name: Its name.
        context: Its context.
    """
    if getattr(type(loop), "call_soon", None) is not asyncio.BaseEventLoop.call_soon:
        return loop.create_task(coroutine, name=name, context=context)
    steps: list[Callable[[], object]] = []
    own = vars(loop)
    own["call_soon"] = lambda step, **_: steps.append(step)
    try:
        task = asyncio.Task(coroutine, loop=loop, name=name, context=context)
    finally:
        del own["call_soon"]
    _leave_task(loop, here)
    try:
        context.run(steps[0])
    except KeyboardInterrupt:
        task.exception()  # it is raised here, and need not be logged as never retrieved
        raise
    finally:
        _enter_task(loop, here)
    return task
