"""Whether hedging lowered the tail: a paired bootstrap, and the t-test that misses it.

Both arms answer the same requests with the same draws (common random numbers): a baseline that
waits for each primary, and the hedged run. Requests are resampled in pairs, so what both share
cancels out. The t-test of log latencies that is often used instead compares means: it hardly
notices a tail that was halved, because only one request in twenty was touched.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._core.conversions import renamed_attribute
from .._core.deprecated import renamed_arguments
from .._core.errors import DataError, MissingExtraError, PolicyError
from .._core.interval import Interval
from .._core.plain import is_number, plain
from .._core.shown import html_table, shown, signed_percent
from .door import checked_latencies
from .oracle import Sample

_MIN_PAIRS = 1000
_GOOD_PAIRS = 10_000
# The criteria of crucible_hedging 0.4 (Elixir): the reduction, the extra requests, the lower end.
_MIN_REDUCTION, _MAX_EXTRA, _MIN_LOW = 0.50, 0.15, 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class TailComparison:
    """A quantile of latencies without hedging and with it.

    Attributes:
        quantile: Which quantile, between 0 and 1.
        requests: The number of pairs.
        baseline_ms: The quantile without hedging.
        hedged_ms: The quantile with it.
        reduction: By how much it fell, 0 to 1.
        interval: The interval of the reduction.
        bound: The most that any policy with these backups could have reduced it by.
        extra_requests: Backups per request.
        log_change: The change of the geometric mean, which the t-test sees.
        t_statistic: Of the paired t-test on log latencies.
        t_p_value: Its two-sided p, from the normal distribution.
        criteria: The criteria of crucible_hedging 0.4 (Elixir), and whether each was met.
    """

    quantile: float
    requests: int
    baseline_ms: float
    hedged_ms: float
    reduction: float
    interval: Interval
    bound: float
    extra_requests: float
    log_change: float
    t_statistic: float
    t_p_value: float
    criteria: dict[str, bool]

    if not TYPE_CHECKING:
        low = renamed_attribute("low", "interval.low", lambda it: it.interval.low)
        high = renamed_attribute("high", "interval.high", lambda it: it.interval.high)
        confidence = renamed_attribute("confidence", "interval.level", lambda it: it.interval.level)

    @shown
    def __str__(self) -> list[str]:
        verdicts = "; ".join(f"{name}: {verdict}" for name, verdict in self._verdicts())
        few = "" if self.requests >= _GOOD_PAIRS else f" ({_GOOD_PAIRS:,} pairs would say more)"
        low, high = (signed_percent(-end, 1) for end in self.interval)
        head = (
            f"P{100 * self.quantile:g} {self.baseline_ms:.0f} -> {self.hedged_ms:.0f} ms:"
            f" {signed_percent(-self.reduction, 1)}, {self.interval.level:.0%} interval {low} to"
            f" {high}, possible at most {signed_percent(-self.bound, 1)} with"
            f" {self.extra_requests:.1%} backups; {self.requests:,} pairs{few}."
        )
        typical = (
            f"Paired t-test of log latencies: {signed_percent(self.log_change, 1)},"
            f" t = {self.t_statistic:.1f}, p = {self.t_p_value:.2g}: it compares typical requests"
            " and says nothing of the tail."
        )
        return [head, typical, f"{verdicts}."]

    def _repr_html_(self) -> str:
        low, high = (signed_percent(-end, 1) for end in self.interval)
        rows = [
            ("without hedging", f"{self.baseline_ms:.0f} ms"),
            ("with hedging", f"{self.hedged_ms:.0f} ms"),
            ("change", signed_percent(-self.reduction, 1)),
            (f"{self.interval.level:.0%} interval", f"{low} to {high}"),
            ("possible at most", signed_percent(-self.bound, 1)),
            ("backups per request", f"{self.extra_requests:.1%}"),
            *self._verdicts(),
        ]
        return html_table(f"P{100 * self.quantile:g} of {self.requests:,} pairs", ("", ""), rows)

    def to_dict(self) -> dict[str, object]:
        """The comparison as plain values."""
        return plain(self)

    def _verdicts(self) -> list[tuple[str, str]]:
        return [(name, "met" if met else "not met") for name, met in self.criteria.items()]


@renamed_arguments(confidence="level")
def compare_tails(
    baseline_ms: Sequence[float],
    hedged_ms: Sequence[float],
    *,
    extra_requests: float,
    quantile: float = 0.99,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> TailComparison:
    """Compare the tails of two runs over the same requests. Needs the extra ``bootstrap``.

    Args:
        baseline_ms: Latencies without hedging.
        hedged_ms: Latencies of the same requests with it, in the same order.
        extra_requests: Backups per request in the hedged run.
        quantile: Which quantile, between 0 and 1.
        level: The level of the percentile interval (Efron and Tibshirani 1993, chapter 13).
        resamples: The number of bootstrap samples.
        seed: For the bootstrap samples.
        on_progress: Called after each bootstrap sample with how many are done and their total.

    Returns:
        The comparison; it prints as a sentence.

    Raises:
        DataError: The runs differ in length, there are fewer than 1,000 pairs, or the quantile of
            the baseline is 0.
        PolicyError: ``quantile`` or ``level`` is not between 0 and 1, ``extra_requests`` is not a
            number from 0, or ``resamples`` not a whole number from 1.
        MissingExtraError: numpy is not installed; it comes with the extra ``bootstrap``.
    """
    if not is_number(extra_requests):
        raise PolicyError("extra_requests", extra_requests, "backups per request, from 0")
    for name, share in (("quantile", quantile), ("level", level)):
        if not is_number(share, above=0) or share >= 1:
            raise PolicyError(name, share, "a number between 0 and 1")
    if not is_number(resamples) or resamples < 1 or resamples != int(resamples):
        raise PolicyError("resamples", resamples, "a whole number from 1, such as 2000")
    baseline_ms = checked_latencies(baseline_ms, name="baseline_ms")
    hedged_ms = checked_latencies(hedged_ms, name="hedged_ms")
    count = len(baseline_ms)
    if count != len(hedged_ms):
        raise DataError(
            f"baseline_ms has {count} latencies and hedged_ms {len(hedged_ms)}; give both for the"
            " same requests"
        )
    if count < _MIN_PAIRS:
        raise DataError(f"{count} pairs are too few to compare tails; give at least {_MIN_PAIRS}")
    before, after = (Sample(each).quantile(quantile) for each in (baseline_ms, hedged_ms))
    if not before:
        raise DataError(f"the {quantile:g} quantile of baseline_ms is 0; compare a higher one")
    ratios: list[float] = []
    for ratio in _ratios(baseline_ms, hedged_ms, quantile, resamples, seed):
        ratios.append(ratio)
        if on_progress is not None:
            on_progress(len(ratios), resamples)
    tail = (1 - level) / 2
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
        interval=Interval(low=low, high=high, level=level, method="paired bootstrap, percentile"),
        bound=1 - Sample(baseline_ms).bound(extra_requests, quantile) / before,
        extra_requests=extra_requests,
        log_change=log_change,
        t_statistic=t_statistic,
        t_p_value=math.erfc(abs(t_statistic) / math.sqrt(2)),
        criteria={
            "reduced by 50 % or more": reduction >= _MIN_REDUCTION,
            "less than 15 % extra": extra_requests < _MAX_EXTRA,
            "interval above 25 %": low > _MIN_LOW,
        },
    )


def _ratios(
    baseline_ms: Sequence[float],
    hedged_ms: Sequence[float],
    quantile: float,
    resamples: int,
    seed: int,
) -> Iterator[float]:
    """The ratio of the quantiles in each bootstrap sample of pairs."""
    try:
        import numpy as np  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError("compare_tails", extra="bootstrap", package="numpy") from error
    pairs = np.asarray([baseline_ms, hedged_ms], dtype=float)
    generator = np.random.default_rng(seed)
    count = pairs.shape[1]
    rank = max(math.ceil(round(count * quantile, 9)) - 1, 0)
    for _ in range(resamples):
        drawn: np.ndarray[Any, Any] = pairs[:, generator.integers(0, count, count)]
        before, after = np.partition(drawn, rank, axis=1)[:, rank]
        yield float(after / before) if before else math.inf


def _log_t_test(baseline_ms: Sequence[float], hedged_ms: Sequence[float]) -> tuple[float, float]:
    """The change of the geometric mean, and the paired t statistic of the logarithms.

    A latency of 0 has no logarithm, so its pair is left out.
    """
    changes = [
        math.log(after / before)
        for before, after in zip(baseline_ms, hedged_ms, strict=True)
        if before > 0 and after > 0
    ]
    count = len(changes)
    if count < 2:
        return 0.0, 0.0
    mean = sum(changes) / count
    variance = sum((each - mean) ** 2 for each in changes) / (count - 1)
    t_statistic = mean / math.sqrt(variance / count) if variance else 0.0
    return math.expm1(mean), t_statistic
