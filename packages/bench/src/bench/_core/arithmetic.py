"""Arithmetic that must not lose digits, and digests of data.

No item spoils another: sums are exact before they are rounded once, and what counts as noise of
floating point is judged for each value or pair by its own size, never by the largest of all.
"""

from __future__ import annotations

import math
from hashlib import blake2b
from typing import Any

from .lazy import BoolArray, FloatArray, np

# NIST SmLs07 has a real spread of 3e-13 of its size; rounding noise stays below 1e-14.
_SAME = 5e-14
# Noise of a decimal number and of one or two sums before it: a few units in the last place.
_ULPS = 8 * 2.0**-53
_UNEQUAL_NOISE = 1e4
_EXACT = 2.0**40
_SAFE = (1e-100, 1e100)
_MANY = 10_000


def is_binary(array: FloatArray) -> bool:
    return bool(((array == 0.0) | (array == 1.0)).all())


def is_constant(array: FloatArray) -> bool:
    """Whether all values are equal but for the last bits of floating point."""
    if len(array) < 2:
        return True
    low, high = float(array.min()), float(array.max())
    if high / 2 - low / 2 > _SAME / 2 * max(abs(low), abs(high)):
        return False
    return low == high or not bool(_whole(array).all())


def same_differences(first: FloatArray, second: FloatArray) -> bool:
    """Whether second minus first is one constant, each pair judged by the size of its values."""
    if not len(first):
        return True
    gaps = second - first
    noise = _SAME * np.maximum(np.abs(first), np.abs(second))
    noise[_whole(first) & _whole(second)] = 0.0
    return bool((gaps - noise).max() <= (gaps + noise).min())


def pair_noise(first: FloatArray, second: FloatArray) -> FloatArray:
    """How far each difference may be off: none for whole numbers, whose difference is exact."""
    noise: FloatArray = _ULPS * np.maximum(np.abs(first), np.abs(second))
    exact = _whole(first) & _whole(second)
    noise[exact] = 0.0
    return noise


def differences(first: FloatArray, second: FloatArray) -> FloatArray:
    """Second minus first, with the noise of the last bits removed so that ties stay ties."""
    gaps, noise = second - first, pair_noise(first, second)
    gaps = np.where(np.abs(gaps) <= noise, 0.0, gaps)
    if not noise.any() and bool((np.abs(gaps) <= _EXACT).all()):  # steps of 1 exceed all noise
        return gaps
    return _merged(gaps, np.maximum(noise, _ULPS * np.abs(gaps)))


def tidy(array: FloatArray) -> FloatArray:
    """The values with neighbours that differ by noise only made equal."""
    return _merged(array, _ULPS * np.abs(array))


def _merged(array: FloatArray, noise: FloatArray) -> FloatArray:
    """Sorted neighbours within noise share one value: that of the least noisy of them."""
    order = np.argsort(array, kind="stable")
    ordered, slack = array[order], noise[order]
    steps = np.diff(ordered)
    limits = np.minimum(slack[1:], slack[:-1])
    limits *= _UNEQUAL_NOISE
    np.minimum(np.maximum(slack[1:], slack[:-1]), limits, out=limits)
    starts = np.r_[True, steps > limits]
    del limits
    if bool((starts[1:] | (steps == 0)).all()):  # nothing but exact ties
        return array
    # Only runs of neighbours with a step between them change.
    run: Any = np.cumsum(starts, dtype=np.int32)  # half the memory of int64
    moved = np.zeros(int(run[-1]) + 1, bool)
    moved[run[1:][~starts[1:] & (steps != 0)]] = True
    del steps, starts
    places = np.flatnonzero(moved[run])
    run, ordered, slack = run[places], ordered[places], slack[places]
    best = np.lexsort((np.abs(ordered), slack, run))
    del slack
    chosen = ordered[best[_first_of_runs(run[best])]]
    del ordered, best
    found = array.copy()
    found[order[places]] = chosen[np.cumsum(_first_of_runs(run), dtype=np.int32) - 1]
    return found


def _first_of_runs(run: Any) -> BoolArray:
    """Where another run begins than that of the place before."""
    found: BoolArray = np.r_[True, run[1:] != run[:-1]]
    return found


def _whole(array: FloatArray) -> BoolArray:
    """Which values are integers that a float holds exactly."""
    found: BoolArray = (array == np.rint(array)) & (np.abs(array) <= 2.0**53)
    return found


def mean(array: FloatArray) -> float:
    """The mean from the exact sum, so that neither an offset nor one large value costs digits."""
    try:
        return math.fsum(_numbers(array)) / len(array)
    except OverflowError:
        return math.fsum(_numbers(array / len(array)))


def difference_of_means(first: FloatArray, second: FloatArray) -> float:
    """The mean of ``second`` minus that of ``first``; an offset that both share costs no digits.

    Each mean alone is rounded to the digits of the offset, unless the value nearest to 0 is taken
    off first, which is exact.
    """
    lowest = min(first, second, key=lambda each: float(np.abs(each).min()))
    shift = float(lowest[np.argmin(np.abs(lowest))])
    return mean(second - shift) - mean(first - shift)


def _numbers(array: FloatArray) -> memoryview | list[float]:
    """The values one by one; of many values no list is made, which takes ten times their memory."""
    return np.ascontiguousarray(array).data if len(array) > _MANY else array.tolist()


def median(array: FloatArray) -> float:
    """The median of finite values, in half the time of numpy's for a thousand."""
    half = len(array) // 2
    if len(array) % 2:
        return float(np.partition(array, half)[half])
    parted = np.partition(array, (half - 1, half))
    return float(np.mean(parted[half - 1 : half + 1]))


def variance(array: FloatArray) -> float:
    """The variance with n - 1, in two passes with the correction of Chan, Golub and LeVeque."""
    size = len(array)
    if size < 2:
        return math.nan
    shifted = without_offset(array)
    with np.errstate(over="ignore", invalid="ignore"):
        centre = float(shifted.mean())  # what it is off by, the correction takes out
    moved = shifted - (centre if math.isfinite(centre) else mean(shifted))
    scale = unit_of(moved)
    if scale != 1.0:
        moved = moved / scale
    found = (float(moved @ moved) - float(moved.sum()) ** 2 / size) / (size - 1)
    return found * scale * scale


def standard_deviation(array: FloatArray) -> float:
    """The root of the variance, also where the variance itself is beyond a float."""
    scale = unit_of(array)
    return math.sqrt(variance(array / scale if scale != 1.0 else array)) * scale


def unit_of(*arrays: FloatArray) -> float:
    """A power of two near the largest value where squares would overflow or vanish, else 1."""
    largest = max((float(np.abs(each).max(initial=0.0)) for each in arrays), default=0.0)
    if largest == 0.0 or not math.isfinite(largest) or _SAFE[0] < largest < _SAFE[1]:
        return 1.0
    return math.ldexp(1.0, min(1023, max(-1000, math.frexp(largest)[1])))


def without_offset(array: FloatArray) -> FloatArray:
    """The values less the one nearest to 0, which is exact where all are near one offset."""
    found: FloatArray = array - float(array.flat[int(np.abs(array).argmin())])
    return found


def centred(array: FloatArray) -> FloatArray:
    """Deviations from the mean of values whose sum is a float; an offset costs no digits."""
    shifted = without_offset(array)
    found: FloatArray = shifted - float(shifted.mean())
    return found


def _centred(array: FloatArray) -> FloatArray:
    """Deviations from the mean in some unit, for moments that have none; no exact sum is needed."""
    return centred(array / unit_of(array))


def skewness(array: FloatArray) -> float:
    """The third standardised moment g1; NaN when all values are equal."""
    if is_constant(array):
        return math.nan
    moved = _centred(array)
    moved = moved / float(np.abs(moved).max())
    squares = moved * moved  # a cube by np.power takes three times as long
    size = len(array)
    second, third = float(squares.sum()) / size, float(squares @ moved) / size
    return third / (second * math.sqrt(second))


def excess_kurtosis(array: FloatArray) -> float:
    """The fourth moment beyond a normal distribution's (G2 of Joanes and Gill 1998)."""
    size = len(array)
    if size < 4 or is_constant(array):  # undefined below 4
        return 0.0
    moved = _centred(array)
    squares = (moved / float(np.abs(moved).max())) ** 2
    raw = float(np.mean(squares * squares) / np.mean(squares) ** 2) - 3
    return (size - 1) / ((size - 2) * (size - 3)) * ((size + 1) * raw + 6)


def data_hash(*arrays: FloatArray) -> str:
    """A digest of the data that went into a result, as 32 hexadecimal digits."""
    digest = blake2b(digest_size=16)
    for array in arrays:
        digest.update(len(array).to_bytes(8, "little"))
        whole = np.ascontiguousarray(array, dtype="<f8") + 0.0  # -0.0 and 0.0 are one value
        digest.update(whole.tobytes())
    return digest.hexdigest()
