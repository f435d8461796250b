"""Choosing a delay: the cost and gain of each, the Pareto front, and the break-even price."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._core.conversions import renamed_attribute
from .._core.errors import DataError, PolicyError
from .._core.plain import is_number, plain
from .._core.shown import shown, signed_percent
from .door import checked_latencies
from .oracle import Rule, Sample

_QUANTILES = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """The cost and gain of one delay.

    Attributes:
        delay_ms: The delay.
        cost_factor: Attempts per request.
        extra_work: Additional time of the service when losers are cancelled.
        p99_ms: The 99th percentile.
        mean_ms: The mean latency.
        reduction: By how much the 99th percentile falls, 0 to 1.
        efficiency: The reduction for each extra attempt per request; 0 when none is sent.
    """

    delay_ms: float
    cost_factor: float
    extra_work: float
    p99_ms: float
    mean_ms: float
    reduction: float
    efficiency: float

    @shown
    def __str__(self) -> str:
        return (
            f"after {self.delay_ms:.0f} ms: {self.cost_factor - 1:.1%} extra,"
            f" P99 {self.p99_ms:.0f} ms ({signed_percent(-self.reduction)})"
        )

    def to_dict(self) -> dict[str, object]:
        """The cost and gain as plain values."""
        return plain(self)


def tradeoff(
    latencies: Sequence[float], delays_ms: Sequence[float] | None = None
) -> tuple[Option, ...]:
    """The cost and gain of each delay, if copies are independent.

    Args:
        latencies: Latencies in milliseconds of requests without hedging.
        delays_ms: The delays; quantiles of the latencies from 0.5 to 0.99 when left out.

    Returns:
        An option for each delay, in order.

    Raises:
        DataError: There are no latencies.
        PolicyError: ``delays_ms`` are not finite numbers from 0.
    """
    sample = _sample(latencies)
    if delays_ms is None:
        delays_ms = sorted({sample.quantile(each) for each in _QUANTILES})
    given: object = delays_ms
    if not isinstance(given, Iterable) or not all(map(is_number, given := [*given])):
        raise PolicyError("delays_ms", given, "finite numbers of milliseconds from 0")
    return tuple(_option(sample, delay) for delay in given)


def pareto_front(options: Sequence[Option]) -> tuple[Option, ...]:
    """The options that no other option beats in both cost and P99.

    Args:
        options: Those of ``tradeoff``.

    Returns:
        The Pareto front, from the cheapest to the dearest.
    """
    front: list[Option] = []
    for option in sorted(options, key=lambda each: (each.cost_factor, each.p99_ms)):
        if not front or option.p99_ms < front[-1].p99_ms:
            front.append(option)
    return tuple(front)


def recommend(options: Sequence[Option], *, max_extra: float = 0.15) -> Option | None:
    """The option with the lowest P99 within a budget.

    Args:
        options: Those of ``tradeoff``.
        max_extra: The most backups per request.

    Returns:
        The option; None when every option is above the budget.

    Example:
        >>> best = recommend(tradeoff([100.0] * 95 + [900.0] * 5), max_extra=0.05)
        >>> best.delay_ms, round(best.p99_ms)
        (100.0, 200)
    """
    # A share of 5 % is 0.050000000000000044 above 1 in binary.
    within = [each for each in options if each.cost_factor <= 1 + max_extra + 1e-9]
    return min(within, key=lambda each: (each.p99_ms, each.cost_factor), default=None)


def delay_for_target(latencies: Sequence[float], target_p99_ms: float) -> Option | None:
    """The longest delay, and so the cheapest, that brings the P99 to a target.

    Args:
        latencies: Latencies in milliseconds of requests without hedging.
        target_p99_ms: The P99 to reach.

    Returns:
        The option; None when no delay reaches the target.

    Raises:
        DataError: There are no latencies, or one of them is not a finite number from 0.
        PolicyError: The target is not positive.
    """
    if not is_number(target_p99_ms, above=0):
        raise PolicyError("target_p99_ms", target_p99_ms, "a positive number of milliseconds")
    sample = _sample(latencies)
    if sample.quantile(0.99) <= target_p99_ms:
        return _option(sample, sample.values[-1])
    # The P99 need not grow with the delay, so each delay up to the target is a candidate.
    candidates = sorted({0.0, *(v for v in sample.values if v <= target_p99_ms)}, reverse=True)
    step = max(1, len(candidates) // 2000)
    for delay in candidates[::step]:
        if sample.hedged_quantile(0.99, Rule(delay_ms=delay)) <= target_p99_ms:
            return _option(sample, delay)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """When backups are worth their price.

    Attributes:
        usd_per_second: The least worth of a saved second, in dollars.
        extra_usd: The cost of backups per 1,000 requests, in dollars.
        saved_ms: Milliseconds saved per 1,000 requests.
    """

    usd_per_second: float
    extra_usd: float
    saved_ms: float

    if not TYPE_CHECKING:
        saved_s = renamed_attribute("saved_s", "saved_ms", lambda it: it.saved_ms / 1000)

    @shown
    def __str__(self) -> str:
        return (
            f"backups cost ${self.extra_usd:.2f} per 1,000 requests and save"
            f" {self.saved_ms / 1000:.1f} s:"
            f" worth it when a second is worth ${self.usd_per_second:.4f}"
        )

    def to_dict(self) -> dict[str, object]:
        """The break-even price as plain values; an infinite price is None."""
        return plain(self)


def break_even(latencies: Sequence[float], delay_ms: float, *, cost_usd: float) -> BreakEven:
    """The least worth of a saved second at which a delay pays.

    Backups are charged in full. The seconds are those of all requests, not only of the slowest.

    Args:
        latencies: Latencies in milliseconds of requests without hedging.
        delay_ms: The delay in milliseconds.
        cost_usd: The cost of one attempt in dollars.

    Returns:
        The cost, the time saved, and their ratio; infinite when no time is saved.

    Raises:
        DataError: There are no latencies, or one of them is not a finite number from 0.
        PolicyError: The delay or the cost is negative or not finite.
    """
    for name, given in (("delay_ms", delay_ms), ("cost_usd", cost_usd)):
        if not is_number(given):
            raise PolicyError(name, given, "a finite number from 0")
    sample = _sample(latencies)
    option = _option(sample, delay_ms)
    extra = 1000 * (option.cost_factor - 1) * cost_usd
    # Milliseconds for each request are seconds for 1,000 requests.
    saved = sample.mean_ms - option.mean_ms
    return BreakEven(
        usd_per_second=extra / saved if saved > 0 else math.inf,
        extra_usd=extra,
        saved_ms=1000 * saved,
    )


def _option(sample: Sample, delay_ms: float) -> Option:
    rule = Rule(delay_ms=delay_ms)
    extra = sample.extra_requests(rule)
    p99 = sample.hedged_quantile(0.99, rule)
    reduction = 1 - p99 / sample.quantile(0.99)
    return Option(
        delay_ms=delay_ms,
        cost_factor=1 + extra,
        extra_work=sample.extra_work(rule),
        p99_ms=p99,
        mean_ms=sample.hedged_mean(rule),
        reduction=reduction,
        efficiency=reduction / extra if extra else 0.0,
    )


def _sample(latencies: Sequence[float]) -> Sample:
    checked = checked_latencies(latencies)
    if not checked:
        raise DataError("latencies is empty; give those of requests that were not hedged")
    return Sample(checked)
