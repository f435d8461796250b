"""Tests of right and wrong: two independent proportions (score), and pairs (McNemar)."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal, get_args

from ..._core.deprecated import renamed_arguments
from ..._core.notes import dropped_notes, note
from ..._core.options import Alternative, MissingPolicy, check_choice, checked_options
from ..._core.results import Comparison, Interval
from ..._core.tails import normal_p, z_for
from ..._data.counts import share_of
from ..._data.groups import clean_two
from ..._data.summaries import DataSummary, count_group, of_two
from ..._data.values import Values, need_binary
from ..._effects.risk import h_of_counts, odds_ratio, risk_ratio
from ..._intervals.proportions import (
    agresti_caffo,
    newcombe,
    one_sided,
)
from ..constructors import comparison
from .pooled_rate import pooled_rate_p

DifferenceInterval = Literal["newcombe", "agresti-caffo"]
DIFFERENCE_INTERVALS: tuple[DifferenceInterval, ...] = get_args(DifferenceInterval)


# Below, over all outcomes, equal rates are told apart in up to 6.6 %; from here on in up to 5.84 %,
# and in up to 5.6 % where the p-value at the pooled rate agrees, or from the second number on.
_ROUGH, _MANY = 130, 400


@renamed_arguments(nan="missing")
@checked_options
def two_proportions(
    control: Values,
    treatment: Values,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    interval: DifferenceInterval = "newcombe",
    missing: MissingPolicy = "error",
) -> Comparison:
    """Whether two independent success rates differ: the score test (pooled z).

    The interval of the difference is Newcombe's (1998, method 10) or Agresti and Caffo's (2000).

    Args:
        control: 1 where the control succeeded, else 0.
        treatment: 1 where the treatment succeeded, else 0.
        level: The level of the interval.
        alternative: ``two-sided``, ``less``, or ``greater``: the treatment is larger.
        interval: Of the difference: ``newcombe`` or ``agresti-caffo``.
        missing: ``omit`` leaves missing values out and counts them.

    Returns:
        The test with its estimate, interval and effect sizes, treatment minus control.

    Raises:
        InvalidDataError: Values other than 0 and 1.
        NotEnoughDataError: An empty group.
    """
    groups = clean_two(control, treatment, missing=missing)
    first, second = groups.control, groups.treatment
    need_binary("control", first)
    need_binary("treatment", second)
    result = two_proportions_from_counts(
        int(first.sum()),
        len(first),
        int(second.sum()),
        len(second),
        level=level,
        alternative=alternative,
        interval=interval,
    )
    return with_data(result, of_two(groups))


def with_data(result: Comparison, data: DataSummary) -> Comparison:
    """A result from counts with what the arrays behind the counts add."""
    return replace(
        result,
        n_dropped=data.dropped,
        data_hash=data.hash,
        groups=data.groups,
        warnings=(*result.warnings, *dropped_notes(data.dropped)),
    )


@checked_options
def two_proportions_from_counts(
    control_successes: int,
    control_n: int,
    treatment_successes: int,
    treatment_n: int,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    interval: DifferenceInterval = "newcombe",
) -> Comparison:
    """The score test of two independent success rates, from counts.

    Args:
        control_successes: Successes of the control.
        control_n: Size of the control.
        treatment_successes: Successes of the treatment.
        treatment_n: Size of the treatment.
        level: The level of the interval.
        alternative: ``two-sided``, ``less``, or ``greater``: the treatment is larger.
        interval: Of the difference: ``newcombe`` or ``agresti-caffo``.

    Returns:
        The test with its estimate, interval and effect sizes, treatment minus control.

    Raises:
        InvalidDataError: A count that is not a whole number, or more successes than values.
        InvalidOptionError: Unknown alternative or interval.
    """
    x1, n1 = share_of(treatment_successes, treatment_n, "treatment")
    x2, n2 = share_of(control_successes, control_n, "control")
    z = z_for(level, alternative)
    check_choice("interval", interval, DIFFERENCE_INTERVALS)
    estimate = x1 / n1 - x2 / n2
    pooled = (x1 + x2) / (n1 + n2)
    spread = pooled * (1 - pooled) * (1 / n1 + 1 / n2)
    flat = pooled in (0.0, 1.0)
    statistic = math.nan if flat else estimate / math.sqrt(spread)
    ends = (newcombe if interval == "newcombe" else agresti_caffo)(x1, n1, x2, n2, z)
    low, high = one_sided(ends, alternative)
    q1, q2 = (x1 + 1) / (n1 + 2), (x2 + 1) / (n2 + 2)
    unpooled = math.sqrt(x1 / n1 * (1 - x1 / n1) / n1 + x2 / n2 * (1 - x2 / n2) / n2)
    expected = min(pooled, 1 - pooled) * min(n1, n2)
    notes = []
    if flat:
        notes.append(note("BOUNDARY"))
    elif expected < 5:  # the count in the note's text
        notes.append(note("SMALL_EXPECTED", f"smallest expected count {expected:.2f}"))
    elif n1 + n2 < _ROUGH:
        notes.append(note("SCORE_APPROXIMATE", "unconditional_test holds its level"))
    tail = (1.0, 0.0) if flat else normal_p(statistic, alternative)
    alpha = 1 - level
    if not notes and n1 + n2 < _MANY and alpha / 2 < tail[0] <= alpha:
        over_all = pooled_rate_p(x1, n1, x2, n2, alternative)
        if over_all > alpha:
            text = f"over all outcomes at the pooled rate p is {over_all:.3g}"
            notes.append(note("SCORE_APPROXIMATE", text))
    return comparison(
        "proportions_z",
        "score test of two proportions",
        DataSummary(
            n={"control": n2, "treatment": n1},
            groups=(count_group("treatment", x1, n1), count_group("control", x2, n2)),
        ),
        method="normal approximation",
        statistic=statistic,
        statistic_name="z",
        tail=tail,
        alternative=alternative,
        estimate=estimate,
        estimate_name="difference of proportions",
        # Agresti and Caffo's, which does not vanish at 0 and 1 as Wald's does.
        se=math.sqrt(q1 * (1 - q1) / (n1 + 2) + q2 * (1 - q2) / (n2 + 2)),
        interval=Interval(low=low, high=high, level=level, method=interval, estimate=estimate),
        effect_sizes={
            "cohens_h": h_of_counts((x1, n1), (x2, n2), level),
            "risk_ratio": risk_ratio(x1, n1, x2, n2, level),
            "odds_ratio": odds_ratio(x1, n1 - x1, x2, n2 - x2, level),
        },
        details={"se_wald": unpooled, "smallest_expected": expected},
        warnings=notes,
    )
