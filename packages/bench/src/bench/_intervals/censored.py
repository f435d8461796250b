"""Quantiles of latencies of which some were cut off: Kaplan and Meier 1958.

A call that was cancelled or timed out took at least as long as was seen. Left out, or counted at
the time it was cut, it makes every tail look shorter than it is.
"""

from __future__ import annotations

import math
from typing import Any, Literal

from .._core.errors import InvalidDataError, InvalidOptionError, UnequalLengthsError
from .._core.lazy import BoolArray, FloatArray, IntArray, np
from .._core.notes import note
from .._core.options import check_choice, check_share, checked_options, share_number
from .._core.results import Interval, Note
from .._data.intake import aligned, column, column_of_labels
from .._data.values import ClusterLabels, ValuesByItem, clean, need_binary
from .resampling import bootstrap_counts


@checked_options
def censored_quantile(
    values: ValuesByItem,
    censored: ValuesByItem,
    quantile: float,
    *,
    clusters: ClusterLabels | None = None,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """The quantile of values of which some are lower bounds, with its bootstrap interval.

    Args:
        values: One number per item: what was seen.
        censored: 1 or True where the value was cut off and the true one is at least as large.
        quantile: Between 0 and 1: 0.99 for the P99.
        clusters: The cluster of every value; whole clusters are resampled.
        level: The level of the percentile bootstrap.
        resamples: Of the bootstrap.
        seed: Of the bootstrap.

    Returns:
        The interval with the quantile as its estimate. Where so many values are cut off that the
        quantile was not reached, the estimate or the upper end is infinite.

    Raises:
        UnequalLengthsError: Values and marks that do not match.
        InvalidDataError: A mark that is not 0 or 1.

    Example:
        >>> found = bench.censored_quantile([1, 2, 3, 4, 5, 6], [0, 0, 1, 0, 0, 0], 0.5)
        >>> found.estimate
        4.0
    """
    _check(quantile, level)
    array, cut, labels = _read(values, censored, clusters, "values")
    curve = _Curve(array, cut)
    estimate = curve.quantile(np.ones(len(array), dtype=np.int64), quantile)
    draws = np.array(
        [
            curve.quantile(row, quantile)
            for batch in bootstrap_counts(len(array), labels, resamples, seed, "censored")
            for row in batch
        ]
    )
    return _interval(draws, estimate, level, _notes(len(array), quantile, estimate))


@checked_options
def compare_censored_quantiles(
    control: ValuesByItem,
    control_censored: ValuesByItem,
    treatment: ValuesByItem,
    treatment_censored: ValuesByItem,
    quantile: float,
    *,
    measure: Literal["ratio", "difference"] = "ratio",
    clusters: ClusterLabels | None = None,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """How a quantile changes between two systems on the same items, some values cut off.

    Items are resampled together for both sides, so that what an item has in common cancels.

    Args:
        control: One number per item.
        control_censored: 1 or True where the control's value was cut off.
        treatment: The same items.
        treatment_censored: 1 or True where the treatment's value was cut off.
        quantile: Between 0 and 1.
        measure: ``ratio`` treatment over control, or ``difference`` treatment minus control.
        clusters: The cluster of every item; whole clusters are resampled.
        level: The level of the percentile bootstrap.
        resamples: Of the bootstrap.
        seed: Of the bootstrap.

    Returns:
        The interval of the ratio or difference; an end is infinite, or the estimate undefined,
        where a quantile was not reached.

    Raises:
        UnequalLengthsError: Sides that do not match.
        InvalidDataError: A mark that is not 0 or 1, or a ratio of values not above 0.
    """
    _check(quantile, level)
    check_choice("measure", measure, ("ratio", "difference"))
    sides = {
        "control": column(control, "control"),
        "control_censored": column(control_censored, "control_censored"),
        "treatment": column(treatment, "treatment"),
        "treatment_censored": column(treatment_censored, "treatment_censored"),
    }
    arrays, ids = aligned(sides, omit=False)
    for name, array in zip(sides, arrays, strict=True):
        clean(array, name)
    first, cut_first, second, cut_second = arrays
    need_binary("control_censored", cut_first)
    need_binary("treatment_censored", cut_second)
    if measure == "ratio" and min(float(first.min()), float(second.min())) <= 0:
        raise InvalidDataError("measure", "a ratio needs values that are all above 0")
    labels = None
    if clusters is not None:
        labels = column_of_labels(clusters, len(first), "clusters", ids=ids)
    curves = (_Curve(first, cut_first == 1.0), _Curve(second, cut_second == 1.0))

    def change(counts: IntArray) -> float:
        old, new = (curve.quantile(counts, quantile) for curve in curves)
        if math.isinf(old):
            return math.nan if math.isinf(new) else (0.0 if measure == "ratio" else -math.inf)
        return new / old if measure == "ratio" else new - old

    draws = np.array(
        [
            change(row)
            for batch in bootstrap_counts(len(first), labels, resamples, seed, "censored pairs")
            for row in batch
        ]
    )
    estimate = change(np.ones(len(first), dtype=np.int64))
    return _interval(draws, estimate, level, _notes(len(first), quantile, estimate))


def kaplan_meier_quantile(
    values: FloatArray, censored: BoolArray, counts: IntArray, quantile: float
) -> float:
    """The smallest value at which the estimated share above it is at most 1 - quantile."""
    return _Curve(values, censored).quantile(counts, quantile)


class _Curve:
    """Values in order, so that each resample is a pass over them."""

    def __init__(self, values: FloatArray, censored: BoolArray) -> None:
        # At one time the values that were seen come before those that were cut off.
        self._order = np.lexsort((censored, values))
        self._values, self._seen = values[self._order], ~censored[self._order]

    def quantile(self, counts: IntArray, quantile: float) -> float:
        """The quantile of a resample, with how often each value is in it."""
        weights = counts[self._order].astype(float)
        at_risk = weights[::-1].cumsum()[::-1]
        seen = weights * self._seen
        with np.errstate(divide="ignore", invalid="ignore"):
            kept = np.where(at_risk > 0, 1 - seen / at_risk, 1.0)
        above = np.cumprod(kept)
        reached = np.flatnonzero((above <= 1 - quantile + 1e-12) & (seen > 0))
        return float(self._values[reached[0]]) if len(reached) else math.inf


def _read(
    values: ValuesByItem, censored: ValuesByItem, clusters: ClusterLabels | None, name: str
) -> tuple[FloatArray, BoolArray, list[Any] | None]:
    sides = {name: column(values, name), "censored": column(censored, "censored")}
    if len(sides[name].values) != len(sides["censored"].values):
        raise UnequalLengthsError(len(sides[name].values), len(sides["censored"].values))
    (array, marks), ids = aligned(sides, omit=False)
    clean(array, name)
    clean(marks, "censored")
    need_binary("censored", marks)
    labels = None
    if clusters is not None:
        labels = column_of_labels(clusters, len(array), "clusters", ids=ids)
    return array, marks == 1.0, labels


def _check(quantile: float, level: float) -> None:
    check_share("level", level)
    if not 0.0 < share_number(quantile) < 1.0:
        raise InvalidOptionError("quantile", quantile, "between 0 and 1 (0.99 for the P99)")


def _notes(size: int, quantile: float, estimate: float) -> list[Note]:
    found = []
    if size * min(quantile, 1 - quantile) < 5:  # the count in the note's text
        found.append(note("FEW_TAIL_VALUES"))
    if not math.isfinite(estimate):
        found.append(note("QUANTILE_UNBOUNDED", "too many values were cut off"))
    return found


def _interval(draws: FloatArray, estimate: float, level: float, notes: list[Note]) -> Interval:
    unknown = np.isnan(draws)
    if unknown.any():  # neither side reached the quantile: anything is possible
        notes = [*notes, note("QUANTILE_UNBOUNDED", f"in {unknown.mean():.0%} of the resamples")]
    tails = [(1 - level) / 2, (1 + level) / 2]
    # Order statistics, never between two of them: an infinite one has no mean with another.
    low = float(np.quantile(np.where(unknown, -math.inf, draws), tails[0], method="lower"))
    high = float(np.quantile(np.where(unknown, math.inf, draws), tails[1], method="higher"))
    if low == high:
        notes = [*notes, note("ZERO_VARIANCE", "the quantile is the same in every resample")]
    return Interval(
        low=low,
        high=high,
        level=level,
        method="Kaplan-Meier, percentile bootstrap",
        estimate=estimate,
        warnings=tuple(notes),
    )
