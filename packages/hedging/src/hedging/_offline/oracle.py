"""The best that hedging can do for a known sample of latencies, by arithmetic.

A primary X and a backup Y are independent draws with the survival function S. A backup is sent
after a delay d to a share p of the requests that still run (SingleR; Kaler, He and Elnikety, SPAA
2017). Then P(L > t) = S(t) for t < d and S(t) (1 - p F(t - d)) from d on; the extra requests are
p S(d), and the extra work p (2 E min((X - d)+, Y) - E (X - d)+) when losers are cancelled.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, repeat
from operator import mul

from .._core.deprecated import renamed_arguments
from .._core.plain import plain

_GRID = 80
_MANY = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a backup is sent.

    Attributes:
        delay_ms: After this delay.
        probability: To this share of the requests that still run.
    """

    delay_ms: float
    probability: float = 1.0

    def to_dict(self) -> dict[str, object]:
        """The rule as plain values."""
        return plain(self)


class Sample:
    """A sample of latencies, with its quantiles and those under a hedging rule.

    Args:
        latencies_ms: At least one latency, in any order.
    """

    def __init__(self, latencies_ms: Sequence[float]) -> None:
        self.values: list[float] = _in_order(latencies_ms)
        self._sums: list[float] = [0.0, *accumulate(self.values)]

    def __len__(self) -> int:
        return len(self.values)

    @property
    def mean_ms(self) -> float:
        """The mean latency."""
        return self._sums[-1] / len(self.values)

    def survival(self, latency_ms: float) -> float:
        """The share of requests that take longer.

        Args:
            latency_ms: Than this, in milliseconds.
        """
        return 1 - bisect_right(self.values, latency_ms) / len(self.values)

    @renamed_arguments(share="quantile")
    def quantile(self, quantile: float) -> float:
        """The nearest-rank quantile.

        Args:
            quantile: Which quantile, between 0 and 1.
        """
        return self._quantile(quantile)

    def _quantile(self, quantile: float) -> float:
        count = len(self.values)
        # 0.95 x 20 is 19.000000000000004 in binary, and not meant to be the 20th.
        rank = math.ceil(round(count * quantile, 9))
        return self.values[min(max(rank - 1, 0), count - 1)]

    def hedged_survival(self, latency_ms: float, rule: Rule) -> float:
        """The share of requests that take longer under a rule.

        Args:
            latency_ms: Than this, in milliseconds.
            rule: When a backup is sent.
        """
        alone = self.survival(latency_ms)
        if latency_ms < rule.delay_ms:
            return alone
        return alone * (1 - rule.probability * (1 - self.survival(latency_ms - rule.delay_ms)))

    @renamed_arguments(share="quantile")
    def hedged_quantile(self, quantile: float, rule: Rule) -> float:
        """A quantile under a rule, by bisection to a millionth of its value.

        Args:
            quantile: Which quantile, between 0 and 1.
            rule: When a backup is sent.
        """
        unhedged = self._quantile(quantile)
        if unhedged <= rule.delay_ms:
            return unhedged
        low, high, slow = rule.delay_ms, unhedged, 1 - quantile + 1e-12
        while high - low > 1e-6 * high:
            middle = (low + high) / 2
            if self.hedged_survival(middle, rule) > slow:
                low = middle
            else:
                high = middle
        return high

    def extra_requests(self, rule: Rule) -> float:
        """Backups per request.

        Args:
            rule: When a backup is sent.
        """
        return rule.probability * self.survival(rule.delay_ms)

    def extra_work(self, rule: Rule) -> float:
        """Additional time of the service per time without hedging; negative when it is saved.

        Args:
            rule: When a backup is sent.
        """
        both, excess = self._after(rule.delay_ms)
        return rule.probability * (2 * both - excess) / self.mean_ms

    def hedged_mean(self, rule: Rule) -> float:
        """The mean latency under a rule: min((X - d)+, Y) replaces (X - d)+.

        Args:
            rule: When a backup is sent.
        """
        both, excess = self._after(rule.delay_ms)
        return self.mean_ms - rule.probability * (excess - both)

    def _after(self, delay_ms: float) -> tuple[float, float]:
        """E min((X - d)+, Y) and E (X - d)+."""
        values, sums, count = self.values, self._sums, len(self.values)
        rests = [value - delay_ms for value in values[bisect_right(values, delay_ms) :]]
        below = list(map(bisect_right, repeat(values), rests))
        excess = sum(rests)
        smaller = sum(map(sums.__getitem__, below))
        both = smaller + count * excess - sum(map(mul, rests, below))
        return both / count / count, excess / count

    @renamed_arguments(share="quantile")
    def best_rule(self, budget: float, quantile: float = 0.99) -> Rule:
        """The rule with the least quantile whose backups per request are within the budget.

        Delays are tried from the quantile that uses the budget up with probability 1, down to the
        one that a share of four budgets passes. Among equals the longest delay is taken.

        Args:
            budget: Backups per request.
            quantile: Which quantile of the latencies is to be least.
        """
        max_late = min(4 * budget, 0.95)
        rules = []
        for step in range(_GRID + 1):
            late = budget * (max_late / budget) ** (step / _GRID)
            delay = self._quantile(1 - late)
            passed = self.survival(delay)
            rules.append(Rule(delay_ms=delay, probability=min(1.0, budget / max(passed, 1e-12))))
        return min(rules, key=lambda rule: round(self.hedged_quantile(quantile, rule), 6))

    @renamed_arguments(share="quantile")
    def bound(self, budget: float, quantile: float = 0.99) -> float:
        """The lower bound of a quantile under any rule with this budget: Q(quantile - budget).

        Each request that is saved from taking longer than t costs at least one backup.

        Args:
            budget: Backups per request.
            quantile: Which quantile of the latencies.
        """
        return self._quantile(max(quantile - budget, 0.0))


def _in_order(values: Sequence[float]) -> list[float]:
    """Sorted values; many are sorted by numpy where it is installed, in a third of the time."""
    if len(values) >= _MANY:
        try:
            import numpy as np  # noqa: PLC0415  # an extra, and few samples are so large
        except ImportError:
            pass
        else:
            ordered: list[float] = np.sort(np.array(values, np.float64)).tolist()
            return ordered
    return sorted(values)
