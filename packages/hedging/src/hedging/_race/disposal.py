"""Results that no caller gets: closed by the function that the caller gave for them."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from .lingering import keep_until_done


def dispose_of(value: Any, dispose: Callable[[Any], object] | None) -> None:
    """Give a result to ``dispose``; what it awaits runs in a task of its own, and it may fail."""
    if dispose is None:
        return
    try:
        closing = dispose(value)
        if hasattr(closing, "__await__"):
            keep_until_done([asyncio.ensure_future(_finish(closing))])
    except Exception:  # noqa: BLE001  # the caller's code
        _logger().exception("a result that came too late could not be disposed of")


async def _finish(closing: Any) -> None:
    try:
        await closing
    except Exception:  # noqa: BLE001  # the caller's code
        _logger().exception("a result that came too late could not be disposed of")


def _logger() -> logging.Logger:
    return logging.getLogger("crucible")
