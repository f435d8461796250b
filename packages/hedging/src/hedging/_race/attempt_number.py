"""The number of the attempt that is running, for the call that makes it."""

from contextvars import ContextVar

_number: ContextVar[int] = ContextVar("hedging_attempt", default=0)
set_attempt_number = _number.set


def attempt_number() -> int:
    """The number of the attempt that is running: 0 for the primary, then 1, 2 for its backups.

    Returns:
        0 outside of a request too.

    Example:
        >>> import asyncio
        >>> async def ask():
        ...     return attempt_number()
        >>> from hedging import request
        >>> asyncio.run(request(ask)).value
        0
    """
    return _number.get()
