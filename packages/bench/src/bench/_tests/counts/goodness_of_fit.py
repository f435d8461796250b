"""Tests of one sample of counts: goodness of fit, and one proportion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from ..._core.errors import InvalidDataError
from ..._core.lazy import np, stats
from ..._core.noncentral import chi2_effect_interval
from ..._core.notes import note
from ..._core.options import Alternative, check_choice, check_share, checked_options
from ..._core.results import Comparison, EffectSize, Interval
from ..._core.tails import chi2_p, normal_p, tail_of, z_for
from ..._data.counts import share_of
from ..._data.rounding import EXACT
from ..._data.summaries import DataSummary
from ..._data.values import as_array
from ..._intervals.proportions import PROPORTION_METHODS, ProportionMethod, proportion_interval
from ..constructors import comparison, effect_comparison

_ROUGH = 20  # expected counts below it: sizes of 2 to 7 %; from here on up to 5.5 % above n = 300


@checked_options
def goodness_of_fit(
    observed: Sequence[int],
    probabilities: Sequence[float] | None = None,
    *,
    level: float = 0.95,
) -> Comparison:
    """Whether counts come from given probabilities (chi-square); equal ones by default.

    Args:
        observed: The counts.
        probabilities: One for each, summing to 1.
        level: The level of the interval of Cohen's w (noncentral chi-square).

    Returns:
        The test; its estimate is Cohen's w.

    Raises:
        InvalidDataError: Counts and probabilities do not match, or a probability of 0.
    """
    check_share("level", level)
    counts = as_array(observed, "observed")
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise InvalidDataError("observed", "counts from 0 up, not all of them 0")
    if float(counts.max(initial=0.0)) >= EXACT:
        raise InvalidDataError("observed", f"counts from {EXACT:g} on, which a float does not hold")
    if not counts.sum() > 0:
        raise InvalidDataError("observed", "counts from 0 up, not all of them 0")
    shares = np.full(len(counts), 1 / len(counts))
    if probabilities is not None:
        shares = as_array(probabilities, "probabilities")
        if not bool((shares > 0).all()):
            raise InvalidDataError(
                "probabilities",
                "each must be above 0: what cannot occur has no expected count; leave it out",
            )
    if len(counts) < 2 or len(shares) != len(counts) or abs(float(shares.sum()) - 1) > 1e-6:  # noqa: PLR2004  # rounding of a sum of shares
        raise InvalidDataError("probabilities", "one per count, summing to 1")
    expected = shares / shares.sum() * counts.sum()
    value = float(((counts - expected) ** 2 / expected).sum())
    df, n = len(counts) - 1.0, float(counts.sum())
    w = math.sqrt(value / n)
    smallest = float(expected.min())
    limit = math.sqrt(n / smallest - 1)  # when all fall where the fewest are expected
    interval = chi2_effect_interval(value, df, n, estimate=w, level=level, root=True, limit=limit)
    size = EffectSize(name="Cohen's w", symbol="w", value=w, interval=interval)
    return effect_comparison(
        "goodness_of_fit",
        "chi-square goodness-of-fit test",
        DataSummary(n={"total": int(n)}),
        size,
        method="chi-square approximation",
        statistic=value,
        statistic_name="χ²",
        tail=chi2_p(value, df),
        df=(df,),
        direction="observed against the given probabilities",
        effect_sizes={"cohens_w": size},
        warnings=[note("SMALL_EXPECTED")] if smallest < 5 else [],  # the count in the note's text
    )


@checked_options
def one_proportion(
    successes: int,
    n: int,
    null_value: float = 0.5,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    method: Literal["exact", "score"] = "exact",
    interval: ProportionMethod = "wilson",
) -> Comparison:
    """Whether a success rate differs from a number: the binomial test, or the score test.

    Args:
        successes: How many succeeded.
        n: Of how many.
        null_value: The proportion under the null hypothesis.
        level: The level of the interval.
        alternative: ``two-sided``, ``less``, or ``greater``: the proportion is larger.
        method: ``exact`` (binomial) or ``score`` (normal approximation).
        interval: As ``method`` of ``proportion_interval``.

    Returns:
        The test with the proportion as its estimate.

    Raises:
        InvalidDataError: ``successes`` is not between 0 and ``n``.
    """
    check_choice("method", method, ("exact", "score"))
    check_choice("interval", interval, PROPORTION_METHODS)
    check_share("null_value", null_value)
    z_for(level, alternative)
    successes, n = share_of(successes, n)
    found = proportion_interval(
        successes,
        n,
        method=interval,
        level=level if alternative == "two-sided" else 2 * level - 1,
    )
    z = (successes / n - null_value) / math.sqrt(null_value * (1 - null_value) / n)
    notes = list(found.warnings)
    if method == "score":
        tail = normal_p(z, alternative)
        if n * min(null_value, 1 - null_value) < _ROUGH:
            notes.append(note("SCORE_APPROXIMATE", "method='exact' holds its level"))
    else:
        binomial = stats.binomtest(successes, n, null_value, alternative=alternative)
        tail = tail_of(float(binomial.pvalue))
    return comparison(
        "binomial" if method == "exact" else "proportion_z",
        "binomial test" if method == "exact" else "score test of one proportion",
        DataSummary(n={"values": n}),
        method=method,
        statistic=float(successes) if method == "exact" else z,
        statistic_name="successes" if method == "exact" else "z",
        tail=tail,
        alternative=alternative,
        null_value=null_value,
        direction=f"proportion, tested against {null_value:g}",
        estimate=successes / n,
        estimate_name="proportion",
        se=math.sqrt((successes + 1) * (n - successes + 1) / (n + 2) ** 3),
        interval=Interval(
            low=0.0 if alternative == "less" else found.low,
            high=1.0 if alternative == "greater" else found.high,
            level=level,
            method=interval,
            estimate=successes / n,
        ),
        warnings=notes,
    )
