"""How much answers vary with the temperature: several answers to each question.

crucible run docs/examples/guide/temperatures.py
"""

from typing import Any

from ensemble import SimulatedModel, ask
from research_harness import Condition, DatasetSpec, Experiment


def at(temperature: float) -> Condition[..., Any]:
    """A condition at one temperature."""
    # A simulated model takes no notice of a temperature: how steady its answers are stands for it.
    model = SimulatedModel("medium", accuracy=0.8, steadiness=1 - temperature)

    async def answer(item: Any) -> Any:
        return await ask(item, model=model, temperature=temperature)

    return Condition(name=f"temperature {temperature:g}", function=answer)


class Temperatures(Experiment):
    name = "Temperatures"
    dataset = DatasetSpec("arithmetic")
    sample_size = 60
    repeat = 5
    scorer = "number"
    metrics = ("accuracy", "failure_rate")
    virtual_time = True
    conditions = tuple(at(temperature) for temperature in (0.0, 0.7, 1.0))
