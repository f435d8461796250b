"""The protocol of a delay strategy, and the strategies that do not learn."""

from typing import Protocol

from .._core.errors import PolicyError
from .._core.plain import is_number


class DelayStrategy(Protocol):
    """Decides how long to wait before a backup, and learns from finished requests.

    Any object with these two methods is a strategy. It may have more:

    - ``observe(delay_ms, late)`` is called for each request with whether its primary was still
      running when its delay had passed. A late primary is reported when the delay has passed, not
      when the request ends.
    - ``probability`` is the share of the late requests that get a backup.
    - ``for_workload(workload)`` gives another strategy for requests of this kind.
    - ``react(delay_ms, latency_ms, hedges, won, failed)`` is called by keyword when a request ends.
    - ``keep_within(min_ms, max_ms)`` is called once with the bounds of the policy, so that it
      learns nothing of delays that no request gets.
    - ``snapshot()`` and ``restore(state)`` give and take what was learned, as plain values.
    """

    def delay_ms(self) -> float | None:
        """The delay before the next backup, in milliseconds; None sends no backup."""
        ...

    def record(self, latency_ms: float) -> None:
        """Learn from a finished request, whichever attempt won it.

        Args:
            latency_ms: From the start of the request to its result.
        """
        ...


class Off:
    """Never sends a backup because of time; a failed attempt is still followed by the next."""

    def delay_ms(self) -> float | None:
        """None: no backup."""
        return None

    def record(self, latency_ms: float) -> None:
        """Nothing is learned.

        Args:
            latency_ms: From the start of the request to its result.
        """


class Fixed:
    """Sends a backup after a fixed delay.

    Args:
        delay_ms: The delay in milliseconds.

    Raises:
        PolicyError: The delay is negative or not finite.
    """

    def __init__(self, delay_ms: float) -> None:
        if not is_number(delay_ms):
            raise PolicyError("delay_ms", delay_ms, "a finite number of milliseconds from 0")
        self._delay_ms: float = delay_ms

    def delay_ms(self) -> float | None:
        """The fixed delay."""
        return self._delay_ms

    def record(self, latency_ms: float) -> None:
        """Nothing is learned.

        Args:
            latency_ms: From the start of the request to its result.
        """


class SingleR(Fixed):
    """Sends a backup after a fixed delay to a random share of the late requests.

    The best policy of its kind when copies are independent (Kaler, He and Elnikety, SPAA 2017).
    ``analyze`` gives the delay and the probability for a budget.

    Args:
        delay_ms: The delay in milliseconds.
        probability: The share of the late requests that get a backup.

    Raises:
        PolicyError: An argument is out of its range.
    """

    def __init__(self, delay_ms: float, probability: float) -> None:
        super().__init__(delay_ms)
        if not is_number(probability) or probability > 1:
            raise PolicyError("probability", probability, "a number from 0 to 1")
        self.probability: float = probability
