"""Whether hedging lowered the tail: a paired bootstrap, and the test that does not see it.

Both arms answer the same requests with the same draws (common random numbers): a baseline that
waits for each primary, and the hedged run. Requests are resampled in pairs, so what both share
cancels out. The t-test of log latencies that is often used instead compares means: it hardly
notices a tail that was halved, because only one request in twenty was touched.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._core.errors import DataError
from .oracle import Sample

if TYPE_CHECKING:
    pass

_FEWEST = 1000
_ENOUGH = 10_000
# The original's criteria: the reduction, the extra requests, the lower end of the interval.
_WANTED, _ALLOWED, _CERTAIN = 0.50, 0.15, 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class TailComparison:
    """What became of a quantile.

    Attributes:
        quantile: Which, in (0, 1).
        requests: How many pairs.
        baseline_ms: The quantile without hedging.
        hedged_ms: The quantile with it.
        reduction: By how much it fell, 0 to 1.
        low: The lower end of the reduction's interval.
        high: The upper end of it.
        confidence: Of the interval.
        bound: No policy with these backups could have reduced it by more.
        extra_requests: Backups per request.
        log_change: The change of the geometric mean, which the t-test sees.
        t_statistic: Of the paired t-test on log latencies.
        t_p_value: Its two-sided p, from the normal distribution.
        criteria: The original's criteria and whether each was met.
    """

    quantile: float
    requests: int
    baseline_ms: float
    hedged_ms: float
    reduction: float
    low: float
    high: float
    confidence: float
    bound: float
    extra_requests: float
    log_change: float
    t_statistic: float
    t_p_value: float
    criteria: dict[str, bool]

    def __str__(self) -> str:
        verdicts = "; ".join(
            f"{name}: {'met' if met else 'not met'}" for name, met in self.criteria.items()
        )
        small = "" if self.requests >= _ENOUGH else f" ({_ENOUGH:,} pairs would say more)"
        return (
            f"P{100 * self.quantile:g} {self.baseline_ms:.0f} -> {self.hedged_ms:.0f} ms:"
            f" {-self.reduction:.1%}, {self.confidence:.0%} interval {-self.low:.1%} to"
            f" {-self.high:.1%}, possible at most {-self.bound:.1%} with {self.extra_requests:.1%}"
            f" backups; {self.requests:,} pairs{small}.\n"
            f"Paired t-test of log latencies: {self.log_change:+.1%}, t = {self.t_statistic:.1f},"
            f" p = {self.t_p_value:.2g}: it compares typical requests, and says nothing of the"
            f" tail.\n{verdicts}."
        )

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain values."""
        plain = {name: getattr(self, name) for name in TailComparison.__slots__}
        return {**plain, "criteria": dict(self.criteria)}


def compare_tails(
    baseline_ms: Sequence[float],
    hedged_ms: Sequence[float],
    *,
    extra_requests: float,
    quantile: float = 0.99,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> TailComparison:
    """Compare the tails of two runs over the same requests. Needs the extra ``bootstrap``.

    Args:
        baseline_ms: Latencies without hedging.
        hedged_ms: Latencies of the same requests with it, in the same order.
        extra_requests: Backups per request in the hedged run.
        quantile: Which quantile, in (0, 1).
        confidence: Of the percentile interval (Efron and Tibshirani 1993, chapter 13).
        resamples: How many bootstrap samples.
        seed: For them.

    Raises:
        DataError: The runs differ in length, or there are fewer than 1,000 pairs.
        ImportError: numpy is missing.
    """
    count = len(baseline_ms)
    if count != len(hedged_ms):
        raise DataError(f"{count} and {len(hedged_ms)} latencies are not of the same requests")
    if count < _FEWEST:
        raise DataError(f"{count} pairs are too few for a tail; give at least {_FEWEST}")
    ratios = _ratios(baseline_ms, hedged_ms, quantile, resamples, seed)
    plain, hedged = Sample(baseline_ms), Sample(hedged_ms)
    before, after = plain.quantile(quantile), hedged.quantile(quantile)
    tail = (1 - confidence) / 2
    ends = Sample(ratios)
    low, high = 1 - ends.quantile(1 - tail), 1 - ends.quantile(tail)
    reduction = 1 - after / before
    log_change, t_statistic = _log_t_test(baseline_ms, hedged_ms)
    return TailComparison(
        quantile=quantile,
        requests=count,
        baseline_ms=before,
        hedged_ms=after,
        reduction=reduction,
        low=low,
        high=high,
        confidence=confidence,
        bound=1 - plain.bound(extra_requests, quantile) / before,
        extra_requests=extra_requests,
        log_change=log_change,
        t_statistic=t_statistic,
        t_p_value=math.erfc(abs(t_statistic) / math.sqrt(2)),
        criteria={
            "reduced by 50 % or more": reduction >= _WANTED,
            "less than 15 % extra": extra_requests < _ALLOWED,
            "interval above 25 %": low > _CERTAIN,
        },
    )


def _ratios(
    baseline_ms: Sequence[float],
    hedged_ms: Sequence[float],
    quantile: float,
    resamples: int,
    seed: int,
) -> list[float]:
    """The ratio of the quantiles in each bootstrap sample of pairs."""
    try:
        import numpy as np  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise ImportError(
            'compare_tails needs an extra: pip install "crucible-framework-hedging[bootstrap]"'
        ) from error
    pairs = np.asarray([baseline_ms, hedged_ms], dtype=float)
    generator = np.random.default_rng(seed)
    count = pairs.shape[1]
    place = max(math.ceil(round(count * quantile, 9)) - 1, 0)
    ratios = []
    for _ in range(resamples):
        drawn: np.ndarray[Any, Any] = pairs[:, generator.integers(0, count, count)]
        before, after = np.partition(drawn, place, axis=1)[:, place]
        ratios.append(float(after / before))
    return ratios


def _log_t_test(baseline_ms: Sequence[float], hedged_ms: Sequence[float]) -> tuple[float, float]:
    """The change of the geometric mean, and the paired t statistic of the logarithms."""
    changes = [
        math.log(after / before) for before, after in zip(baseline_ms, hedged_ms, strict=True)
    ]
    count = len(changes)
    mean = sum(changes) / count
    variance = sum((each - mean) ** 2 for each in changes) / (count - 1)
    t_statistic = mean / math.sqrt(variance / count) if variance else 0.0
    return math.expm1(mean), t_statistic
