"""How a quantile changes between two conditions, also where values are cut off."""

import math
from typing import TYPE_CHECKING

from .._core.inversion import by_interval, p_value_of
from .._design.permutation import stream_key
from .._rows.values import ByItem, Censored
from .pairing import Change, Pairing, from_both
from .vectors import is_censored, paired_rows

if TYPE_CHECKING:
    from bench import Comparison, Interval

# With fewer items beyond a quantile its bootstrap does not see the tail.
LEAST_TAIL_ITEMS = 10
_BY_BOTH = "intervals of both conditions"
_CENSORED = "bootstrap of Kaplan and Meier's quantiles, without a test"


def change_of_quantiles(
    pair: Pairing, control: ByItem, treatment: ByItem, *, level: float
) -> Change:
    """The change of a quantile.

    With enough items beyond the quantile it is the bootstrap of pairs, with whole items (or
    clusters) resampled. With fewer it comes from the intervals of the two conditions, which are
    unbounded where the sample is too small. The p-value is that of the interval. Where values are
    cut off it is left out.

    Args:
        pair: What is compared with what.
        control: The values of the control.
        treatment: The values of the treatment.
        level: The level of the interval.
    """
    old, new, items, dropped = paired_rows(control, treatment)
    if len(set(items)) < 2:
        return Change(interval=None, dropped=dropped)
    labels = pair.data.labels(items) or items
    quantile = pair.data.metric.quantile or 0.5
    test = _test(pair, (old, new), labels, level) if pair.measure == "difference" else None
    if len(set(labels)) * min(quantile, 1 - quantile) < LEAST_TAIL_ITEMS:
        return change_by_both(pair, control, treatment, test=test, level=level, dropped=dropped)
    if test is not None and not is_censored(control) and not is_censored(treatment):
        return Change(interval=test.interval, test=test, dropped=dropped)
    interval = _bootstrap(pair, (old, new), labels, level)
    if test is not None and interval is not None:
        # The test of the numbers takes what was cut off as if it had ended.
        test = by_interval(test, interval, math.nan, title=_CENSORED)
    return Change(interval=interval, test=test, dropped=dropped)


def change_by_both(
    pair: Pairing,
    control: ByItem,
    treatment: ByItem,
    *,
    test: "Comparison | None",
    level: float,
    dropped: int,
) -> Change:
    """The change from the intervals of the two conditions, with the p-value that belongs to it.

    Args:
        pair: What is compared with what.
        control: The values of the control.
        treatment: The values of the treatment.
        test: The comparison by another method; None for another measure than a difference.
        level: The level of the interval.
        dropped: How many values were left out as unknown.
    """
    interval = from_both(pair, control, treatment, level=level)
    if test is not None and interval is not None:
        p_value = p_value_of(lambda each: from_both(pair, control, treatment, level=each))
        test = by_interval(test, interval, p_value, title=_BY_BOTH)
    return Change(interval=interval, test=test, dropped=dropped)


def test_seed(pair: Pairing) -> int:
    """The seed of a comparison's resampling.

    Args:
        pair: What is compared with what.
    """
    return stream_key(pair.seed, "bootstrap", pair.data.metric.name) % 2**32


def _test(
    pair: Pairing, sides: tuple[list[float], list[float]], labels: list[str], level: float
) -> "Comparison":
    import bench

    old, new = ([float(value) for value in side] for side in sides)
    return bench.compare_quantile(
        old,
        new,
        quantile=pair.data.metric.quantile or 0.5,
        clusters=labels,
        level=level,
        seed=test_seed(pair),
    )


def _bootstrap(
    pair: Pairing, sides: tuple[list[float], list[float]], labels: list[str], level: float
) -> "Interval | None":
    """The bootstrap of Kaplan and Meier's quantiles; None for a ratio of values that reach 0."""
    import bench

    ratio = pair.measure != "difference"
    if ratio and min(*sides[0], *sides[1]) <= 0:
        return None
    old, new = ([float(value) for value in side] for side in sides)
    cut_old, cut_new = ([float(isinstance(each, Censored)) for each in side] for side in sides)
    return bench.compare_censored_quantiles(
        old,
        cut_old,
        new,
        cut_new,
        pair.data.metric.quantile or 0.5,
        measure="ratio" if ratio else "difference",
        clusters=labels,
        level=level,
        seed=test_seed(pair),
    )
