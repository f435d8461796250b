"""Whether a quantile differs: the bootstrap of its difference or ratio."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..._core.arithmetic import is_constant, standard_deviation
from ..._core.deprecated import renamed_arguments
from ..._core.errors import InvalidDataError, InvalidOptionError
from ..._core.lazy import FloatArray, np
from ..._core.notes import note
from ..._core.options import (
    ALTERNATIVES,
    Alternative,
    MissingPolicy,
    check_choice,
    check_number,
    check_share,
    checked_options,
    share_number,
)
from ..._core.results import Comparison, Interval, Note
from ..._core.tails import tail_of
from ..._data.groups import clean_two
from ..._data.pairs import clean_pairs
from ..._data.percentiles import quantile_of
from ..._data.summaries import of_pairs, of_two
from ..._data.values import ClusterLabels, Labels, TwoClusters, ValuesByItem
from ..._intervals.quantile_draws import quantile_draws
from ..constructors import comparison


@renamed_arguments(nan="missing", q="quantile")
@checked_options
def compare_quantile(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    quantile: float,
    paired: bool = True,
    clusters: ClusterLabels | TwoClusters | None = None,
    resamples: int = 10_000,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    seed: int = 0,
    relative: bool = False,
    null_value: float | None = None,
    missing: MissingPolicy = "error",
    ids: tuple[Labels, Labels] | None = None,
) -> Comparison:
    """The difference (or ratio) of a quantile, treatment minus control, by the bootstrap.

    Both sides are resampled together when they are paired, so that what an item has in common
    cancels. The interval is the percentile interval; the p-value is the smallest level at which it
    excludes the null value, with one added to both counts so that it is never 0 (Davison and
    Hinkley 1997, chapter 4). Of more than 20,000 values (or clusters) only those that a resample
    can reach are drawn one by one; the others by how many lie below. The distribution is the same.

    Args:
        control: One number per item, such as latencies in milliseconds.
        treatment: The same items in the same order when ``paired``.
        quantile: Between 0 and 1: 0.99 compares the P99.
        paired: Whether both sides saw the same items.
        clusters: The cluster (item, when items were repeated) of every pair; whole clusters are
            resampled. For unpaired data a pair of sequences.
        resamples: How many bootstrap samples.
        level: The level of the interval.
        alternative: ``less``: the treatment's quantile is lower.
        seed: The same seed gives the same result.
        relative: Compare the ratio treatment/control instead.
        null_value: The difference (0 if left out) or ratio (1) under the null hypothesis: 0.5 with
            ``relative`` and ``alternative="less"`` asks whether the quantile was more than halved.
        missing: ``omit`` leaves out pairs with a missing side and says how many.
        ids: The item ids of both sides, to pair by id rather than by position.

    Returns:
        The difference or ratio with its bootstrap interval and p-value.

    Raises:
        UnequalLengthsError: Pairs that do not match.
        InvalidDataError: A ratio of values that are not all positive.
        NotEnoughDataError: Fewer than two values or clusters.

    Example:
        >>> old = [100 + 3 * (i % 40) for i in range(120)]
        >>> new = [90 + 3 * (i % 40) for i in range(120)]
        >>> result = bench.compare_quantile(old, new, quantile=0.9, resamples=200)
        >>> round(result.estimate, 1)
        -10.0
    """
    if null_value is not None:
        null_value = check_number("null_value", null_value)
    check_choice("alternative", alternative, ALTERNATIVES)
    check_share("level", level)
    if not 0.0 < share_number(quantile) < 1.0:
        raise InvalidOptionError(
            "quantile", quantile, "between 0 and 1 (0.99 for the 99th percentile)"
        )
    if ids is not None and not paired:
        raise InvalidOptionError("ids", ids, "left out where the groups are not paired")
    labels: Any = clusters
    if paired:
        pairs = clean_pairs(control, treatment, missing=missing, ids=ids, clusters=labels)
        first, second = pairs.control, pairs.treatment
        draws = _paired_draws(
            first, second, quantile, clusters=pairs.clusters, resamples=resamples, seed=seed
        )
        labels = pairs.clusters
        data = of_pairs(pairs, {} if labels is None else {"clusters": len(set(labels))})
    else:
        groups = clean_two(control, treatment, missing=missing, min_count=2, clusters=labels)
        first, second = groups.control, groups.treatment
        draws = _independent_draws(
            first, second, quantile, clusters=groups.clusters, resamples=resamples, seed=seed
        )
        data = of_two(groups)
    if relative and min(float(first.min()), float(second.min())) <= 0:
        raise InvalidDataError("relative", "a ratio needs values that are all above 0")
    of_control, of_treatment = quantile_of(first, quantile), quantile_of(second, quantile)
    null = null_value if null_value is not None else float(relative)
    estimate = of_treatment / of_control if relative else of_treatment - of_control
    found = draws[1] / draws[0] if relative else draws[1] - draws[0]
    flat = is_constant(np.append(found, estimate))
    low, high = _ends(found, level, alternative)
    p_value = _p_value(found, null, estimate, flat, alternative)
    return comparison(
        "quantile_bootstrap",
        f"{'paired ' if paired else ''}bootstrap of the P{100 * quantile:g}",
        data,
        method="clustered percentile bootstrap" if clusters is not None else "percentile bootstrap",
        statistic=math.nan,
        statistic_name="bootstrap",
        tail=tail_of(p_value),
        alternative=alternative,
        null_value=null,
        direction="treatment over control" if relative else "treatment minus control",
        estimate=estimate,
        estimate_name=f"{'ratio' if relative else 'difference'} of the P{100 * quantile:g}",
        se=math.nan if flat else standard_deviation(found),
        interval=Interval(
            low=estimate if flat else low,
            high=estimate if flat else high,
            level=level,
            method="no spread in the values" if flat else "percentile bootstrap",
            estimate=estimate,
        ),
        details={
            "q": quantile,
            "control": of_control,
            "treatment": of_treatment,
            "mc_error": math.sqrt(p_value * (1 - p_value) / resamples)
            if not math.isnan(p_value)
            else math.nan,
        },
        warnings=_notes(first, second, quantile, data.n, flat=flat),
        seed=seed,
        resamples=resamples,
    )


def _paired_draws(
    first: FloatArray,
    second: FloatArray,
    quantile: float,
    *,
    clusters: Labels | None,
    resamples: int,
    seed: int,
) -> tuple[FloatArray, FloatArray]:
    sides = quantile_draws(
        [first, second], quantile, clusters=clusters, resamples=resamples, seed=seed, label="pairs"
    )
    return sides[0], sides[1]


def _independent_draws(
    first: FloatArray,
    second: FloatArray,
    quantile: float,
    *,
    clusters: tuple[Labels, Labels] | None,
    resamples: int,
    seed: int,
) -> tuple[FloatArray, FloatArray]:
    found = [
        quantile_draws(
            [values],
            quantile,
            clusters=None if clusters is None else clusters[index],
            resamples=resamples,
            seed=seed,
            label=name,
        )[0]
        for name, values, index in (("control", first, 0), ("treatment", second, 1))
    ]
    return found[0], found[1]


def _ends(draws: FloatArray, level: float, alternative: str) -> tuple[float, float]:
    tail = (1 - level) / 2 if alternative == "two-sided" else 1 - level
    low, high = (float(end) for end in np.quantile(draws, [tail, 1 - tail]))
    return (
        -math.inf if alternative == "less" else low,
        math.inf if alternative == "greater" else high,
    )


def _p_value(
    draws: FloatArray, null: float, estimate: float, flat: bool, alternative: str
) -> float:
    if flat:
        return 1.0 if math.isclose(estimate, null, abs_tol=1e-12) else math.nan
    size = len(draws) + 1
    above = (int((draws >= null).sum()) + 1) / size
    below = (int((draws <= null).sum()) + 1) / size
    if alternative == "less":
        return above
    return below if alternative == "greater" else min(1.0, 2 * min(above, below))


def _notes(
    first: FloatArray, second: FloatArray, quantile: float, sizes: Mapping[str, int], *, flat: bool
) -> list[Note]:
    found = [note("ZERO_VARIANCE")] if flat else [note("MC_ERROR")]
    if (
        min(len(first), len(second)) * min(quantile, 1 - quantile) < 5
    ):  # the count in the note's text
        found.append(note("FEW_TAIL_VALUES"))
    if sizes.get("clusters", 20) < 20:  # the count in the note's text
        found.append(note("FEW_CLUSTERS", f"{sizes['clusters']} clusters"))
    return found
