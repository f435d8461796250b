"""Event loops, and waiting that ends when the caller's time does, in any thread."""

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from .errors import RunningLoopError

_SLICE = 0.05
# In seconds of time.monotonic; the threads of ``load`` have the context of its caller.
_deadline: ContextVar[float] = ContextVar("dataset_manager_deadline", default=math.inf)


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """End the waiting inside of it after so many seconds, or when an outer limit ends it.

    Args:
        seconds: The time; None for no limit of its own.
    """
    until = math.inf if seconds is None else time.monotonic() + seconds
    token = _deadline.set(min(until, _deadline.get()))
    try:
        yield
    finally:
        _deadline.reset(token)


def seconds_left() -> float:
    """The seconds until the caller's limit; infinite without one."""
    return _deadline.get() - time.monotonic()


def limit_of_scopes() -> float | None:
    """The seconds until the scopes of anyio around the caller end; None without a deadline."""
    import anyio  # noqa: PLC0415  # half of the import time of this library

    left = anyio.current_effective_deadline() - anyio.current_time()
    return left if math.isfinite(left) else None


def pause(seconds: float) -> None:
    """Sleep; a thread that ``load`` started wakes up soon after ``load`` is cancelled."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        stop_if_cancelled()
        time.sleep(min(left, _SLICE))


def stop_if_cancelled() -> None:
    """Raise the cancellation of the ``load`` that waits for this thread, if there is one."""
    import anyio.from_thread  # noqa: PLC0415  # half of the import time of this library

    try:
        anyio.from_thread.check_cancelled()
    except RuntimeError:  # no event loop waits for this thread
        return


def refuse_running_loop(name: str) -> None:
    """Refuse to block an event loop.

    Args:
        name: The async function that can be awaited instead.

    Raises:
        RunningLoopError: An event loop is running in this thread.
    """
    if in_running_loop():
        raise RunningLoopError(name)


def in_running_loop() -> bool:
    """Whether an event loop is running in this thread."""
    asyncio = sys.modules.get("asyncio")  # importing it takes a third of this library's time
    if asyncio is None:
        return False
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
