"""Do backup requests cut the tail of the latency, and what do they cost?

crucible run docs/examples/guide/hedging_tail.py
"""

from models import MEDIUM

from dataset_manager import Item
from ensemble import HedgedModel, Response, ask
from research_harness import Criterion, DatasetSpec, Experiment, condition

HEDGED = HedgedModel(MEDIUM)


class HedgingTail(Experiment):
    name = "Backup requests"
    dataset = DatasetSpec("arithmetic")
    sample_size = 200
    scorer = "number"
    metrics = ("latency_p50", "latency_p95", "latency_p99", "cost_per_query", "accuracy")
    virtual_time = True
    criteria = (
        Criterion(
            claim="the P99 is at least a tenth shorter",
            metric="latency_p99",
            condition="hedged",
            against="plain",
            measure="ratio",
            max_value=0.9,
        ),
    )

    @condition
    async def plain(self, item: Item) -> Response:
        """One request."""
        return await ask(item, model=MEDIUM)

    @condition
    async def hedged(self, item: Item) -> Response:
        """A backup request after a delay that is learned."""
        return await ask(item, model=HEDGED)
