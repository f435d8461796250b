"""The pairs of levels of each factor of a mixed ANOVA, each with an error of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

from .._core.lazy import FloatArray, np
from .._core.notes import note
from .._core.results import Interval
from .._core.tails import t_p, t_quantile
from .._multiplicity.pairwise import Pair, PairwiseTable
from .._multiplicity.simultaneous import corrected_table
from .design import Term, contrasts, levels_of


def orthonormal(levels: int) -> FloatArray:
    """Contrasts of the levels in rows, orthogonal and of length one."""
    basis, _ = np.linalg.qr(np.column_stack([np.ones(levels), np.eye(levels)[:, 1:]]))
    found: FloatArray = basis.T[1:]
    return found


def level_pairs(
    y: FloatArray,
    matrix: FloatArray,
    terms: Sequence[Term],
    *,
    between: Mapping[str, Sequence[str]],
    within: Mapping[str, Sequence[str]],
    level: float,
) -> dict[str, PairwiseTable]:
    """Differences of the levels of every factor, the others weighted equally, Holm-corrected."""
    found = {}
    start = 1
    means = y.mean(axis=1)
    for term in terms:
        if term.name in between:
            levels = levels_of(between[term.name])
            rows = np.zeros((len(levels), matrix.shape[1]))
            rows[:, start : start + term.df] = contrasts(len(levels), "sum")
            pairs = [
                _difference(means, matrix, rows[b] - rows[a], (levels[a], levels[b]), level)
                for a, b in combinations(range(len(levels)), 2)
            ]
            found[term.name] = _table(pairs, level)
        start += term.df
    one = np.eye(matrix.shape[1])[0]
    for name, steps in within.items():
        marks = _level_means(name, within)
        pairs = [
            _difference(y @ (marks[b] - marks[a]), matrix, one, (steps[a], steps[b]), level)
            for a, b in combinations(range(len(steps)), 2)
        ]
        found[name] = _table(pairs, level)
    return found


def _level_means(name: str, within: Mapping[str, Sequence[str]]) -> FloatArray:
    """For each level of a factor the weights of the columns that give its mean."""
    rows: FloatArray = np.ones((1, 1))
    for each, levels in within.items():
        size = len(levels)
        part = np.eye(size) if each == name else np.ones((1, size)) / size
        rows = np.asarray(np.kron(rows, part), dtype=float)
    return rows


def _difference(
    z: FloatArray, matrix: FloatArray, weights: FloatArray, names: tuple[str, str], level: float
) -> Pair:
    """A weighted sum of coefficients of the between model, fitted to one value per item."""
    basis, triangle = np.linalg.qr(matrix)
    inverse = np.linalg.inv(triangle)
    left = z - basis @ (basis.T @ z)
    df = float(len(z) - matrix.shape[1])
    spread = weights @ inverse
    value = float(spread @ (basis.T @ z))
    se = math.sqrt(float(left @ left) / df * float(spread @ spread))
    t = value / se if se > 0 else math.nan
    p_value = t_p(t, df, "two-sided")[0]
    return Pair(
        first=names[0],
        second=names[1],
        estimate=value,
        estimate_name="adjusted mean difference",
        se=se,
        statistic=t,
        statistic_name="t",
        p_value=p_value,
        p_adjusted=p_value,
        interval=_around(value, se, df, level),
        df=df,
    )


def _around(value: float, se: float, df: float, level: float) -> Interval:
    half = t_quantile((1 + level) / 2, df) * se
    return Interval(
        low=value - half,
        high=value + half,
        level=level,
        method="t",
        estimate=value,
        warnings=(note("ZERO_VARIANCE"),) if value - half == value + half else (),
    )


def _table(pairs: Sequence[Pair], level: float) -> PairwiseTable:
    def again(row: Pair, level: float) -> Interval:
        return _around(row.estimate, row.se, row.df or math.nan, level)

    return corrected_table("t of adjusted means", pairs, "holm", level, again)
