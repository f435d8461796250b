"""Two prompts compared on the same questions.

crucible run docs/examples/guide/prompts.py
"""

from models import SMALL

from dataset_manager import Item
from ensemble import Response, Variant, ask
from research_harness import Criterion, DatasetSpec, Experiment, condition

STEPS = Variant(SMALL, "steps", prompt=lambda text: f"{text} Think step by step.")


class Prompts(Experiment):
    name = "Two prompts"
    dataset = DatasetSpec("arithmetic")
    sample_size = 100
    scorer = "number"
    metrics = ("accuracy", "cost_per_query")
    virtual_time = True
    criteria = (
        Criterion(
            claim="steps help", metric="accuracy", condition="steps", against="plain", more_than=0
        ),
    )

    @condition
    async def plain(self, item: Item) -> Response:
        """The question alone."""
        return await ask(item, model=SMALL)

    @condition
    async def steps(self, item: Item) -> Response:
        """With a request for steps."""
        return await ask(item, model=STEPS)
