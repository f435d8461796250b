"""p-values adjusted for their number. Order, names and missing values are kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Literal, TypeVar, overload

from .._core.errors import InvalidDataError
from .._core.lazy import FloatArray, np
from .._core.options import check_choice, checked_options
from .._data.values import as_array

Key = TypeVar("Key", bound=Hashable)

Correction = Literal[
    "bonferroni",
    "holm",
    "hochberg",
    "hommel",
    "sidak",
    "šidák",
    "holm-sidak",
    "bh",
    "fdr",
    "fdr_bh",
    "benjamini-hochberg",
    "by",
    "fdr_by",
    "benjamini-yekutieli",
    "none",
]
ALIASES = {
    "fdr": "bh",
    "fdr_bh": "bh",
    "benjamini-hochberg": "bh",
    "fdr_by": "by",
    "benjamini-yekutieli": "by",
    "šidák": "sidak",
}


def _bonferroni(p: FloatArray) -> FloatArray:
    found: FloatArray = p * len(p)
    return found


def _sidak(p: FloatArray) -> FloatArray:
    # Not 1 - (1-p)^m, which is 0 for p = 1e-20.
    with np.errstate(divide="ignore"):
        found: FloatArray = -np.expm1(len(p) * np.log1p(-p))
    return found


def _step_down(p: FloatArray, factor: Callable[[FloatArray, FloatArray], FloatArray]) -> FloatArray:
    order = np.argsort(p, kind="stable")
    left = np.arange(len(p), 0, -1).astype(float)
    adjusted = np.empty_like(p)
    adjusted[order] = np.maximum.accumulate(factor(p[order], left))
    return adjusted


def _step_up(p: FloatArray, factors: FloatArray) -> FloatArray:
    """``factors`` belong to the p-values from largest to smallest."""
    order = np.argsort(p, kind="stable")[::-1]
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum.accumulate(p[order] * factors)
    return adjusted


def _holm(p: FloatArray) -> FloatArray:
    return _step_down(p, lambda sorted_p, left: sorted_p * left)


def _holm_sidak(p: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        return _step_down(p, lambda sorted_p, left: -np.expm1(left * np.log1p(-sorted_p)))


def _hochberg(p: FloatArray) -> FloatArray:
    return _step_up(p, np.arange(1.0, len(p) + 1))


def _bh(p: FloatArray) -> FloatArray:
    return _step_up(p, len(p) / np.arange(float(len(p)), 0.0, -1.0))


def _by(p: FloatArray) -> FloatArray:
    harmonic = float((1.0 / np.arange(1.0, len(p) + 1)).sum())
    return _step_up(p, harmonic * len(p) / np.arange(float(len(p)), 0.0, -1.0))


def _hommel(p: FloatArray) -> FloatArray:
    """Hommel 1988, by the algorithm of Wright 1992."""
    size = len(p)
    order = np.argsort(p, kind="stable")
    ranked = p[order]
    best = float((size * ranked / np.arange(1.0, size + 1)).min())
    found = np.full(size, best)
    for many in range(size - 1, 1, -1):
        head = size - many + 1
        tail = ranked[head:]
        bound = float((many * tail / np.arange(2.0, many + 1)).min())
        smallest = np.empty(size)
        smallest[:head] = np.minimum(many * ranked[:head], bound)
        smallest[head:] = smallest[head - 1]
        found = np.maximum(found, smallest)
    adjusted = np.empty(size)
    adjusted[order] = np.maximum(found, ranked)
    return adjusted


METHODS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "bonferroni": _bonferroni,
    "holm": _holm,
    "hochberg": _hochberg,
    "hommel": _hommel,
    "sidak": _sidak,
    "holm-sidak": _holm_sidak,
    "bh": _bh,
    "by": _by,
    "none": lambda p: p,
}


def method_name(method: Any) -> str:
    """The canonical name of a method, from any of its names."""
    name = ALIASES.get(method.lower(), method.lower()) if isinstance(method, str) else method
    check_choice("method", name, METHODS)
    return str(name)


@overload
def adjust(p_values: Mapping[Key, float | None], method: Correction = ...) -> dict[Key, float]: ...


@overload
def adjust(
    p_values: Sequence[float | None] | FloatArray, method: Correction = ...
) -> list[float]: ...


@checked_options
def adjust(
    p_values: Mapping[Key, float | None] | Sequence[float | None] | FloatArray,
    method: Correction = "holm",
) -> dict[Key, float] | list[float]:
    """p-values adjusted for how many there are.

    Holm and Hommel hold the chance of any false alarm (confirmatory work); ``bh`` holds the
    expected share of false alarms among the findings (screening); ``by`` does so under any
    dependence. Missing p-values (None, NaN) stay NaN and are not counted.

    Args:
        p_values: A sequence, or a mapping from name to p-value.
        method: ``bonferroni``, ``holm``, ``hochberg``, ``hommel``, ``sidak``, ``holm-sidak``,
            ``bh`` (also ``fdr``) or ``by``; ``none`` leaves them as they are.

    Returns:
        The adjusted values: a dict where a mapping was given, else a list, in the same order.

    Raises:
        InvalidDataError: A p-value is not between 0 and 1.
        InvalidOptionError: Unknown method.

    Example:
        >>> bench.adjust({"speed": 0.01, "cost": 0.03}, method="holm")
        {'speed': 0.02, 'cost': 0.03}
    """
    name = method_name(method)
    if isinstance(p_values, Mapping):
        adjusted = _adjusted(list(p_values.values()), name)
        return dict(zip(p_values, adjusted, strict=True))
    return _adjusted(p_values, name)


def _adjusted(p_values: Sequence[float | None] | FloatArray, name: str) -> list[float]:
    p = as_array(p_values, "p_values")
    if not len(p):
        return []
    known = ~np.isnan(p)
    for index, value in enumerate(p):
        if not math.isnan(value) and not 0.0 <= value <= 1.0:
            raise InvalidDataError("p_values", f"value {index} is {value}, not between 0 and 1")
    found = np.full(len(p), math.nan)
    if known.any():
        found[known] = np.clip(METHODS[name](p[known]), 0.0, 1.0)
    return [float(value) for value in found]
