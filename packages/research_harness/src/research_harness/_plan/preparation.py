"""An experiment that is ready to run: options applied, checked, data loaded, rows planned."""

import copy
import dataclasses
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import ExperimentError, HarnessError
from .._core.text import encodable, error_text, type_name
from .._definition.ceilings import Ceilings
from .._definition.dataset import load_items
from .._definition.design import layout_of
from .._definition.experiment import Experiment
from .._definition.grid import Levels
from .._definition.metrics import Metric
from .._definition.retries import Retries
from .._definition.validate import validate
from .fingerprint import configuration
from .made_conditions import set_levels, set_models
from .plan import Plan, item_labels
from .selection import EVERYTHING, Selection, select_conditions, select_items


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedExperiment:
    """An experiment that is ready to run.

    Attributes:
        experiment: The experiment.
        metrics: Its metrics.
        items: The data set after sampling.
        plan: The rows to come.
        config: Its settings, as ``config.json`` holds them.
        clusters: The cluster of each item; empty without clusters.
        selection: Which part of the experiment it is.
    """

    experiment: Experiment
    metrics: list[Metric]
    items: Any
    plan: Plan
    config: dict[str, Any]
    clusters: dict[str, str] = field(default_factory=dict)
    selection: Selection = EVERYTHING


def prepare(
    experiment: Experiment | type[Experiment],
    *,
    selection: Selection = EVERYTHING,
    levels: Levels | Sequence[Any] | None = None,
    **options: Any,
) -> PreparedExperiment:
    """Apply the options, check the experiment and load its data.

    Args:
        experiment: The class, or an instance.
        selection: Which part of it is meant.
        levels: The levels of parameters of its conditions, as a mapping or as pairs.
        options: Values for attributes of the experiment; None keeps its own.

    Raises:
        ExperimentError: Something is wrong with the experiment; lists all of it.
    """
    made = _made(experiment)
    for name, given in options.items():
        value = _with_single(getattr(made, name), given, name)
        if value is not None:
            object.__setattr__(made, name, value)  # a frozen dataclass refuses its own
    if "EXPERIMENT_SEED" in os.environ and options.get("seed") is None:
        object.__setattr__(made, "seed", _seed_from_environment(type(made).__name__))
    set_levels(made, dict(levels or {}))
    set_models(made, required=bool(options.get("models")))
    select_conditions(made, selection.conditions)
    metrics = validate(made)
    items = load_items(made.dataset, name=made.name, seed=made.seed, sample_size=made.sample_size)
    items = select_items(made, items, selection)
    _check_items(made, items)
    _check_design(made, items)
    plan = Plan(
        made.all_conditions(),
        items,
        repeat=made.repeat,
        seed=made.seed,
        randomize=made.randomize,
        design=made.design,
    )
    config = configuration(made, items, metrics)
    return PreparedExperiment(
        experiment=made,
        metrics=metrics,
        items=items,
        plan=plan,
        config=config,
        clusters=_clusters(made, items),
        selection=selection,
    )


def _with_single(own: Any, given: Any, name: str) -> Any:
    """The value that was given; a mapping replaces single fields of the experiment's own value."""
    if not isinstance(given, Mapping):
        return given
    if not given:
        return None
    default: Any = Retries() if name == "retries" else Ceilings()
    return dataclasses.replace(default if own is None else own, **given)


def _clusters(experiment: Experiment, items: Any) -> dict[str, str]:
    """The cluster of each item, by the field of its metadata.

    Raises:
        ExperimentError: An item does not have the field, or all have the same cluster.
    """
    field_name = experiment.clusters
    if not field_name:
        return {}
    found = {item.id: item.metadata.get(field_name) for item in items}
    missing = [item for item, label in found.items() if label is None]
    if missing:
        have = ", ".join(sorted({str(key) for item in items for key in item.metadata})) or "none"
        text = f"clusters: item {missing[0]!r} has no field {field_name!r}; the fields are {have}"
        raise ExperimentError(type(experiment).__name__, [text])
    if len(set(map(str, found.values()))) < 2:
        text = f"clusters: all items have the same {field_name!r}; intervals need two clusters"
        raise ExperimentError(type(experiment).__name__, [text])
    return {item: str(label) for item, label in found.items()}


def _made(experiment: Experiment | type[Experiment]) -> Experiment:
    """An instance of its own.

    Raises:
        ExperimentError: The class cannot be made without arguments, or its ``__init__`` raises.
    """
    if not isinstance(experiment, type):
        return copy.copy(experiment)
    try:
        return experiment()
    except HarnessError:
        raise
    except Exception as error:
        text = f"making it raised {type_name(error)}: {error_text(error)}; pass an instance instead"
        raise ExperimentError(experiment.__name__, [text]) from error


def _check_items(experiment: Experiment, items: Any) -> None:
    import dataset_manager

    problems = []
    if not len(items):
        problems.append(f"dataset: {items.name} has no items")
    scorer = experiment.scorer or items.scorer
    if scorer is None or scorer not in dataset_manager.scorer_names():
        known = ", ".join(dataset_manager.scorer_names())
        problems.append(
            f"dataset: {items.name} has no scorer that is known (it is {scorer!r});"
            f" set scorer to one of {known}, or add one with dataset_manager.register_scorer"
        )
    unwritten = next((each.id for each in items if encodable(each.id) != each.id), None)
    if unwritten is not None:
        problems.append(
            f"dataset: the id {encodable(unwritten)[:80]!r} has half a character (a lone"
            " surrogate), which no file of a run can hold; give the item another id"
        )
    if problems:
        raise ExperimentError(type(experiment).__name__, problems)


def _check_design(experiment: Experiment, items: Any) -> None:
    """Refuse items that the design cannot assign.

    Raises:
        ExperimentError: There are too few items, or a field is missing.
    """
    layout = layout_of(experiment, experiment.all_conditions())
    found = experiment.design.item_problems(layout, item_labels(items))
    if found:
        name = type(experiment.design).__name__
        texts = [f"design: {name}: {each}" for each in found]
        raise ExperimentError(type(experiment).__name__, texts)


def _seed_from_environment(name: str) -> int:
    text = os.environ["EXPERIMENT_SEED"]
    if not text.isdigit():
        raise ExperimentError(name, [f"EXPERIMENT_SEED: {text!r} is not a whole number"])
    return int(text)
