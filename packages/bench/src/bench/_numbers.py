"""From what a caller passes to clean arrays, and the arithmetic that must not lose digits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Literal

from ._errors import InvalidDataError, InvalidOptionError, MissingValuesError, NotEnoughDataError
from ._lazy import FloatArray, IntArray, np

Values = Any
"""A list, tuple, array, pandas or pyarrow column of numbers or truth values."""

NanPolicy = Literal["error", "omit"]
Alternative = Literal["two-sided", "less", "greater"]

ALTERNATIVES: tuple[Alternative, ...] = ("two-sided", "less", "greater")
# NIST SmLs07 has a real spread of 3e-13 of its size; rounding noise stays below 1e-14.
_SAME = 5e-14


def as_array(values: Values, name: str) -> FloatArray:
    """The values as floats, missing ones as NaN."""
    if isinstance(values, str | bytes | Mapping | set | frozenset):
        raise InvalidDataError(name, f"expected a sequence of numbers, got {type(values).__name__}")
    if isinstance(values, int | float):
        raise InvalidDataError(
            name, "expected one value per item, got a single number; a mean alone has no spread"
        )
    if isinstance(values, Iterable) and not hasattr(values, "__len__"):
        values = list(values)
    raw = np.asarray(values)
    if raw.dtype.kind == "O":
        raw = np.asarray(_objects(raw, name), dtype=float)
    if raw.dtype.kind not in "biuf":
        raise InvalidDataError(name, f"expected numbers, got values of type {raw.dtype}")
    if raw.ndim != 1:
        raise InvalidDataError(name, f"expected one column of values, got {raw.ndim} dimensions")
    return raw.astype(float)


def _objects(raw: Any, name: str) -> list[float]:
    if raw.ndim != 1:
        raise InvalidDataError(name, "expected one column of values of equal kind")
    found = []
    for place, value in enumerate(raw):
        missing = value is None or type(value).__name__ in ("NAType", "NaTType")
        if not missing and isinstance(value, str | bytes | complex):
            raise InvalidDataError(name, f"value {place} is {value!r}, which is not a number")
        try:
            found.append(math.nan if missing else float(value))
        except (TypeError, ValueError):
            raise InvalidDataError(
                name, f"value {place} is {value!r}, which is not a number"
            ) from None
    return found


def clean(
    values: Values, name: str, *, nan: NanPolicy = "error", least: int = 1
) -> tuple[FloatArray, int]:
    """Finite values, and how many missing ones were left out."""
    array = as_array(values, name)
    missing = np.isnan(array)
    count = int(missing.sum())
    if count:
        check_choice("nan", nan, ("error", "omit"))
        if nan == "error":
            raise MissingValuesError(name, count)
        array = array[~missing]
    if not np.isfinite(array).all():
        raise InvalidDataError(name, "infinite values cannot be averaged or ranked against")
    if len(array) < least:
        raise too_few(name, least, len(array))
    return array, count


def too_few(name: str, least: int, got: int) -> NotEnoughDataError:
    """The error for a group of one: nearly always a mean that was passed instead of its items."""
    hint = ""
    if got == 1:
        hint = (
            "one value has no spread. Pass the score of every item rather than their mean, and"
            " compare_paired when both systems answered the same items"
        )
    return NotEnoughDataError(f"{name}, number of values", needed=least, got=got, hint=hint)


def check_choice(option: str, value: object, known: Iterable[object]) -> None:
    choices = tuple(known)
    if value not in choices:
        raise InvalidOptionError(option, value, choices)


def check_share(option: str, value: float) -> None:
    """Levels, probabilities of error and power lie strictly between 0 and 1."""
    if not 0.0 < value < 1.0:
        raise InvalidOptionError(option, value, "between 0 and 1 (such as 0.95)")


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
    places = 12 - math.floor(math.log10(scale)) - 1
    return np.round(array, places) if abs(places) <= 300 else array


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


def cluster_codes(clusters: Sequence[Any] | Any, size: int) -> tuple[IntArray, int]:
    """Clusters numbered 0, 1, ... in order of appearance, and how many there are."""
    labels = list(clusters)
    if len(labels) != size:
        raise InvalidDataError("clusters", f"{len(labels)} labels for {size} values")
    numbers: dict[Any, int] = {}
    codes = [numbers.setdefault(label, len(numbers)) for label in labels]
    if len(numbers) < 2:
        raise NotEnoughDataError(
            "clusters", needed=2, got=len(numbers), hint="one cluster says nothing about the others"
        )
    return np.asarray(codes, dtype=np.int64), len(numbers)


def data_hash(*arrays: FloatArray) -> str:
    """A digest of the data that went into a result, as 32 hexadecimal digits."""
    digest = blake2b(digest_size=16)
    for array in arrays:
        digest.update(len(array).to_bytes(8, "little"))
        digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    return digest.hexdigest()
