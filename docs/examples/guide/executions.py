"""Members asked at once, one after another until the vote is decided, or until one is sure.

crucible run docs/examples/guide/executions.py
"""

from typing import Any

from models import LARGE, MEDIUM, SMALL

from ensemble import predict
from research_harness import Condition, DatasetSpec, Experiment


def execution(name: Any) -> Condition[..., Any]:
    """A vote whose members are asked in one way."""

    async def answer(item: Any) -> Any:
        models = [SMALL, MEDIUM, LARGE]
        return await predict(item, models=models, execution=name, normalize="number")

    return Condition(name=name, function=answer)


class Executions(Experiment):
    name = "Executions"
    dataset = DatasetSpec("arithmetic")
    sample_size = 100
    scorer = "number"
    metrics = ("accuracy", "latency_p50", "latency_p95", "cost_per_query")
    virtual_time = True
    conditions = tuple(execution(name) for name in ("parallel", "sequential", "cascade"))
