"""The budget of backups: a token bucket in requests, so that it needs no guess of a rate."""

import math


class Budget:
    """Allows at most ``share`` x requests + ``burst`` backups, for any sequence of requests.

    Each request deposits ``share`` tokens, up to ``burst``; a backup or a retry withdraws one. In
    any run of n requests there are at most ``share`` x n + ``burst`` backups.

    Args:
        share: Backups per request, from 0: 0.05 allows 5 %.
        burst: The most tokens that are saved up, at least 1.
        initial: Tokens to begin with.

    Raises:
        ValueError: An argument is out of its range.
    """

    __slots__ = ("burst", "denied", "share", "spent", "tokens")

    def __init__(self, share: float, *, burst: float = 24.0, initial: float = 0.0) -> None:
        if not (math.isfinite(share) and share >= 0):
            raise ValueError(f"share: {share!r} is not a share of requests; give 0.05 for 5 %")
        if not burst >= 1:
            raise ValueError(f"burst: {burst!r} is below 1, so no backup could ever be paid")
        if not 0 <= initial <= burst:
            raise ValueError(f"initial: {initial!r} is not between 0 and burst={burst!r}")
        self.share = share
        self.burst = burst
        self.tokens = float(initial)
        self.spent = 0
        self.denied = 0

    def deposit(self) -> None:
        """A request has come."""
        tokens = self.tokens + self.share
        self.tokens = min(self.burst, tokens)

    def withdraw(self) -> bool:
        """Pay for one backup; False when there is not enough."""
        # Sums of 0.05 miss 1 by a rounding error.
        if self.tokens < 1 - 1e-9:
            self.denied += 1
            return False
        self.tokens = max(0.0, self.tokens - 1)
        self.spent += 1
        return True
