"""pass@k and pass^k over tasks."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from .._core.arithmetic import mean, variance
from .._core.errors import InvalidDataError
from .._core.lazy import np
from .._core.notes import note
from .._core.options import check_share, check_whole, checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import Interval, Note
from .._core.shown import shown
from .._core.wording import number
from .._data.intake import aligned, column, column_of_labels
from .._data.values import ClusterLabels, ValuesByItem
from .._intervals.clusters import clustered_mean
from .._intervals.rates import interval_of_rates

_FEW_TASKS = 10
_MOST_ANSWERS = 20_000_000  # the interval goes through them one by one
_FEW_RARE = 4  # measured with 10 to 80 tasks of 8 samples near 1, k = 4


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

    @shown
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


@checked_options
def pass_at_k(
    samples: ValuesByItem,
    correct: ValuesByItem,
    k: int,
    *,
    clusters: ClusterLabels | None = None,
    level: float = 0.95,
) -> PassRate:
    """The chance that one of k samples is right: unbiased (Chen et al. 2021), mean over tasks.

    Args:
        samples: How many samples each task had.
        correct: How many of them were right.
        k: How many may be tried.
        clusters: The cluster of every task, in order or by task.
        level: The level of the interval (Wilson with the effective sample size).

    Returns:
        The mean over tasks with its interval.

    Raises:
        InvalidDataError: ``k`` above the samples of a task, or more correct than samples.

    Example:
        >>> round(bench.pass_at_k([10, 10, 10], [0, 3, 9], 5).estimate, 3)
        0.639
    """
    k = check_whole("k", k)
    return _rate(f"pass@{k}", (samples, correct), k, level, _at_least_one, clusters=clusters)


@checked_options
def pass_hat_k(
    samples: ValuesByItem,
    correct: ValuesByItem,
    k: int,
    *,
    clusters: ClusterLabels | None = None,
    level: float = 0.95,
) -> PassRate:
    """The chance that all k samples are right (Yao et al. 2024), mean over tasks.

    Args:
        samples: How many samples were drawn per task.
        correct: How many of them were correct.
        k: How many samples are drawn.
        clusters: The cluster of every task, in order or by task.
        level: The level of the interval.

    Returns:
        The mean over tasks with its interval.

    Raises:
        InvalidDataError: ``k`` above the samples of a task, or more correct than samples.
    """
    k = check_whole("k", k)
    return _rate(f"pass^{k}", (samples, correct), k, level, _all, clusters=clusters)


def _at_least_one(n: int, c: int, k: int) -> float:
    if n - c < k:
        return 1.0
    return 1.0 - math.prod((n - c - step) / (n - step) for step in range(k))


def _all(n: int, c: int, k: int) -> float:
    return math.prod(max(0, c - step) / (n - step) for step in range(k))


def _counts(
    samples: ValuesByItem, correct: ValuesByItem
) -> tuple[list[int], list[int], Sequence[Hashable] | None]:
    """Whole numbers by task, matched by task where both come with ids."""
    columns = {"samples": column(samples, "samples"), "correct": column(correct, "correct")}
    sizes = [len(each.values) for each in columns.values()]
    if sizes[0] != sizes[1] or not sizes[0]:
        raise InvalidDataError("correct", f"{sizes[1]} counts for {sizes[0]} tasks")
    arrays, tasks = aligned(columns, omit=False)
    for name, array in zip(columns, arrays, strict=True):
        for place, value in enumerate(array.tolist()):
            if not float(value).is_integer():
                raise InvalidDataError(name, f"task {place}: {value} is not a whole number")
    return [int(each) for each in arrays[0]], [int(each) for each in arrays[1]], tasks


def _rate(
    name: str,
    counts: tuple[ValuesByItem, ValuesByItem],
    k: int,
    level: float,
    rule: Callable[[int, int, int], float],
    *,
    clusters: ClusterLabels | None,
) -> PassRate:
    check_share("level", level)
    samples, correct, tasks = _counts(*counts)
    for index, (n, c) in enumerate(zip(samples, correct, strict=True)):
        if not 0 <= c <= n or not 1 <= k <= n:
            raise InvalidDataError("samples", f"task {index}: {c} of {n} right, k = {k}")
    values = np.array([rule(n, c, k) for n, c in zip(samples, correct, strict=True)])
    labels = None
    if clusters is not None:
        labels = column_of_labels(clusters, len(values), "clusters", ids=tasks)
    # How many answers the rates rest on at most: each task allows n/k draws of k apart.
    answers = max(len(values), sum(n // k for n in samples))
    if answers > _MOST_ANSWERS:
        raise InvalidDataError("samples", f"{answers:.3g} samples, more than {_MOST_ANSWERS:,}")
    interval = interval_of_rates(values, answers, labels, level)
    se = math.nan
    if labels is not None:
        se = clustered_mean(values, labels).se_cr2
    elif len(values) > 1 and variance(values) > 0:
        se = math.sqrt(variance(values) / len(values))
    few = [note("FEW_ITEMS", f"{len(values)} tasks")] if len(values) < _FEW_TASKS else []
    rare = min(int((values < 1).sum()), int((values > 0).sum()))
    if k > 1 and answers != len(values) and 0 < rare < _FEW_RARE:
        few.append(note("RARE_TASKS", f"{rare} of {len(values)} tasks"))
    return PassRate(
        name=name,
        k=k,
        estimate=mean(values),
        se=se,
        interval=interval,
        per_task=tuple(values.tolist()),
        warnings=(*interval.warnings, *few),
    )
