"""Yuen's t test of trimmed means (Yuen 1974)."""

from __future__ import annotations

import math

from ..._core.arithmetic import difference_of_means, unit_of, variance
from ..._core.deprecated import renamed_arguments
from ..._core.errors import InvalidOptionError
from ..._core.lazy import FloatArray, np
from ..._core.notes import note
from ..._core.options import Alternative, MissingPolicy, check_number, checked_options
from ..._core.results import Comparison, Note
from ..._data.groups import clean_two
from ..._data.summaries import of_two
from ..._data.values import Values
from ..constructors import in_unit, t_comparison

_MAX_TRIM = 0.5
_FEW, _UNEQUAL, _DISTINCT = 20, 3, 10  # otherwise sizes of 2.9 to 5.7 %, by simulation


@renamed_arguments(nan="missing")
@checked_options
def yuen_t(
    control: Values,
    treatment: Values,
    *,
    trim: float = 0.2,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    missing: MissingPolicy = "error",
) -> Comparison:
    """Whether trimmed means differ: the extremes of both groups count less.

    Args:
        control: One value per item.
        treatment: One value per item.
        trim: The share cut at each end.
        level: The level of the interval.
        alternative: ``greater``: the treatment is larger.
        missing: ``omit`` leaves missing values out.

    Returns:
        The test with its estimate, interval and effect sizes, treatment minus control.

    Raises:
        InvalidOptionError: ``trim`` outside 0 to 0.5.
        NotEnoughDataError: Fewer than four values in a group.
    """
    trim = check_number("trim", trim)
    if not 0 <= trim < _MAX_TRIM:
        raise InvalidOptionError("trim", trim, "from 0 to below 0.5")
    groups = clean_two(control, treatment, missing=missing, min_count=4)
    unit = unit_of(groups.control, groups.treatment)
    first, second = groups.control / unit, groups.treatment / unit
    (inner1, square1), (inner2, square2) = (_trimmed(each, trim) for each in (second, first))
    kept1, kept2 = len(inner1), len(inner2)
    flat = square1 + square2 == 0.0 or min(kept1, kept2) < 2  # no spread left
    df = math.nan
    if not flat:
        df = (square1 + square2) ** 2 / (square1**2 / (kept1 - 1) + square2**2 / (kept2 - 1))
    result = t_comparison(
        "yuen_t",
        f"Yuen's t test ({trim:.0%} trimmed)",
        of_two(groups),
        estimate=difference_of_means(inner2, inner1),
        estimate_name="difference of trimmed means",
        se=math.nan if flat else math.sqrt(square1 + square2),
        df=df,
        level=level,
        alternative=alternative,
        interval_method="Yuen t",
        warnings=[note("ZERO_VARIANCE")] if flat else _rough(groups.control, groups.treatment),
    )
    return in_unit(result, unit)


def _rough(*groups: FloatArray) -> list[Note]:
    sizes = [len(each) for each in groups]
    values = len(np.unique(np.concatenate(groups)))
    rough = min(sizes) < _FEW or max(sizes) > _UNEQUAL * min(sizes) or values < _DISTINCT
    return [note("TRIMMED_APPROXIMATE")] if rough else []


def _trimmed(array: FloatArray, trim: float) -> tuple[FloatArray, float]:
    """The values that are left, and the squared standard error of their mean."""
    ordered = np.sort(array)
    n = len(ordered)
    cut = math.floor(trim * n + 1e-9)
    kept = n - 2 * cut
    winsorized = np.clip(array, ordered[cut], ordered[n - cut - 1])
    square = (n - 1) * variance(winsorized) / (kept * (kept - 1)) if kept > 1 else 0.0
    return ordered[cut : n - cut], square
