"""How alike ratings of the same items are: intraclass correlations (Shrout and Fleiss 1979)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, get_args

from .._core.arithmetic import unit_of, without_offset
from .._core.errors import NotEnoughDataError
from .._core.lazy import FloatArray, special
from .._core.notes import note
from .._core.options import check_choice, check_share, checked_options
from .._core.results import EffectSize, Interval, Note
from .._data.groups import clean_blocks
from .._data.values import ValuesByItem
from .._intervals.proportions import clopper_pearson

IccKind = Literal["one-way", "agreement", "consistency"]
KINDS: tuple[IccKind, ...] = get_args(IccKind)
_WORDS = ((0.5, "poor"), (0.75, "moderate"), (0.9, "good"))
_NUMBERS = {"one-way": 1, "agreement": 2, "consistency": 3}


@checked_options
def intraclass_correlation(
    *raters: ValuesByItem,
    kind: IccKind = "agreement",
    average: bool = False,
    level: float = 0.95,
) -> EffectSize:
    """The share of the variance of ratings that lies between items.

    Args:
        raters: One column of numbers per rater over the same items, or mappings by item id.
        kind: ``agreement`` (the raters are a sample and their levels count: ICC(2)),
            ``consistency`` (only these raters, levels do not count: ICC(3)) or ``one-way`` (other
            raters for each item: ICC(1)).
        average: Of the mean of all raters instead of one rater.
        level: The level of the interval (McGraw and Wong 1996).

    Returns:
        The correlation with its interval; the words are those of Koo and Li 2016.

    Raises:
        NotEnoughDataError: Fewer than two raters or three items.
        MissingValuesError: A rating is missing.

    Example:
        >>> first, second = [9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2]
        >>> third, fourth = [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]
        >>> print(bench.intraclass_correlation(first, second, third, fourth))
        ICC(2,1) = 0.290 [0.0188, 0.761] (poor, Koo and Li 2016)
    """
    check_choice("kind", kind, KINDS)
    check_share("level", level)
    if len(raters) < 2:  # raters come in pairs
        raise NotEnoughDataError("raters", needed=2, got=len(raters))
    columns: Sequence[ValuesByItem] = raters
    matrix = clean_blocks(columns, min_count=3).matrix
    size = matrix.shape[1]
    name = f"ICC({_NUMBERS[kind]},{size if average else 1})"
    squares = _mean_squares(matrix / unit_of(matrix))
    if squares[0] + squares[2] == 0.0:
        return EffectSize(name=name, symbol=name, value=math.nan, warnings=(note("ZERO_VARIANCE"),))
    value = _single(kind, matrix.shape, squares)
    low, high = _ends(kind, matrix.shape, squares, value, level)
    notes: tuple[Note, ...] = (note("NORMAL_RATINGS"),)
    if low == high:  # no residual: all that n items show
        low, notes = _perfect_low(matrix, level), (note("PERFECT_AGREEMENT"),)
    if average:
        value, low, high = (_stepped(each, size) for each in (value, low, high))
    return EffectSize(
        name=name,
        symbol=name,
        value=value,
        interval=Interval(low=low, high=high, level=level, method="F", estimate=value),
        warnings=notes,
        magnitude=next((word for limit, word in _WORDS if value < limit), "excellent"),
        convention="Koo and Li 2016",
    )


Squares = tuple[float, float, float, float]


def _mean_squares(matrix: FloatArray) -> Squares:
    """Between items, between raters, residual, and within items."""
    n, k = matrix.shape
    moved = without_offset(matrix)
    shifted = moved - moved.mean()
    items, raters = shifted.mean(axis=1), shifted.mean(axis=0)
    rest = shifted - items[:, None] - raters[None, :]
    between, across = k * float(items @ items), n * float(raters @ raters)
    residual = float((rest**2).sum())
    return (
        between / (n - 1),
        across / (k - 1),
        residual / ((n - 1) * (k - 1)),
        (across + residual) / (n * (k - 1)),
    )


def _single(kind: str, shape: tuple[int, ...], squares: Squares) -> float:
    n, k = shape
    items, raters, rest, within = squares
    if kind == "one-way":
        return (items - within) / (items + (k - 1) * within)
    extra = k * (raters - rest) / n if kind == "agreement" else 0.0
    return (items - rest) / (items + (k - 1) * rest + extra)


def _ends(
    kind: str, shape: tuple[int, ...], squares: Squares, value: float, level: float
) -> tuple[float, float]:
    n, k = shape
    items, _, rest, within = squares
    tail = 0.5 + level / 2
    if kind == "agreement":
        return _agreement_ends(shape, squares, value, tail)
    error, df = (within, n * (k - 1.0)) if kind == "one-way" else (rest, (n - 1.0) * (k - 1.0))
    if error == 0.0:
        return 1.0, 1.0
    ratio = items / error
    low = ratio / float(special.fdtri(n - 1.0, df, tail))
    high = ratio * float(special.fdtri(df, n - 1.0, tail))
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _agreement_ends(
    shape: tuple[int, ...], squares: Squares, value: float, tail: float
) -> tuple[float, float]:
    n, k = shape
    items, raters, rest, _ = squares
    if value >= 1.0:
        return 1.0, 1.0
    a = k * value / (n * (1 - value))
    b = 1 + k * value * (n - 1) / (n * (1 - value))
    spread = (a * raters) ** 2 / (k - 1) + (b * rest) ** 2 / ((n - 1) * (k - 1))
    df = (a * raters + b * rest) ** 2 / spread if spread > 0 else n - 1.0
    below = float(special.fdtri(n - 1.0, df, tail))
    above = float(special.fdtri(df, n - 1.0, tail))
    others = k * raters + (k * n - k - n) * rest
    low = n * (items - below * rest) / (below * others + n * items)
    high = n * (above * items - rest) / (others + n * above * items)
    # Hardly a degree of freedom bounds nothing: the quantiles of F are beyond a float.
    return (-1.0 if math.isnan(low) else low), (1.0 if math.isnan(high) else high)


def _perfect_low(matrix: FloatArray, level: float) -> float:
    """If as few items were rated alike as n of n allows (Clopper and Pearson).

    The others would differ as two items do, so that the coefficient falls by their share.
    """
    items = len(matrix)
    return clopper_pearson(items, items, 1 - level)[0]


def _stepped(value: float, count: int) -> float:
    """Spearman and Brown: the correlation of the mean of ``count`` raters."""
    return count * value / (1 + (count - 1) * value)
