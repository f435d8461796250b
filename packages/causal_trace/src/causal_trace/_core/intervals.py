"""Intervals for proportions and means, with items as clusters, without dependencies."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .json_values import Value
from .shown import shown

MIN_CLUSTERS = 10
_MAX_RESAMPLES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval(Value):
    """An interval of confidence.

    Attributes:
        low: Its lower end.
        high: Its upper end.
        level: Its level, such as 0.95.
        method: How it was found.
    """

    low: float
    high: float
    level: float
    method: str

    def __iter__(self) -> Iterator[float]:
        return iter((self.low, self.high))

    def __getitem__(self, index: int) -> float:
        return (self.low, self.high)[index]

    @shown
    def __str__(self) -> str:
        return f"[{self.low:.2f}, {self.high:.2f}]"


def wilson(successes: float, n: float, *, level: float = 0.95, method: str = "Wilson") -> Interval:
    """Return Wilson's interval (1927) of a proportion of independent trials.

    Args:
        successes: The number of successes; need not be whole where ``n`` is an effective number.
        n: The number of trials; 0 gives [0, 1].
        level: The level.
        method: The name of the method.
    """
    if n <= 0:
        return Interval(low=0.0, high=1.0, level=level, method=method)
    z = normal_quantile((1 + level) / 2)
    return _wilson(successes / n, n, z, level, method)


def clustered_proportion(
    successes: Sequence[int], trials: Sequence[int], *, level: float = 0.95
) -> Interval:
    """Return an interval of a proportion whose trials come in clusters, such as items.

    The number of trials is replaced by the number of independent trials that would give the same
    variance as the clusters do, and Wilson's interval is taken with Student's t (Korn and Graubard
    1998 do so with the exact interval). It is never shorter than that of independent trials.

    Args:
        successes: The successes in each cluster.
        trials: The trials in each cluster.
        level: The level.
    """
    pairs = [(s, n) for s, n in zip(successes, trials, strict=True) if n > 0]
    total, clusters = sum(n for _, n in pairs), len(pairs)
    method = "Wilson, effective sample size of clusters"
    if clusters < 2:
        return Interval(low=0.0, high=1.0, level=level, method=method)
    p = sum(s for s, _ in pairs) / total
    effective = _effective_trials(pairs, p, total)
    t = t_quantile((1 + level) / 2, clusters - 1)
    return _wilson(p, effective, t, level, method)


def wide_clustered_proportion(
    successes: Sequence[int], trials: Sequence[int], *, level: float = 0.95
) -> Interval:
    """Return an interval that holds also a proportion near 0 or 1.

    As ``clustered_proportion``, with the interval of Agresti and Coull (1998), which holds
    Wilson's. Wilson's at 29 successes of 30 ends below 0.995, so that it misses a proportion of
    0.995 in one of seven samples.

    Args:
        successes: The successes in each cluster; at least two have trials.
        trials: The trials in each cluster.
        level: The level.
    """
    pairs = [(s, n) for s, n in zip(successes, trials, strict=True) if n > 0]
    total = sum(n for _, n in pairs)
    p = sum(s for s, _ in pairs) / total
    t = t_quantile((1 + level) / 2, len(pairs) - 1)
    added = t * t
    whole = _effective_trials(pairs, p, total) + added
    center = (p * (whole - added) + added / 2) / whole
    half = t * math.sqrt(center * (1 - center) / whole)
    return Interval(
        low=max(0.0, center - half),
        high=min(1.0, center + half),
        level=level,
        method="Agresti and Coull, effective sample size of clusters",
    )


def _effective_trials(pairs: Sequence[tuple[int, int]], p: float, total: int) -> float:
    """Return how many independent trials would give the variance of the clusters."""
    variance, clusters = _variance(pairs, p, total), len(pairs)
    effective = float(total)
    if 0 < p < 1 and variance > 0:
        effective = min(effective, p * (1 - p) / variance)
    elif p in (0, 1):
        # All clusters agree: nothing shows how alike the trials of one are, so each counts once.
        effective = float(clusters)
    return effective


def clustered_ratio(
    pairs: Sequence[tuple[float, float]], *, most: float, level: float = 0.95
) -> Interval:
    """Return an interval of a share that is a ratio of sums over clusters.

    As ``clustered_proportion``, for parts and wholes that need not be counts.

    Args:
        pairs: The part and the whole of each cluster.
        most: The number of independent trials that they can be worth at most.
        level: The level.
    """
    pairs = [pair for pair in pairs if pair != (0, 0)]
    total, clusters = math.fsum(whole for _, whole in pairs), len(pairs)
    method = "Wilson, effective sample size of clusters"
    if clusters < 2 or total <= 0:
        return Interval(low=0.0, high=1.0, level=level, method=method)
    p = min(1.0, math.fsum(part for part, _ in pairs) / total)
    variance = _variance(pairs, p, total)
    effective = p * (1 - p) / variance if 0 < p < 1 and variance > 0 else float(clusters)
    t = t_quantile((1 + level) / 2, clusters - 1)
    return _wilson(p, min(effective, most), t, level, method)


def hull(first: Interval | None, second: Interval) -> Interval | None:
    """Return the interval from the lowest to the highest end of two; None without the first.

    A percentile bootstrap has no width where all clusters agree, and is too short where few
    differ. Wilson's interval is not.
    """
    if first is None:
        return None
    return Interval(
        low=min(first.low, second.low),
        high=max(first.high, second.high),
        level=first.level,
        method=f"{first.method}, and at least {second.method}",
    )


def mean_interval(values: Sequence[float], *, level: float = 0.95) -> Interval | None:
    """Return Student's interval of a mean over clusters; None with fewer than two.

    Args:
        values: The mean of each cluster.
        level: The level.
    """
    if len(values) < 2:
        return None
    mean = fmean(values)
    variance = sum((each - mean) ** 2 for each in values) / (len(values) - 1)
    half = t_quantile((1 + level) / 2, len(values) - 1) * math.sqrt(variance / len(values))
    method = "means of clusters, Student's t"
    return Interval(low=mean - half, high=mean + half, level=level, method=method)


def cluster_bootstrap(
    statistic: Callable[[Sequence[int]], float | None],
    clusters: int,
    *,
    seed: int,
    level: float = 0.95,
    resamples: int = 1000,
) -> Interval | None:
    """Return the percentile interval of a statistic over resampled clusters.

    Args:
        statistic: Takes the indices of the clusters of one resample.
        clusters: The number of clusters.
        seed: Of the resampling.
        level: The level.
        resamples: The number of resamples.

    Returns:
        The interval; None with fewer than ten clusters, where it is too short.
    """
    if clusters < MIN_CLUSTERS:
        return None
    import random  # noqa: PLC0415  # slow to import

    rng = random.Random(f"{seed}/bootstrap")
    count = min(resamples, _MAX_RESAMPLES)
    draws = (statistic(rng.choices(range(clusters), k=clusters)) for _ in range(count))
    values = sorted(each for each in draws if each is not None)
    if not values:
        return None
    tail = (1 - level) / 2
    low, high = (values[round(share * (len(values) - 1))] for share in (tail, 1 - tail))
    return Interval(low=low, high=high, level=level, method="cluster bootstrap, percentile")


def t_quantile(share: float, df: float) -> float:
    """Return a quantile of Student's t (Hill 1970, as an expansion around the normal quantile).

    Exact for 1 and 2 degrees of freedom; else within 0.5 % for levels up to 0.99.
    """
    if df == 1:
        return math.tan(math.pi * (share - 0.5))
    if df == 2:  # the closed form for two degrees of freedom
        a = 4 * share * (1 - share)
        return 2 * (share - 0.5) * math.sqrt(2 / a)
    z = normal_quantile(share)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / df ** (power + 1) for power, term in enumerate(terms))


def normal_quantile(share: float) -> float:
    """Return a quantile of the standard normal distribution."""
    from statistics import NormalDist  # noqa: PLC0415  # slow to import

    return NormalDist().inv_cdf(share)


def fmean(values: Iterable[float]) -> float:
    """Return the mean of at least one number."""
    numbers = list(values)
    return math.fsum(numbers) / len(numbers)


def grouped(keys: Sequence[str]) -> Mapping[str, list[int]]:
    """Return the indices of each key, in the order of first appearance."""
    found: dict[str, list[int]] = {}
    for index, key in enumerate(keys):
        found.setdefault(key, []).append(index)
    return found


def _variance(pairs: Sequence[tuple[float, float]], p: float, total: float) -> float:
    """Return the variance of a ratio of sums over clusters, by linearization."""
    clusters = len(pairs)
    squares = sum((s - p * n) ** 2 for s, n in pairs)
    return clusters / (clusters - 1) * squares / total**2


def _wilson(p: float, n: float, z: float, level: float, method: str) -> Interval:
    scale = 1 + z * z / n
    center = (p + z * z / (2 * n)) / scale
    half = z / scale * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low = 0.0 if p == 0 else max(0.0, center - half)
    high = 1.0 if p == 1 else min(1.0, center + half)
    return Interval(low=low, high=high, level=level, method=method)


def difference_of_proportions(
    first: int, n_first: int, second: int, n_second: int, *, level: float = 0.95
) -> Interval:
    """Return Newcombe's hybrid score interval (1998) of the first proportion minus the second.

    Args:
        first: The successes of the first sample.
        n_first: Its trials; 0 in either sample gives [-1, 1].
        second: The successes of the second sample.
        n_second: Its trials.
        level: The level.
    """
    method = "Newcombe, hybrid score"
    if n_first <= 0 or n_second <= 0:
        return Interval(low=-1.0, high=1.0, level=level, method=method)
    rates = (first / n_first, second / n_second)
    ends = (wilson(first, n_first, level=level), wilson(second, n_second, level=level))
    return _newcombe(rates, ends, level, method)


def clustered_difference(counts: Sequence[Sequence[int]], *, level: float = 0.95) -> Interval:
    """Return an interval of the difference of two proportions whose trials come in clusters.

    The interval is Student's over the differences of the clusters, which pairs the two samples of
    an item. Where all clusters agree, their variance is taken as at least 1 over (clusters + 2)
    squared, so that the interval stays open.

    Args:
        counts: For each cluster: successes and trials of the first sample, then of the second.
        level: The level.
    """
    method = "paired by cluster, Student's t"
    pairs = [(a / n - b / m) for a, n, b, m in counts if n > 0 and m > 0]
    return mean_of_differences(pairs, level=level, method=method)


def mean_of_differences(
    differences: Sequence[float],
    *,
    level: float = 0.95,
    method: str = "means of clusters, Student's t",
) -> Interval:
    """Return Student's interval of a mean of differences of proportions, one for each cluster.

    Args:
        differences: The mean difference of each cluster, from -1 to 1.
        level: The level.
        method: The name of the method.
    """
    clusters = len(differences)
    if clusters < 2:  # one cluster shows no variance
        return Interval(low=-1.0, high=1.0, level=level, method=method)
    mean = fmean(differences)
    variance = sum((each - mean) ** 2 for each in differences) / (clusters - 1)
    # One made-up cluster at each end keeps the interval open where all clusters agree.
    variance = max(variance, 1 / (clusters + 2) ** 2)
    half = t_quantile((1 + level) / 2, clusters - 1) * math.sqrt(variance / clusters)
    return Interval(
        low=max(-1.0, mean - half), high=min(1.0, mean + half), level=level, method=method
    )


def _newcombe(
    rates: tuple[float, float], ends: tuple[Interval, Interval], level: float, method: str
) -> Interval:
    difference = rates[0] - rates[1]
    down = math.hypot(rates[0] - ends[0].low, ends[1].high - rates[1])
    up = math.hypot(ends[0].high - rates[0], rates[1] - ends[1].low)
    low, high = max(-1.0, difference - down), min(1.0, difference + up)
    return Interval(low=low, high=high, level=level, method=method)
