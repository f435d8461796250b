"""Arithmetic that must not lose digits, and digests of data."""

from __future__ import annotations

import math
from hashlib import blake2b

from .lazy import FloatArray, np

# NIST SmLs07 has a real spread of 3e-13 of its size; rounding noise stays below 1e-14.
_SAME = 5e-14


def is_binary(array: FloatArray) -> bool:
    return bool(((array == 0.0) | (array == 1.0)).all())


def is_constant(array: FloatArray) -> bool:
    """Whether all values are equal but for the last bits of floating point."""
    if len(array) < 2:
        return True
    low, high = float(array.min()), float(array.max())
    return high - low <= _SAME * max(abs(low), abs(high))


def same_differences(first: FloatArray, second: FloatArray) -> bool:
    """Whether second minus first is one constant, judged by the size of the values themselves."""
    spread = float(np.ptp(second - first)) if len(first) else 0.0
    scale = max(float(np.abs(first).max(initial=0.0)), float(np.abs(second).max(initial=0.0)))
    return spread <= _SAME * scale


def differences(first: FloatArray, second: FloatArray) -> FloatArray:
    """Second minus first, with the noise of the last bits removed so that ties stay ties."""
    scale = max(float(np.abs(first).max(initial=0.0)), float(np.abs(second).max(initial=0.0)))
    return tidy(second - first, scale)


def tidy(array: FloatArray, scale: float) -> FloatArray:
    """Rounded to twelve significant digits of ``scale``."""
    if scale == 0.0 or not math.isfinite(scale):
        return array
    digits = 12 - math.floor(math.log10(scale)) - 1
    return np.round(array, digits) if abs(digits) <= 300 else array


def mean(array: FloatArray) -> float:
    """The mean, shifted by the first value first: keeps digits when the values are far from 0."""
    shift = float(array[0])
    return shift + float(np.mean(array - shift))


def variance(array: FloatArray) -> float:
    """The variance with n - 1, in two passes with the correction of Chan, Golub and LeVeque."""
    size = len(array)
    if size < 2:
        return math.nan
    shifted = array - float(array[0])
    centred = shifted - float(np.mean(shifted))
    return (float(centred @ centred) - float(centred.sum()) ** 2 / size) / (size - 1)


def skewness(array: FloatArray) -> float:
    """The third standardised moment g1; NaN when all values are equal."""
    if is_constant(array):
        return math.nan
    centred = array - mean(array)
    return float(np.mean(centred**3) / np.mean(centred**2) ** 1.5)


def data_hash(*arrays: FloatArray) -> str:
    """A digest of the data that went into a result, as 32 hexadecimal digits."""
    digest = blake2b(digest_size=16)
    for array in arrays:
        digest.update(len(array).to_bytes(8, "little"))
        digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    return digest.hexdigest()
