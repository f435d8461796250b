"""Fisher's exact test of tables larger than two by two, by enumerating column after column."""

from __future__ import annotations

import math
from functools import lru_cache

from ._anova import ANY_DIFFERENCE
from ._errors import InvalidDataError
from ._lazy import FloatArray
from ._results import Comparison, Interval

_MOST_STATES = 3_000_000
_SLACK = 1e-7


def fisher_rxc(table: FloatArray) -> Comparison:
    """The chance of a table as unlikely as this one or more, given both margins (Freeman, Halton).

    Raises:
        InvalidDataError: The table has too many states; use ``chi_square``.
    """
    if table.shape[0] > table.shape[1]:
        table = table.T
    rows = tuple(int(total) for total in table.sum(axis=1))
    columns = tuple(sorted((int(total) for total in table.sum(axis=0)), reverse=True))
    n = sum(rows)
    constant = sum(map(_lfact, rows)) + sum(map(_lfact, columns)) - _lfact(n)
    observed = -sum(_lfact(int(cell)) for cell in table.ravel())
    # States: what is left of each row, with the mass of every weight reached so far. A weight whose
    # completions all count, or all do not, is settled at once (the idea of Mehta and Patel 1983).
    states: dict[tuple[int, ...], dict[float, float]] = {tuple(sorted(rows)): {0.0: 1.0}}
    masses = []
    for place, column in enumerate(columns):
        following: dict[tuple[int, ...], dict[float, float]] = {}
        later, size = columns[place + 1 :], 0
        for left, weights in states.items():
            for taken in _fillings(left, column):
                # Rows of equal remainder are alike, so the order of the remainders does not matter.
                rest = tuple(sorted(have - use for have, use in zip(left, taken, strict=True)))
                step = -sum(map(_lfact, taken))
                most, least, whole = _bounds(rest, later)
                bucket = following.setdefault(rest, {})
                for weight, count in weights.items():
                    key = round(weight + step, 9)
                    if key + most <= observed + _SLACK:
                        masses.append(count * math.exp(key + whole + constant))
                    elif key + least <= observed + _SLACK:
                        size += key not in bucket
                        bucket[key] = bucket.get(key, 0.0) + count
        if size > _MOST_STATES:
            raise InvalidDataError("table", "too large to enumerate; use chi_square")
        states = following
    p_value = math.fsum(masses)
    p_value = min(1.0, p_value)
    return Comparison(
        test="fisher_exact",
        title="Fisher-Freeman-Halton test",
        method="exact",
        statistic=math.nan,
        statistic_name="table",
        p_value=p_value,
        log_p=math.log(p_value),
        alternative="two-sided",
        direction=ANY_DIFFERENCE,
        estimate=math.nan,
        estimate_name="association",
        se=math.nan,
        interval=Interval(low=math.nan, high=math.nan, level=0.95, method="none"),
        n={"total": n},
    )


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
