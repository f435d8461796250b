"""Ratios of means, for positive values such as latency and cost."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Literal, get_args

from ..._core.deprecated import renamed_arguments
from ..._core.errors import InvalidDataError, InvalidOptionError
from ..._core.lazy import np
from ..._core.notes import dropped_notes
from ..._core.options import (
    Alternative,
    MissingPolicy,
    check_choice,
    check_number,
    check_share,
    checked_options,
)
from ..._core.results import Comparison, EffectSize, Interval
from ..._data.groups import clean_two
from ..._data.pairs import clean_pairs
from ..._data.summaries import of_pairs, of_two
from ..._data.values import ClusterLabels, Labels, TwoClusters, ValuesByItem
from .ratio_of_means import ratio_of_means
from .t_tests import paired_t, welch_t

Average = Literal["geometric", "arithmetic"]
AVERAGES: tuple[Average, ...] = get_args(Average)


@renamed_arguments(nan="missing")
@checked_options
def compare_ratio(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    paired: bool = False,
    of: Average = "geometric",
    null_value: float = 1.0,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    clusters: ClusterLabels | TwoClusters | None = None,
    missing: MissingPolicy = "error",
    ids: tuple[Labels, Labels] | None = None,
) -> Comparison:
    """How many times the treatment's mean is the control's.

    For geometric means a t test on logarithms (for paired values the geometric mean of the ratios).
    For arithmetic means, whose ratio is that of the totals, the t test of treatment minus
    ``null_value`` times control with Fieller's interval, so that p at 1 is that of the difference
    of means. The relative difference is the estimate minus 1.

    Args:
        control: One positive value per item; for arithmetic means from 0 up.
        treatment: One positive value per item.
        paired: The same items, in the same order or by id.
        of: ``geometric`` or ``arithmetic`` means.
        null_value: The ratio under the null hypothesis: 0.5 with ``alternative="less"`` asks
            whether the mean was more than halved.
        level: The level of the interval.
        alternative: ``less``: the ratio is below ``null_value``.
        clusters: The cluster of every pair; without pairs those of both groups, as a pair, or one
            mapping by item id.
        missing: ``omit`` leaves missing values out.
        ids: The item ids of both sides of paired values, to pair by id rather than by position.

    Returns:
        The test with the ratio as its estimate, treatment over control.

    Raises:
        InvalidDataError: A value that is not above 0 (below 0 for arithmetic means).
        InvalidOptionError: Unknown option, or ``ids`` without pairs.

    Example:
        >>> result = bench.compare_ratio([100, 120, 90, 130], [210, 250, 170, 262], paired=True)
        >>> print(f"{result.estimate:.2f} times")
        2.02 times
    """
    null_value = check_number("null_value", null_value)
    check_choice("of", of, AVERAGES)
    check_share("level", level)
    if not 0 < null_value < math.inf:
        raise InvalidOptionError("null_value", null_value, "above 0")
    if ids is not None and not paired:
        raise InvalidOptionError("ids", "given", "left out unless paired=True")
    labels: Any = clusters
    if paired:
        pairs = clean_pairs(control, treatment, missing=missing, clusters=labels, ids=ids)
        first, second, labels = pairs.control, pairs.treatment, pairs.clusters
        data = of_pairs(pairs)
    else:
        groups = clean_two(control, treatment, missing=missing, min_count=2, clusters=labels)
        first, second, labels = groups.control, groups.treatment, groups.clusters
        data = of_two(groups)
    if of == "arithmetic":
        found = ratio_of_means(
            first,
            second,
            paired=paired,
            labels=labels,
            level=level,
            alternative=alternative,
            null_value=null_value,
        )
        return replace(
            found,
            n=data.n,
            groups=data.groups,
            n_dropped=data.dropped,
            data_hash=data.hash,
            warnings=(*found.warnings, *dropped_notes(data.dropped)),
        )
    if min(float(first.min()), float(second.min())) <= 0:
        raise InvalidDataError("values", "a ratio of geometric means needs values above 0")
    test = paired_t if paired else welch_t
    found = test(
        np.log(first),
        np.log(second),
        level=level,
        alternative=alternative,
        null_value=math.log(null_value),
        clusters=labels,
    )
    ratio = math.exp(found.estimate)
    low, high = _exp(found.interval.low), _exp(found.interval.high)
    interval = Interval(
        low=low,
        high=high,
        level=level,
        method=f"{found.interval.method} on logarithms",
        estimate=ratio,
        warnings=found.interval.warnings,
    )
    return replace(
        found,
        test=f"{found.test}_log",
        title=f"{found.title} on logarithms",
        null_value=null_value,
        direction="treatment over control",
        estimate=ratio,
        estimate_name="ratio of geometric means",
        se=ratio * found.se,
        interval=interval,
        effect_sizes={
            "ratio": EffectSize(name="ratio of geometric means", value=ratio, interval=interval),
            **found.effect_sizes,
        },
        n_dropped=data.dropped,
        groups=data.groups,
        warnings=(*found.warnings, *dropped_notes(data.dropped)),
    )


def _exp(value: float) -> float:
    return math.exp(value) if value < 700 else math.inf  # where exp overflows
