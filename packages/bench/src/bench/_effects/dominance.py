"""How often one group is above the other: Cliff's delta and P(X > Y)."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

from .._core.errors import InvalidOptionError
from .._core.lazy import FloatArray, np
from .._core.notes import note
from .._core.options import check_choice, check_share, checked_options
from .._core.results import EffectSize, Interval
from .._core.tails import normal_quantile, t_quantile
from .._data.groups import clean_two
from .._data.values import TwoClusters, ValuesByItem, clean
from .._intervals.proportions import wilson
from .clustered_dominance import clustered_superiority

_SMALL = 10
_LARGE_DELTA = 0.4
DELTA_WORDS = ((0.147, "negligible"), (0.33, "small"), (0.474, "medium"))


def _wins(values: FloatArray, others: FloatArray) -> tuple[FloatArray, FloatArray]:
    """For each value: how many others lie below it, and how many above."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, values, side="left").astype(float)
    above = len(others) - np.searchsorted(ordered, values, side="right").astype(float)
    return below, above


def delta_of(control: FloatArray, treatment: FloatArray) -> tuple[float, float]:
    """Cliff's delta and its unbiased variance (Cliff 1996)."""
    n1, n2 = len(treatment), len(control)
    below, above = _wins(treatment, control)
    delta = float((below - above).sum()) / (n1 * n2)
    if min(n1, n2) < 2:  # no variance from one value
        return delta, math.nan
    rows = (below - above) / n2
    low, high = _wins(control, treatment)
    columns = (high - low) / n1
    spread = float((below + above).sum()) - n1 * n2 * delta**2
    top = n2**2 * float(((rows - delta) ** 2).sum()) + n1**2 * float(((columns - delta) ** 2).sum())
    found = (top - spread) / (n1 * n2 * (n1 - 1) * (n2 - 1))
    return delta, max(found, (1 - delta**2) / (n1 * n2 - 1))


@checked_options
def cliffs_delta(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    level: float = 0.95,
    interval: Literal["wilson", "cliff", "fisher-z"] = "wilson",
    clusters: TwoClusters | None = None,
) -> EffectSize:
    """P(treatment above) minus P(treatment below), for all pairs of values.

    Args:
        control: One value per item.
        treatment: One value per item.
        level: The level of the interval.
        interval: ``wilson`` (that of ``probability_of_superiority``; measured 93 to 99 % up to a
            delta of .97), ``cliff`` (unbiased variance, limits of Feng and Cliff 2004) or
            ``fisher-z``. The last two are too narrow for large deltas (measured 62 to 98 % and 47
            to 95 %), so ``LARGE_DELTA`` is there from .4. Where the groups do not overlap, and
            with clusters, there is only ``wilson``.
        clusters: The clusters of both groups, as a pair, or one mapping by item id.

    Returns:
        The effect size with its interval.

    Raises:
        InvalidOptionError: Unknown interval, or one but ``wilson`` with clusters.
    """
    check_share("level", level)
    check_choice("interval", interval, ("wilson", "cliff", "fisher-z"))
    if interval != "wilson" and clusters is not None:
        raise InvalidOptionError("interval", interval, "'wilson' with clusters")
    found = probability_of_superiority(control, treatment, level=level, clusters=clusters)
    if found.interval is not None:
        ends, value = found.interval, 2 * found.value - 1
        ends = replace(ends, low=2 * ends.low - 1, high=2 * ends.high - 1, estimate=value)
        found = replace(
            found,
            name="Cliff's delta",
            symbol="delta",
            value=value,
            interval=ends,
            convention="Romano et al. 2006",
        )
    if interval == "wilson":
        return found
    first, _ = clean(control, "control")
    second, _ = clean(treatment, "treatment")
    low, high = _delta_ends(first, second, level, interval)
    notes = [note("SMALL_SAMPLE")] if min(len(first), len(second)) < _SMALL else []
    if abs(found.value) >= _LARGE_DELTA:
        notes.append(note("LARGE_DELTA"))
    if math.isnan(low) or low == high:  # neither formula has a width here
        return replace(found, warnings=(*found.warnings, *notes))
    ends = Interval(low=low, high=high, level=level, method=interval, estimate=found.value)
    return replace(found, interval=ends, warnings=tuple(notes))


def _delta_ends(
    first: FloatArray, second: FloatArray, level: float, interval: str
) -> tuple[float, float]:
    """The limits of Feng and Cliff 2004, or those of Fisher's z; NaN where there are none."""
    delta, spread = delta_of(first, second)
    z = normal_quantile(0.5 + level / 2)
    n1, n2 = len(second), len(first)
    if interval == "fisher-z":
        return fisher_ends(delta, z * math.sqrt((n1 + n2 + 1) / (3 * n1 * n2)))
    reach = z * math.sqrt(spread) * math.sqrt((1 - delta**2) ** 2 + z**2 * spread)
    bottom = 1 - delta**2 + z**2 * spread
    if not bottom > 0:
        return math.nan, math.nan
    middle = delta - delta**3
    return max(-1.0, (middle - reach) / bottom), min(1.0, (middle + reach) / bottom)


def fisher_ends(value: float, reach: float) -> tuple[float, float]:
    if abs(value) >= 1.0:
        # The limit of the formula, as R gives it.
        return value, value
    middle = math.atanh(value)
    return math.tanh(middle - reach), math.tanh(middle + reach)


@checked_options
def probability_of_superiority(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    level: float = 0.95,
    clusters: TwoClusters | None = None,
) -> EffectSize:
    """P(treatment > control) + P(equal)/2: the common-language effect size, A12.

    Args:
        control: One value per item.
        treatment: One value per item.
        level: The level of the interval.
        clusters: The clusters of both groups, as a pair, or one mapping by item id.

    Returns:
        The effect size with its interval.

    Raises:
        NotEnoughDataError: An empty group, or fewer than two clusters in one.
    """
    check_share("level", level)
    groups = clean_two(control, treatment, clusters=clusters)
    first, second = groups.control, groups.treatment
    if groups.clusters is None:
        interval = superiority_interval(first, second, (), level)
    else:
        interval = clustered_superiority(first, second, groups.clusters, level).interval
    delta = 2 * interval.estimate - 1
    return EffectSize(
        name="probability of superiority",
        symbol="A12",
        value=interval.estimate,
        interval=interval,
        magnitude=next((word for limit, word in DELTA_WORDS if abs(delta) < limit), "large"),
        convention="Vargha and Delaney 2000",
        warnings=interval.warnings,
    )


def superiority_interval(
    control: FloatArray,
    treatment: FloatArray,
    df: tuple[float, ...],
    level: float,
    alternative: str = "two-sided",
) -> Interval:
    """P(treatment > control) + P(equal)/2 by Wilson's ends with its effective sample size.

    The size is that of the variance of Brunner and Munzel; where the groups do not overlap, that
    of no effect. Measured at 10 and 20 values a group: 94 to 98 %, where the t interval has 55 to
    90 % and a width of 0 between separated groups.
    """
    delta, spread = delta_of(control, treatment)
    share = (delta + 1) / 2
    m, n = len(control), len(treatment)
    worth = 3.0 * m * n / (m + n + 1)
    inner = share * (1 - share)
    if inner > 0 and spread > 0:
        worth = min(max(4 * inner / spread, 1.0), 2 * worth)
    tail = (1 - level) / 2 if alternative == "two-sided" else 1 - level
    usable = df[0] if df and math.isfinite(df[0]) else min(m, n) - 1.0
    low, high = wilson(share * worth, worth, t_quantile(1 - tail, max(1.0, usable)))
    return Interval(
        low=0.0 if alternative == "less" else low,
        high=1.0 if alternative == "greater" else high,
        level=level,
        method="Wilson, effective sample of pairs",
        estimate=share,
        warnings=(note("COMPLETE_SEPARATION"),) if inner == 0 else (),
    )
