"""``crucible new``: a commented experiment that runs as it is."""

import shlex
from pathlib import Path

import click

from .._terminal.errors import echo, reported
from .._terminal.output import echo_json, json_option

_EXPERIMENT = '''"""Is a vote of three models more accurate than one model?

It runs as it is: simulated models answer generated sums, so no key is needed and nothing is paid.
"""

from dataset_manager import Item
from ensemble import EnsembleResult, Response, SimulatedModel, ask, predict
from research_harness import Criterion, DatasetSpec, Experiment, condition

# A real model: `from ensemble import OpenAIModel`, then MODELS = [OpenAIModel("gpt-4o-mini"), ...].
# Its key is read from the environment (OPENAI_API_KEY); never write a key into this file.
MODELS = [
    SimulatedModel(name, accuracy=accuracy)
    for name, accuracy in (("small", 0.7), ("medium", 0.8), ("large", 0.9))
]


class OneOrThree(Experiment):
    name = "One or three"
    hypothesis = "A vote of three is more accurate than one model."

    # Your own data: DatasetSpec("questions.csv"), a file with the columns id, question and answer.
    dataset = DatasetSpec("arithmetic")
    sample_size = 50
    repeat = 2
    seed = 42

    scorer = "number"
    metrics = ("accuracy", "latency_p95", "cost_per_query")

    # Simulated time passes at once. Remove this line for a real model.
    virtual_time = True

    # What would support the hypothesis, decided before the run.
    criteria = (
        Criterion(
            claim="the vote is more accurate",
            metric="accuracy",
            condition="vote",
            against="single",
            more_than=0.0,
        ),
    )

    @condition
    async def single(self, item: Item) -> Response:
        """One model."""
        return await ask(item, model=MODELS[0])

    @condition
    async def vote(self, item: Item) -> EnsembleResult:
        """The majority of three models."""
        return await predict(item, models=MODELS, normalize="number")
'''


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@reported
def new(file: Path, as_json: bool) -> None:
    """Write a commented experiment that runs as it is to FILE.

    A file that exists is never overwritten.
    """
    if file.suffix != ".py":
        raise click.BadParameter(f"{file} is not a Python file; name it {file.stem}.py")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as stream:
            stream.write(_EXPERIMENT)
    except FileExistsError as error:
        raise click.BadParameter(f"{file} exists; choose another name") from error
    run = shlex.join(("crucible", "run", str(file)))
    if as_json:
        echo_json({"file": str(file), "run": run})
        return
    echo(f"wrote {file}")
    echo(f"run it with: {run}")
