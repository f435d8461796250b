"""Rates of success with intervals, with items as clusters where they repeat."""

import math
from collections.abc import Sequence

from .._core.errors import InvalidTraceError
from .._core.intervals import (
    MIN_CLUSTERS,
    Interval,
    clustered_proportion,
    fmean,
    grouped,
    t_quantile,
    wide_clustered_proportion,
    wilson,
)
from .._model.chain import Chain


def item_of(chain: Chain) -> str:
    """Return the item of a chain; a chain without one is an item of its own."""
    return chain.id if chain.item is None else chain.item


def check_outcomes(chains: Sequence[Chain], correct: Sequence[bool]) -> None:
    """Check that there is one truth value for each chain: a score of 0.5 is neither."""
    if len(chains) != len(correct):
        raise InvalidTraceError("outcomes", f"{len(chains)} chains and {len(correct)} values")
    for number, each in enumerate(correct, start=1):
        if each not in (0, 1):
            text = f"outcome {number} is {each!r:.20}, not True or False"
            raise InvalidTraceError("outcomes", text)


def success_rate(
    chains: Sequence[Chain], correct: Sequence[bool] | None, level: float
) -> tuple[float | None, Interval | None]:
    """Return the share of correct answers and its interval; None without outcomes or chains."""
    if correct is None or not chains:
        return None, None
    return sum(correct) / len(correct), success_interval(
        [item_of(c) for c in chains], correct, level
    )


def outcome_mean_interval(
    if_wrong: Sequence[float],
    if_correct: Sequence[float],
    correct: Sequence[bool],
    items: Sequence[str],
    *,
    least: float,
    level: float,
) -> Interval | None:
    """Return an interval of the mean of a value that depends on whether an answer is correct.

    The mean is that of the wrong answers and that of the correct ones, weighted by the accuracy.
    Its ends follow from those of the accuracy (Agresti and Coull, clusters), and the spread of the
    two means is added in squares. A bootstrap has no width where all answers are correct; this has.
    Without answers of one kind, their mean is that of all answers as if they were of this kind.

    Args:
        if_wrong: For each answer the value that it has if it is wrong.
        if_correct: The value that it has if it is correct.
        correct: Whether it is correct.
        items: Its item; items are the clusters.
        least: The smallest mean that there can be; the largest is 1.
        level: The level.

    Returns:
        The interval; None with fewer than ten items, where it was not measured to hold.
    """
    groups = [list(each) for each in grouped(items).values()]
    if len(groups) < MIN_CLUSTERS:
        return None
    n = len(correct)
    wrong = [value for value, right in zip(if_wrong, correct, strict=True) if not right]
    right = [value for value, right in zip(if_correct, correct, strict=True) if right]
    means = (fmean(wrong or if_wrong), fmean(right or if_correct))
    hits = [sum(correct[i] for i in each) for each in groups]
    accuracy = wide_clustered_proportion(hits, [len(each) for each in groups], level=level)
    mean = (len(wrong) * means[0] + len(right) * means[1]) / n
    ends = sorted(share * means[1] + (1 - share) * means[0] for share in accuracy)
    values = [(if_correct if right else if_wrong)[i] for i, right in enumerate(correct)]
    rests = [sum(values[i] - means[correct[i]] for i in each) for each in groups]
    df = len(groups) - 2  # two means are estimated
    variance = len(groups) / df * math.fsum(each * each for each in rests) / n**2
    half = t_quantile((1 + level) / 2, df) * math.sqrt(variance)
    return Interval(
        low=max(least, mean - math.hypot(mean - ends[0], half)),
        high=min(1.0, mean + math.hypot(ends[1] - mean, half)),
        level=level,
        method=f"means by outcome, accuracy by {accuracy.method}",
    )


def success_interval(items: Sequence[str], correct: Sequence[bool], level: float) -> Interval:
    """Return Wilson's interval, over clusters where an item has several answers."""
    clusters = grouped(items)
    if len(clusters) == len(items):
        return wilson(sum(correct), len(correct), level=level)
    sums = [sum(correct[i] for i in indices) for indices in clusters.values()]
    return clustered_proportion(sums, [len(each) for each in clusters.values()], level=level)
