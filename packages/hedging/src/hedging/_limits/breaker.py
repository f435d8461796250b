"""A circuit breaker: when requests keep failing, more of them do not help."""

import math


class Breaker:
    """Opens after failures in a row, and lets one backup through after a while to find out.

    Args:
        failures: How many failed requests in a row open it.
        open_s: Seconds until it is half open.
        successes: How many requests must then succeed to close it.

    Raises:
        ValueError: An argument is not positive.
    """

    def __init__(self, failures: int = 5, *, open_s: float = 30.0, successes: int = 1) -> None:
        if failures < 1 or successes < 1 or open_s <= 0:
            raise ValueError("failures, successes and open_s must be positive")
        self.failures = failures
        self.open_s = open_s
        self.successes = successes
        self._failed = 0
        self._succeeded = 0
        self._opened = -math.inf
        self._is_open = False

    def allows(self, now: float) -> bool:
        """Whether a backup may be sent at this time, in seconds."""
        return not self._is_open or now - self._opened >= self.open_s

    def record(self, now: float, *, ok: bool) -> None:
        """A request has ended."""
        if not ok:
            self._failed += 1
            self._succeeded = 0
            if self._failed >= self.failures:
                self._is_open, self._opened = True, now
            return
        if not self._is_open:
            self._failed = 0
        elif now - self._opened >= self.open_s:
            self._succeeded += 1
            if self._succeeded >= self.successes:
                self._is_open, self._failed, self._succeeded = False, 0, 0
