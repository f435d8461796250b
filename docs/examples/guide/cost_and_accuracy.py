"""Accuracy against cost: a number that the conditions do not return, as a metric of its own.

crucible run docs/examples/guide/cost_and_accuracy.py
"""

from typing import Any

from models import LARGE, MEDIUM, SMALL

from ensemble import ask
from research_harness import Ceilings, Condition, DatasetSpec, Experiment, Metric


def single(model: Any) -> Condition[..., Any]:
    """A condition that asks one model."""

    async def answer(item: Any) -> Any:
        return await ask(item, model=model)

    return Condition(name=model.name, function=answer)


def right_per_cent(row: Any) -> float | None:
    """Right answers for a cent; None where the cost is unknown."""
    return None if not row.cost_usd else row.correct / (100 * row.cost_usd)


class CostAndAccuracy(Experiment):
    name = "Cost and accuracy"
    dataset = DatasetSpec("arithmetic")
    sample_size = 100
    scorer = "number"
    metrics = (
        "accuracy",
        "cost_per_query",
        Metric(name="right per cent", column=right_per_cent, higher_is_better=True),
    )
    ceilings = Ceilings(max_cost_usd=1.0)
    virtual_time = True
    conditions = tuple(single(model) for model in (SMALL, MEDIUM, LARGE))
