"""Which items to ask a new system, from logs of others on the same items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import NormalDist
from typing import Any

from .._compare.align import align
from .._core.errors import ComparisonError
from .._core.text import on_one_line
from .._logs.answers import Answers
from .._logs.sources import ReadOptions, read_sources
from .._report.wording import value_text
from .labels import JudgeCosts, with_checks


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPlan:
    """The items to ask a new system, and what they cost.

    Attributes:
        task: The name of the task.
        order: All items, in the order in which they are asked.
        items: The ids of the items to ask, the first of ``order``.
        checked: How many of them, the first ones, a person labels as well as the judge; None where
            there is no judge.
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
    order: tuple[str, ...]
    items: tuple[str, ...]
    checked: int | None = None
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
        if self.checked is not None:
            text += f"; a person labels the first {self.checked:,} of them"
        if self.cost_usd is not None:
            cost, full = (value_text(value, "usd") for value in (self.cost_usd, self.full_cost_usd))
            text += f"; {cost} instead of {full}"
        text += f". The scores of {len(self.known_systems)} systems choose the items."
        return on_one_line(text)

    def to_dict(self) -> dict[str, Any]:
        """The plan as plain values, without the design and the order of all items."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        del found["design"], found["order"]
        return {**found, "items": list(self.items), "known_systems": list(self.known_systems)}


def plan_items(
    history: Sequence[str | Path],
    *,
    half_width: float | None = None,
    detect: float | None = None,
    power: float = 0.8,
    cost_per_item_usd: float | None = None,
    judge: JudgeCosts | None = None,
    level: float = 0.95,
    seed: int = 0,
    score: str | None = None,
    scorer: str | None = None,
    fields: Mapping[str, str] | None = None,
    max_unmatched: float = 0.1,
) -> ItemPlan:
    """Choose the items of a benchmark to ask a new system, from logs of other systems.

    Each item is asked once: where all answers cost the same, another item always says more about
    the mean than another answer to one that was asked.

    Args:
        history: Runs and logs of at least two other systems, as ``compare`` takes them.
        half_width: Half the width of the interval to reach, in the unit of the score.
        detect: In place of it the difference from a known system that is to be found with
            ``power``, in a two-sided test at one minus the level.
        power: The chance to find it.
        cost_per_item_usd: The price of one answer of the new system in US dollars.
        judge: What labels cost, where a judge scores all answers and a person some of them.
        level: The level of the interval.
        seed: For the draws.
        score: Which of several scores of the logs to take; the first one when None.
        scorer: Score all answers again with this scorer of dataset_manager.
        fields: What the columns of plain files mean.
        max_unmatched: The largest share of items that may be missing from a system.

    Returns:
        The items, with the precision and the cost to expect.

    Raises:
        ComparisonError: Fewer than two systems, several tasks, scores outside 0 to 1, or not
            exactly one of ``half_width`` and ``detect``.
        MismatchError: The logs hold different items.
    """
    import bench

    half_width = _half_width(half_width, detect, power, level)
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
        checked = None
        if judge is not None:
            design, checked = with_checks(design, judge, half_width, level, cost_per_item_usd or 0)
    except bench.BenchError as error:
        raise ComparisonError(f"{task}: {error}") from error
    paid = _costs(len(design.items), len(ids), checked, cost_per_item_usd, judge)
    return ItemPlan(
        task=task,
        order=tuple(map(str, design.population)),
        items=tuple(map(str, design.items)),
        checked=checked,
        population=len(ids),
        known_systems=tuple(known),
        expected_half_width=half_width,
        level=level,
        cost_usd=paid[0],
        full_cost_usd=paid[1],
        design=design,
    )


def _half_width(
    half_width: float | None, detect: float | None, power: float, level: float
) -> float:
    """The half width that is asked for, or that finds a difference from a known mean."""
    if (half_width is None) == (detect is None):
        raise ComparisonError("give one of half_width= and detect=")
    if detect is None:
        assert half_width is not None  # noqa: S101  # as just checked
        return half_width
    if not (detect > 0 and 0 < power < 1 and 0 < level < 1):
        raise ComparisonError("detect= must be above 0, and power= and level= between 0 and 1")
    normal = NormalDist()
    reach = normal.inv_cdf((1 + level) / 2)
    return detect * reach / (reach + normal.inv_cdf(power))


def _costs(
    asked: int,
    population: int,
    checked: int | None,
    per_item: float | None,
    judge: JudgeCosts | None,
) -> tuple[float | None, float | None]:
    """What the plan costs, and what asking all items and labelling them by a person does."""
    if per_item is None and judge is None:
        return None, None
    answer = per_item or 0.0
    if judge is None:
        return answer * asked, answer * population
    labels = judge.judge_usd * (asked if checked != asked else 0) + judge.person_usd * (
        checked or 0
    )
    return answer * asked + labels, (answer + judge.person_usd) * population


def _one_task(answers: Sequence[Answers]) -> str:
    systems = [each.system for each in answers]
    if len(set(systems)) < 2:
        raise ComparisonError("the history needs two systems or more")
    if len(set(systems)) < len(systems):
        tasks = ", ".join(dict.fromkeys(each.task for each in answers))
        raise ComparisonError(f"the history holds several tasks ({tasks}); plan one at a time")
    return answers[0].task
