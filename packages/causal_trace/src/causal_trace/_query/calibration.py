"""Stated confidences against correctness."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from .._core.intervals import Interval, fmean
from .._core.json_values import Value
from .._core.shown import shown
from .._model.chain import Chain
from .._model.checks import check_at_least, check_level
from .success import check_outcomes, item_of, outcome_mean_interval, success_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationBin(Value):
    """Answers whose stated confidence lies between two limits.

    Attributes:
        low: The lower limit.
        high: The upper limit; it belongs to the bin above, except 1.
        n: The number of answers.
        mean_confidence: The mean stated confidence.
        accuracy: The share of correct answers.
        interval: An interval of the accuracy, with items as clusters.
    """

    low: float
    high: float
    n: int
    mean_confidence: float
    accuracy: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedCalibration(Value):
    """Stated confidences against correctness.

    Attributes:
        bins: The bins that are not empty.
        n: The number of answers with a stated confidence.
        not_stated: The number of answers without one; they are in no figure.
        ece: The expected calibration error: the mean distance of accuracy and confidence over bins.
            It is biased upwards in small samples.
        ece_if_calibrated: The mean that this error would have, in answers of this number and these
            confidences, if they were calibrated.
        brier: The mean squared distance of confidence and correctness.
        brier_interval: Its interval, with items as clusters; None with fewer than ten items.
        overconfidence: Mean confidence minus accuracy.
        overconfidence_interval: Its interval; None with fewer than ten items.
    """

    bins: tuple[CalibrationBin, ...]
    n: int
    not_stated: int
    ece: float | None
    ece_if_calibrated: float | None
    brier: float | None
    brier_interval: Interval | None
    overconfidence: float | None
    overconfidence_interval: Interval | None

    @shown
    def __str__(self) -> str:
        if self.ece is None:
            return f"no stated confidence in {self.not_stated} answers"
        return (
            f"ECE {self.ece:.3f} ({self.ece_if_calibrated:.3f} expected if calibrated),"
            f" overconfidence {self.overconfidence:+.3f} {self.overconfidence_interval or ''}"
            f" in {self.n} answers, {self.not_stated} without a stated confidence"
        )


def stated_calibration(
    chains: Sequence[Chain],
    correct: Sequence[bool],
    *,
    bins: int = 10,
    level: float = 0.95,
    seed: int = 0,
) -> StatedCalibration:
    """Return how well stated confidences meet correctness.

    The confidence of a chain is that of its last self-reported event that states one.

    Args:
        chains: The chains, one for each answer.
        correct: Whether each answer is correct.
        bins: The number of bins of equal width.
        level: The level of the intervals.
        seed: Of the expected error.

    Returns:
        Bins, errors and intervals. Chains with the same item form a cluster.

    Raises:
        InvalidTraceError: The two sequences differ in length, an outcome is neither true nor false,
            ``bins`` is below 1, or ``level`` is not between 0 and 1.
    """
    check_at_least("bins", bins, 1)
    check_level(level)
    check_outcomes(chains, correct)
    stated = [
        (last_confidence(chain), bool(right), item_of(chain))
        for chain, right in zip(chains, correct, strict=True)
    ]
    known = [(c, right, item) for c, right, item in stated if c is not None]
    if not known:
        return StatedCalibration(
            bins=(), n=0, not_stated=len(stated), ece=None, ece_if_calibrated=None, brier=None,
            brier_interval=None, overconfidence=None, overconfidence_interval=None,
        )  # fmt: skip
    confidences, rights = [c for c, _, _ in known], [right for _, right, _ in known]
    items, overs = [item for *_, item in known], [c - right for c, right, _ in known]
    made = tuple(_bins(known, bins, level))
    import random  # noqa: PLC0415  # slow to import

    rng = random.Random(f"{seed}/calibrated")
    null = [_ece(confidences, [rng.random() < c for c in confidences], bins) for _ in range(200)]
    brier_interval, over_interval = (
        outcome_mean_interval(if_wrong, if_correct, rights, items, least=least, level=level)
        for if_wrong, if_correct, least in (
            ([c**2 for c in confidences], [(1 - c) ** 2 for c in confidences], 0.0),
            (confidences, [c - 1 for c in confidences], -1.0),
        )
    )
    return StatedCalibration(
        bins=made,
        n=len(known),
        not_stated=len(stated) - len(known),
        ece=_ece(confidences, rights, bins),
        ece_if_calibrated=fmean(null),
        brier=fmean(each**2 for each in overs),
        brier_interval=brier_interval,
        overconfidence=fmean(overs),
        overconfidence_interval=over_interval,
    )


def last_confidence(chain: Chain) -> float | None:
    """Return the confidence of the last self-reported event that states one."""
    stated = [event.confidence for event in chain.self_reported() if event.confidence is not None]
    return stated[-1] if stated else None


def _bin(confidence: float, bins: int) -> int:
    return min(bins - 1, int(confidence * bins + 1e-9))


def _bins(
    known: Sequence[tuple[float, bool, str]], bins: int, level: float
) -> list[CalibrationBin]:
    found: dict[int, list[tuple[float, bool, str]]] = defaultdict(list)
    for each in known:
        found[_bin(each[0], bins)].append(each)
    return [
        CalibrationBin(
            low=number / bins,
            high=(number + 1) / bins,
            n=len(rows),
            mean_confidence=fmean(c for c, _, _ in rows),
            accuracy=fmean(right for _, right, _ in rows),
            interval=success_interval(
                [item for *_, item in rows], [right for _, right, _ in rows], level
            ),
        )
        for number, rows in sorted(found.items())
    ]


def _ece(confidences: Sequence[float], correct: Sequence[bool], bins: int) -> float:
    gaps = [0.0] * bins
    for confidence, right in zip(confidences, correct, strict=True):
        gaps[_bin(confidence, bins)] += confidence - right
    return sum(map(abs, gaps)) / len(confidences)
