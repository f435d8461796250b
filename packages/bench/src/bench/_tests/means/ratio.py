"""Ratios of geometric means, for positive values such as latency and cost."""

from __future__ import annotations

import math
from dataclasses import replace

from ..._core.deprecated import renamed_arguments
from ..._core.errors import InvalidDataError
from ..._core.lazy import np
from ..._core.options import Alternative, MissingPolicy
from ..._core.results import Comparison, EffectSize, Interval
from ..._data.groups import clean_two
from ..._data.pairs import clean_pairs
from ..._data.summaries import of_pairs, of_two
from ..._data.values import ClusterLabels, Labels, ValuesByItem
from .t_tests import paired_t, welch_t


@renamed_arguments(nan="missing")
def compare_ratio(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    paired: bool = False,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    clusters: ClusterLabels | None = None,
    missing: MissingPolicy = "error",
) -> Comparison:
    """How many times the treatment's values are the control's: t tests on logarithms.

    The estimate is the ratio of geometric means, treatment over control; for paired values the
    geometric mean of the ratios. The null value is 1.

    Args:
        control: One positive value per item.
        treatment: One positive value per item.
        paired: The same items in the same order.
        level: The level of the interval.
        alternative: ``less``: the treatment is lower.
        clusters: The cluster of every pair; for paired values only.
        missing: ``omit`` leaves missing values out.

    Returns:
        The test on logarithms, with the ratio of geometric means as its estimate.

    Raises:
        InvalidDataError: A value that is not above 0, or clusters without pairs.

    Example:
        >>> result = bench.compare_ratio([100, 120, 90, 130], [210, 250, 170, 262], paired=True)
        >>> print(f"{result.estimate:.2f} times")
        2.02 times
    """
    if clusters is not None and not paired:
        raise InvalidDataError("clusters", "used with paired=True only")
    kept: Labels | None = None
    if paired:
        pairs = clean_pairs(control, treatment, missing=missing, clusters=clusters)
        first, second, kept = pairs.control, pairs.treatment, pairs.clusters
        data = of_pairs(pairs)
    else:
        groups = clean_two(control, treatment, missing=missing, min_count=2)
        first, second = groups.control, groups.treatment
        data = of_two(groups)
    if min(float(first.min()), float(second.min())) <= 0:
        raise InvalidDataError("values", "a ratio of geometric means needs values above 0")
    control_log, treatment_log = np.log(first), np.log(second)
    if paired:
        found = paired_t(
            control_log, treatment_log, level=level, alternative=alternative, clusters=kept
        )
    else:
        found = welch_t(control_log, treatment_log, level=level, alternative=alternative)
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
        null_value=1.0,
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
    )


def _exp(value: float) -> float:
    return math.exp(value) if value < 700 else math.inf  # where exp overflows
