"""Conditions that are made of those of a class, for each model and each level of a parameter."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from .._core.errors import ExperimentError
from .._core.text import error_text
from .._definition.condition import AnyCondition
from .._definition.criteria import claims_of_made, control_of_made
from .._definition.experiment import Experiment
from .._definition.grid import (
    Levels,
    names_by_model,
    takes_model,
    takes_parameter,
    with_levels,
)


def set_levels(made: Experiment, levels: Levels) -> None:
    """Make the conditions of each combination of levels, and the claims about each.

    Args:
        made: The experiment, an instance of this run's own.
        levels: The levels of each parameter.

    Raises:
        ExperimentError: No condition takes a parameter, or its levels are none or the same.
    """
    if not levels:
        return
    before = made._own_conditions()  # noqa: SLF001  # as the class has them
    grids = {name for each in before for name in each.levels}
    problems = [
        problem
        for name, each in levels.items()
        for problem in _level_problems(name, each, before, grids)
    ]
    if problems:
        raise ExperimentError(type(made).__name__, problems)
    names = {
        name: {label: each.name for label, each in conditions.items()}
        for name, conditions in with_levels(before, levels).items()
    }
    for name, value in (
        ("_levels", {name: tuple(each) for name, each in levels.items()}),
        ("control", control_of_made(made.control, names)),
        ("criteria", claims_of_made(made.criteria, names)),
    ):
        object.__setattr__(made, name, value)


def _level_problems(
    name: str, levels: Any, conditions: Sequence[AnyCondition], grids: Collection[str]
) -> Iterator[str]:
    if name == "model":
        yield "levels: models are given as such: models=[...], or --model"
        return
    if isinstance(levels, str) or not levels or len(set(map(str, levels))) < len(levels):
        yield f"levels: {name} needs a list of different levels; it has {levels!r}"
    if name not in grids and not any(takes_parameter(each, name) for each in conditions):
        yield (
            f"levels: no condition takes {name!r}; give one a keyword of that name:"
            f" async def answer(self, item, *, {name})"
        )


def set_models(made: Experiment, *, required: bool) -> None:
    """Make the models that conditions take, and the claims about each.

    Args:
        made: The experiment, an instance of this run's own.
        required: Whether a condition must take one.

    Raises:
        ExperimentError: A model is not known, or models were given and no condition takes one.
    """
    conditions = made._own_conditions()  # noqa: SLF001  # as the class has them
    given: Any = made.models
    if not any(map(takes_model, conditions)):
        if required:
            text = (
                "models: no condition takes a model; give it a keyword of that name:"
                " async def answer(self, item, *, model)"
            )
            raise ExperimentError(type(made).__name__, [text])
        return  # an attribute of the user's own
    models, problems = _made_models(given)
    if problems:
        raise ExperimentError(type(made).__name__, problems)
    names = names_by_model(conditions, models)
    for name, value in (
        ("models", models),
        ("control", control_of_made(made.control, names)),
        ("criteria", claims_of_made(made.criteria, names)),
    ):
        object.__setattr__(made, name, value)


def _made_models(given: Any) -> tuple[tuple[Any, ...], list[str]]:
    """The models, and what is wrong with their names."""
    import ensemble

    if isinstance(given, str):
        return (), [f"models: {given!r} is one string; write [{given!r}]"]
    models, problems = [], []
    for each in given:
        try:
            models.append(ensemble.as_model(each))
        except (ensemble.EnsembleError, TypeError) as error:
            problems.append(f"models: {error_text(error)}")
    names = [str(each.name) for each in models]
    problems += [
        f"models: two models are called {name!r}" for name in set(names) if names.count(name) > 1
    ]
    return tuple(models), problems
