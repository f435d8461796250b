"""How often one group is above the other: Cliff's delta, P(X > Y), rank-biserial correlation."""

from __future__ import annotations

import math
from typing import Literal

from .._core.lazy import FloatArray, np
from .._core.notes import note
from .._core.options import check_choice, check_share
from .._core.ranks import midranks
from .._core.results import EffectSize, Interval
from .._core.tails import normal_quantile
from .._data.pairs import clean_pairs
from .._data.values import ValuesByItem, clean

DELTA_WORDS = ((0.147, "negligible"), (0.33, "small"), (0.474, "medium"))
R_WORDS = ((0.1, "negligible"), (0.3, "small"), (0.5, "medium"))


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


def cliffs_delta(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    level: float = 0.95,
    interval: Literal["cliff", "fisher-z"] = "cliff",
) -> EffectSize:
    """P(treatment above) minus P(treatment below), for all pairs of values.

    Args:
        control: One value per item.
        treatment: One value per item.
        level: The level of the interval.
        interval: ``cliff`` (unbiased variance, asymmetric limits of Feng and Cliff 2004) or
            ``fisher-z``.

    Returns:
        The effect size with its interval.

    Raises:
        InvalidOptionError: Unknown interval.
    """
    check_share("level", level)
    check_choice("interval", interval, ("cliff", "fisher-z"))
    first, _ = clean(control, "control")
    second, _ = clean(treatment, "treatment")
    delta, spread = delta_of(first, second)
    z = normal_quantile(0.5 + level / 2)
    n1, n2 = len(second), len(first)
    if interval == "fisher-z":
        low, high = fisher_ends(delta, z * math.sqrt((n1 + n2 + 1) / (3 * n1 * n2)))
    else:
        reach = z * math.sqrt(spread) * math.sqrt((1 - delta**2) ** 2 + z**2 * spread)
        bottom = 1 - delta**2 + z**2 * spread
        low, high = math.nan, math.nan
        if bottom > 0:
            middle = delta - delta**3
            low = max(-1.0, (middle - reach) / bottom)
            high = min(1.0, (middle + reach) / bottom)
    return EffectSize(
        name="Cliff's delta",
        symbol="delta",
        value=delta,
        interval=Interval(low=low, high=high, level=level, method=interval, estimate=delta),
        magnitude=next((word for limit, word in DELTA_WORDS if abs(delta) < limit), "large"),
        convention="Romano et al. 2006",
        warnings=(note("COMPLETE_SEPARATION"),) if math.isnan(low) or low == high else (),
    )


def fisher_ends(value: float, reach: float) -> tuple[float, float]:
    if abs(value) >= 1.0:
        # The limit of the formula, as R gives it; the result carries a warning.
        return value, value
    middle = math.atanh(value)
    return math.tanh(middle - reach), math.tanh(middle + reach)


def probability_of_superiority(
    control: ValuesByItem, treatment: ValuesByItem, *, level: float = 0.95
) -> EffectSize:
    """P(treatment > control) + P(equal)/2: the common-language effect size, A12.

    Args:
        control: One value per item.
        treatment: One value per item.
        level: The level of the interval.

    Returns:
        The effect size with its interval.

    Raises:
        NotEnoughDataError: An empty group.
    """
    found = cliffs_delta(control, treatment, level=level)
    low, high = (
        (found.interval.low, found.interval.high) if found.interval else (math.nan, math.nan)
    )
    return EffectSize(
        name="probability of superiority",
        symbol="A12",
        value=(found.value + 1) / 2,
        interval=Interval(
            low=(low + 1) / 2,
            high=(high + 1) / 2,
            level=level,
            method="cliff",
            estimate=(found.value + 1) / 2,
        ),
        magnitude=found.magnitude,
        convention="Vargha and Delaney 2000",
    )


def rank_biserial(
    control: ValuesByItem, treatment: ValuesByItem, *, level: float = 0.95
) -> EffectSize:
    """For pairs: (W+ - W-) / (W+ + W-), with its sign (Kerby 2014); interval by Fisher's z.

    Args:
        control: One value per item.
        treatment: The same items in the same order.
        level: The level of the interval.

    Returns:
        The effect size with its interval.

    Raises:
        UnequalLengthsError: The two sides do not match.
    """
    check_share("level", level)
    pairs = clean_pairs(control, treatment, min_count=1)
    gaps = pairs.gaps[pairs.gaps != 0]
    size = len(gaps)
    if size == 0:
        return EffectSize(
            name="rank-biserial correlation",
            symbol="r",
            value=0.0,
            warnings=(note("ALL_TIED"),),
        )
    ranks = midranks(np.abs(gaps))
    value = float((ranks * np.sign(gaps)).sum() / ranks.sum())
    reach = normal_quantile(0.5 + level / 2) * math.sqrt((2 * size**3 + 3 * size**2 + size) / 6)
    low, high = fisher_ends(value, reach / ((size**2 + size) / 2))
    return EffectSize(
        name="rank-biserial correlation",
        symbol="r",
        value=value,
        interval=Interval(low=low, high=high, level=level, method="fisher-z", estimate=value),
        magnitude=next((word for limit, word in R_WORDS if abs(value) < limit), "large"),
        convention="Cohen 1988",
        warnings=(note("COMPLETE_SEPARATION"),) if low == high else (),
    )
