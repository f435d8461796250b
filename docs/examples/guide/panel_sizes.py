"""How many models should vote: 1, 3, 5 or 7?

crucible run docs/examples/guide/panel_sizes.py
"""

from typing import Any

from models import PANEL

from ensemble import predict
from research_harness import Condition, DatasetSpec, Experiment


def panel(size: int) -> Condition[..., Any]:
    """A vote of the first models of the panel."""

    async def answer(item: Any) -> Any:
        return await predict(item, models=PANEL[:size], normalize="number")

    return Condition(name=f"{size} of {len(PANEL)}", function=answer)


class PanelSizes(Experiment):
    name = "Sizes of a panel"
    dataset = DatasetSpec("arithmetic")
    sample_size = 100
    repeat = 3
    seed = 42
    scorer = "number"
    metrics = ("accuracy", "cost_per_query", "latency_p50", "latency_p95", "consensus")
    virtual_time = True
    conditions = tuple(panel(size) for size in (1, 3, 5, 7))
