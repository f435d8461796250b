"""McNemar's test: two systems that were right or wrong on the same items."""

from __future__ import annotations

import math
from typing import Literal, get_args

from ..._core.deprecated import renamed_arguments
from ..._core.errors import NotEnoughDataError
from ..._core.notes import note
from ..._core.options import Alternative, MissingPolicy, check_choice, checked_options
from ..._core.results import Comparison, Interval
from ..._core.tails import Tail, chi2_p, normal_p, z_for
from ..._core.wording import printed
from ..._data.counts import count
from ..._data.pairs import clean_pairs
from ..._data.summaries import DataSummary, count_group, of_pairs
from ..._data.values import Labels, ValuesByItem, need_binary
from ..._effects.risk import cohens_g, paired_odds_ratio
from ..._intervals.proportions import (
    bonett_price,
    bonett_price_se,
    newcombe_paired,
    one_sided,
    tango,
)
from ..constructors import comparison
from .sign_test import mid_p_notes, sign_tail
from .two_proportions import with_data

PairedMethod = Literal["mid-p", "exact", "chi2", "chi2-corrected"]
PAIRED_METHODS: tuple[PairedMethod, ...] = get_args(PairedMethod)
PairedInterval = Literal["bonett-price", "tango", "newcombe", "wald"]
PAIRED_INTERVALS: tuple[PairedInterval, ...] = get_args(PairedInterval)


@renamed_arguments(nan="missing")
@checked_options
def mcnemar(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    method: PairedMethod = "mid-p",
    interval: PairedInterval = "bonett-price",
    missing: MissingPolicy = "error",
    ids: tuple[Labels, Labels] | None = None,
) -> Comparison:
    """Whether two systems are right equally often on the same items (McNemar 1947).

    Args:
        control: 1 where the control was right, else 0.
        treatment: 1 where the treatment was right, else 0, in the same order.
        level: The level of the intervals.
        alternative: ``greater``: the treatment is right more often.
        method: ``mid-p`` (the default: close to its level, Fagerland, Lydersen and Laake 2013),
            ``exact`` (conservative), ``chi2`` or ``chi2-corrected``.
        interval: Of the difference: ``bonett-price``, ``tango``, ``newcombe`` or ``wald``.
        missing: ``omit`` leaves out pairs with a missing side and says how many.
        ids: The item ids of both sides, to pair by id rather than by position.

    Returns:
        The test with its estimate, interval and effect sizes, treatment minus control.

    Raises:
        UnequalLengthsError: The two sides do not match.
        InvalidDataError: Values other than 0 and 1.
    """
    pairs = clean_pairs(control, treatment, missing=missing, ids=ids, min_count=1)
    first, second = pairs.control, pairs.treatment
    need_binary("control", first)
    need_binary("treatment", second)
    both = int((first * second).sum())
    result = mcnemar_from_counts(
        both,
        int(first.sum()) - both,
        int(second.sum()) - both,
        len(first) - int(first.sum()) - int(second.sum()) + both,
        level=level,
        alternative=alternative,
        method=method,
        interval=interval,
    )
    return with_data(result, of_pairs(pairs))


@checked_options
def mcnemar_from_counts(
    both: int,
    only_control: int,
    only_treatment: int,
    neither: int,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    method: PairedMethod = "mid-p",
    interval: PairedInterval = "bonett-price",
) -> Comparison:
    """McNemar's test from the four counts of pairs.

    Args:
        both: Pairs that both got right.
        only_control: Pairs that only the control got right.
        only_treatment: Pairs that only the treatment got right.
        neither: Pairs that neither got right.
        level: The level of the interval.
        alternative: ``two-sided``, ``less``, or ``greater``: the treatment is larger.
        method: As in ``mcnemar``.
        interval: As in ``mcnemar``.

    Returns:
        The test with its estimate, interval and effect sizes, treatment minus control.

    Raises:
        InvalidDataError: A count that is not a whole number.
        NotEnoughDataError: No pairs.
        InvalidOptionError: Unknown method, interval or alternative.

    Example:
        >>> result = bench.mcnemar_from_counts(40, 3, 12, 5)
        >>> print(result.interval, round(result.p_value, 3))
        95% CI [0.0199, 0.270] 0.021
    """
    wins, losses = count(only_treatment, "only_treatment"), count(only_control, "only_control")
    both, neither = count(both, "both"), count(neither, "neither")
    n = both + wins + losses + neither
    if n == 0:
        raise NotEnoughDataError("pairs", needed=1, got=0)
    z = z_for(level, alternative)
    check_choice("method", method, PAIRED_METHODS)
    check_choice("interval", interval, PAIRED_INTERVALS)
    estimate = (wins - losses) / n
    warnings = [note("NO_DISCORDANT_PAIRS")] if wins + losses == 0 else []
    if method == "mid-p":
        warnings += mid_p_notes(wins + losses, n)
    wald = math.sqrt(max(0.0, (wins + losses) - (wins - losses) ** 2 / n)) / n
    ends = {
        "bonett-price": lambda: bonett_price(wins, losses, n, z),
        "tango": lambda: tango(wins, losses, n, z),
        "newcombe": lambda: newcombe_paired((both, wins, losses, neither), z),
        "wald": lambda: (estimate - z * wald, estimate + z * wald),
    }[interval]()
    low, high = one_sided(ends, alternative)
    statistic, name, df, tail = _mcnemar_p(wins, losses, method, alternative)
    return comparison(
        "mcnemar_" + {"mid-p": "midp", "chi2-corrected": "chi2_corrected"}.get(method, method),
        f"McNemar's test ({printed(method)})",
        DataSummary(
            n={"pairs": n, "discordant": wins + losses},
            groups=(
                count_group("treatment", both + wins, n),
                count_group("control", both + losses, n),
            ),
        ),
        method=method,
        statistic=statistic,
        statistic_name=name,
        df=df,
        tail=tail,
        alternative=alternative,
        estimate=estimate,
        estimate_name="difference of proportions",
        se=bonett_price_se(wins, losses, n),
        interval=Interval(low=low, high=high, level=level, method=interval, estimate=estimate),
        effect_sizes={
            "odds_ratio": paired_odds_ratio(wins, losses, level),
            "cohens_g": cohens_g(wins, losses, level),
        },
        details={
            "both": both,
            "only_control": losses,
            "only_treatment": wins,
            "neither": neither,
            "se_wald": wald,
        },
        warnings=warnings,
    )


def _mcnemar_p(
    wins: int, losses: int, method: PairedMethod, alternative: Alternative
) -> tuple[float, str, tuple[float, ...], Tail]:
    total = wins + losses
    if method.startswith("chi2"):
        if total == 0:
            return math.nan, "χ²", (1.0,), (1.0, 0.0)
        gap = float(abs(wins - losses))
        if method == "chi2-corrected" and gap > 0:
            gap = max(0.0, gap - 1.0)
        statistic = gap * gap / total
        if alternative == "two-sided":
            return statistic, "χ²", (1.0,), chi2_p(statistic, 1.0)
        signed = math.copysign(math.sqrt(statistic), wins - losses)
        return signed, "z", (), normal_p(signed, alternative)
    return float(wins), "wins", (), sign_tail(wins, losses, alternative, mid=method == "mid-p")
