"""How a quantile changes between two conditions, also where values are cut off."""

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .._core.inversion import by_interval, p_value_of
from .._design.permutation import stream_key
from .._rows.values import ByItem
from .pairing import Change, Pairing, from_both
from .vectors import PairedRows, is_censored, paired_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bench import Comparison, Interval

# With fewer items beyond a quantile its bootstrap does not see the tail.
LEAST_TAIL_ITEMS = 10
# Each resample of values that were cut off passes over all of them; of many rows there are fewer.
_RESAMPLES, _LEAST_RESAMPLES = 2_000, 500
_MOST_DRAWN = 40_000_000
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
    found = paired_rows(control, treatment)
    dropped = found.dropped
    if not (found.numbers != found.numbers[:1]).any():
        return Change(interval=None, dropped=dropped)
    labels = pair.data.labels(found.items) or found.numbers
    quantile = pair.data.metric.quantile or 0.5
    test = _test(pair, found, labels, level) if pair.measure == "difference" else None
    if count_labels(labels) * min(quantile, 1 - quantile) < LEAST_TAIL_ITEMS:
        return change_by_both(pair, control, treatment, test=test, level=level, dropped=dropped)
    if test is not None and not is_censored(control) and not is_censored(treatment):
        return Change(interval=test.interval, test=test, dropped=dropped)
    interval = _bootstrap(pair, found, labels, level)
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


def count_labels(labels: "Sequence[str] | NDArray[np.int64]") -> int:
    """How many different labels there are.

    Args:
        labels: The labels, or numbers that stand for them.
    """
    import numpy as np

    return len(np.unique(labels)) if isinstance(labels, np.ndarray) else len(set(labels))


def _test(pair: Pairing, rows: PairedRows, labels: Any, level: float) -> "Comparison":
    import bench

    return bench.compare_quantile(
        rows.control,
        rows.treatment,
        quantile=pair.data.metric.quantile or 0.5,
        clusters=labels,
        level=level,
        seed=test_seed(pair),
    )


def _bootstrap(pair: Pairing, rows: PairedRows, labels: Any, level: float) -> "Interval | None":
    """The bootstrap of Kaplan and Meier's quantiles; None for a ratio of values that reach 0."""
    import bench

    ratio = pair.measure != "difference"
    if ratio and min(rows.control.min(), rows.treatment.min()) <= 0:
        return None
    resamples = min(_RESAMPLES, max(_LEAST_RESAMPLES, _MOST_DRAWN // len(rows.control)))
    found = bench.compare_censored_quantiles(
        rows.control,
        rows.control_cut.astype(float),
        rows.treatment,
        rows.treatment_cut.astype(float),
        pair.data.metric.quantile or 0.5,
        measure="ratio" if ratio else "difference",
        clusters=labels,
        level=level,
        resamples=resamples,
        seed=test_seed(pair),
    )
    if resamples == _RESAMPLES:
        return found
    return dataclasses.replace(found, method=f"{found.method} of {resamples:,} resamples")
