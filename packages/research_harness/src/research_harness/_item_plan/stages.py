"""An experiment that asks the items of a plan, in stages, until the goal is reached."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Unpack

from .._core.errors import ExperimentError
from .._definition.experiment import Experiment
from .._plan.preparation import PreparedExperiment, prepare
from .._run.options import RunOptions
from .._run.run import run
from .plan import ItemPlan
from .study import ItemStudy, analyze_item_plan

# The first look comes before the number that the plan expects, the further ones follow closely.
_FIRST, _STEP = 0.8, 0.1
_NOTE = (
    "The items were chosen by a plan, more often those that systems disagree on: their mean is not"
    " that of the task."
)
_FIXED = ("items", "limit", "sample_size", "replay", "experiment_file")


async def run_item_plan(
    experiment: Experiment | type[Experiment],
    plan: ItemPlan,
    *,
    most: int | None = None,
    on_look: Callable[[ItemStudy], None] | None = None,
    **options: Unpack[RunOptions],
) -> ItemStudy:
    """Ask the conditions of an experiment the items of a plan until the goal is reached.

    The items are asked in stages, in the order of the plan; each stage is a run of its own. After
    a stage the mean of each condition over all items is estimated, and the next stage begins only
    while an interval is wider than the plan wants it. The rule looks at widths alone, so that the
    intervals keep their level (Chow and Robbins 1965; measured in ``docs/compare.md``).

    Args:
        experiment: The class, or an instance; its data set has all items of the plan.
        plan: What ``plan_items`` gave.
        most: The largest number of items to ask; half as many again as the plan expects when None.
        on_look: Called with the study after each stage.
        **options: The options of ``run``; the stages after the first have ``-2``, ``-3`` and so on
            behind ``run_id``.

    Returns:
        The means with intervals, and the runs.

    Raises:
        ExperimentError: The data set lacks items of the plan, or an option chooses other items.
        ComparisonError: A stage has answers without a score; its run says how to go on.
    """
    fixed = [name for name in _FIXED if options.get(name) is not None]
    if fixed:
        raise ExperimentError(_name(experiment), [f"{fixed[0]}: the plan chooses the items"])
    prepared = prepare(experiment)
    _check(prepared, plan)
    run_id = options.pop("run_id", None)
    begin, runs, study = 0, list[Path](), None
    for number, end in enumerate(_looks(plan, most), start=1):
        stage = _stage(prepared, set(plan.order[begin:end]))
        identifier = run_id if run_id is None or number == 1 else f"{run_id}-{number}"
        named: RunOptions = {**options, "run_id": identifier}
        found = await run(stage, **named)
        runs.append(found.folder)
        study = analyze_item_plan(plan, runs)
        if on_look is not None:
            on_look(study)
        if study.reached:
            break
        begin = end
    assert study is not None  # noqa: S101  # there is at least one look
    return study


def _looks(plan: ItemPlan, most: int | None) -> Iterator[int]:
    """The numbers of items after which the widths are looked at."""
    expected = len(plan.items)
    last = min(plan.population, most or math.ceil(1.5 * expected))
    at = min(last, max(math.ceil(_FIRST * expected), min(expected, 20)))
    yield at
    while at < last:
        at = min(last, at + max(1, math.ceil(_STEP * expected)))
        yield at


def _check(prepared: PreparedExperiment, plan: ItemPlan) -> None:
    known = {item.id for item in prepared.items}
    missing = [item for item in plan.order if item not in known]
    if missing:
        text = (
            f"dataset: {prepared.items.name} lacks {len(missing):,} of the {plan.population:,}"
            f" items of the plan, such as {missing[0]!r}"
        )
        raise ExperimentError(_name(prepared.experiment), [text])


def _stage(prepared: PreparedExperiment, items: set[str]) -> Experiment:
    """The experiment with these items alone."""
    made: Any = prepare(prepared.experiment).experiment
    description = f"{made.description} {_NOTE}".strip()
    for name, value in (
        ("dataset", prepared.items.filter(lambda item: item.id in items)),
        ("sample_size", None),
        ("description", description),
    ):
        object.__setattr__(made, name, value)  # a frozen dataclass refuses its own
    own: Experiment = made
    return own


def _name(experiment: Experiment | type[Experiment]) -> str:
    return (experiment if isinstance(experiment, type) else type(experiment)).__name__
