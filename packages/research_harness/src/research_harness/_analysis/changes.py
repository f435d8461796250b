"""How a metric changes from one condition to another, on the same items or on others."""

import dataclasses
import math
from typing import TYPE_CHECKING, Literal

from .._core.inversion import by_interval
from .._definition.metrics import Metric
from .._rows.values import ByItem
from .describe import is_share
from .independent import change_of_independent_means, change_of_independent_quantiles
from .pairing import Change, Pairing, from_both
from .quantile_changes import change_of_quantiles
from .ratios import ratio_of_means
from .shares import share_difference, share_p_value
from .vectors import has_seen, is_censored, known, paired_means

if TYPE_CHECKING:
    from bench import Interval


def change(pair: Pairing, *, level: float) -> Change:
    """The change with its interval at a level.

    Args:
        pair: What is compared with what.
        level: The level of the interval.
    """
    sides = [pair.data.values[name] for name in (pair.control, pair.treatment)]
    bounds = [pair.data.bounds.get(name) for name in (pair.control, pair.treatment)]
    if not any(bounds):
        return _relative(pair, _change(pair, sides[0], sides[1], level))
    (least_old, most_old), (least_new, most_new) = (
        bound or (side, side) for bound, side in zip(bounds, sides, strict=True)
    )
    low = _change(pair, most_old, least_new, level)
    high = _change(pair, least_old, most_new, level)
    return _relative(pair, _between(low, high))


def _between(low: Change, high: Change) -> Change:
    """From the least to the greatest change that unknown costs allow."""
    import bench

    if low.interval is None or high.interval is None:
        return Change(interval=None)
    # What has no greatest value was left out, so that nothing bounds that end.
    least = -math.inf if low.dropped else low.interval.low
    most = math.inf if high.dropped else high.interval.high
    method = f"{low.interval.method}, least and greatest cost"
    return Change(
        interval=bench.Interval(low=least, high=most, level=low.interval.level, method=method)
    )


def _relative(pair: Pairing, found: Change) -> Change:
    interval = found.interval
    if pair.measure != "relative" or interval is None:
        return found
    moved = dataclasses.replace(
        interval, low=interval.low - 1, high=interval.high - 1, estimate=interval.estimate - 1
    )
    return dataclasses.replace(found, interval=moved)


def _change(pair: Pairing, control: ByItem, treatment: ByItem, level: float) -> Change:
    import bench

    if not has_seen(control) or not has_seen(treatment):
        return Change(interval=None)
    quantile = pair.data.metric.summary == "quantile"
    try:
        if pair.data.paired:
            of_same = change_of_quantiles if quantile else _of_means
            return of_same(pair, control, treatment, level=level)
        of_others = change_of_independent_quantiles if quantile else change_of_independent_means
        found = of_others(pair, control, treatment, level=level)
        return found if quantile else _with_open_ends(found, control, treatment)
    except bench.NotEnoughDataError:
        return Change(interval=None)


def _with_open_ends(found: Change, control: ByItem, treatment: ByItem) -> Change:
    """The change of a mean whose values may be lower bounds.

    An end that is left out says nothing against no change, and neither does its p-value.
    """
    interval, test = _opened(found.interval, control, treatment), found.test
    if test is None or interval is None or interval == found.interval:
        return dataclasses.replace(found, interval=interval)
    closed = interval.low if test.estimate > 0 else interval.high
    p_value = test.p_value if math.isfinite(closed) else math.nan
    return dataclasses.replace(found, interval=interval, test=by_interval(test, interval, p_value))


def _of_means(pair: Pairing, control: ByItem, treatment: ByItem, *, level: float) -> Change:
    import bench

    metric = pair.data.metric
    old, new, items, dropped = paired_means(control, treatment)
    labels = pair.data.labels(items)
    if len(old) < 2:
        return Change(interval=None, dropped=dropped)
    rows = [known(side) for side in (control, treatment)]
    share = all(is_share(metric, side) for side in rows)
    if pair.measure != "difference":
        if share:
            interval = from_both(pair, control, treatment, level=level)
        else:
            interval = ratio_of_means(old, new, level=level, clusters=labels)
        return Change(interval=_opened(interval, control, treatment), dropped=dropped)
    once = all(side.once for side in rows)
    test = bench.compare_paired(old, new, level=level, scale=scale(metric, once), clusters=labels)
    found = Change(interval=test.interval, test=test, dropped=dropped)
    if share and test.test != "mcnemar_midp":
        interval = share_difference(old, new, level=level, clusters=labels)
        interval = dataclasses.replace(interval, estimate=test.estimate)
        p_value = share_p_value(old, new, test.p_value, clusters=labels)
        found = dataclasses.replace(
            found, interval=interval, test=by_interval(test, interval, p_value)
        )
    return _with_open_ends(found, control, treatment)


def scale(metric: Metric, once: bool) -> Literal["auto", "numeric"]:
    """How bench takes the values: by the design, never by what was seen.

    Args:
        metric: Dollars and milliseconds are numbers, even where all are 0.
        once: Whether each item was answered once; means of repeats are numbers.
    """
    return "auto" if once and metric.unit not in ("usd", "ms") else "numeric"


def _opened(interval: "Interval | None", control: ByItem, treatment: ByItem) -> "Interval | None":
    """The interval without the end that values which were cut off do not allow."""
    if interval is None:
        return None
    low = -math.inf if is_censored(control) else interval.low
    high = math.inf if is_censored(treatment) else interval.high
    return dataclasses.replace(interval, low=low, high=high)
