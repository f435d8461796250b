"""Intervals for a rate whose answers are repeated or come in clusters.

Wilson's interval with the effective sample size in place of n, and a t quantile in place of the
normal one: with one degree of freedom less than there are items, or Satterthwaite's of clusters.
Unlike a t interval around the rate it keeps its level near 0 and 1 and has a width there (Korn and
Graubard 1998 do the same with the exact interval).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .._core.arithmetic import mean
from .._core.errors import InvalidDataError
from .._core.lazy import FloatArray, np
from .._core.notes import note
from .._core.options import check_share, checked_options
from .._core.results import Interval, Note
from .._core.tails import t_quantile
from .._data.intake import column_of_labels
from .._data.scores import Scores, score_rows
from .._data.values import ClusterLabels, cluster_codes
from .cluster_df import cluster_df
from .clusters import FEW
from .proportions import proportion_interval, wilson

_FEW_RARE = 20  # measured with 20 to 300 clusters of 1 to 50 answers, rates of .9 to .98


@checked_options
def rate_interval(
    answers: Scores, *, clusters: ClusterLabels | None = None, level: float = 0.95
) -> Interval:
    """The interval of a rate: right and wrong answers, repeated or in clusters.

    With repeats a further wrong answer never raises either end. With clusters it may: errors that
    are spread over the clusters show that the answers of a cluster are not all alike.

    Args:
        answers: 0 or 1 per item, or the repeats of each item; in order or by item id.
        clusters: The cluster of every item, in order or by item id.
        level: The share of such intervals that hold the true rate.

    Returns:
        The interval, with the mean over items of their rates as its estimate.

    Raises:
        InvalidDataError: An answer that is missing or not 0 or 1.
        NotEnoughDataError: Fewer than two clusters.

    Example:
        >>> print(bench.rate_interval([[1, 1, 1], [1, 1, 0], [1, 1, 1], [0, 1, 1]]))
        95% CI [0.283, 0.975]
    """
    check_share("level", level)
    read = score_rows(answers, "answers")
    for place, row in enumerate(read.rows):
        if any(value not in (0.0, 1.0) for value in row):
            raise InvalidDataError("answers", f"item {place} has {row}, expected only 0 and 1")
    means = np.array([mean(np.array(row)) for row in read.rows])
    labels = None
    if clusters is not None:
        labels = column_of_labels(clusters, len(means), "clusters", ids=read.ids)
    return interval_of_rates(means, sum(map(len, read.rows)), labels, level)


def interval_of_rates(
    means: FloatArray, answers: int, labels: Sequence[Any] | None, level: float
) -> Interval:
    """The interval from the rate of every item; ``answers`` is their number over all items."""
    items = len(means)
    rate = mean(means)
    if labels is None and answers == items:
        return proportion_interval(int(means.sum()), items, level=level)
    warnings: list[Note] = [note("BOUNDARY")] if rate in (0.0, 1.0) else []
    if labels is None:
        reach = t_quantile(0.5 + level / 2, max(1.0, items - 1.0))
        low = _lowest_end(means, answers, reach)
        high = 1 - _lowest_end(1 - means, answers, reach)
        name = "Wilson, effective sample of repeats"
    else:
        low, high, count = _clustered_ends(means, answers, labels, level)
        name = "Wilson, effective sample of clusters"
        if count < FEW:
            warnings.append(note("FEW_CLUSTERS", f"{count} clusters"))
        elif 0.0 < rate < 1.0 and (rare := _clusters_with_rarer(means, labels)) < _FEW_RARE:
            warnings.append(note("RARE_IN_CLUSTERS", f"{rare} of {count} clusters"))
    return Interval(
        low=low,
        high=high,
        level=level,
        method=name,
        estimate=rate,
        warnings=tuple(warnings),
    )


def _clusters_with_rarer(means: FloatArray, labels: Sequence[Any]) -> int:
    """How many clusters have a wrong answer, or a right one where fewer have those."""
    codes, _ = cluster_codes(labels, len(means))
    return min(len(np.unique(codes[means < 1])), len(np.unique(codes[means > 0])))


def _lowest_end(means: FloatArray, answers: int, reach: float) -> float:
    """The lower end: the smallest over the data at hand and over all with more right answers.

    Where all is right, repeats cannot show how alike they are, and each item counts once; one wrong
    answer would show it. Taking the smallest end keeps a wrong answer from raising it. Of all data
    with the same rate, those whose best items are made all right have the largest spread; between
    these points the spread is bounded by a straight line.
    """
    items = len(means)
    ordered = np.sort(means)[::-1]
    sums = np.append(0.0, np.cumsum(1 - ordered)) + math.fsum(means.tolist())
    squares = np.append(0.0, np.cumsum(1 - ordered**2)) + float(means @ means)
    at = np.append(
        sums[0], np.arange(math.ceil(sums[0] * answers / items), answers + 1) * (items / answers)
    )
    at[-1] = items
    rate = np.clip(at / items, 0.0, 1.0)
    inner = rate * (1 - rate)
    spread = np.interp(at, sums, squares) - items * rate**2
    spread = np.maximum(spread, 0.0) / (items * max(1, items - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.clip(inner / spread, items, answers)
    size[(inner <= 0) | (items == 1)] = items
    centre = rate + reach**2 / (2 * size)
    half = reach * np.sqrt(inner / size + (reach / (2 * size)) ** 2)
    found = float(((centre - half) / (1 + reach**2 / size)).min())
    return 0.0 if sums[0] == 0 else max(0.0, found)


def _clustered_ends(
    means: FloatArray, answers: int, labels: Sequence[Any], level: float
) -> tuple[float, float, int]:
    rate = mean(means)
    inner = rate * (1 - rate)
    spread, units, df, count = _cluster_spread(means, labels)
    size = units
    if inner > 0 and spread > 1e-14 * inner:
        size = min(max(inner / spread, 1.0), float(answers))
    low, high = wilson(rate * size, size, t_quantile(0.5 + level / 2, df))
    return low, high, count


def _cluster_spread(means: FloatArray, labels: Sequence[Any]) -> tuple[float, float, float, int]:
    """Squared error (CR3, the jackknife), how many equal clusters these are worth, df, clusters.

    CR3 rather than CR2: measured at 10 to 40 unequal clusters with a rate of .9, 93 to 98 %.
    """
    items = len(means)
    codes, count = cluster_codes(labels, items)
    residuals = means - mean(means)
    sums = np.bincount(codes, weights=residuals, minlength=count).astype(float)
    sizes = np.bincount(codes, minlength=count).astype(float)
    share = sizes / items
    spread = float(((sums / (1 - share)) ** 2).sum()) / items**2 * (count - 1) / count
    equal = 1 / float((share**2).sum())
    return spread, equal, cluster_df(sizes, sums, float(residuals @ residuals)), count


def combined(
    parts: Sequence[Interval], weights: Sequence[float], estimate: float, level: float
) -> Interval:
    """A weighted sum of independent estimates by the distances of their ends (MOVER).

    Zou and Donner 2008; with Wilson's ends it keeps a width where a part is all right or all wrong.
    """
    down = math.hypot(
        *(w * (part.estimate - part.low) for w, part in zip(weights, parts, strict=True))
    )
    up = math.hypot(
        *(w * (part.high - part.estimate) for w, part in zip(weights, parts, strict=True))
    )
    found = {each.id: each for part in parts for each in part.warnings}
    return Interval(
        low=estimate - down,
        high=estimate + up,
        level=level,
        method="MOVER of the intervals of the parts",
        estimate=estimate,
        warnings=tuple(found.values()),
    )
