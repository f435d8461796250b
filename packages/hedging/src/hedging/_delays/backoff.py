"""A delay that grows when backups lose and shrinks when they win or are not needed."""

from typing import Any

from .._core.errors import PolicyError
from .._core.plain import require_numbers
from .saved import saved_number


class ExponentialBackoff:
    """Multiplies the delay after each request, by the factors of crucible_hedging 0.4 (Elixir).

    It settles where growth and decrease cancel out: with the factors given, about 20 % of all
    requests send a backup that loses. Give it a budget.

    Args:
        base_ms: The first delay.
        min_ms: The shortest.
        max_ms: The longest.
        decrease: The factor after a backup that won, or a request that needed none.
        increase: The factor after a backup that lost.
        error: The factor after a failed request.

    Raises:
        PolicyError: The delays are not in order or a factor is out of its range.
    """

    def __init__(
        self,
        base_ms: float = 100.0,
        *,
        min_ms: float = 10.0,
        max_ms: float = 5000.0,
        decrease: float = 0.9,
        increase: float = 1.5,
        error: float = 2.0,
    ) -> None:
        require_numbers(base_ms=base_ms, min_ms=min_ms, max_ms=max_ms)
        require_numbers(decrease=decrease, increase=increase, error=error)
        if not 0 < min_ms <= base_ms <= max_ms:
            raise PolicyError("base_ms", base_ms, "delays with 0 < min_ms <= base_ms <= max_ms")
        if not (0 < decrease < 1 < min(increase, error)):
            raise PolicyError(
                "decrease", decrease, "factors with 0 < decrease < 1, increase > 1 and error > 1"
            )
        self.base_ms: float = base_ms
        self.min_ms: float = min_ms
        self.max_ms: float = max_ms
        self.decrease: float = decrease
        self.increase: float = increase
        self.error: float = error
        self.adjustments: int = 0
        self.failures_in_a_row: int = 0
        self.successes_in_a_row: int = 0
        self._delay_ms: float = base_ms

    def delay_ms(self) -> float | None:
        """The delay now."""
        return self._delay_ms

    def record(self, latency_ms: float) -> None:
        """Nothing is learned from latencies.

        Args:
            latency_ms: From the start of the request to its result.
        """

    def react(
        self,
        *,
        delay_ms: float | None,  # noqa: ARG002  # the protocol
        latency_ms: float,  # noqa: ARG002  # the protocol
        hedges: int,
        won: bool,
        failed: bool,
    ) -> None:
        """Adjust the delay to the end of a request.

        Args:
            delay_ms: The delay of the request.
            latency_ms: Its latency.
            hedges: The backups that were sent.
            won: Whether a backup gave the result.
            failed: Whether the request failed.
        """
        good = not failed and (won or not hedges)
        factor = self.error if failed else self.decrease if good else self.increase
        self.successes_in_a_row = self.successes_in_a_row + 1 if good else 0
        self.failures_in_a_row = 0 if good else self.failures_in_a_row + 1
        self.adjustments += 1
        self._delay_ms = min(max(self._delay_ms * factor, self.min_ms), self.max_ms)

    def reset(self) -> None:
        """Start again from ``base_ms``."""
        self._delay_ms = self.base_ms
        self.adjustments = self.failures_in_a_row = self.successes_in_a_row = 0

    def snapshot(self) -> dict[str, Any]:
        """What was learned, as plain values."""
        return {"delay_ms": self._delay_ms}

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what ``snapshot`` gave.

        Args:
            state: The plain values.
        """
        self._delay_ms = min(max(saved_number(state["delay_ms"]), self.min_ms), self.max_ms)
