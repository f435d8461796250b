"""Calibration: whether stated confidence matches how often answers are correct."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from .._core.arithmetic import is_binary
from .._core.errors import InvalidDataError
from .._core.lazy import FloatArray, IntArray, np
from .._core.notes import note
from .._core.options import check_choice, check_share, check_whole, checked_options
from .._core.rendering import Result, ResultTable, Value
from .._core.results import Interval, Note
from .._core.shown import shown
from .._core.tails import normal_quantile
from .._core.wording import number, printed
from .._data.pairs import clean_pairs
from .._data.values import ClusterLabels, ValuesByItem
from .._intervals.clusters import FEW
from .._intervals.means_and_quantiles import mean_interval
from .._intervals.proportions import wilson
from .calibration_error import bin_gaps, ece_ends

Binning = Literal["equal-width", "equal-mass"]
BINNINGS: tuple[Binning, ...] = get_args(Binning)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin(Value):
    """One row of a reliability table."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration(Result):
    """Expected calibration error, Brier score and the reliability table, with intervals.

    ``ece`` is the plain error, which noise makes too large; ``ece_debiased`` and ``ece_interval``,
    whose estimate it is, take the noise out.
    """

    ece: float
    ece_interval: Interval
    ece_debiased: float
    max_error: float
    brier: float
    brier_interval: Interval
    overconfidence: float
    bins: tuple[Bin, ...]
    n: int
    binning: str
    seed: int
    warnings: tuple[Note, ...] = ()

    @property
    def interval(self) -> Interval:
        """The interval of the ECE, under the name that other results have for theirs."""
        return self.ece_interval

    @shown
    def __str__(self) -> str:
        return (
            f"ECE = {number(self.ece)} ({number(self.ece_debiased)} without the part of noise),"
            f" {self.ece_interval}; Brier = {number(self.brier)},"
            f" {self.brier_interval}; confidence minus accuracy = {number(self.overconfidence)}"
            f" (n = {self.n}, {len(self.bins)} bins {printed(self.binning)})."
        )

    def table(self) -> ResultTable:
        rows = tuple(
            (
                f"{number(each.low)} to {number(each.high)}",
                str(each.n),
                number(each.confidence),
                number(each.accuracy),
                f"[{number(each.interval.low)}, {number(each.interval.high)}]",
            )
            for each in self.bins
        )
        return ResultTable(
            title="Reliability",
            columns=("Confidence", "n", "Mean confidence", "Accuracy", "Interval"),
            rows=rows,
            notes=(str(self), *map(str, self.warnings)),
        )


_EDGE = 1e-7  # .7 as a 32-bit float is in the bin of .7
_ENOUGH_CLUSTERS = 40


@checked_options
def calibration(
    confidences: ValuesByItem,
    correct: ValuesByItem,
    *,
    bins: int = 10,
    binning: Binning = "equal-width",
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
    clusters: ClusterLabels | None = None,
) -> Calibration:
    """Expected calibration error (Naeini, Cooper and Hauskrecht 2015) and Brier score (1950).

    The plain ECE is biased upwards in small samples. Its interval holds the errors, in the bins of
    these answers, at which the observed one is not surprising; measured at 100 to 2000 answers and
    errors of 0 to .1: 94 to 97 %, where a bootstrap has 0 to 80 %.

    Args:
        confidences: Between 0 and 1, one per answer.
        correct: 1 where the answer was right, else 0.
        bins: How many bins.
        binning: ``equal-width`` or ``equal-mass`` (the same number of answers in each).
        level: The level of the intervals.
        resamples: Draws of the noise of the bins.
        seed: Of these draws.
        clusters: The cluster of every answer: then the noise is that between clusters, and the
            Brier score's interval is CR2.

    Returns:
        Both scores with their intervals, and the reliability table.

    Raises:
        InvalidDataError: Confidences outside 0 to 1, or answers that are not 0 or 1.

    Example:
        >>> result = bench.calibration([0.9, 0.8, 0.6, 0.9] * 20, [1, 1, 0, 1] * 20)
        >>> round(result.ece, 3)
        0.25
    """
    check_choice("binning", binning, BINNINGS)
    check_share("level", level)
    bins = check_whole("bins", bins)
    pairs = clean_pairs(confidences, correct, clusters=clusters, names=("confidences", "correct"))
    stated, right = pairs.control, pairs.treatment
    if float(stated.min()) < 0 or float(stated.max()) > 1:
        raise InvalidDataError("confidences", "must lie between 0 and 1")
    if not is_binary(right):
        raise InvalidDataError("correct", "expected only 0 and 1")
    edges = np.linspace(0.0, 1.0, bins + 1)
    if binning == "equal-mass":
        edges = np.unique(np.quantile(stated, edges))
        edges[0], edges[-1] = 0.0, 1.0
    codes: IntArray = np.clip(
        np.searchsorted(edges + _EDGE, stated, side="left") - 1, 0, len(edges) - 2
    ).astype(np.int64)
    gaps = stated - right
    table = _table((stated, right), codes, edges, level)
    found = bin_gaps(
        stated,
        right,
        codes,
        len(edges) - 1,
        clusters=pairs.clusters,
        draws=resamples,
        seed=seed,
    )
    low, debiased, high = ece_ends(found, level)
    brier = mean_interval(gaps**2, level=level, clusters=pairs.clusters)
    notes = (*brier.warnings, *_few(pairs.clusters))
    return Calibration(
        ece=found.error,
        ece_debiased=debiased,
        ece_interval=Interval(
            low=low,
            high=high,
            level=level,
            method="hybrid resampling of bins",
            estimate=debiased,
            warnings=notes,
        ),
        max_error=max(abs(each.confidence - each.accuracy) for each in table),
        brier=brier.estimate,
        brier_interval=replace(brier, low=max(0.0, brier.low), high=min(1.0, brier.high)),
        overconfidence=float(gaps.mean()),
        bins=table,
        n=len(stated),
        binning=binning,
        seed=seed,
        warnings=notes,
    )


def _few(clusters: Sequence[Any] | None) -> tuple[Note, ...]:
    """Measured with 10 answers a cluster: 90 to 98 % at 30 clusters, 93 to 98 % at 40."""
    count = _ENOUGH_CLUSTERS if clusters is None else len(set(clusters))
    if FEW <= count < _ENOUGH_CLUSTERS:
        return (note("FEW_ITEMS", f"{count} clusters"),)
    return ()


def _table(
    sides: tuple[FloatArray, FloatArray], codes: IntArray, edges: FloatArray, level: float
) -> tuple[Bin, ...]:
    stated, right = sides
    z = normal_quantile(0.5 + level / 2)
    rows = []
    for code in range(len(edges) - 1):
        inside = codes == code
        n = int(inside.sum())
        if not n:
            continue
        wins = int(right[inside].sum())
        low, high = wilson(wins, n, z)
        rows.append(
            Bin(
                low=float(edges[code]),
                high=float(edges[code + 1]),
                n=n,
                confidence=math.fsum(stated[inside]) / n,
                accuracy=wins / n,
                interval=Interval(
                    low=low, high=high, level=level, method="wilson", estimate=wins / n
                ),
            )
        )
    return tuple(rows)
