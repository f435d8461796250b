"""Calls that this package makes itself, and what a race may ask of them.

Anything that callers pass is only ever called: an object of theirs may have attributes of any name,
and a mock has all of them.
"""

from typing import Any


class OwnCall:
    """A call of a race that was made here, not by the caller.

    Attributes:
        may_be_probe: Whether it may be sent as a probe, whose result is dropped.
        cancellable: Whether cancelling stops the work.
    """

    __slots__ = ()

    may_be_probe: bool = True
    cancellable: bool = True

    def may_be_cancelled(self) -> bool:
        """Whether it may be cancelled now; otherwise it gives up by itself at its next step."""
        return True

    def is_waiting(self) -> bool:
        """Whether it waits for a connection, so that nothing was sent yet."""
        return False


def service_of(call: Any) -> Any:
    """What a call asks: calls of one service share the pause that it asks for."""
    return getattr(call, "service", call) if isinstance(call, OwnCall) else call
