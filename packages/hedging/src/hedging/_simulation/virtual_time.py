"""Simulated time: asyncio code under a clock that jumps instead of waiting.

A thousand calls that sleep for 800 ms each take a fraction of a second, and give the same result
every time. The code under test is the same that runs in production: only the event loop differs.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, ParamSpec, TypeVar, TypeVarTuple

from .._core.errors import StalledError

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")

# Threads that were started outside of the loop may still be about to wake it.
_GRACE_SECONDS = 5.0


class _JumpingSelector(selectors.DefaultSelector):
    """Polls the sockets once, and lets time jump when none of them is ready."""

    loop: "VirtualTimeLoop"

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if self.loop.jobs:
            return super().select(None)
        if timeout is None:
            ready = super().select(_GRACE_SECONDS)
            if not ready:
                raise StalledError(
                    "every task waits and nothing is scheduled, so simulated time cannot go on;"
                    " look for a task that waits for an event or a socket that is never set"
                )
            return ready
        self.loop.jump(timeout)
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock starts at 0 and jumps to the next timer when nothing is ready.

    Threads started with ``asyncio.to_thread`` or ``run_in_executor`` are waited for in real time,
    during which the simulated clock stands still. Sockets work, but simulated time does not wait
    for them.
    """

    def __init__(self) -> None:
        self._now: float = 0.0
        self.jobs: int = 0
        selector = _JumpingSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """Simulated seconds since the loop was made."""
        return self._now

    def jump(self, seconds: float) -> None:
        """Move the clock forward.

        Args:
            seconds: By this.
        """
        self._now += seconds

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Arguments], Result], *args: *Arguments
    ) -> asyncio.Future[Result]:
        """Run a function in a thread; the clock stands still until it is done.

        Args:
            executor: The pool of threads; None for the default one.
            func: The function.
            *args: Its arguments.

        Returns:
            A future of its result.
        """
        future = super().run_in_executor(executor, func, *args)
        self.jobs += 1
        future.add_done_callback(self._job_done)
        return future

    async def shutdown_default_executor(
        self,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109  # the signature of asyncio
    ) -> None:
        """Join the threads of the default executor, in real time.

        Args:
            timeout: As in asyncio; the threads are always joined.
        """
        self.jobs += 1
        try:
            await super().shutdown_default_executor()
        finally:
            self.jobs -= 1

    def _job_done(self, _: asyncio.Future[Any]) -> None:
        self.jobs -= 1


def run_virtual(
    function: Callable[Parameters, Coroutine[Any, Any, Result]],
    *args: Parameters.args,
    **kwargs: Parameters.kwargs,
) -> Result:
    """Run an async function to its end under simulated time, as ``asyncio.run`` does in real time.

    Args:
        function: The async function.
        *args: Its arguments.
        **kwargs: Its keyword arguments.

    Returns:
        What the function returns.

    Raises:
        StalledError: Every task waits, and nothing is scheduled.

    Example:
        >>> import asyncio
        >>> async def main():
        ...     await asyncio.sleep(3600)
        ...     return asyncio.get_running_loop().time()
        >>> run_virtual(main)
        3600.0
    """
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(function(*args, **kwargs))


def is_virtual() -> bool:
    """Whether the running event loop simulates time.

    Returns:
        True under ``run_virtual``; False in another event loop or without one.
    """
    try:
        return isinstance(asyncio.get_running_loop(), VirtualTimeLoop)
    except RuntimeError:
        return False
