"""How a run asks: what ``config.json`` has about models, calls and source, beside the settings."""

from typing import Any

from .._artifacts.folder import RunFolder
from .._core.errors import ResumeRefusedError
from .._core.files import read_json, write_json
from .._definition.experiment import Experiment
from .._plan.models import described_models, model_changes
from .._plan.source import source_texts


def record_asking(experiment: Experiment, folder: RunFolder, *, force: bool) -> None:
    """Record the models and the source, once ``setup`` has made the models.

    Args:
        experiment: The experiment.
        folder: The run.
        force: Accept models that are not those of the run's first session.

    Raises:
        ResumeRefusedError: A parameter of a model has changed and ``force`` is false.
    """
    config: dict[str, Any] = read_json(folder.file("config.json"))
    models = described_models(experiment)
    changed = model_changes(config["models"], models) if "models" in config else []
    if changed and not force:
        raise ResumeRefusedError(changed)
    if changed:
        state = read_json(folder.state)
        state["deviations"] += changed
        write_json(folder.state, state)
    source = source_texts(type(experiment))
    write_json(folder.file("config.json"), {**config, "models": models, "source": source})
