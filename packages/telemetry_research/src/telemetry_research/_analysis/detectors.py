"""Anomaly detectors: z score, modified z score, interquartile range, EWMA and CUSUM."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Literal

from .._capture.sampling import stream
from .._core.errors import UnknownDetectorError
from .._core.renamed import renamed_attribute
from .._metrics.statistics import percentile

# The 0.75 quantile of the standard normal: its median absolute deviation (Iglewicz and Hoaglin).
_MAD_TO_SD = 0.6745

Method = Literal["z", "modified_z", "iqr", "ewma", "cusum"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomalies:
    """The anomalies in a series of values.

    Attributes:
        method: The detector.
        indices: The indices of the flagged values.
        total: The number of values.
        threshold: The limit of the detector.
        false_positive_rate: The share of flagged values without anomalies, simulated with normal
            values in series of the same length.
    """

    method: Method
    indices: tuple[int, ...]
    total: int
    threshold: float
    false_positive_rate: float

    if not TYPE_CHECKING:
        places = renamed_attribute("indices")

    def __str__(self) -> str:
        text = f"{_PRINTED[self.method]}: {len(self.indices)} of {self.total} values flagged"
        if math.isnan(self.false_positive_rate):
            return text
        return f"{text}, {self.false_positive_rate:.2%} expected of normal values"

    def to_dict(self) -> dict[str, object]:
        """The anomalies as plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


def detect_anomalies(
    values: Sequence[float | None],
    method: Method = "modified_z",
    *,
    threshold: float | None = None,
    seed: int = 0,
    simulations: int = 200,
) -> Anomalies:
    """Flag the values that deviate from the others.

    Args:
        values: The values in their order in time. None and not-a-number are passed over.
        method: ``z`` (3 standard deviations), ``modified_z`` (3.5, by the median absolute
            deviation; Iglewicz and Hoaglin, 1993), ``iqr`` (1.5 ranges beyond the quartiles),
            ``ewma`` (a moving mean outside of the limits of its chart, 3 standard errors; Roberts,
            Technometrics 1, 1959) or ``cusum`` (a lasting shift; limit 5 standard deviations,
            slack 0.5; Page, Biometrika 41, 1954).
        threshold: Another limit; None is the one above.
        seed: The seed of the simulated false-positive rate.
        simulations: The number of simulated series; 0 leaves the rate out (not-a-number).

    Returns:
        The flagged values and the false-positive rate.

    Raises:
        UnknownDetectorError: The method does not exist.

    Example:
        >>> detect_anomalies([1, 2, 3, 2, 1, 99]).indices
        (5,)
    """
    if method not in _METHODS:
        raise UnknownDetectorError(method, _METHODS)
    find, usual = _METHODS[method]
    limit = usual if threshold is None else threshold
    draw = stream(seed)
    known = {n: v for n, v in enumerate(values) if v is not None and not math.isnan(v)}
    places, numbers = list(known), list(known.values())
    return Anomalies(
        method=method,
        indices=tuple(places[n] for n in find(numbers, limit)),
        total=len(values),
        threshold=limit,
        false_positive_rate=_false_positives(find, limit, len(values), draw, simulations),
    )


_Finder = Callable[[Sequence[float], float], list[int]]


def _false_positives(find: _Finder, limit: float, size: int, draw: Random, series: int) -> float:
    size = min(size, 1000)
    if not size or not series:
        return math.nan
    flagged = sum(len(find([draw.gauss(0, 1) for _ in range(size)], limit)) for _ in range(series))
    return flagged / (size * series)


def _z(values: Sequence[float], limit: float) -> list[int]:
    mean, sd = _moments(values)
    return [n for n, value in enumerate(values) if sd and abs(value - mean) > limit * sd]


def _modified_z(values: Sequence[float], limit: float) -> list[int]:
    if not values:
        return []
    middle = percentile(sorted(values), 0.5)
    spread = percentile(sorted(abs(value - middle) for value in values), 0.5)
    if not spread:
        return [n for n, value in enumerate(values) if value != middle]
    far = limit * spread / _MAD_TO_SD
    return [n for n, value in enumerate(values) if abs(value - middle) > far]


def _iqr(values: Sequence[float], limit: float) -> list[int]:
    if not values:
        return []
    ordered = sorted(values)
    low, high = percentile(ordered, 0.25), percentile(ordered, 0.75)
    reach = limit * (high - low)
    return [n for n, value in enumerate(values) if not low - reach <= value <= high + reach]


def _ewma(values: Sequence[float], limit: float, weight: float = 0.1) -> list[int]:
    """The chart of Roberts (Technometrics 1, 1959), whose limits widen with the age of the mean.

    The first quarter gives mean and spread; the variance of that mean widens the limits.
    """
    warm = max(10, len(values) // 4)
    mean, sd = _moments(values[:warm])
    average, found = mean, []
    for age, value in enumerate(values[warm:], 1):
        average += weight * (value - average)
        share = weight / (2 - weight) * (1 - (1 - weight) ** (2 * age)) + 1 / warm
        if abs(average - mean) > limit * sd * math.sqrt(share):
            found.append(warm + age - 1)
    return found


def _cusum(values: Sequence[float], limit: float, slack: float = 0.5) -> list[int]:
    """The first quarter gives mean and spread; the sums restart after each signal."""
    warm = max(10, len(values) // 4)
    mean, sd = _moments(values[:warm])
    up, down, found = 0.0, 0.0, []
    for n, value in enumerate(values[warm:], warm):
        deviation = (value - mean) / sd if sd else float(value != mean) * (limit + slack + 1)
        up = max(0.0, up + deviation - slack)
        down = max(0.0, down - deviation - slack)
        if max(up, down) > limit:
            found.append(n)
            up = down = 0.0
    return found


def _moments(values: Sequence[float]) -> tuple[float, float]:
    if len(values) < 2:  # a spread needs two
        return (values[0] if values else 0.0), 0.0
    mean = math.fsum(values) / len(values)
    return mean, math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1))


_PRINTED: dict[Method, str] = {
    "z": "z score",
    "modified_z": "modified z score",
    "iqr": "interquartile range",
    "ewma": "EWMA",
    "cusum": "CUSUM",
}
_METHODS: dict[str, tuple[_Finder, float]] = {
    "z": (_z, 3.0),
    "modified_z": (_modified_z, 3.5),
    "iqr": (_iqr, 1.5),
    "ewma": (_ewma, 3.0),
    "cusum": (_cusum, 5.0),
}
