"""Voting strategies compared on one panel.

crucible run docs/examples/guide/voting.py
"""

from typing import Any

from models import LARGE, MEDIUM, SMALL

from ensemble import predict
from research_harness import Condition, DatasetSpec, Experiment


def voting(strategy: Any) -> Condition[..., Any]:
    """A vote by one strategy."""

    async def answer(item: Any) -> Any:
        models = [SMALL, MEDIUM, LARGE]
        return await predict(item, models=models, strategy=strategy, normalize="number")

    return Condition(name=strategy, function=answer)


class Voting(Experiment):
    name = "Voting strategies"
    dataset = DatasetSpec("arithmetic")
    sample_size = 100
    scorer = "number"
    metrics = ("accuracy", "consensus")
    virtual_time = True
    conditions = tuple(voting(name) for name in ("majority", "weighted", "best_confidence"))
