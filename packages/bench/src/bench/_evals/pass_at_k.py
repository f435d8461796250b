"""pass@k and pass^k over tasks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from .._core.arithmetic import variance
from .._core.errors import InvalidDataError
from .._core.lazy import np
from .._core.options import check_share
from .._core.rendering import Result, ResultTable
from .._core.results import Interval, Note
from .._core.tails import t_quantile
from .._core.wording import number
from .._data.intake import aligned, column
from .._data.values import ValuesByItem


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRate(Result):
    """The mean over tasks, whose spread is the uncertainty."""

    name: str
    k: int
    estimate: float
    se: float
    interval: Interval
    per_task: tuple[float, ...]
    warnings: tuple[Note, ...] = ()

    def __str__(self) -> str:
        return (
            f"{self.name} = {number(self.estimate)}, {self.interval}, {len(self.per_task)} tasks."
        )

    def table(self) -> ResultTable:
        return ResultTable(
            title=self.name,
            columns=("Estimate", "SE", "Low", "High", "Tasks"),
            rows=(
                (
                    number(self.estimate),
                    number(self.se),
                    number(self.interval.low),
                    number(self.interval.high),
                    str(len(self.per_task)),
                ),
            ),
        )


def pass_at_k(
    samples: ValuesByItem, correct: ValuesByItem, k: int, *, level: float = 0.95
) -> PassRate:
    """The chance that one of k samples is right: unbiased (Chen et al. 2021), mean over tasks.

    Args:
        samples: How many samples each task had.
        correct: How many of them were right.
        k: How many may be tried.
        level: The level of the t interval over tasks.

    Returns:
        The mean over tasks with its interval.

    Raises:
        InvalidDataError: ``k`` above the samples of a task, or more correct than samples.

    Example:
        >>> round(bench.pass_at_k([10, 10, 10], [0, 3, 9], 5).estimate, 3)
        0.639
    """
    return _rate(f"pass@{k}", (samples, correct), k, level, _at_least_one)


def pass_hat_k(
    samples: ValuesByItem, correct: ValuesByItem, k: int, *, level: float = 0.95
) -> PassRate:
    """The chance that all k samples are right (Yao et al. 2024), mean over tasks.

    Args:
        samples: How many samples were drawn per task.
        correct: How many of them were correct.
        k: How many samples are drawn.
        level: The level of the interval.

    Returns:
        The mean over tasks with its interval.

    Raises:
        InvalidDataError: ``k`` above the samples of a task, or more correct than samples.
    """
    return _rate(f"pass^{k}", (samples, correct), k, level, _all)


def _at_least_one(n: int, c: int, k: int) -> float:
    if n - c < k:
        return 1.0
    return 1.0 - math.prod((n - c - step) / (n - step) for step in range(k))


def _all(n: int, c: int, k: int) -> float:
    return math.prod(max(0, c - step) / (n - step) for step in range(k))


def _counts(samples: ValuesByItem, correct: ValuesByItem) -> tuple[list[int], list[int]]:
    """Whole numbers by task, matched by task where both come with ids."""
    columns = {"samples": column(samples, "samples"), "correct": column(correct, "correct")}
    sizes = [len(each.values) for each in columns.values()]
    if sizes[0] != sizes[1] or not sizes[0]:
        raise InvalidDataError("correct", f"{sizes[1]} counts for {sizes[0]} tasks")
    arrays, _ = aligned(columns, omit=False)
    for name, array in zip(columns, arrays, strict=True):
        for place, value in enumerate(array.tolist()):
            if not float(value).is_integer():
                raise InvalidDataError(name, f"task {place}: {value} is not a whole number")
    return [int(each) for each in arrays[0]], [int(each) for each in arrays[1]]


def _rate(
    name: str,
    counts: tuple[ValuesByItem, ValuesByItem],
    k: int,
    level: float,
    rule: Callable[[int, int, int], float],
) -> PassRate:
    check_share("level", level)
    samples, correct = _counts(*counts)
    for index, (n, c) in enumerate(zip(samples, correct, strict=True)):
        if not 0 <= c <= n or not 1 <= k <= n:
            raise InvalidDataError("samples", f"task {index}: {c} of {n} right, k = {k}")
    values = [rule(n, c, k) for n, c in zip(samples, correct, strict=True)]
    centre = math.fsum(values) / len(values)
    se = math.sqrt(variance(np.array(values)) / len(values)) if len(values) > 1 else math.nan
    se = math.nan if se == 0 else se
    half = t_quantile(0.5 + level / 2, len(values) - 1.0) * se if len(values) > 1 else math.nan
    return PassRate(
        name=name,
        k=k,
        estimate=centre,
        se=se,
        interval=Interval(
            low=max(0.0, centre - half),
            high=min(1.0, centre + half),
            level=level,
            method="t over tasks",
            estimate=centre,
        ),
        per_task=tuple(values),
    )
