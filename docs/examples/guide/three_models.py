"""Three models compared: one test over all, then the pairs with Holm's correction.

crucible run docs/examples/guide/three_models.py
"""

from typing import Any

from models import LARGE, MEDIUM, SMALL

from ensemble import ask
from research_harness import Condition, DatasetSpec, Experiment


def single(model: Any) -> Condition[..., Any]:
    """A condition that asks one model."""

    async def answer(item: Any) -> Any:
        return await ask(item, model=model)

    return Condition(name=model.name, function=answer)


class ThreeModels(Experiment):
    name = "Three models"
    dataset = DatasetSpec("arithmetic")
    sample_size = 100
    scorer = "number"
    metrics = ("accuracy", "latency_p95", "cost_per_query")
    virtual_time = True
    conditions = tuple(single(model) for model in (SMALL, MEDIUM, LARGE))
