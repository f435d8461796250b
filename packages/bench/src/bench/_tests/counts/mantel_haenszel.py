"""Two by two tables in strata: the common odds ratio of Mantel and Haenszel 1959."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..._core.errors import InvalidDataError, NotEnoughDataError
from ..._core.lazy import FloatArray, np
from ..._core.notes import note
from ..._core.options import ALTERNATIVES, Alternative, check_choice, check_share, checked_options
from ..._core.results import Comparison, EffectSize, Interval
from ..._core.tails import chi2_p, normal_p, normal_quantile
from ..._data.counts import table_of_counts
from ..._data.summaries import DataSummary
from ..._intervals.proportions import proportion_interval
from ..._intervals.rates import combined
from ..constructors import comparison

Table = Sequence[Sequence[int]]


@checked_options
def cochran_mantel_haenszel(
    tables: Sequence[Table] | Mapping[str, Table],
    *,
    continuity: bool = False,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
) -> Comparison:
    """Whether two rates differ within strata, such as tasks or languages.

    Args:
        tables: One table per stratum, by name or in order: the first row is the treatment, the
            second the control; the columns are right and wrong.
        continuity: Half a unit of correction of the statistic.
        level: The level of the interval of the odds ratio (Robins, Breslow and Greenland 1986).
        alternative: ``two-sided``, ``less``, or ``greater``: the treatment is right more often.

    Returns:
        The test with the common odds ratio as its estimate; the common difference of rates
        (Sato 1989) is among the effect sizes, and ``details`` has the test of Breslow and Day
        (1980, with Tarone's correction) that the odds ratio is the same in all strata.

    Raises:
        InvalidDataError: A table that is not two by two counts.
        NotEnoughDataError: No stratum with values on both sides.

    Example:
        >>> tables = {"easy": [[40, 10], [30, 20]], "hard": [[22, 28], [15, 35]]}
        >>> result = bench.cochran_mantel_haenszel(tables)
        >>> round(result.estimate, 2), round(result.p_value, 3)
        (2.18, 0.011)
    """
    check_choice("alternative", alternative, ALTERNATIVES)
    check_share("level", level)
    counts = _counts(tables)
    a, b, c, d = (counts[:, row, column] for row in (0, 1) for column in (0, 1))
    n = a + b + c + d
    gap = float((a - (a + b) * (a + c) / n).sum())
    spread = float(((a + b) * (c + d) * (a + c) * (b + d) / (n**2 * (n - 1))).sum())
    flat = spread == 0.0
    moved = math.copysign(max(0.0, abs(gap) - 0.5 * continuity), gap)
    z = math.nan if flat else moved / math.sqrt(spread)
    tail = (1.0, 0.0) if flat else normal_p(z, alternative)
    if alternative == "two-sided" and not flat:
        tail = chi2_p(z * z, 1.0)
    size = _odds_ratio(a * d / n, b * c / n, (a + d) / n, (b + c) / n, level)
    named: dict[str, object] = {"strata": len(counts)}
    if size.interval is not None:
        named |= _breslow_day(counts, size.value)
    two_sided = alternative == "two-sided"
    return comparison(
        "cochran_mantel_haenszel",
        "Cochran-Mantel-Haenszel test",
        DataSummary(n={"total": int(n.sum()), "strata": len(counts)}),
        method="continuity-corrected" if continuity else "normal approximation",
        statistic=z * z if two_sided else z,
        statistic_name="χ²" if two_sided else "z",
        df=(1.0,) if two_sided and not flat else (),
        tail=tail,
        alternative=alternative,
        null_value=1.0,
        direction="treatment (first row) over control",
        estimate=size.value,
        estimate_name=size.name,
        interval=_sided(size.interval, level, alternative),
        effect_sizes={
            "odds_ratio": size,
            "risk_difference": _risk_difference(a, b, c, d, level),
        },
        details=named,
        warnings=[note("ZERO_VARIANCE")] if flat else [],
    )


def _counts(tables: Any) -> FloatArray:
    """The tables that say anything: those with values in both rows."""
    named = tables if isinstance(tables, Mapping) else dict(enumerate(tables, start=1))
    found = []
    for name, table in named.items():
        counts = table_of_counts(table, f"stratum {name!r}")
        if counts.shape != (2, 2) or not bool(np.isfinite(counts).all()):
            raise InvalidDataError("tables", f"stratum {name!r} is not a table of two by two")
        if bool((counts < 0).any()) or bool((counts != np.rint(counts)).any()):
            raise InvalidDataError(
                "tables", f"stratum {name!r} has a count that is no whole number"
            )
        if bool((counts.sum(axis=1) > 0).all()):
            found.append(counts)
    if not found:
        raise NotEnoughDataError("strata with values on both sides", needed=1, got=0)
    return np.array(found)


def _odds_ratio(
    r: FloatArray, s: FloatArray, p: FloatArray, q: FloatArray, level: float
) -> EffectSize:
    """R and S are the cross products by stratum, P and Q the shares of the two diagonals."""
    top, bottom = float(r.sum()), float(s.sum())
    name = "common odds ratio (Mantel-Haenszel)"
    if top == 0.0 or bottom == 0.0:
        value = math.nan if top == bottom else (math.inf if bottom == 0.0 else 0.0)
        return EffectSize(name=name, symbol="OR", value=value, warnings=(note("ZERO_CELL"),))
    spread = (
        float((p * r).sum()) / (2 * top**2)
        + float((p * s + q * r).sum()) / (2 * top * bottom)
        + float((q * s).sum()) / (2 * bottom**2)
    )
    half = normal_quantile(0.5 + level / 2) * math.sqrt(spread)
    value = top / bottom
    ends = Interval(
        low=value * math.exp(-half),
        high=value * math.exp(half),
        level=level,
        method="Robins-Breslow-Greenland",
        estimate=value,
    )
    return EffectSize(name=name, symbol="OR", value=value, interval=ends)


def _risk_difference(
    a: FloatArray, b: FloatArray, c: FloatArray, d: FloatArray, level: float
) -> EffectSize:
    """Weighted by stratum as in Greenland and Robins 1985, with Sato's variance."""
    n1, n2 = a + b, c + d
    n = n1 + n2
    total = float((n1 * n2 / n).sum())
    value = float(((a * n2 - c * n1) / n).sum()) / total
    p = (n1**2 * c - n2**2 * a + n1 * n2 * (n2 - n1) / 2) / n**2
    q = (a * d + b * c) / (2 * n)
    spread = (value * float(p.sum()) + float(q.sum())) / total**2
    half = normal_quantile(0.5 + level / 2) * math.sqrt(max(0.0, spread))
    if half == 0.0:
        return _all_alike((a, n1), (c, n2), value, level)
    ends = Interval(
        low=max(-1.0, value - half),
        high=min(1.0, value + half),
        level=level,
        method="Sato",
        estimate=value,
    )
    return EffectSize(name="common risk difference", symbol="RD", value=value, interval=ends)


def _all_alike(
    first: tuple[FloatArray, FloatArray],
    second: tuple[FloatArray, FloatArray],
    value: float,
    level: float,
) -> EffectSize:
    """With the width of Wilson's ends in each stratum, where the answers have no spread."""
    (a, n1), (c, n2) = first, second
    weights = n1 * n2 / (n1 + n2)
    parts, shares = [], []
    for right, size, sign in ((a, n1, 1), (c, n2, -1)):
        for successes, n in zip(right.tolist(), size.tolist(), strict=True):
            rate = proportion_interval(int(successes), int(n), level=level)
            low, high = sorted((sign * rate.low, sign * rate.high))
            parts.append(replace(rate, low=low, high=high, estimate=sign * successes / n))
        shares += (weights / weights.sum()).tolist()
    ends = combined(parts, shares, value, level)
    interval = replace(
        ends,
        low=max(-1.0, ends.low),
        high=min(1.0, ends.high),
        method="Wilson in each stratum, MOVER",
        warnings=(note("ZERO_VARIANCE"),),
    )
    return EffectSize(name="common risk difference", symbol="RD", value=value, interval=interval)


def _breslow_day(counts: FloatArray, ratio: float) -> dict[str, object]:
    """Whether the strata share one odds ratio; Tarone 1985 subtracts what the estimate adds."""
    total, gaps, spreads = 0.0, [], []
    for (a, b), (c, d) in counts.tolist():
        n1, m1, n = a + b, a + c, a + b + c + d
        if 0 in (m1, n - m1):
            continue
        expected = _expected(n1, m1, n, ratio)
        cells = (expected, n1 - expected, m1 - expected, n - n1 - m1 + expected)
        spread = 1 / math.fsum(1 / cell for cell in cells)
        total += (a - expected) ** 2 / spread
        gaps.append(a - expected)
        spreads.append(spread)
    if len(gaps) < 2:
        return {}
    statistic = total - math.fsum(gaps) ** 2 / math.fsum(spreads)
    df = len(gaps) - 1.0
    return {
        "breslow_day": statistic,
        "breslow_day_df": df,
        "breslow_day_p": chi2_p(statistic, df)[0],
    }


def _expected(n1: float, m1: float, n: float, ratio: float) -> float:
    """The first cell of a table with these margins and this odds ratio."""
    middle = n - n1 - m1 + ratio * (n1 + m1)
    root = math.sqrt(max(0.0, middle**2 - 4 * (ratio - 1) * ratio * n1 * m1))
    # Both are the root between the margins; each cancels where the other does not.
    if middle >= 0:
        return 2 * ratio * n1 * m1 / (middle + root)
    return (middle - root) / (2 * (ratio - 1))


def _sided(interval: Interval | None, level: float, alternative: str) -> Interval | None:
    """One-sided, the end of the same level on the side of the alternative."""
    if interval is None or alternative == "two-sided":
        return interval
    z = normal_quantile(level) / normal_quantile(0.5 + level / 2)
    low = interval.estimate * (interval.low / interval.estimate) ** z
    high = interval.estimate * (interval.high / interval.estimate) ** z
    return Interval(
        low=0.0 if alternative == "less" else low,
        high=math.inf if alternative == "greater" else high,
        level=level,
        method=interval.method,
        estimate=interval.estimate,
    )
