"""Delays by fixed factors for length, model, time and priority, and factors learned from data."""

import math
from collections.abc import Mapping, Sequence

from .._core.errors import DataError
from .._core.plain import is_number
from .percentile import Percentile
from .workload import Workload

_LENGTHS = ((4000, 2.5), (2000, 2.0), (1000, 1.5))
_FACTORS: Mapping[str, Mapping[str, float]] = {
    "model": {"complex": 2.0, "medium": 1.0, "simple": 0.5},
    "time": {"peak": 0.7, "normal": 1.0, "off_peak": 1.3},
    "priority": {"high": 0.6, "normal": 1.0, "low": 1.5},
}


class Multipliers:
    """A base delay times fixed factors, as in crucible_hedging 0.4 (Elixir).

    The factors for length, model, time and priority are fixed; ``WorkloadAware`` learns delays.

    Args:
        base_ms: The delay of an ordinary request.
        min_ms: No delay is shorter.
    """

    def __init__(self, base_ms: float = 100.0, *, min_ms: float = 10.0) -> None:
        self.base_ms: float = base_ms
        self.min_ms: float = min_ms

    def for_workload(self, workload: Workload | None) -> "Multipliers":
        """The strategy with the delay of this workload.

        Args:
            workload: The request; None for an ordinary one.
        """
        return Multipliers(self.delay_for(workload or Workload()), min_ms=self.min_ms)

    def delay_for(self, workload: Workload) -> float:
        """Base x length x model x time x priority, rounded half up to whole milliseconds.

        Args:
            workload: The request.
        """
        length = next((f for over, f in _LENGTHS if workload.prompt_length > over), 1.0)
        factors = [table[getattr(workload, name)] for name, table in _FACTORS.items()]
        # One decimal hides that 97.5 is 97.49999 in binary.
        delay = round(math.prod((self.base_ms, length, *factors)), 6)
        return max(math.floor(delay + 0.5), self.min_ms)

    def delay_ms(self) -> float | None:
        """The base."""
        return self.base_ms

    def record(self, latency_ms: float) -> None:
        """Nothing is learned.

        Args:
            latency_ms: From the start of the request to its result.
        """


def learned_multipliers(latencies: Mapping[str, Sequence[float]], base: str) -> dict[str, float]:
    """How much longer than those of a base group the 95th percentile of each group is.

    Args:
        latencies: Group name to latencies in milliseconds.
        base: The group whose factor is 1.

    Returns:
        Group name to factor.

    Raises:
        KeyError: ``base`` is not one of the groups.
        DataError: A group has no latencies, one of them is not a finite number from 0, or the base
            group takes no time.
    """
    ends: dict[str, float] = {}
    for group, values in latencies.items():
        if not len(values) or not all(map(is_number, values)):
            raise DataError(f"group {group!r} needs latencies: finite numbers from 0")
        tracker = Percentile(0.95, window=len(values), min_samples=1)
        for value in values:
            tracker.record(value)
        ends[group] = tracker.delay_ms() or 0.0
    if not ends[base]:
        raise DataError(f"the base group {base!r} takes no time; choose another one")
    return {group: end / ends[base] for group, end in ends.items()}
