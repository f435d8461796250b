"""Tests of shape: Shapiro-Wilk, Lilliefors, Anderson-Darling, Cramér-von Mises, and the moments.

A large p-value is not evidence for normality, and a small one does not show that
a t test is invalid.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from typing import Literal, get_args

from ..._core.arithmetic import is_constant, mean, variance
from ..._core.errors import NotEnoughDataError
from ..._core.lazy import FloatArray, np, special, stats
from ..._core.notes import note
from ..._core.options import check_above, check_choice, check_number, checked_options
from ..._core.results import Comparison
from ..._core.tails import tail_of
from ..._core.wording import printed
from ..._data.summaries import of_column
from ..._data.values import Values, clean
from ..constructors import comparison
from .assumptions import shapiro_wilk, standing_alone

NORMAL = "departure from the normal distribution"
NormalityMethod = Literal[
    "shapiro", "lilliefors", "anderson-darling", "cramer-von-mises", "dagostino"
]
METHODS: tuple[NormalityMethod, ...] = get_args(NormalityMethod)
_MIN_VALUES = {"shapiro": 3, "lilliefors": 5, "anderson-darling": 8, "cramer-von-mises": 8}
_MAX_SHAPIRO = 5000
_DALLAL_WILKINSON = 100
_FEW_MOMENTS = 200  # measured: the size of K² from 8 to 1,000 values


@checked_options
def normality(values: Values, *, method: NormalityMethod = "shapiro") -> Comparison:
    """Whether values could come from some normal distribution, its mean and spread estimated.

    Args:
        values: Numbers.
        method: ``shapiro`` (Royston 1995), ``lilliefors`` (p of Dallal and Wilkinson 1986),
            ``anderson-darling`` and ``cramer-von-mises`` (p of Stephens 1986), or ``dagostino``
            (skewness and kurtosis together, D'Agostino and Pearson 1973).

    Returns:
        The test; its estimate is NaN.

    Raises:
        NotEnoughDataError: Fewer values than the method needs (3 to 8).
    """
    check_choice("method", method, METHODS)
    array, _ = clean(values, "values")
    min_count = _MIN_VALUES.get(method, 8)
    if len(array) < min_count:
        raise NotEnoughDataError(printed(method), needed=min_count, got=len(array))
    flat = is_constant(array)
    statistic, p_value = math.nan, math.nan
    name: str = method
    if not flat:
        statistic, p_value, name = _statistic(array, method)
    if method == "shapiro" and len(array) > _MAX_SHAPIRO:
        p_value = math.nan
    notes = [note("ZERO_VARIANCE")] if flat else []
    if method == "shapiro" and len(array) > _MAX_SHAPIRO:
        notes.append(note("LARGE_SAMPLE"))
    if method == "dagostino" and len(array) < _FEW_MOMENTS and not flat:
        notes.append(note("MOMENTS_APPROXIMATE"))
    return comparison(
        method.replace("-", "_"),
        f"{printed(method)} of normality",
        replace(of_column(array), groups=()),
        statistic=statistic,
        statistic_name=name,
        tail=tail_of(p_value),
        direction=NORMAL,
        warnings=notes,
    )


def _statistic(array: FloatArray, method: str) -> tuple[float, float, str]:
    """Of values of any size: their squares and fourth powers neither overflow nor vanish."""
    centred = standing_alone(array)
    if method == "shapiro":
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", UserWarning
            )  # above 5,000 values; the result has a note
            return *shapiro_wilk(array), "W"
    if method == "dagostino":
        omnibus = stats.normaltest(centred)
        return float(omnibus.statistic), float(omnibus.pvalue), "K²"
    scores = np.sort((centred - mean(centred)) / math.sqrt(variance(centred)))
    if method == "lilliefors":
        return _lilliefors(special.ndtr(scores))
    if method == "anderson-darling":
        a = anderson_statistic(special.log_ndtr(scores), special.log_ndtr(-scores))
        return a, _anderson_p(a, len(array)), "A²"
    return _cramer(special.ndtr(scores))


def _lilliefors(p: FloatArray) -> tuple[float, float, str]:
    n = len(p)
    steps = np.arange(1.0, n + 1)
    d = max(float((steps / n - p).max()), float((p - (steps - 1) / n).max()))
    scaled, size = (
        (d, float(n)) if n <= _DALLAL_WILKINSON else (d * (n / 100) ** 0.49, 100.0)
    )  # of the published fit
    root = math.sqrt(size + 2.78019)
    p_value = math.exp(
        -7.01256 * scaled**2 * (size + 2.78019)
        + 2.99587 * scaled * root
        - 0.122119
        + 0.974598 / math.sqrt(size)
        + 1.67997 / size
    )
    if p_value > 0.1:  # noqa: PLR2004  # above .1 Stephens' 1974 fit takes over
        k = (math.sqrt(n) - 0.01 + 0.85 / math.sqrt(n)) * d
        p_value = _piecewise(
            k,
            (0.302, (1.0,)),
            (0.5, (2.76773, -19.828315, 80.709644, -138.55152, 81.218052)),
            (0.9, (-4.901232, 40.662806, -97.490286, 94.029866, -32.355711)),
            (1.31, (6.198765, -19.558097, 23.186922, -12.234627, 2.423045)),
        )
    return d, p_value, "D"


def _piecewise(x: float, *pieces: tuple[float, tuple[float, ...]]) -> float:
    for limit, coefficients in pieces:
        if x <= limit:
            return sum(c * x**power for power, c in enumerate(coefficients))
    return 0.0


def anderson_statistic(log_cdf: FloatArray, log_sf: FloatArray) -> float:
    """A² from the logarithms of both tails at the ordered values."""
    n = len(log_cdf)
    weights = 2 * np.arange(1.0, n + 1) - 1
    return -n - float((weights * (log_cdf + log_sf[::-1])).mean())


def _anderson_p(a: float, n: int) -> float:
    """D'Agostino and Stephens 1986, table 4.9."""
    x = (1 + 0.75 / n + 2.25 / n**2) * a
    fits = (
        (0.2, (-13.436, 101.14, -223.73), True),
        (0.34, (-8.318, 42.796, -59.938), True),
        (0.6, (0.9177, -4.279, -1.38), False),
        (10.0, (1.2937, -5.709, 0.0186), False),
    )
    return _exponential_fit(x, fits, 3.7e-24)


def _cramer(p: FloatArray) -> tuple[float, float, str]:
    n = len(p)
    steps = (2 * np.arange(1.0, n + 1) - 1) / (2 * n)
    w = 1 / (12 * n) + float(((p - steps) ** 2).sum())
    fits = (
        (0.0275, (-13.953, 775.5, -12542.61), True),
        (0.051, (-5.903, 179.546, -1515.29), True),
        (0.092, (0.886, -31.62, 10.897), False),
        (1.1, (1.111, -34.242, 12.832), False),
    )
    return w, _exponential_fit((1 + 0.5 / n) * w, fits, 7.37e-10), "W²"


def _exponential_fit(
    x: float, fits: tuple[tuple[float, tuple[float, float, float], bool], ...], floor: float
) -> float:
    for limit, (a, b, c), upper in fits:
        if x < limit:
            value = math.exp(a + b * x + c * x * x)
            return 1 - value if upper else value
    return floor


@checked_options
def anderson_darling(values: Values, *, mean: float, sd: float) -> Comparison:
    """Whether values come from one given normal distribution (p of Marsaglia and Marsaglia 2004).

    Args:
        values: Numbers.
        mean: The mean of the given normal distribution.
        sd: Its standard deviation.

    Returns:
        The test; its estimate is NaN.

    Raises:
        NotEnoughDataError: No values.
    """
    mean = check_number("mean", mean)
    sd = check_above("sd", sd)
    array, _ = clean(values, "values")
    scores = np.sort((array - mean) / sd)
    a = anderson_statistic(special.log_ndtr(scores), special.log_ndtr(-scores))
    return comparison(
        "anderson_darling_specified",
        "Anderson-Darling test of a given normal distribution",
        replace(of_column(array), groups=()),
        statistic=a,
        statistic_name="A²",
        tail=tail_of(1 - _marsaglia(a, len(array))),
        direction=NORMAL,
    )


def _marsaglia(z: float, n: int) -> float:
    x = _limit(z)
    if x > 0.8:  # noqa: PLR2004  # pieces of the published fit
        fit = (-130.2137, 745.2337, -1705.091, 1950.646, -1116.360, 255.7844)
        return x + _polynomial(x, fit) / n
    edge = 0.01265 + 0.1757 / n
    if x < edge:
        v = x / edge
        v = math.sqrt(v) * (1 - v) * (49 * v - 102)
        return x + v * (0.0037 / n**2 + 0.00078 / n + 0.00006) / n
    v = (x - edge) / (0.8 - edge)
    fit = (-0.00022633, 6.54034, -14.6538, 14.458, -8.259, 1.91864)
    return x + _polynomial(v, fit) * (0.04213 + 0.01365 / n) / n


def _limit(z: float) -> float:
    if z <= 0:
        return 0.0
    if z < 2:  # pieces of the published fit
        fit = (2.00012, 0.247105, -0.0649821, 0.0347962, -0.011672, 0.00168691)
        return math.exp(-1.2337141 / z) / math.sqrt(z) * _polynomial(z, fit)
    fit = (1.0776, -2.30695, 0.43424, -0.082433, 0.008056, -0.0003146)
    return math.exp(-math.exp(_polynomial(z, fit)))


def _polynomial(x: float, coefficients: tuple[float, ...]) -> float:
    return sum(c * x**power for power, c in enumerate(coefficients))
