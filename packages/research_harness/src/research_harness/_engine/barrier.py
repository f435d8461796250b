"""The barrier round code that is not ours: what it raises, hangs in or cancels stays in its row."""

import asyncio
import contextvars
import os
import sys
import types
from asyncio.tasks import _enter_task, _leave_task, _register_task, _unregister_task
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import suppress
from sys import getrefcount
from typing import Any, NamedTuple
from weakref import getweakrefcount

import msgspec

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
    steps: "FirstSteps | None" = None,
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
        steps: Begins the code; None makes a task for it alone.

    Returns:
        The answer or the error; a ``TimeoutError`` when the limit was reached.

    Raises:
        asyncio.CancelledError: The run itself is being stopped.
    """
    context = contextvars.copy_context() if context is None else context
    first = FirstSteps() if steps is None else steps
    task = first.begin(_caught(call, clock, on_end), name=name, context=context)
    if steps is None:
        first.close()
    if isinstance(task, Answer):
        return task
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


class FirstSteps:
    """Has code take its first step at once, in a task that has been made before.

    Most short code waits for nothing and ends in that step. Where no code has kept or changed its
    task meanwhile, the task has not begun and serves the next code; a task for each takes longer
    than the rest of a short row. Else the task goes on with the code or ends with its answer, as
    any other does.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._spare: _Spare | None = None

    def begin(
        self, coroutine: Coroutine[Any, Any, Answer], *, name: str, context: contextvars.Context
    ) -> Answer | asyncio.Task[Answer]:
        """Begin a coroutine.

        Args:
            coroutine: The code.
            name: The name of its task.
            context: The context that it runs in.

        Returns:
            Its answer where it has ended, else its task. That has not begun where the loop has a
            task factory, is in debug mode, or is not of asyncio.
        """
        loop, here = self._loop, asyncio.current_task(self._loop)
        spare, self._spare = self._spare, None
        if here is None or (spare is None and not _takes_steps(loop)):
            return loop.create_task(coroutine, name=name, context=context)
        spare = spare or _Spare(loop)
        task = spare.task
        task.set_name(name)
        references = getrefcount(task)
        _leave_task(loop, here)
        _enter_task(loop, task)
        try:
            code = _Code(coroutine, context, context.run(coroutine.send, None))
        except StopIteration as ended:
            code = _Code(coroutine, context, None, ended.value)
        except BaseException:
            spare.close()
            raise
        finally:
            _leave_task(loop, task)
            _enter_task(loop, here)
        if code.answer is not None and getrefcount(task) == references and not spare.is_marked():
            self._spare = spare
            return code.answer
        _leave_task(loop, here)
        try:
            spare.go_on(code)
        finally:
            _enter_task(loop, here)
        return task

    def close(self) -> None:
        """Drop the task that was made before."""
        if self._spare is not None:
            self._spare.close()
            self._spare = None


class _Code(NamedTuple):
    """Code that has taken its first step: what it waits for, or its answer."""

    coroutine: Coroutine[Any, Any, Answer]
    context: contextvars.Context
    waits_for: asyncio.Future[Any] | None
    answer: Answer | None = None


class _Spare:
    """A task that has not begun, and that the loop does not know of.

    Args:
        loop: The running loop.
    """

    __slots__ = ("_codes", "_coroutine", "_step", "task")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        steps: list[Callable[[], object]] = []
        self._codes: list[_Code] = []
        self._coroutine = _later_steps(self._codes)
        self._coroutine.send(None)
        own = vars(loop)
        own["call_soon"] = lambda step, **_: steps.append(step)  # which would begin it
        try:
            self.task = asyncio.Task(self._coroutine, loop=loop)
        finally:
            del own["call_soon"]
        _unregister_task(self.task)
        self._step = steps.pop()

    def is_marked(self) -> bool:
        """Whether the task is to be cancelled, or has callbacks or weak references."""
        task: Any = self.task
        return bool(
            task._must_cancel  # noqa: SLF001  # there is no other way
            or task._callbacks  # noqa: SLF001
            or task.cancelling()
            or getweakrefcount(task)
        )

    def go_on(self, code: _Code) -> None:
        """Begin the task, with code that has taken its first step; no task is the current one."""
        self._codes.append(code)
        _register_task(self.task)
        self._step()

    def close(self) -> None:
        """Drop the task."""
        self._coroutine.close()
        self.task._log_destroy_pending = False  # type: ignore[attr-defined]  # noqa: SLF001


async def _later_steps(codes: list[_Code]) -> Answer:
    return await _steps(codes)


@types.coroutine
def _steps(codes: list[_Code]) -> Generator[Any, None, Answer]:
    """The steps of code after its first, as its task takes them."""
    thrown: BaseException | None = None
    try:
        yield
    except asyncio.CancelledError as error:  # the first step has cancelled its own task
        thrown = error
    coroutine, context, waits_for, answer = codes.pop()
    if thrown is not None and answer is not None:
        raise thrown
    if thrown is not None and waits_for is not None and waits_for.cancel():
        thrown = None
    while answer is None:
        try:
            yield waits_for
        except GeneratorExit:
            coroutine.close()
            raise
        except BaseException as error:  # noqa: BLE001  # it is thrown into the code
            thrown = error
        try:
            if thrown is None:
                waits_for = context.run(coroutine.send, None)
            else:
                raised, thrown = thrown, None
                waits_for = context.run(coroutine.throw, raised)
        except StopIteration as ended:
            answer = ended.value
    return answer


def _takes_steps(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether the first step of a task can be taken in place of its loop."""
    is_own = getattr(type(loop), "call_soon", None) is asyncio.BaseEventLoop.call_soon
    return is_own and loop.get_task_factory() is None and not loop.get_debug()
