"""Anomaly detectors: z score, modified z score, interquartile range, EWMA and CUSUM."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Literal, get_args

from .._capture.sampling import stream
from .._core.columns import scalar
from .._core.errors import UnknownDetectorError, require_choice
from .._core.renamed import renamed_attribute
from .._core.safe import on_one_line
from .._metrics.statistics import percentile

# The 0.75 quantile of the standard normal: its median absolute deviation (Iglewicz and Hoaglin).
_MAD_TO_SD = 0.6745

Scale = Literal["linear", "log"]
Method = Literal["z", "modified_z", "iqr", "ewma", "cusum"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomalies:
    """The anomalies in a series of values.

    Attributes:
        method: The detector.
        indices: The indices of the flagged values.
        total: The number of values.
        threshold: The limit of the detector.
        scale: The scale on which values were compared: ``linear`` or ``log``.
        false_positive_rates: The share of flagged values without anomalies, by the shape of the
            values: ``normal``, ``exponential`` and ``lognormal``. Simulated in series of the same
            length on the same scale. Values that are not all positive have only ``normal``.
    """

    method: Method
    indices: tuple[int, ...]
    total: int
    threshold: float
    scale: Scale
    false_positive_rates: Mapping[str, float]

    @property
    def false_positive_rate(self) -> float:
        """The largest of the false-positive rates; not-a-number without simulations."""
        return max(self.false_positive_rates.values(), default=math.nan)

    if not TYPE_CHECKING:
        places = renamed_attribute("indices")

    def __str__(self) -> str:
        text = f"{_PRINTED[self.method]}: {len(self.indices)} of {self.total} values flagged"
        if math.isnan(self.false_positive_rate):
            return text
        worst = max(self.false_positive_rates, key=lambda shape: self.false_positive_rates[shape])
        text += f", at most {self.false_positive_rate:.2%} expected of clean values ({worst})"
        return on_one_line(text)

    def to_dict(self) -> dict[str, object]:
        """The anomalies as plain values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        rates = dict(self.false_positive_rates)
        return {**values, "false_positive_rates": rates, **self._worst()}

    def _worst(self) -> dict[str, object]:
        rate = self.false_positive_rate
        return {"false_positive_rate": None if math.isnan(rate) else rate}


def detect_anomalies(
    values: Sequence[float | None],
    method: Method = "modified_z",
    *,
    threshold: float | None = None,
    scale: Scale | None = None,
    seed: int = 0,
    simulations: int = 100,
) -> Anomalies:
    """Flag the values that deviate from the others.

    Latencies and costs are skewed to the right, so that a linear scale flags many of their clean
    values. Hence positive values are compared by their logarithms.

    Args:
        values: The values in their order in time. None and not-a-number are passed over.
        method: ``z`` (3 standard deviations), ``modified_z`` (3.5, by the median absolute
            deviation; Iglewicz and Hoaglin, 1993), ``iqr`` (1.5 ranges beyond the quartiles),
            ``ewma`` (a moving mean outside of the limits of its chart, 3 standard errors; Roberts,
            Technometrics 1, 1959) or ``cusum`` (a lasting shift; limit 5 standard deviations,
            slack 0.5; Page, Biometrika 41, 1954).
        threshold: Another limit; None is the one above.
        scale: ``linear`` or ``log``; None is ``log`` when all values are positive.
        seed: The seed of the simulated false-positive rates.
        simulations: The number of simulated series of each shape; 0 leaves the rates out.

    Returns:
        The flagged values and the false-positive rate.

    Raises:
        UnknownDetectorError: The method does not exist.
        ValueError: The scale does not exist, or is ``log`` and a value is not positive.

    Example:
        >>> detect_anomalies([1, 2, 3, 2, 1, 99]).indices
        (5,)
    """
    if method not in _METHODS:
        raise UnknownDetectorError(method, _METHODS)
    require_choice("scale", scale, get_args(Scale))
    find, usual = _METHODS[method]
    limit = usual if threshold is None else threshold
    known = {n: v for n, v in enumerate(values) if v is not None and not math.isnan(v)}
    places, numbers = list(known), list(known.values())
    positive = bool(numbers) and min(numbers) > 0
    if scale == "log" and numbers and not positive:
        raise ValueError(f"scale='log': {min(numbers)} is not positive; give scale='linear'")
    chosen: Scale = scale or ("log" if positive else "linear")
    shapes = _SHAPES if positive else {"normal": _SHAPES["normal"]}
    return Anomalies(
        method=method,
        indices=tuple(places[n] for n in find(_scaled(numbers, chosen), limit)),
        total=len(values),
        threshold=limit,
        scale=chosen,
        false_positive_rates={
            shape: _false_positives(find, limit, len(values), draw, chosen, seed, simulations)
            for shape, draw in shapes.items()
            if values and simulations
        },
    )


def outlier_count(durations: Any) -> int:
    """How many durations ``detect_anomalies`` flags by its default method.

    Args:
        durations: An Arrow array of at least one integer, without nulls.
    """
    import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

    values = durations.cast("float64", safe=False)
    values = pc.ln(values) if pc.min(values).as_py() > 0 else values
    middle = _median(values)
    deviations = pc.abs(pc.subtract(values, scalar(middle)))
    spread = _median(deviations)
    limit = _METHODS["modified_z"][1] * spread / _MAD_TO_SD if spread else 0.0
    return int(pc.sum(pc.greater(deviations, scalar(limit))).as_py() or 0)


def _median(values: Any) -> float:
    import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

    return float(pc.quantile(values, q=0.5)[0].as_py())  # linear, as everywhere


_Finder = Callable[[Sequence[float], float], list[int]]
_Draw = Callable[[Random], float]
_SHAPES: Mapping[str, _Draw] = {
    "normal": lambda draw: draw.gauss(10, 1),
    "exponential": lambda draw: draw.expovariate(1.0),
    "lognormal": lambda draw: draw.lognormvariate(0, 1),
}


def _scaled(values: Sequence[float], scale: Scale) -> Sequence[float]:
    return [math.log(value) for value in values] if scale == "log" else values


def _false_positives(  # noqa: PLR0917  # used here alone
    find: _Finder, limit: float, size: int, draw: _Draw, scale: Scale, seed: int, series: int
) -> float:
    numbers, size = stream(seed), min(size, 1000)
    flagged = 0
    for _ in range(series):
        clean = [max(draw(numbers), 1e-9) for _ in range(size)]
        flagged += len(find(_scaled(clean, scale), limit))
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
