"""The same conditions on several data sets: one run each, compared by ``crucible compare``.

crucible run docs/examples/guide/several_datasets.py::Sums
crucible run docs/examples/guide/several_datasets.py::Capitals
"""

from models import LARGE, SMALL

from dataset_manager import Item
from ensemble import Response, ask
from research_harness import DatasetSpec, Experiment, condition


class SmallAndLarge(Experiment):
    name = "Small and large"
    metrics = ("accuracy",)
    virtual_time = True

    @condition
    async def small(self, item: Item) -> Response:
        """The small model."""
        return await ask(item, model=SMALL)

    @condition
    async def large(self, item: Item) -> Response:
        """The large model."""
        return await ask(item, model=LARGE)


class Sums(SmallAndLarge):
    name = "Small and large on sums"
    dataset = DatasetSpec("arithmetic")
    sample_size = 60
    scorer = "number"


class Capitals(SmallAndLarge):
    name = "Small and large on capitals"
    scorer = "exact_match"
    dataset = tuple(
        {"id": country, "input": f"What is the capital of {country}?", "expected": capital}
        for country, capital in (
            ("France", "Paris"),
            ("Japan", "Tokyo"),
            ("Peru", "Lima"),
            ("Kenya", "Nairobi"),
            ("Norway", "Oslo"),
            ("Egypt", "Cairo"),
        )
    )
