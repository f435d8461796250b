"""Do backup requests cut the tail of the latency, and what do they cost?

crucible run docs/examples/guide/hedging_tail.py
"""

from dataset_manager import Item
from ensemble import HedgedModel, LogNormal, Response, SimulatedModel, ask
from research_harness import Criterion, DatasetSpec, Experiment, condition

# One answer in a hundred takes over 9 s: where the tail is short, a backup comes too late to help.
MODEL = SimulatedModel(
    "long tail",
    accuracy=0.8,
    latency=LogNormal(median_ms=600, sigma=1.2),
    input_price=0.5,
    output_price=2.0,
)
HEDGED = HedgedModel(MODEL)


class HedgingTail(Experiment):
    name = "Backup requests"
    dataset = DatasetSpec("arithmetic")
    sample_size = 500  # fewer have no upper end of an interval of the P99
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
        return await ask(item, model=MODEL)

    @condition
    async def hedged(self, item: Item) -> Response:
        """A backup request after a delay that is learned."""
        return await ask(item, model=HEDGED)
