"""What the runs of a plan say about all its items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .._core.errors import ComparisonError
from .._core.text import on_lines
from .._logs.answers import Answers
from .._logs.runs import read_run
from .._report.wording import count_text
from .plan import ItemPlan

_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStudy:
    """The means of conditions over all items of a plan, from the items that were asked.

    Attributes:
        plan: The plan.
        runs: The folders of the runs.
        asked: The number of items that were asked.
        means: For each condition a ``bench.AssistedMean``.
        reached: Whether every interval is as narrow as the plan wants it.
    """

    plan: ItemPlan
    runs: tuple[Path, ...]
    asked: int
    means: Mapping[str, Any] = field(repr=False)
    reached: bool

    def __str__(self) -> str:
        goal = f"half width {self.plan.expected_half_width:.3g} at {self.plan.level:.0%}"
        asked = f"{count_text(self.asked, 'item')} of {self.plan.population:,} asked"
        lines = [
            f"{self.plan.task}: {asked}; {goal}: {'reached' if self.reached else 'not reached'}",
            *(f"{name}: {each}" for name, each in self.means.items()),
            "The items were chosen: their own mean is not that of the task.",
        ]
        return on_lines(lines)

    def to_dict(self) -> dict[str, Any]:
        """The study as plain values."""
        return {
            "plan": self.plan.to_dict(),
            "runs": [str(each) for each in self.runs],
            "asked": self.asked,
            "means": {name: each.to_dict() for name, each in self.means.items()},
            "reached": self.reached,
        }


def analyze_item_plan(
    plan: ItemPlan,
    runs: Sequence[str | Path],
    *,
    checks: Mapping[str, Mapping[str, float]] | None = None,
) -> ItemStudy:
    """The mean of each condition over all items of a plan, from runs that asked some of them.

    Args:
        plan: The plan.
        runs: The folders of finished runs; together they asked the first items of the plan.
        checks: For each condition labels of people by item, for the first items of the plan, where
            the scores of the runs are those of a judge.

    Returns:
        The means with intervals.

    Raises:
        ComparisonError: A run is not finished, has answers without a score, or other items.
    """
    import bench

    folders = tuple(map(Path, runs))
    scores: dict[str, dict[str, float]] = {}
    for folder in folders:
        for answers in read_run(folder, ()):
            scores.setdefault(answers.system, {}).update(_scores(answers, folder))
    unknown = sorted(set(checks or {}) - set(scores))
    if unknown:
        raise ComparisonError(f"checks: no condition is called {', '.join(unknown)}")
    asked = {name: _beginning(plan, name, own) for name, own in scores.items()}
    if len(set(asked.values())) != 1:
        raise ComparisonError(f"the conditions were asked different numbers of items: {asked}")
    count = next(iter(asked.values()))
    try:
        design = plan.design.first(count)
        means = {
            name: bench.assisted_mean(
                design, own, checks=(checks or {}).get(name), level=plan.level
            )
            for name, own in scores.items()
        }
    except bench.BenchError as error:
        raise ComparisonError(f"{plan.task}: {error}") from error
    reached = all(
        (each.interval.high - each.interval.low) / 2 <= plan.expected_half_width
        for each in means.values()
    )
    return ItemStudy(plan=plan, runs=folders, asked=count, means=means, reached=reached)


def _scores(answers: Answers, folder: Path) -> dict[str, float]:
    found = dict(zip(answers.ids, answers.means().tolist(), strict=True))
    missing = [name for name, score in found.items() if score != score]  # noqa: PLR0124  # NaN
    if missing:
        shown = ", ".join(missing[:_SHOWN])
        raise ComparisonError(
            f"{folder}: {answers.system} has {count_text(len(missing), 'item')} without a score"
            f" ({shown}); resume the run with retry_failed"
        )
    return found


def _beginning(plan: ItemPlan, condition: str, scores: Mapping[str, float]) -> int:
    """How many of the plan's first items have a score; no other item may have one."""
    count = 0
    for item in plan.order:
        if item not in scores:
            break
        count += 1
    if count < len(scores):
        first = set(plan.order[:count])
        other = [item for item in scores if item not in first][:_SHOWN]
        raise ComparisonError(
            f"{condition}: the runs asked other items than the first of the plan:"
            f" {', '.join(other)}"
        )
    return count
