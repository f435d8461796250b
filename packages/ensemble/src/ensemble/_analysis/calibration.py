"""Calibration of confidences, and measures of it."""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Literal

from .._core.deprecated import renamed_arguments
from .._core.responses import check_confidence
from .._core.values import Value

_EDGE = 1e-6


def _logit(share: float) -> float:
    share = min(max(share, _EDGE), 1 - _EDGE)
    return math.log(share / (1 - share))


def _sigmoid(value: float) -> float:
    if value < 0:
        return math.exp(value) / (1 + math.exp(value))
    return 1 / (1 + math.exp(-value))


def _checked(confidences: Sequence[float], correct: Sequence[bool]) -> None:
    """Refuse confidences that are no probabilities, or do not fit the labels."""
    if len(confidences) != len(correct):
        raise ValueError(f"{len(confidences)} confidences and {len(correct)} labels do not fit")
    for index, each in enumerate(confidences):
        check_confidence(each, f"answer {index}")


class Platt(Value):
    """A confidence c becomes sigmoid(slope * logit(c) + shift); no shift is temperature scaling.

    Attributes:
        slope: 1 / temperature.
        shift: Raises or lowers all.
    """

    slope: float
    shift: float = 0.0

    def __call__(self, confidence: float) -> float:
        return _sigmoid(self.slope * _logit(confidence) + self.shift)


class Isotonic(Value):
    """A confidence becomes the share that was right among its like, never falling.

    Attributes:
        bounds: Where each step begins, ascending.
        shares: The share of each step.
    """

    bounds: Sequence[float]
    shares: Sequence[float]

    def __call__(self, confidence: float) -> float:
        return self.shares[max(bisect_right(self.bounds, confidence) - 1, 0)]


Calibrator = Callable[[float], float]
CalibrationMethod = Literal["temperature", "platt", "isotonic"]
METHODS = ("temperature", "platt", "isotonic")


@renamed_arguments(right="correct")
def calibrate(
    confidences: Sequence[float], correct: Sequence[bool], *, method: CalibrationMethod = "platt"
) -> Calibrator:
    """A function that turns confidences into probabilities of being right.

    Args:
        confidences: As stated, in [0, 1].
        correct: Whether each answer was right.
        method: ``temperature`` (one parameter), ``platt`` (two; Platt 1999) or ``isotonic`` (pool
            adjacent violators; for a thousand labels and more).

    Returns:
        The function from a stated confidence to a probability.

    Raises:
        ValueError: There is nothing to learn from, a confidence is not a number from 0 to 1, or
            no method has this name.

    Example:
        >>> from ensemble import calibrate
        >>> overconfident = [0.95] * 100
        >>> function = calibrate(overconfident, [True] * 70 + [False] * 30, method="isotonic")
        >>> round(function(0.95), 2)
        0.7
    """
    _checked(confidences, correct)
    if not confidences:
        raise ValueError("there are no confidences to learn from")
    if method not in METHODS:
        raise ValueError(f"method: {method!r} is not one of {', '.join(METHODS)}")
    if method == "isotonic":
        return _isotonic(confidences, correct)
    return _platt(confidences, correct, with_shift=method == "platt")


def _platt(confidences: Sequence[float], correct: Sequence[bool], *, with_shift: bool) -> Platt:
    """Newton's method on the likelihood, with targets smoothed as Platt does."""
    positive = sum(correct)
    high = (positive + 1) / (positive + 2)
    low = 1 / (len(correct) - positive + 2)
    points = [
        (_logit(share), high if good else low)
        for share, good in zip(confidences, correct, strict=True)
    ]
    slope, shift = 1.0, 0.0
    for _ in range(50):
        g_slope = g_shift = h_slope = h_cross = h_shift = 1e-9
        for value, target in points:
            share = _sigmoid(slope * value + shift)
            miss, weight = target - share, share * (1 - share)
            g_slope += miss * value
            g_shift += miss
            h_slope += weight * value * value
            h_cross += weight * value
            h_shift += weight
        if not with_shift:
            step, move = g_slope / h_slope, 0.0
        else:
            scale = h_slope * h_shift - h_cross * h_cross + 1e-12
            step = (h_shift * g_slope - h_cross * g_shift) / scale
            move = (h_slope * g_shift - h_cross * g_slope) / scale
        largest = max(abs(step), abs(move), 1.0)  # long steps overshoot where the curve is flat
        slope, shift = slope + step / largest, shift + move / largest
        if abs(step) + abs(move) < 1e-9:  # noqa: PLR2004  # no further to go
            break
    return Platt(slope=slope, shift=shift)


def _isotonic(confidences: Sequence[float], correct: Sequence[bool]) -> Isotonic:
    blocks: list[list[float]] = []  # where it begins, how many were right, of how many
    for share, good in sorted(zip(confidences, map(float, correct), strict=True)):
        if blocks and blocks[-1][0] == share:
            blocks[-1][1] += good
            blocks[-1][2] += 1
        else:
            blocks.append([share, good, 1.0])
    pooled: list[list[float]] = []
    for block in blocks:
        pooled.append(block)
        while len(pooled) > 1 and pooled[-2][1] * pooled[-1][2] >= pooled[-1][1] * pooled[-2][2]:
            _, added, size = pooled.pop()
            pooled[-1][1] += added
            pooled[-1][2] += size
    return Isotonic(
        bounds=tuple(block[0] for block in pooled),
        # Half a success and half a failure more, so that no step promises certainty; a small step
        # can then fall behind the one before it.
        shares=tuple(accumulate(((block[1] + 0.5) / (block[2] + 1) for block in pooled), max)),
    )


@renamed_arguments(right="correct")
def calibration_error(
    confidences: Sequence[float],
    correct: Sequence[bool],
    *,
    bins: int = 10,
    equal_mass: bool = False,
) -> float:
    """The expected calibration error: sum over bins of share * |mean confidence - accuracy|.

    Args:
        confidences: In [0, 1].
        correct: Whether each answer was right.
        bins: How many bins.
        equal_mass: Bins of equally many answers, instead of equal width.

    Returns:
        The error, in [0, 1].

    Raises:
        ValueError: There are no answers or no bins, or a confidence is not a number from 0 to 1.
    """
    _checked(confidences, correct)
    if not confidences or bins < 1:
        raise ValueError(f"{len(confidences)} confidences and {bins} bins give no error")
    pairs = sorted(zip(confidences, correct, strict=True))
    groups: dict[int, list[tuple[float, bool]]] = {}
    first: dict[float, int] = {}
    for rank, pair in enumerate(pairs):
        # Equal confidences share a bin, or their order would sort right from wrong.
        begin = first.setdefault(pair[0], rank)
        index = begin * bins // len(pairs) if equal_mass else min(int(pair[0] * bins), bins - 1)
        groups.setdefault(index, []).append(pair)
    return math.fsum(
        abs(math.fsum(share for share, _ in group) - sum(good for _, good in group))
        for group in groups.values()
    ) / len(pairs)


@renamed_arguments(right="correct")
def risk_coverage(
    confidences: Sequence[float], correct: Sequence[bool]
) -> list[tuple[float, float]]:
    """The share of wrong answers among the most confident ones, for every coverage.

    Answers with the same confidence are given together.

    Args:
        confidences: How sure each answer is; any numbers, of which the order counts.
        correct: Whether it is right.

    Returns:
        Pairs of coverage and risk, by rising coverage.

    Raises:
        ValueError: A confidence is not a finite number, or labels are missing.
    """
    if len(confidences) != len(correct):
        raise ValueError(f"{len(confidences)} confidences and {len(correct)} labels do not fit")
    if not all(map(math.isfinite, confidences)):
        raise ValueError("confidences: one is not a finite number, so that it has no rank")
    ordered = sorted(zip(confidences, correct, strict=True), key=lambda pair: -pair[0])
    curve, wrong = [], 0
    for index, (sure, good) in enumerate(ordered, start=1):
        wrong += not good
        if index == len(ordered) or ordered[index][0] != sure:
            curve.append((index / len(ordered), wrong / index))
    return curve


@renamed_arguments(right="correct")
def aurc(confidences: Sequence[float], correct: Sequence[bool]) -> float:
    """The area under the risk-coverage curve: the mean risk over all coverages; lower is better.

    Args:
        confidences: The confidence of each answer.
        correct: Whether each answer is right.

    Returns:
        The area, in [0, 1].

    Raises:
        ValueError: A confidence is not a finite number, or labels are missing.
    """
    area, before = 0.0, 0.0
    for coverage, risk in risk_coverage(confidences, correct):
        area += (coverage - before) * risk
        before = coverage
    return area
