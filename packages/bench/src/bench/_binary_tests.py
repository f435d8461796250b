"""Tests of right and wrong: two independent proportions (score), and pairs (McNemar)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ._descriptives import group_of
from ._errors import InvalidDataError
from ._lazy import FloatArray, np, special
from ._notes import note
from ._numbers import (
    ALTERNATIVES,
    Alternative,
    NanPolicy,
    Values,
    check_choice,
    check_share,
    clean,
    data_hash,
    is_binary,
)
from ._pairs import clean_pairs
from ._proportion_intervals import (
    agresti_caffo,
    bonett_price,
    bonett_price_se,
    newcombe,
    newcombe_paired,
    tango,
)
from ._results import Comparison, Group, Interval
from ._risk import cohens_g, cohens_h, odds_ratio, paired_odds_ratio, risk_ratio
from ._tails import Tail, chi2_p, normal_p, normal_quantile

PAIRED_METHODS = ("mid-p", "exact", "chi2", "chi2-corrected")
PAIRED_INTERVALS = ("bonett-price", "tango", "newcombe", "wald")


def _need_binary(name: str, array: FloatArray) -> None:
    if not is_binary(array):
        odd = next(float(value) for value in array if value not in (0.0, 1.0))
        raise InvalidDataError(name, f"expected only 0 and 1, got {odd:g}")


def z_for(level: float, alternative: str) -> float:
    """The normal quantile of a two-sided interval, or of a one-sided bound."""
    check_choice("alternative", alternative, ALTERNATIVES)
    check_share("level", level)
    return normal_quantile(0.5 + level / 2 if alternative == "two-sided" else level)


def one_sided(
    ends: tuple[float, float], alternative: str, limit: float = 1.0
) -> tuple[float, float]:
    low = -limit if alternative == "less" else ends[0]
    return low, (limit if alternative == "greater" else ends[1])


def two_proportions(
    control: Values,
    treatment: Values,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    interval: str = "newcombe",
    nan: NanPolicy = "error",
) -> Comparison:
    """Whether two independent success rates differ: the score test (pooled z).

    The interval of the difference is Newcombe's (1998, method 10) or Agresti and Caffo's (2000).

    Raises:
        InvalidDataError: Values other than 0 and 1.
        NotEnoughDataError: An empty group.
    """
    first, lost1 = clean(control, "control", nan=nan)
    second, lost2 = clean(treatment, "treatment", nan=nan)
    _need_binary("control", first)
    _need_binary("treatment", second)
    result = two_proportions_from_counts(
        int(first.sum()),
        len(first),
        int(second.sum()),
        len(second),
        level=level,
        alternative=alternative,
        interval=interval,
    )
    return _with_data(result, (first, second), lost1 + lost2)


def _with_data(result: Comparison, arrays: tuple[FloatArray, FloatArray], lost: int) -> Comparison:
    extra = (note("DROPPED_MISSING", str(lost)),) if lost else ()
    return replace(
        result,
        n_dropped=lost,
        data_hash=data_hash(*arrays),
        groups=(group_of("treatment", arrays[1]), group_of("control", arrays[0])),
        warnings=result.warnings + extra,
    )


def two_proportions_from_counts(
    control_successes: int,
    control_n: int,
    treatment_successes: int,
    treatment_n: int,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    interval: str = "newcombe",
) -> Comparison:
    """The score test of two independent success rates, from counts.

    Raises:
        InvalidOptionError: Unknown alternative or interval.
    """
    x1, n1, x2, n2 = treatment_successes, treatment_n, control_successes, control_n
    z = z_for(level, alternative)
    check_choice("interval", interval, ("newcombe", "agresti-caffo"))
    estimate = x1 / n1 - x2 / n2
    pooled = (x1 + x2) / (n1 + n2)
    spread = pooled * (1 - pooled) * (1 / n1 + 1 / n2)
    flat = pooled in (0.0, 1.0)
    statistic = math.nan if flat else estimate / math.sqrt(spread)
    p_value, log_p = (1.0, 0.0) if flat else normal_p(statistic, alternative)
    ends = (newcombe if interval == "newcombe" else agresti_caffo)(x1, n1, x2, n2, z)
    low, high = one_sided(ends, alternative)
    q1, q2 = (x1 + 1) / (n1 + 2), (x2 + 1) / (n2 + 2)
    unpooled = math.sqrt(x1 / n1 * (1 - x1 / n1) / n1 + x2 / n2 * (1 - x2 / n2) / n2)
    expected = min(pooled, 1 - pooled) * min(n1, n2)
    notes = []
    if flat:
        notes.append(note("BOUNDARY"))
    elif expected < 5:  # the count the note speaks of
        notes.append(note("SMALL_EXPECTED", f"smallest expected count {expected:.2f}"))
    return Comparison(
        test="proportions_z",
        title="score test of two proportions",
        method="normal approximation",
        statistic=statistic,
        statistic_name="z",
        p_value=p_value,
        log_p=log_p,
        alternative=alternative,
        estimate=estimate,
        estimate_name="difference of proportions",
        # Agresti and Caffo's, which does not vanish at 0 and 1 as Wald's does.
        se=math.sqrt(q1 * (1 - q1) / (n1 + 2) + q2 * (1 - q2) / (n2 + 2)),
        interval=Interval(low=low, high=high, level=level, method=interval, estimate=estimate),
        effect_sizes={
            "cohens_h": cohens_h(x1, n1, x2, n2, level),
            "risk_ratio": risk_ratio(x1, n1, x2, n2, level),
            "odds_ratio": odds_ratio(x1, n1 - x1, x2, n2 - x2, level),
        },
        n={"control": n2, "treatment": n1},
        groups=(_count_group("treatment", x1, n1), _count_group("control", x2, n2)),
        details={"se_wald": unpooled, "smallest_expected": expected},
        warnings=tuple(notes),
    )


def _count_group(name: str, successes: int, n: int) -> Group:
    rate = successes / n
    spread = math.sqrt(n / (n - 1) * rate * (1 - rate)) if n > 1 else math.nan
    return Group(
        name=name,
        n=n,
        mean=rate,
        sd=spread,
        median=float(np.median([0.0] * (n - successes) + [1.0] * successes)),
        low=1.0 if successes == n else 0.0,
        high=1.0 if successes else 0.0,
        successes=successes,
    )


def mcnemar(
    control: Values,
    treatment: Values,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    method: str = "mid-p",
    interval: str = "bonett-price",
    nan: NanPolicy = "error",
    ids: tuple[Sequence[Any], Sequence[Any]] | None = None,
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
        nan: ``omit`` leaves out pairs with a missing side and says how many.
        ids: The item ids of both sides, to pair by id rather than by place.

    Raises:
        UnequalLengthsError: The two sides do not match.
        InvalidDataError: Values other than 0 and 1.
    """
    pairs = clean_pairs(control, treatment, nan=nan, ids=ids, least=1)
    first, second = pairs.control, pairs.treatment
    _need_binary("control", first)
    _need_binary("treatment", second)
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
    return _with_data(result, (first, second), pairs.dropped)


def mcnemar_from_counts(
    both: int,
    only_control: int,
    only_treatment: int,
    neither: int,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    method: str = "mid-p",
    interval: str = "bonett-price",
) -> Comparison:
    """McNemar's test from the four counts of pairs.

    Raises:
        InvalidOptionError: Unknown method, interval or alternative.
    """
    wins, losses = only_treatment, only_control
    n = both + wins + losses + neither
    z = z_for(level, alternative)
    check_choice("method", method, PAIRED_METHODS)
    check_choice("interval", interval, PAIRED_INTERVALS)
    estimate = (wins - losses) / n
    wald = math.sqrt(max(0.0, (wins + losses) - (wins - losses) ** 2 / n)) / n
    ends = {
        "bonett-price": lambda: bonett_price(wins, losses, n, z),
        "tango": lambda: tango(wins, losses, n, z),
        "newcombe": lambda: newcombe_paired((both, wins, losses, neither), z),
        "wald": lambda: (estimate - z * wald, estimate + z * wald),
    }[interval]()
    low, high = one_sided(ends, alternative)
    statistic, name, df, (p_value, log_p) = _mcnemar_p(wins, losses, method, alternative)
    return Comparison(
        test="mcnemar_" + {"mid-p": "midp", "chi2-corrected": "chi2_corrected"}.get(method, method),
        title=f"McNemar's test ({method})",
        method=method,
        statistic=statistic,
        statistic_name=name,
        df=df,
        p_value=p_value,
        log_p=log_p,
        alternative=alternative,
        estimate=estimate,
        estimate_name="difference of proportions",
        se=bonett_price_se(wins, losses, n),
        interval=Interval(low=low, high=high, level=level, method=interval, estimate=estimate),
        effect_sizes={
            "odds_ratio": paired_odds_ratio(wins, losses, level),
            "cohens_g": cohens_g(wins, losses, level),
        },
        n={"pairs": n, "discordant": wins + losses},
        groups=(
            _count_group("treatment", both + wins, n),
            _count_group("control", both + losses, n),
        ),
        details={
            "both": both,
            "only_control": losses,
            "only_treatment": wins,
            "neither": neither,
            "se_wald": wald,
        },
        warnings=(note("NO_DISCORDANT_PAIRS"),) if wins + losses == 0 else (),
    )


def _mcnemar_p(
    wins: int, losses: int, method: str, alternative: Alternative
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
