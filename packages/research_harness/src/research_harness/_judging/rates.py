"""Rates and differences without the errors of a judge, by methods of ``bench``."""

from collections.abc import Mapping
from statistics import fmean
from typing import Any, NamedTuple

from .._core.interval import Interval
from .._outcome.row import Row
from .results import JudgedCondition, JudgedDifference

_LEAST_LABELS = 3


class Evidence(NamedTuple):
    """What is known of the rows of a run.

    Attributes:
        rows: The rows by number.
        marks: The judge's mark of each row with an answer.
        labels: What people found.
        of_conditions: The numbers of the marked rows of each condition.
        level: The level of the intervals.
    """

    rows: Mapping[int, Row]
    marks: Mapping[int, float]
    labels: Mapping[int, bool]
    of_conditions: Mapping[str, list[int]]
    level: float


def judged_condition(evidence: Evidence, name: str, *, chosen: bool) -> JudgedCondition:
    """One condition by the judge and without the judge's errors.

    Args:
        evidence: What is known.
        name: The condition.
        chosen: The labelled rows were chosen rather than drawn at random.
    """
    import bench

    indexes, marks, labels = evidence.of_conditions[name], evidence.marks, evidence.labels
    labelled = [index for index in indexes if index in labels]
    agreement = None
    if labelled:
        agreement = fmean((marks[index] >= 1) == labels[index] for index in labelled)
    found: dict[str, Any] = {}
    if len(labelled) < _LEAST_LABELS:
        found["problem"] = f"fewer than {_LEAST_LABELS} labels"
    else:
        correct = _by_kind if chosen else _by_random_labels
        try:
            rate, interval = correct(evidence, indexes, labelled)
            found |= {"rate": rate, "interval": _own(interval, evidence.level)}
        except bench.BenchError as error:
            found["problem"] = str(error)
    return JudgedCondition(
        condition=name,
        rows=len(indexes),
        labelled=len(labelled),
        judged=fmean(marks[index] for index in indexes) if indexes else 0.0,
        agreement=agreement,
        **found,
    )


def _by_random_labels(
    evidence: Evidence, indexes: list[int], labelled: list[int]
) -> tuple[float, Any]:
    import bench

    rows = evidence.rows
    repeated = len({rows[index].item_id for index in indexes}) < len(indexes)
    found = bench.prediction_powered_mean(
        {index: float(evidence.labels[index]) for index in labelled},
        {index: evidence.marks[index] for index in indexes},
        level=evidence.level,
        clusters={index: rows[index].item_id for index in indexes} if repeated else None,
    )
    return found.mean, found.interval


def _by_kind(evidence: Evidence, indexes: list[int], labelled: list[int]) -> tuple[float, Any]:
    import bench

    found = bench.judged_rate(
        [float(evidence.labels[index]) for index in labelled],
        [evidence.marks[index] for index in labelled],
        [evidence.marks[index] for index in indexes],
        level=evidence.level,
    )
    return found.rate, found.interval


def corrected_differences(evidence: Evidence, control: str) -> tuple[JudgedDifference, ...]:
    """The differences from the control without the judge's errors, paired by item and repeat.

    Args:
        evidence: What is known.
        control: The condition that is subtracted.

    Returns:
        The differences; none where too few items are labelled in both conditions.
    """
    import bench

    place = {index: (row.item_id, row.repeat) for index, row in evidence.rows.items()}
    of_rows = {name: each for name, each in evidence.of_conditions.items() if each}
    if len(of_rows) < 2 or control not in of_rows:
        return ()
    common = set.intersection(*({place[index] for index in each} for each in of_rows.values()))
    judged = {
        name: {place[i]: evidence.marks[i] for i in indexes if place[i] in common}
        for name, indexes in of_rows.items()
    }
    given = {
        name: {
            place[i]: float(evidence.labels[i])
            for i in indexes
            if i in evidence.labels and place[i] in common
        }
        for name, indexes in of_rows.items()
    }
    repeated = len({item for item, _ in common}) < len(common)
    try:
        found = bench.prediction_powered_compare(
            given,
            judged,
            control=control,
            level=evidence.level,
            clusters={key: key[0] for key in common} if repeated else None,
        )
    except bench.BenchError:
        return ()
    return tuple(
        JudgedDifference(
            control=control,
            treatment=str(each.second if each.first == control else each.first),
            estimate=each.estimate if each.first == control else -each.estimate,
            interval=_signed(each, control, evidence.level),
        )
        for each in found.pairwise.rows
    )


def _signed(pair: Any, control: str, level: float) -> Interval:
    """The interval of treatment minus control."""
    found = pair.interval_adjusted
    low, high = found.low, found.high
    if pair.first != control:
        low, high = -high, -low
    return Interval(low=low, high=high, level=level, method=found.method)


def _own(interval: Any, level: float) -> Interval:
    return Interval(low=interval.low, high=interval.high, level=level, method=interval.method)
