"""Measures of the latest requests that are updated with each one, instead of computed again."""

import math
from bisect import bisect_left, insort
from collections import deque
from typing import Protocol

from .._core.event import Event
from .._metrics.statistics import any_percentile, percentile_place


class Running(Protocol):
    """A measure of the latest events."""

    def add(self, event: Event) -> float | None:
        """Add an event, and forget the oldest beyond the window.

        Args:
            event: A finished request.

        Returns:
            The measure; None when it is unknown.
        """
        ...


class RunningErrorRate:
    """The share of failures among the latest requests.

    Args:
        last: How many requests are measured.
    """

    def __init__(self, last: int) -> None:
        self._last = last
        self._latest: deque[tuple[float, float]] = deque()
        self._judged = self._failed = 0.0
        self._until_exact = last

    def add(self, event: Event) -> float | None:
        """Add an event.

        Args:
            event: A finished request.

        Returns:
            The weighted share; None without a known outcome.
        """
        weight = 1 / event.probability
        judged = 0.0 if event.success is None else weight
        failed = weight if event.success is False else 0.0
        latest = self._latest
        latest.append((judged, failed))
        self._judged += judged
        self._failed += failed
        if len(latest) > self._last:
            old = latest.popleft()
            self._judged -= old[0]
            self._failed -= old[1]
            self._until_exact -= 1
            if not self._until_exact:  # sums that are updated drift
                self._until_exact = self._last
                self._judged = math.fsum(each for each, _ in latest)
                self._failed = math.fsum(each for _, each in latest)
        return self._failed / self._judged if self._judged else None


class RunningQuantile:
    """A quantile of the durations of the latest requests.

    Args:
        last: How many requests are measured.
        quantile: Which one, in [0, 1].
    """

    def __init__(self, last: int, quantile: float) -> None:
        self._last = last
        self._quantile = quantile
        self._latest: deque[tuple[float | None, float]] = deque()
        self._ordered: list[float] = []
        self._sampled = 0
        self._place = (0, 0, 0, 0.0)

    def add(self, event: Event) -> float | None:
        """Add an event.

        Args:
            event: A finished request.

        Returns:
            The quantile in milliseconds; None without a known duration.
        """
        duration, probability = event.duration_ns, event.probability
        value = None if duration is None else duration / 1e6
        latest, ordered = self._latest, self._ordered
        latest.append((value, probability))
        if probability != 1:
            self._sampled += 1
        if value is not None:
            insort(ordered, value)
        if len(latest) > self._last:
            old, old_probability = latest.popleft()
            if old_probability != 1:
                self._sampled -= 1
            if old is not None:
                del ordered[bisect_left(ordered, old)]
        if self._sampled:
            return self._weighted()
        if not ordered:
            return None
        if self._place[0] != len(ordered):  # no more when as many are known as are measured
            self._place = (len(ordered), *percentile_place(len(ordered), self._quantile))
        _, low, high, share = self._place
        return ordered[low] + (ordered[high] - ordered[low]) * share

    def _weighted(self) -> float | None:
        known = [(each, 1 / chance) for each, chance in self._latest if each is not None]
        if not known:
            return None
        values, weights = zip(*known, strict=True)
        return any_percentile(values, weights, self._quantile)


class RunningCost:
    """The sum of the known costs of all requests.

    Args:
        last: Not used: a budget has no window.
    """

    def __init__(self, last: int) -> None:  # noqa: ARG002  # as the other measures
        self._spent = 0.0

    def add(self, event: Event) -> float | None:
        """Add an event.

        Args:
            event: A finished request.

        Returns:
            The sum in US dollars.
        """
        self._spent += (event.cost_usd or 0.0) / event.probability
        return self._spent
