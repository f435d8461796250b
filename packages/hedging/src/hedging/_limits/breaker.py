"""A circuit breaker: backups stop while requests keep failing."""

import math
from typing import TYPE_CHECKING

from .._core.conversions import converted_arguments, milliseconds_of, renamed_attribute
from .._core.errors import PolicyError
from .._core.plain import require_numbers


class Breaker:
    """Opens after failures in a row, and lets a backup through after a while as a trial.

    Args:
        failures: The number of failed requests in a row that opens it.
        open_ms: Milliseconds until it is half open.
        successes: The number of requests that must then succeed to close it.

    Raises:
        PolicyError: An argument is not positive.
    """

    @converted_arguments(open_s=("open_ms", milliseconds_of))
    def __init__(self, failures: int = 5, *, open_ms: float = 30_000.0, successes: int = 1) -> None:
        given = {"failures": failures, "open_ms": open_ms, "successes": successes}
        require_numbers(**given)
        for name, value in given.items():
            if not value > 0:
                raise PolicyError(name, value, "a positive number")
        self.failures: int = failures
        self.open_ms: float = open_ms
        self.successes: int = successes
        self._failed: int = 0
        self._succeeded: int = 0
        self._opened: float = -math.inf
        self._tried: float = -math.inf
        self._is_open: bool = False

    if not TYPE_CHECKING:
        open_s = renamed_attribute("open_s", "open_ms", lambda it: it.open_ms / 1000)

    def allows(self, now: float) -> bool:
        """Whether a backup may be sent; when half open, one until a request has ended.

        Args:
            now: The time in seconds, by the clock of the requests.
        """
        if not self._is_open:
            return True
        last = max(self._opened, self._tried)
        if now - last < self.open_ms / 1000:
            return False
        self._tried = now
        return True

    def record(self, now: float, *, ok: bool) -> None:
        """Count a request that has ended.

        Args:
            now: The time in seconds, by the clock of the requests.
            ok: Whether it gave a result.
        """
        self._tried = -math.inf
        if not ok:
            self._failed += 1
            self._succeeded = 0
            if self._failed >= self.failures:
                self._is_open, self._opened = True, now
            return
        if not self._is_open:
            self._failed = 0
        elif now - self._opened >= self.open_ms / 1000:
            self._succeeded += 1
            if self._succeeded >= self.successes:
                self._is_open, self._failed, self._succeeded = False, 0, 0
