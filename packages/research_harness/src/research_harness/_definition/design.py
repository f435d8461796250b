"""Whether the design of an experiment supports its conditions, repeats and settings."""

from collections.abc import Sequence
from typing import Any

from .._design.design import ExperimentDesign
from .._design.layout import Layout
from .condition import AnyCondition


def layout_of(experiment: Any, conditions: Sequence[AnyCondition]) -> Layout:
    """What the design of an experiment assigns.

    Args:
        experiment: The experiment, or its class.
        conditions: Its conditions.
    """
    return Layout(
        conditions=tuple(each.name for each in conditions),
        levels={each.name: each.levels for each in conditions},
        repeat=experiment.repeat,
        seed=experiment.seed,
        randomize=experiment.randomize,
    )


def design_problems(experiment: Any, conditions: Sequence[AnyCondition]) -> list[str]:
    """What the design of an experiment does not support.

    Args:
        experiment: The experiment, or its class.
        conditions: Its conditions.
    """
    design: Any = experiment.design
    if not isinstance(design, ExperimentDesign):
        hint = "; write it with parentheses" if isinstance(design, type) else ""
        return [f"design: {design!r} is not a design such as Between(){hint}"]
    if not isinstance(experiment.repeat, int):
        return []  # named by the check of the attribute itself
    found = design.problems(layout_of(experiment, conditions)) + _pause_problems(experiment)
    return [f"design: {type(design).__name__}: {each}" for each in found]


def _pause_problems(experiment: Any) -> list[str]:
    """A series that waits for longer than a run may be idle would stop in its first pause."""
    every_ms = getattr(experiment.design, "every_ms", None)
    idle_ms = getattr(experiment.ceilings, "max_idle_ms", None)
    if every_ms is None or idle_ms is None or idle_ms > every_ms:
        return []
    return [f"periods begin {every_ms:g} ms apart, and max_idle_ms of the ceilings is {idle_ms:g}"]
