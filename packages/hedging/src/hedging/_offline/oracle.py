"""What hedging can do at best for a known sample of latencies, by arithmetic.

A primary X and a backup Y are independent draws with the survival function S. A backup is sent
after a delay d to a share p of the requests that still run (SingleR; Kaler, He and Elnikety, SPAA
2017). Then P(L > t) = S(t) for t < d and S(t) (1 - p F(t - d)) from d on; the extra requests are
p S(d), and the extra work p (2 E min((X - d)+, Y) - E (X - d)+) when losers are cancelled.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

_GRID = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a backup is sent.

    Attributes:
        delay_ms: After this delay.
        probability: To this share of the requests that still run.
    """

    delay_ms: float
    probability: float = 1.0


class Sample:
    """Latencies in order, ready for questions.

    Args:
        latencies_ms: At least one latency, in any order.
    """

    def __init__(self, latencies_ms: Sequence[float]) -> None:
        self.values = sorted(latencies_ms)
        self._sums = [0.0, *accumulate(self.values)]

    def __len__(self) -> int:
        return len(self.values)

    @property
    def mean_ms(self) -> float:
        """The mean."""
        return self._sums[-1] / len(self.values)

    def survival(self, latency_ms: float) -> float:
        """The share of requests that take longer."""
        return 1 - bisect_right(self.values, latency_ms) / len(self.values)

    def quantile(self, share: float) -> float:
        """The nearest-rank quantile."""
        count = len(self.values)
        # 0.95 x 20 is 19.000000000000004 in binary, and not meant to be the 20th.
        rank = math.ceil(round(count * share, 9))
        return self.values[min(max(rank - 1, 0), count - 1)]

    def hedged_survival(self, latency_ms: float, rule: Rule) -> float:
        """The share of requests that take longer under a rule."""
        alone = self.survival(latency_ms)
        if latency_ms < rule.delay_ms:
            return alone
        return alone * (1 - rule.probability * (1 - self.survival(latency_ms - rule.delay_ms)))

    def hedged_quantile(self, share: float, rule: Rule) -> float:
        """A quantile under a rule, by bisection to a millionth of its value."""
        plain = self.quantile(share)
        if plain <= rule.delay_ms:
            return plain
        low, high, slow = rule.delay_ms, plain, 1 - share + 1e-12
        while high - low > 1e-6 * high:
            middle = (low + high) / 2
            if self.hedged_survival(middle, rule) > slow:
                low = middle
            else:
                high = middle
        return high

    def extra_requests(self, rule: Rule) -> float:
        """Backups per request."""
        return rule.probability * self.survival(rule.delay_ms)

    def extra_work(self, rule: Rule) -> float:
        """Additional time of the service per time without hedging; negative when it is saved."""
        both, excess = self._after(rule.delay_ms)
        return rule.probability * (2 * both - excess) / self.mean_ms

    def hedged_mean(self, rule: Rule) -> float:
        """The mean latency under a rule: min((X - d)+, Y) takes the place of (X - d)+."""
        both, excess = self._after(rule.delay_ms)
        return self.mean_ms - rule.probability * (excess - both)

    def _after(self, delay_ms: float) -> tuple[float, float]:
        """E min((X - d)+, Y) and E (X - d)+."""
        values, sums, count = self.values, self._sums, len(self.values)
        both = excess = 0.0
        for value in values[bisect_right(values, delay_ms) :]:
            rest = value - delay_ms
            below = bisect_right(values, rest)
            both += (sums[below] + rest * (count - below)) / count
            excess += rest
        return both / count, excess / count

    def best_rule(self, budget: float, share: float = 0.99) -> Rule:
        """The rule with the least quantile whose backups per request are within the budget.

        Delays are tried from the quantile that uses the budget up without chance, down to the one
        that a share of four budgets passes. Among equals the longest delay is taken.
        """
        most = min(4 * budget, 0.95)
        rules = []
        for place in range(_GRID + 1):
            late = budget * (most / budget) ** (place / _GRID)
            delay = self.quantile(1 - late)
            passed = self.survival(delay)
            rules.append(Rule(delay_ms=delay, probability=min(1.0, budget / max(passed, 1e-12))))
        return min(rules, key=lambda rule: round(self.hedged_quantile(share, rule), 6))

    def bound(self, budget: float, share: float = 0.99) -> float:
        """No rule with this budget gives a lower quantile: Q(share - budget).

        Each request that is saved from taking longer than t costs at least one backup.
        """
        return self.quantile(max(share - budget, 0.0))
