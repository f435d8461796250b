"""Fisher's exact test of tables larger than two by two, by enumerating column after column."""

from __future__ import annotations

import math
from functools import lru_cache

from ..._core.lazy import FloatArray, np, special, stats
from ..._core.notes import note
from ..._core.results import ANY_DIFFERENCE, Comparison
from ..._core.streams import stream
from ..._core.tails import tail_of
from ..._data.summaries import DataSummary
from ..constructors import comparison

_MAX_WORK, _STEP = 8_000_000, 10  # a step costs about ten of its weights
_SLACK = 1e-7


def fisher_rxc(table: FloatArray, *, resamples: int, seed: int) -> Comparison:
    """The chance of a table as unlikely as this one or more, given both margins (Freeman, Halton).

    Exact while that is quick; beyond that from random tables with the same margins (Patefield
    1981), with the Monte-Carlo error in the details.
    """
    exact = _enumerated(table)
    p_value = _drawn(table, resamples, seed) if exact is None else min(1.0, exact)
    error = 0.0 if exact is not None else math.sqrt(p_value * (1 - p_value) / resamples)
    return comparison(
        "fisher_exact",
        "Fisher-Freeman-Halton test",
        DataSummary(n={"total": int(table.sum())}),
        method="random tables" if exact is None else "exact",
        statistic=math.nan,
        statistic_name="table",
        tail=tail_of(p_value),
        direction=ANY_DIFFERENCE,
        estimate_name="association",
        details={"mc_error": error},
        warnings=[note("MC_ERROR", f"{error:.2g}")] if exact is None else [],
        seed=seed if exact is None else None,
        resamples=resamples if exact is None else None,
    )


def _drawn(table: FloatArray, resamples: int, seed: int) -> float:
    """The share of random tables that are as unlikely, the observed one counted in."""
    counts = table.astype(np.int64)
    margins = stats.random_table(counts.sum(axis=1), counts.sum(axis=0))
    tables = margins.rvs(resamples, random_state=stream(seed, "fisher"))
    weights = special.gammaln(tables + 1.0).sum(axis=(1, 2))
    observed = float(special.gammaln(counts + 1.0).sum())
    return (int((weights >= observed - _SLACK).sum()) + 1) / (resamples + 1)


def _enumerated(table: FloatArray) -> float | None:
    """The exact p-value, or None when there are too many states."""
    if table.shape[0] > table.shape[1]:
        table = table.T
    rows = tuple(int(total) for total in table.sum(axis=1))
    columns = tuple(sorted((int(total) for total in table.sum(axis=0)), reverse=True))
    constant = sum(map(_lfact, rows)) + sum(map(_lfact, columns)) - _lfact(sum(rows))
    observed = -sum(_lfact(int(cell)) for cell in table.ravel())
    # States: what is left of each row, with the mass of every weight reached so far. A weight whose
    # completions all count, or all do not, is settled at once (the idea of Mehta and Patel 1983).
    states: dict[tuple[int, ...], dict[float, float]] = {tuple(sorted(rows)): {0.0: 1.0}}
    masses, work = [], 0
    for index, column in enumerate(columns):
        following: dict[tuple[int, ...], dict[float, float]] = {}
        later = columns[index + 1 :]
        for left, weights in states.items():
            for taken in _fillings(left, column):
                # Rows of equal remainder are alike, so the order of the remainders does not matter.
                rest = tuple(sorted(have - use for have, use in zip(left, taken, strict=True)))
                step = -sum(map(_lfact, taken))
                most, least, whole = _bounds(rest, later)
                bucket = following.setdefault(rest, {})
                work += _STEP + len(weights)
                if work > _MAX_WORK:
                    return None
                for weight, count in weights.items():
                    key = round(weight + step, 9)
                    if key + most <= observed + _SLACK:
                        masses.append(count * math.exp(key + whole + constant))
                    elif key + least <= observed + _SLACK:
                        bucket[key] = bucket.get(key, 0.0) + count
        states = following
    return math.fsum(masses)


@lru_cache(maxsize=4096)
def _lfact(count: int) -> float:
    return math.lgamma(count + 1)


@lru_cache(maxsize=200_000)
def _bounds(rows: tuple[int, ...], columns: tuple[int, ...]) -> tuple[float, float, float]:
    """Largest and smallest log weight of a completion, and the log of the sum of all weights.

    The weight of a table is the product of 1/cell!. Evenly spread cells bound it from above (by
    concavity, in rows and in columns), one full cell per row or column from below; over all tables
    the sum is n!/(product of the factorials of both margins).
    """
    by_columns = -math.fsum(len(rows) * math.lgamma(total / len(rows) + 1) for total in columns)
    by_rows = 0.0
    if columns:
        by_rows = -math.fsum(len(columns) * math.lgamma(each / len(columns) + 1) for each in rows)
    full_columns, full_rows = math.fsum(map(_lfact, columns)), math.fsum(map(_lfact, rows))
    whole = _lfact(sum(rows)) - full_columns - full_rows
    most = min(by_columns, by_rows)
    return (most if columns else 0.0), -min(full_columns, full_rows), whole


def _fillings(left: tuple[int, ...], total: int) -> list[tuple[int, ...]]:
    """All ways to take ``total`` from the rows."""
    if len(left) == 1:
        return [(total,)] if total <= left[0] else []
    rest = sum(left[1:])
    return [
        (here, *others)
        for here in range(max(0, total - rest), min(left[0], total) + 1)
        for others in _fillings(left[1:], total - here)
    ]
