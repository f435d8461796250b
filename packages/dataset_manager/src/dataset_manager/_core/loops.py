"""Whether an event loop is running in this thread."""

import sys

from .errors import RunningLoopError


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
