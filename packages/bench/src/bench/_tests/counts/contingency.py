"""Tests of tables of counts: chi-square, G, and Fisher's exact test."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal, SupportsFloat

from ..._core.errors import InvalidDataError
from ..._core.lazy import FloatArray, np, special, stats
from ..._core.noncentral import chi2_effect_interval
from ..._core.notes import note
from ..._core.options import ALTERNATIVES, Alternative, check_choice, check_share, checked_options
from ..._core.results import Comparison, EffectSize
from ..._core.tails import chi2_p, tail_of
from ..._data.counts import table_of_counts
from ..._data.summaries import DataSummary
from ..._effects.risk import conditional_odds_ratio, odds_ratio, risk_ratio
from ..constructors import comparison, effect_comparison
from .fisher import fisher_rxc

SPARSE = 5
_MOST = 20_000_000  # counts of a margin whose chances are summed one by one
Counts = Iterable[Iterable[SupportsFloat]]
"""Rows of counts, such as a list of lists or a two-dimensional array."""


def _table(counts: Counts) -> FloatArray:
    table = table_of_counts(counts, "table")
    if table.ndim != 2 or min(table.shape) < 2:  # a table has rows and columns
        raise InvalidDataError("table", "expected at least two rows and two columns of counts")
    if (table < 0).any() or (table != np.round(table)).any() or not np.isfinite(table).all():
        raise InvalidDataError("table", "counts are whole numbers from 0 up")
    if (table.sum(axis=0) == 0).any() or (table.sum(axis=1) == 0).any():
        raise InvalidDataError("table", "an empty row or column cannot be tested; leave it out")
    return table


def _expected(table: FloatArray) -> FloatArray:
    found: FloatArray = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return found


@checked_options
def chi_square(
    table: Counts,
    *,
    level: float = 0.95,
    yates: bool = False,
    statistic: Literal["pearson", "g"] = "pearson",
) -> Comparison:
    """Whether rows and columns of a table are independent.

    Args:
        table: Counts; rows are groups.
        level: The level of the interval of Cramér's V (noncentral chi-square).
        yates: Yates' continuity correction, for tables of two by two.
        statistic: ``pearson`` or ``g`` (likelihood ratio).

    Returns:
        The test; its estimate is Cramér's V.

    Raises:
        InvalidDataError: Not a table of counts.

    Example:
        >>> round(bench.chi_square([[10, 20], [25, 5]]).p_value, 5)
        9e-05
    """
    check_choice("statistic", statistic, ("pearson", "g"))
    check_share("level", level)
    counts = _table(table)
    expected = _expected(counts)
    n, inner = float(counts.sum()), min(counts.shape) - 1
    df = float((counts.shape[0] - 1) * (counts.shape[1] - 1))
    gaps = np.abs(counts - expected)
    if yates and counts.shape == (2, 2):
        gaps = gaps - min(0.5, float(gaps.min()))
    value = float((gaps**2 / expected).sum())
    if statistic == "g":
        value = 2 * float(special.xlogy(counts, counts / expected).sum())
    plain = float(((counts - expected) ** 2 / expected).sum())
    v = math.sqrt(plain / (n * inner))
    smallest = float(expected.min())
    interval = chi2_effect_interval(plain, df, n * inner, estimate=v, level=level, root=True)
    size = EffectSize(name="Cramér's V", symbol="V", value=v, interval=interval)
    return effect_comparison(
        "chi_square" if statistic == "pearson" else "g_test",
        "chi-square test" if statistic == "pearson" else "G test",
        DataSummary(n={"total": int(n)}),
        size,
        method="Yates' correction" if yates else "chi-square approximation",
        statistic=value,
        statistic_name="χ²" if statistic == "pearson" else "G",
        tail=chi2_p(value, df),
        df=(df,),
        effect_sizes={
            "cramers_v": size,
            "cramers_v_corrected": EffectSize(
                name="Cramér's V, bias-corrected (Bergsma 2013)", value=_bergsma(plain, counts)
            ),
            "cohens_w": EffectSize(name="Cohen's w", symbol="w", value=math.sqrt(plain / n)),
            "contingency_c": EffectSize(name="Pearson's C", value=math.sqrt(plain / (plain + n))),
            **_phi(plain, n, counts),
        },
        details={"smallest_expected": smallest, "expected": expected.tolist()},
        warnings=[note("SMALL_EXPECTED", f"smallest {smallest:.2f}")] if smallest < SPARSE else [],
    )


def _phi(plain: float, n: float, counts: FloatArray) -> dict[str, EffectSize]:
    if counts.shape != (2, 2):
        return {}
    sign = float(counts[0, 0] * counts[1, 1] - counts[0, 1] * counts[1, 0])
    value = math.copysign(math.sqrt(plain / n), sign)
    return {"phi": EffectSize(name="phi", symbol="phi", value=value)}


def _bergsma(plain: float, counts: FloatArray) -> float:
    n = float(counts.sum())
    rows, columns = counts.shape
    phi2 = max(0.0, plain / n - (rows - 1) * (columns - 1) / (n - 1))
    r = rows - (rows - 1) ** 2 / (n - 1)
    c = columns - (columns - 1) ** 2 / (n - 1)
    room = min(r, c) - 1
    return math.sqrt(phi2 / room) if room > 0 else math.nan


@checked_options
def fisher_exact(
    table: Counts,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    mid: bool = False,
    resamples: int = 50_000,
    seed: int = 0,
) -> Comparison:
    """Fisher's exact test of a table, with the conditional odds ratio for two by two.

    The first row is the treatment. ``mid`` counts half of the observed table (mid-p), which brings
    the test close to its level. Larger tables are tested two-sided: enumerated exactly up to a
    fixed amount of work (counts of a few hundred), else by
    ``resamples`` random tables drawn with ``seed``.

    Args:
        table: Rows of counts; the first row is the treatment.
        level: The level of the interval.
        alternative: ``two-sided``, ``less``, or ``greater``; tables of two by two only.
        mid: Count half of the observed table (mid-p).
        resamples: How many random tables.
        seed: The same seed gives the same result.

    Returns:
        The test; its estimate is the conditional odds ratio for two by two, else NaN.

    Raises:
        InvalidDataError: Not a table of counts.

    Example:
        >>> round(bench.fisher_exact([[8, 2], [1, 5]]).p_value, 3)
        0.035
    """
    check_choice("alternative", alternative, ALTERNATIVES)
    check_share("level", level)
    counts = _table(table)
    if counts.shape != (2, 2):
        return fisher_rxc(counts, resamples=resamples, seed=seed)
    (a, b), (c, d) = ((int(cell) for cell in row) for row in counts)
    p_value = _hypergeometric_p(a, b, c, d, alternative=alternative, mid=mid)
    size = conditional_odds_ratio(a, b, c, d, level)
    return comparison(
        "fisher_exact",
        "Fisher's exact test" + (" (mid-p)" if mid else ""),
        DataSummary(n={"treatment": a + b, "control": c + d}),
        method="mid-p" if mid else "exact",
        statistic=float(a),
        statistic_name="successes",
        tail=tail_of(p_value),
        alternative=alternative,
        null_value=1.0,
        estimate=size.value,
        estimate_name="conditional odds ratio",
        interval=size.interval,
        direction="treatment (first row) over control",
        effect_sizes={
            "conditional_odds_ratio": size,
            "odds_ratio": odds_ratio(a, b, c, d, level),
            "odds_ratio_haldane": odds_ratio(a, b, c, d, level, haldane=True),
            "risk_ratio": risk_ratio(a, a + b, c, c + d, level),
            "yules_q": EffectSize(
                name="Yule's Q",
                value=(a * d - b * c) / (a * d + b * c) if a * d + b * c else math.nan,
            ),
        },
        warnings=[note("ZERO_CELL")] if min(a, b, c, d) == 0 else [],
    )


def _hypergeometric_p(
    a: int, b: int, c: int, d: int, *, alternative: Alternative, mid: bool
) -> float:
    total, row, column = a + b + c + d, a + b, a + c
    if min(row, column) > _MOST:
        raise InvalidDataError(
            "table", f"more than {_MOST:,} in a row and a column; use chi_square"
        )
    support = np.arange(max(0, column - (c + d)), min(row, column) + 1)
    mass = np.exp(stats.hypergeom.logpmf(support, total, row, column))
    here = float(mass[support == a].sum())
    if alternative == "greater":
        p = float(mass[support >= a].sum())
    elif alternative == "less":
        p = float(mass[support <= a].sum())
    else:
        # As likely or less, with the slack R uses for ties of floating point.
        p = float(mass[mass <= here * (1 + 1e-7)].sum())
    return min(1.0, p - (0.5 * here if mid else 0.0))
