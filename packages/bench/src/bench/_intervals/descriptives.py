"""Descriptive statistics: moments, quantiles, and outliers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .._core.arithmetic import is_constant, mean, skewness, standard_deviation
from .._core.deprecated import renamed_arguments
from .._core.lazy import FloatArray, np
from .._core.options import MissingPolicy, checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import Interval
from .._core.shown import shown
from .._core.wording import number
from .._data.percentiles import quantile_of
from .._data.values import Values, clean
from .means_and_quantiles import mean_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Description(Result):
    """One column of numbers, described."""

    name: str
    n: int
    n_missing: int
    mean: float
    sd: float
    sem: float
    interval: Interval | None
    minimum: float
    q25: float
    median: float
    q75: float
    maximum: float
    mad: float
    skewness: float
    excess_kurtosis: float
    skewness_corrected: float
    excess_kurtosis_corrected: float
    outliers: tuple[float, ...]
    histogram: str

    @shown
    def __str__(self) -> str:
        text = f"{self.name}: n = {self.n}, M = {number(self.mean)}, SD = {number(self.sd)}"
        if self.interval is not None:
            text += f", {self.interval}"
        return text + (
            f", median = {number(self.median)}"
            f" [{number(self.q25)}, {number(self.q75)}],"
            f" range {number(self.minimum)} to {number(self.maximum)}."
        )

    def table(self) -> ResultTable:
        return ResultTable(
            title=f"Description of {self.name}",
            columns=("Condition", "n", "M", "SD", "Min", "Median", "Max"),
            rows=(
                (
                    self.name,
                    str(self.n),
                    *map(number, (self.mean, self.sd, self.minimum, self.median, self.maximum)),
                ),
            ),
        )


@renamed_arguments(nan="missing")
@checked_options
def describe(
    values: Values, *, name: str = "values", level: float = 0.95, missing: MissingPolicy = "error"
) -> Description:
    """Mean, spread, quartiles, shape and outliers of one column.

    ``skewness`` and ``excess_kurtosis`` are the plain moments (g1, g2); the ``_corrected`` ones are
    those of spreadsheets (G1, G2). Outliers lie beyond 1.5 interquartile ranges (Tukey 1977).

    Args:
        values: Numbers.
        name: The name of the column in the result.
        level: The level of the interval of the mean.
        missing: ``omit`` leaves missing values out and counts them.

    Returns:
        The descriptive statistics, with the interval of the mean.

    Raises:
        NotEnoughDataError: No values.
        MissingValuesError: Missing values with ``missing="error"``.

    Example:
        >>> found = bench.describe([1, 2, 3, 4, 10])
        >>> found.median, round(found.sd, 2), found.outliers
        (3.0, 3.54, (10.0,))
    """
    array, absent = clean(values, name, missing=missing)
    size, spread = len(array), standard_deviation(array)
    q25, middle, q75 = (quantile_of(array, q) for q in (0.25, 0.5, 0.75))
    g1, g2 = skewness(array), _excess_kurtosis(array)
    reach = 1.5 * (q75 - q25)
    return Description(
        name=name,
        n=size,
        n_missing=absent,
        mean=mean(array),
        sd=spread,
        sem=spread / math.sqrt(size),
        interval=mean_interval(array, level=level) if size > 1 else None,
        minimum=float(array.min()),
        q25=q25,
        median=middle,
        q75=q75,
        maximum=float(array.max()),
        mad=float(np.median(np.abs(array - middle))),
        skewness=g1,
        excess_kurtosis=g2,
        skewness_corrected=g1 * math.sqrt(size * (size - 1)) / (size - 2) if size > 2 else math.nan,
        excess_kurtosis_corrected=(size - 1) / ((size - 2) * (size - 3)) * ((size + 1) * g2 + 6)
        if size > 3
        else math.nan,
        outliers=tuple(float(value) for value in array if not q25 - reach <= value <= q75 + reach),
        histogram=_histogram(array),
    )


def _excess_kurtosis(array: FloatArray) -> float:
    if is_constant(array):
        return math.nan
    centred = array - mean(array)
    centred = centred / float(np.abs(centred).max())
    return float(np.mean(centred**4) / np.mean(centred**2) ** 2 - 3.0)


def _histogram(array: FloatArray, bins: int = 10, width: int = 40) -> str:
    """Bars of text, for a terminal."""
    counts, edges = np.histogram(array, bins=bins)
    most = max(1, int(counts.max()))
    lines = [
        f"{number(float(low)):>10} | {'#' * round(width * int(count) / most)} {int(count)}"
        for low, count in zip(edges[:-1], counts, strict=True)
    ]
    return "\n".join(lines)
