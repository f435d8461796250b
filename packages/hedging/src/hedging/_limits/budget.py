"""The budget of backups: a token bucket in requests, so that it needs no guess of a rate."""

from .._core.errors import PolicyError
from .._core.plain import is_number, require_numbers


class Budget:
    """Allows at most ``share`` x requests + ``burst`` backups, for any sequence of requests.

    Each request deposits ``share`` tokens, up to ``burst``; a backup or a retry withdraws one. In
    any run of n requests there are at most ``share`` x n + ``burst`` backups.

    Args:
        share: Backups per request, from 0: 0.05 allows 5 %.
        burst: The most tokens that are saved up, at least 1.
        initial: Tokens to begin with.

    Raises:
        PolicyError: An argument is out of its range.
    """

    __slots__ = ("burst", "denied", "share", "spent", "tokens")

    def __init__(self, share: float, *, burst: float = 24.0, initial: float = 0.0) -> None:
        require_numbers(burst=burst, initial=initial)
        if not is_number(share):
            raise PolicyError("share", share, "a share of requests from 0, such as 0.05 for 5 %")
        if not burst >= 1:
            raise PolicyError("burst", burst, "at least 1, the price of one backup")
        if not 0 <= initial <= burst:
            raise PolicyError("initial", initial, f"a number from 0 to burst={burst!r}")
        self.share: float = share
        self.burst: float = burst
        self.tokens: float = float(initial)
        self.spent: int = 0
        self.denied: int = 0

    def deposit(self) -> None:
        """Add the share of one request."""
        tokens = self.tokens + self.share
        self.tokens = min(self.burst, tokens)

    def withdraw(self) -> bool:
        """Pay for one backup.

        Returns:
            Whether there was a token to pay with.
        """
        # Sums of 0.05 miss 1 by a rounding error.
        if self.tokens < 1 - 1e-9:
            self.denied += 1
            return False
        self.tokens = max(0.0, self.tokens - 1)
        self.spent += 1
        return True
