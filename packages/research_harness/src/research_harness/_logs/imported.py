"""The experiment of a run that was imported: its systems are conditions that cannot be asked."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .._core.errors import RequestRefusedError
from .._core.files import read_json
from .._definition.condition import Condition
from .._definition.experiment import Experiment
from .._definition.metrics import Metric

# The scorer of a run whose scores are those of the log.
LOGGED = "logged"


class ImportedLog(Experiment):
    """Answers that another tool recorded, as an experiment."""

    randomize = False
    outage_ms = None
    timeout_ms = None


def imported_experiment(
    items: Any,
    *,
    name: str,
    systems: Sequence[str],
    repeat: int,
    scorer: str,
    metrics: Sequence[Any],
    description: str = "",
    tags: Sequence[str] = (),
    control: str = "",
    formats: Sequence[str] = ("markdown", "html"),
    clusters: str = "",
) -> ImportedLog:
    """The experiment.

    Args:
        items: The questions, as a ``dataset_manager.Dataset``.
        name: Its title.
        systems: The names of its conditions.
        repeat: The largest number of answers to a question.
        scorer: ``logged``, or a scorer of dataset_manager.
        metrics: What is computed of the rows.
        description: One sentence for the report.
        tags: Words by which ``crucible list`` finds the run.
        control: The condition that the others are compared with; the first one when empty.
        formats: The formats of the report.
        clusters: The field of the items that groups them.
    """
    know_logged_scores()
    made = ImportedLog()
    made.name, made.description, made.tags = name, description, tuple(tags)
    made.dataset, made.scorer, made.clusters = items, scorer, clusters
    made.conditions = [
        Condition(name=each, function=_not_asked, description="read from a log") for each in systems
    ]
    made.control, made.repeat = control, repeat
    made.metrics, made.formats = list(metrics), tuple(formats)
    return made


def experiment_of_import(folder: Path) -> ImportedLog:
    """The experiment of a run that was imported, from its folder.

    Args:
        folder: The folder of the run.
    """
    import dataset_manager

    config: Mapping[str, Any] = read_json(folder / "config.json")
    reading = config["reading"]
    about = config["dataset"]
    items = dataset_manager.Dataset.from_file(folder / "dataset.jsonl")
    items = dataset_manager.Dataset(
        items,
        name=about["name"],
        version=about["version"],
        split=about["split"],
        scorer=about["scorer"],
        metadata=about["metadata"],
    )
    return imported_experiment(
        items,
        name=config["name"],
        systems=[each["name"] for each in config["conditions"]],
        repeat=config["repeat"],
        scorer=config["scorer"],
        metrics=[Metric(**each) for each in reading["metrics"] if each["column"] is not None],
        description=config["description"],
        tags=config["tags"],
        control=config["control"],
        formats=reading["settings"]["formats"],
        clusters=config.get("clusters", ""),
    )


def know_logged_scores() -> None:
    """Let ``logged`` be the name of a scorer, which scores nothing."""
    import dataset_manager

    if LOGGED not in dataset_manager.scorer_names():
        dataset_manager.register_scorer(LOGGED, _not_scored)


def refuse_asking(state: Mapping[str, Any]) -> None:
    """Refuse to ask the conditions of a run that was imported.

    Args:
        state: What the run's ``run.json`` holds.

    Raises:
        RequestRefusedError: It was imported.
    """
    imported = state.get("imported")
    if imported:
        sources = ", ".join(str(each["source"]) for each in imported)
        raise RequestRefusedError(
            f"the run was imported from {sources}: its conditions cannot be asked here; finish it"
            " with the tool that wrote the log, and import it again (crucible import --overwrite)"
        )


def _not_asked(item: Any) -> Any:
    raise RequestRefusedError(f"item {item.id!r}: the condition was read from a log")


def _not_scored(prediction: Any, item: Any) -> Any:  # noqa: ARG001  # the signature of a scorer
    raise RequestRefusedError(
        f"item {item.id!r}: {LOGGED!r} are the scores that a log has; name another scorer"
    )
