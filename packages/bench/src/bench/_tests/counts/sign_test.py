"""The sign test: how often the treatment is above the control, regardless of the distances."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

from ..._core.deprecated import renamed_arguments
from ..._core.lazy import FloatArray, np, special
from ..._core.notes import note
from ..._core.options import Alternative, MissingPolicy, check_choice, check_share, checked_options
from ..._core.results import Comparison, EffectSize, Interval, Note
from ..._core.tails import Tail
from ..._data.pairs import clean_pairs
from ..._data.summaries import of_pairs
from ..._data.values import Labels, ValuesByItem
from ..._intervals.means_and_quantiles import quantile_interval
from ..constructors import comparison, no_interval

_NEARLY_ALL, _MANY_UNTIED = 0.9, 500


@renamed_arguments(nan="missing")
@checked_options
def sign_test(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    method: Literal["exact", "mid-p"] = "exact",
    missing: MissingPolicy = "error",
    ids: tuple[Labels, Labels] | None = None,
) -> Comparison:
    """Whether the treatment is above the control on more items than it is below (Arbuthnott 1710).

    Ties have no direction and are left out of the test. The estimate is the median
    difference with its order-statistic interval, ties included.

    Args:
        control: One value per item, or a mapping from item id to value.
        treatment: The same items in the same order, or a mapping with the same ids.
        level: The level of the interval.
        alternative: ``greater``: the treatment is above more often.
        method: ``exact`` (binomial) or ``mid-p``, which is less conservative.
        missing: ``omit`` leaves out pairs with a missing side and says how many.
        ids: The item ids of both sides, to pair by id rather than by position.

    Returns:
        The test with its estimate, interval and effect sizes, treatment minus control.

    Raises:
        UnequalLengthsError: The two sides do not match.
    """
    check_choice("method", method, ("exact", "mid-p"))
    check_share("level", level)
    pairs = clean_pairs(control, treatment, missing=missing, ids=ids, min_count=1)
    wins, losses = int((pairs.gaps > 0).sum()), int((pairs.gaps < 0).sum())
    ties = len(pairs.gaps) - wins - losses
    median = float(np.median(pairs.gaps))
    share = wins / (wins + losses) if wins + losses else math.nan
    warnings = [note("ALL_TIED")] if wins + losses == 0 else []
    if ties and wins + losses:
        warnings.append(note("ZEROS_DROPPED", str(ties)))
    if method == "mid-p":
        warnings += mid_p_notes(wins + losses, wins + losses + ties)
    return comparison(
        "sign_test",
        f"sign test ({method})",
        replace(of_pairs(pairs, {"wins": wins, "losses": losses, "ties": ties}), groups=()),
        method=method,
        statistic=float(wins),
        statistic_name="wins",
        tail=sign_tail(wins, losses, alternative, mid=method == "mid-p"),
        alternative=alternative,
        estimate=median,
        estimate_name="median difference",
        interval=_median_interval(pairs.gaps, level, median),
        effect_sizes={
            "share_of_wins": EffectSize(name="share of wins among untied pairs", value=share)
        },
        warnings=warnings,
    )


def _median_interval(gaps: FloatArray, level: float, median: float) -> Interval:
    if len(gaps) < 2:
        return no_interval(median, level)
    return quantile_interval(gaps, 0.5, level=level)


def mid_p_notes(untied: int, pairs: int) -> list[Note]:
    """Measured over all outcomes: above 5.6 % where 93 % of 5 to 500 pairs or more differ."""
    return [note("MID_P")] if untied > _NEARLY_ALL * pairs and untied < _MANY_UNTIED else []


def sign_tail(wins: int, losses: int, alternative: Alternative, *, mid: bool) -> Tail:
    """The binomial test of one half; with ``mid`` half of the observed point is left out."""
    p = _sign_p(wins, losses, alternative, mid=mid)
    return p, math.log(p) if p > 0 else _log_sign_p(wins, losses)


def _sign_p(wins: int, losses: int, alternative: Alternative, *, mid: bool) -> float:
    total = wins + losses
    if total == 0 or (alternative == "two-sided" and wins == losses):
        return 1.0
    if alternative == "two-sided":
        count, sides = min(wins, losses), 2.0
    else:
        count, sides = (losses if alternative == "greater" else wins), 1.0
    tail = float(special.bdtr(count, total, 0.5))
    if mid:
        tail -= 0.5 * math.exp(_log_point(count, total))
    return min(1.0, sides * tail)


def _log_point(count: int, total: int) -> float:
    choose = math.lgamma(total + 1) - math.lgamma(count + 1) - math.lgamma(total - count + 1)
    return choose - total * math.log(2)


def _log_sign_p(wins: int, losses: int) -> float:
    """Where the p-value underflows its first term is nearly all of it."""
    return _log_point(min(wins, losses), wins + losses) + math.log(2)
