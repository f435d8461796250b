"""The first experiment: is a vote of three models worth its price?

    crucible run docs/examples/first_experiment.py

One model against a majority of three, on generated questions, with simulated models under
simulated time. It needs no key, no data and no server, and takes seconds. Everything it writes is
marked SIMULATED. To make it real, put real models in the place of the simulated ones and a
benchmark such as "gsm8k" in the place of "arithmetic".
"""

from dataset_manager import Item
from ensemble import EnsembleResult, LogNormal, Response, SimulatedModel, ask, predict
from research_harness import Criterion, DatasetSpec, Experiment, condition

MINI = SimulatedModel(
    "mini",
    accuracy=0.89,
    latency=LogNormal(median_ms=800, sigma=0.55),
    input_price=0.15,
    output_price=0.60,
)
HAIKU = SimulatedModel(
    "haiku",
    accuracy=0.87,
    latency=LogNormal(median_ms=700, sigma=0.60),
    input_price=0.25,
    output_price=1.25,
)
FLASH = SimulatedModel(
    "flash",
    accuracy=0.88,
    latency=LogNormal(median_ms=500, sigma=0.65),
    input_price=0.10,
    output_price=0.30,
)


class EnsembleVsSingle(Experiment):
    """One model against the majority of three."""

    name = "Ensemble vs single model"
    description = "One model against the majority vote of three models of its class."
    hypothesis = "A vote of three is right more often than one model, at three times its price."
    dataset = DatasetSpec("arithmetic")
    sample_size = 300
    metrics = ("accuracy", "cost_per_query", "latency_p99")
    repeat = 3
    seed = 42
    concurrency = 50
    virtual_time = True
    criteria = (
        Criterion(
            claim="the vote is more accurate",
            metric="accuracy",
            condition="ensemble",
            against="baseline",
            more_than=0.0,
        ),
        Criterion(
            claim="the vote reaches 96 %",
            metric="accuracy",
            condition="ensemble",
            min_value=0.96,
        ),
        Criterion(
            claim="the vote is no slower in the tail",
            metric="latency_p99",
            condition="ensemble",
            against="baseline",
            max_value=0.0,
        ),
    )

    @condition
    async def baseline(self, item: Item) -> Response:
        """One model."""
        return await ask(item, model=MINI)

    @condition
    async def ensemble(self, item: Item) -> EnsembleResult:
        """The majority of three."""
        return await predict(item, models=[MINI, HAIKU, FLASH], normalize="number")
