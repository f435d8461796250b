"""Which items to ask a new system, from logs of others on the same items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from .._core.errors import ComparisonError
from .._core.text import printable
from .._logs.answers import Answers
from .._logs.sources import ReadOptions, read_sources
from .._report.wording import value_text
from .align import align


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPlan:
    """The items to ask a new system, and what they cost.

    Attributes:
        task: The name of the task.
        items: The ids of the items to ask.
        population: The number of items that the result is about.
        known_systems: The systems whose scores were used.
        expected_half_width: Half the width of the interval to expect.
        level: The level of the interval.
        cost_usd: What asking the items costs, in US dollars; None without a price.
        full_cost_usd: What asking all items costs.
        design: The ``bench.AssistedDesign``; ``bench.assisted_mean(plan.design, scores)`` gives the
            result.
    """

    task: str
    items: tuple[str, ...]
    population: int
    known_systems: tuple[str, ...]
    expected_half_width: float
    level: float
    cost_usd: float | None
    full_cost_usd: float | None
    design: Any

    def __str__(self) -> str:
        text = (
            f"{self.task}: ask {len(self.items):,} of {self.population:,} items for"
            f" +-{value_text(self.expected_half_width, '')} at {self.level:.0%}"
        )
        if self.cost_usd is not None:
            cost, full = (value_text(value, "usd") for value in (self.cost_usd, self.full_cost_usd))
            text += f"; {cost} instead of {full}"
        text += f". The scores of {len(self.known_systems)} systems choose the items."
        return printable(text)

    def to_dict(self) -> dict[str, Any]:
        """The plan as plain values, without the design."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        del found["design"]
        return {**found, "items": list(self.items), "known_systems": list(self.known_systems)}


def plan_items(
    history: Sequence[str | Path],
    *,
    half_width: float,
    cost_per_item_usd: float | None = None,
    level: float = 0.95,
    seed: int = 0,
    score: str | None = None,
    scorer: str | None = None,
    fields: Mapping[str, str] | None = None,
    max_unmatched: float = 0.1,
) -> ItemPlan:
    """Choose the items of a benchmark to ask a new system, from logs of other systems.

    Args:
        history: Runs and logs of at least two other systems, as ``compare`` takes them.
        half_width: Half the width of the interval to reach, in the unit of the score.
        cost_per_item_usd: The price of one answer of the new system in US dollars.
        level: The level of the interval.
        seed: For the draws.
        score: Which of several scores of the logs to take; the first one when None.
        scorer: Score all answers again with this scorer of dataset_manager.
        fields: What the columns of plain files mean.
        max_unmatched: The largest share of items that may be missing from a system.

    Returns:
        The items, with the precision and the cost to expect.

    Raises:
        ComparisonError: Fewer than two systems, several tasks, or scores outside 0 to 1.
        MismatchError: The logs hold different items.
    """
    import bench

    reading = ReadOptions(score=score, scorer=scorer, fields=fields or {})
    answers, _ = read_sources(history, reading)
    task = _one_task(answers)
    alignment = align(task, answers, max_unmatched=max_unmatched)
    ids = [alignment.answers[0].ids[index] for index in alignment.orders[0].tolist()]
    known = {
        each.system: dict(zip(ids, each.means()[order].tolist(), strict=True))
        for each, order in zip(alignment.answers, alignment.orders, strict=True)
    }
    try:
        design = bench.assisted_design(known, half_width=half_width, level=level, seed=seed)
    except bench.BenchError as error:
        raise ComparisonError(f"{task}: {error}") from error
    return ItemPlan(
        task=task,
        items=tuple(str(item) for item in design.items),
        population=len(ids),
        known_systems=tuple(known),
        expected_half_width=half_width,
        level=level,
        cost_usd=None if cost_per_item_usd is None else cost_per_item_usd * len(design.items),
        full_cost_usd=None if cost_per_item_usd is None else cost_per_item_usd * len(ids),
        design=design,
    )


def _one_task(answers: Sequence[Answers]) -> str:
    systems = [each.system for each in answers]
    if len(set(systems)) < 2:
        raise ComparisonError("the history needs two systems or more")
    if len(set(systems)) < len(systems):
        tasks = ", ".join(dict.fromkeys(each.task for each in answers))
        raise ComparisonError(f"the history holds several tasks ({tasks}); plan one at a time")
    return answers[0].task
