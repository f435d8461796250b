"""How a metric changes between conditions that answered different items."""

import math
from collections.abc import Sequence
from statistics import fmean

from .._rows.values import ByItem, KnownRows
from .describe import is_share
from .pairing import Change, Pairing, from_both
from .quantile_changes import LEAST_TAIL_ITEMS, change_by_both, test_seed
from .vectors import is_censored, known


def change_of_independent_means(
    pair: Pairing, control: ByItem, treatment: ByItem, *, level: float
) -> Change:
    """The change of a mean between independent groups of items.

    One right or wrong answer an item gives the score test with Newcombe's interval; other values
    Welch's t test. The interval of a share with repeats, and of a ratio, comes from the intervals
    of the two conditions (MOVER), and so does that of a design with strata, whose own spread
    counts only.

    Args:
        pair: What is compared with what.
        control: The values of the control.
        treatment: The values of the treatment.
        level: The level of the interval.
    """
    import bench

    metric = pair.data.metric
    rows = [known(side) for side in (control, treatment)]
    dropped = len(control) + len(treatment) - len(rows[0]) - len(rows[1])
    if min(map(len, rows)) < 2:
        return Change(interval=None, dropped=dropped)
    if pair.measure != "difference":
        return Change(interval=from_both(pair, control, treatment, level=level), dropped=dropped)
    once = all(side.once for side in rows)
    binary = once and metric.unit not in ("usd", "ms")
    test = bench.compare(
        rows[0].means,
        rows[1].means,
        level=level,
        scale="auto" if binary else "numeric",
        clusters=_clusters(pair, rows[0].items, rows[1].items),
    )
    share = all(is_share(metric, side) for side in rows)
    if pair.data.strata or (share and not (metric.binary and once)):
        return change_by_both(pair, control, treatment, test=test, level=level, dropped=dropped)
    return Change(interval=test.interval, test=test, dropped=dropped)


def change_of_independent_quantiles(
    pair: Pairing, control: ByItem, treatment: ByItem, *, level: float
) -> Change:
    """The change of a quantile between independent groups of items.

    It is the bootstrap of both groups; with few items beyond the quantile, with values that are cut
    off, and for a ratio, it comes from the intervals of the two conditions.

    Args:
        pair: What is compared with what.
        control: The values of the control.
        treatment: The values of the treatment.
        level: The level of the interval.
    """
    import bench

    rows = [known(side) for side in (control, treatment)]
    dropped = sum(map(len, (control, treatment))) - sum(map(len, rows))
    if min(map(len, rows)) < 2:
        return Change(interval=None, dropped=dropped)
    values = [side.flat for side in rows]
    labels = _clusters(pair, *(side.item_of_each for side in rows))
    test = None
    if pair.measure == "difference":
        test = bench.compare_quantile(
            *values,
            quantile=pair.data.metric.quantile or 0.5,
            paired=False,
            clusters=labels or (rows[0].place_of_each, rows[1].place_of_each),
            level=level,
            seed=test_seed(pair),
        )
    if test is None or _few(pair, rows) or is_censored(control) or is_censored(treatment):
        return change_by_both(pair, control, treatment, test=test, level=level, dropped=dropped)
    return Change(interval=test.interval, test=test, dropped=dropped)


def spread_of_difference(first: ByItem, second: ByItem) -> float:
    """The standard error of the difference of two independent means.

    Args:
        first: The values of one condition.
        second: The values of the other.
    """
    return math.sqrt(sum(_variance(known(each).means.tolist()) for each in (first, second)))


def _variance(means: list[float]) -> float:
    """The squared standard error of a mean."""
    centre = fmean(means)
    return sum((each - centre) ** 2 for each in means) / (len(means) - 1) / len(means)


def _few(pair: Pairing, rows: list[KnownRows]) -> bool:
    quantile = pair.data.metric.quantile or 0.5
    labels = [pair.data.labels(side.items) for side in rows]
    groups = [
        len(side) if own is None else len(set(own)) for side, own in zip(rows, labels, strict=True)
    ]
    return min(groups) * min(quantile, 1 - quantile) < LEAST_TAIL_ITEMS


def _clusters(
    pair: Pairing, first: Sequence[str], second: Sequence[str]
) -> tuple[list[str], list[str]] | None:
    old, new = pair.data.labels(first), pair.data.labels(second)
    return None if old is None or new is None else (old, new)
