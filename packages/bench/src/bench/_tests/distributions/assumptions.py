"""Checks of assumptions. They are reported; no test is chosen by them (see the guide)."""

from __future__ import annotations

import math

from ..._core.arithmetic import (
    centred,
    is_binary,
    is_constant,
    median,
    skewness,
    unit_of,
    variance,
    without_offset,
)
from ..._core.lazy import FloatArray, np, stats
from ..._core.results import Check
from ..._core.tails import f_p

_MAX_FOR_SHAPIRO = 5000
_MIN_FOR_SHAPIRO = 3


def standing_alone(array: FloatArray) -> FloatArray:
    """The values less their median, at most 1 in size."""
    array = without_offset(array)
    array = array / float(np.abs(array).max())
    centred = array - float(np.median(array))
    found: FloatArray = centred / float(np.abs(centred).max())
    return found


def shapiro_wilk(array: FloatArray) -> tuple[float, float]:
    """W and its p-value of values in any unit; scipy takes a range below 1e-19 for none."""
    found = stats.shapiro(standing_alone(array))
    return float(found.statistic), float(found.pvalue)


def check_independent(groups: dict[str, FloatArray]) -> tuple[Check, ...]:
    """Normality of the residuals, equal spread, and outliers."""
    unit = unit_of(*groups.values())
    arrays = [array / unit for array in groups.values()]
    if all(is_binary(array) for array in arrays):
        return ()
    residuals = np.concatenate([centred(array) for array in arrays])
    outlying = sum(_outliers(array) for array in arrays)
    return (
        *_normality(residuals, "residuals"),
        _brown_forsythe(arrays),
        Check(name="values beyond 1.5 IQR", statistic=float(outlying)),
    )


def check_differences(gaps: FloatArray) -> tuple[Check, ...]:
    """Normality of the differences, and outliers among them."""
    gaps = gaps / unit_of(gaps)
    return (
        *_normality(gaps, "differences"),
        Check(name="differences beyond 1.5 IQR", statistic=float(_outliers(gaps))),
    )


def _normality(array: FloatArray, what: str) -> tuple[Check, ...]:
    if is_constant(array) or len(array) < _MIN_FOR_SHAPIRO:
        return (Check(name=f"shape of the {what}", note="not assessable"),)
    skew = Check(name=f"skewness of the {what}", statistic=skewness(array))
    if len(array) > _MAX_FOR_SHAPIRO:
        return (skew, Check(name=f"Shapiro-Wilk of the {what}", note="more than 5000 values"))
    w, p_value = shapiro_wilk(array)
    shapiro = Check(
        name=f"Shapiro-Wilk W of the {what}",
        statistic=w,
        p_value=p_value,
        note="reported, not acted on",
    )
    return shapiro, skew


def _brown_forsythe(arrays: list[FloatArray]) -> Check:
    name = "Brown-Forsythe F of the spreads"
    distances = [np.abs(array - median(array)) for array in arrays]
    every = np.concatenate(distances)
    between = len(arrays) - 1
    within = len(every) - len(arrays)
    if within < 1:
        return Check(name=name, note="not assessable")
    centre = float(every.mean())  # distances have no offset that would cost digits
    above = sum(len(each) * (float(each.mean()) - centre) ** 2 for each in distances) / between
    inside = sum((len(each) - 1) * variance(each) for each in distances if len(each) > 1) / within
    if inside <= 0:
        return Check(name=name, note="not assessable")
    return Check(
        name=name,
        statistic=above / inside,
        p_value=f_p(above / inside, between, within)[0],
        note="reported, not acted on",
    )


def _outliers(array: FloatArray) -> int:
    ordered = np.sort(array)  # np.quantile takes five times as long for two quartiles
    q25, q75 = _quartile(ordered, 0.25), _quartile(ordered, 0.75)
    reach = 1.5 * (q75 - q25)
    inside = np.searchsorted(ordered, q75 + reach, "right") - np.searchsorted(ordered, q25 - reach)
    return len(array) - int(inside)


def _quartile(ordered: FloatArray, share: float) -> float:
    """The sample quantile of type 7, numpy's default."""
    place = share * (len(ordered) - 1)
    below = int(place)
    low = float(ordered[below])
    high = float(ordered[min(below + 1, len(ordered) - 1)])
    return low + (place - below) * (high - low)


def worst_skewness(*arrays: FloatArray) -> float:
    """The largest skewness in size; 0 where none is defined."""
    found = [abs(skewness(array)) for array in arrays if len(array) > 2]  # defined from 3 on
    return max((each for each in found if not math.isnan(each)), default=0.0)
