"""Checks of an experiment, all of them at once, before anything is paid for."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from .._batches.batches import batch_problems
from .._canaries.canaries import canary_problems
from .._core.errors import ExperimentError, UnknownMetricError
from .._core.text import encodable
from .attributes import misspelt_attributes
from .ceilings import budget_problems, ceiling_problems
from .condition import AnyCondition, Condition, positional_parameters, required_keywords
from .dataset import dataset_problems
from .design import design_problems
from .experiment import Experiment, attributes
from .metrics import Metric, resolve_metrics, scorer_problems
from .retries import retry_problems
from .stop_when import stop_problems

_MOST_ARGUMENTS = 2


def validate(experiment: Experiment) -> list[Metric]:
    """Check an experiment and return its metrics.

    Raises:
        ExperimentError: Something is wrong; the error lists all of it.
    """
    metrics, problems = _metrics(experiment)
    problems = [
        *misspelt_attributes(experiment, attributes()),
        *_scalars(experiment),
        *dataset_problems(experiment.dataset),
        *_conditions(experiment),
        *ceiling_problems(experiment.ceilings, frozenset(_names_of_conditions(experiment))),
        *_design(experiment),
        *retry_problems(experiment.retries),
        *stop_problems(experiment, metrics, len(_names_of_conditions(experiment))),
        *canary_problems(experiment.canaries),
        *budget_problems(experiment.latency_budget, _has_latency(metrics)),
        *batch_problems(experiment.batches, _functions(experiment)),
        *problems,
        *_criteria(experiment, metrics),
    ]
    if problems:
        raise ExperimentError(type(experiment).__name__, problems)
    return metrics


def _has_latency(metrics: Sequence[Metric]) -> bool:
    return any(each.column == "latency_ms" for each in metrics)


def _functions(experiment: Experiment) -> dict[str, Any]:
    """The function of each condition that is one."""
    found: Sequence[Any] = experiment.all_conditions()
    return {each.name: each.function for each in found if isinstance(each, Condition)}


def _scalars(experiment: Experiment) -> list[str]:
    problems = []
    # Python does not check the types of the values in a class body.
    name: Any = experiment.name
    alpha: Any = experiment.alpha
    if not isinstance(name, str) or not name.strip():
        problems.append("name: set a title; the artifact folder is named after it")
    elif encodable(name) != name:
        problems.append(f"name: {encodable(name)!r:.80} has half a character (a lone surrogate)")
    for field, least, required in (
        ("repeat", 1, True),
        ("concurrency", 1, True),
        ("seed", 0, True),
        ("sample_size", 1, False),
        ("scoring_concurrency", 1, False),
    ):
        value = getattr(experiment, field)
        if value is None and not required:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            problems.append(f"{field}: {value!r} is not a whole number of at least {least}")
    for field in ("timeout_ms", "scoring_timeout_ms", "outage_ms", "loop_block_ms"):
        given: Any = getattr(experiment, field)
        if given is not None and (not isinstance(given, int | float) or not given > 0):
            problems.append(f"{field}: {given!r} is not a positive number of milliseconds")
    if not isinstance(alpha, float) or not 0 < alpha < 1:
        problems.append(f"alpha: {alpha!r} is not a number between 0 and 1")
    traces: Any = experiment.traces
    if not isinstance(traces, bool):
        problems.append(f"traces: {traces!r} is not True or False")
    problems += _names(experiment)
    return problems


def _names(experiment: Experiment) -> list[str]:
    import reporter

    problems = []
    problems += scorer_problems(experiment.scorer, experiment.scorers, experiment.returns)
    for name in experiment.formats:
        try:
            reporter.check_format(name)
        except reporter.MissingExtraError as error:
            problems.append(f"formats: {name}: {error}")
        except reporter.UnknownFormatError as error:
            problems.append(f"formats: {error}")
    return problems


def _further_scorers(experiment: Experiment) -> tuple[str, ...]:
    given: Any = experiment.scorers
    return () if isinstance(given, str) else tuple(each for each in given if isinstance(each, str))


def _conditions(experiment: Experiment) -> list[str]:
    problems = [
        f"conditions: the method {name!r} is defined twice; the first is lost"
        for owner in type(experiment).__mro__
        for name, value in vars(owner).items()
        if isinstance(value, Condition) and value.redefined
    ]
    good = []
    given: Any = experiment.all_conditions()
    for each in given:
        if not isinstance(each, Condition):
            problems.append(f"conditions: {each!r} is not a Condition")
            continue
        good.append(each)
        problems += _function(each)
    if not good:
        problems.append("conditions: mark at least one method with @condition")
    counts = Counter(each.name for each in good)
    problems += [
        f"conditions: the name {name!r} is used {count} times"
        for name, count in counts.items()
        if count > 1
    ]
    if experiment.control and experiment.control not in counts:
        problems.append(f"control: no condition is called {experiment.control!r}")
    return problems


def _names_of_conditions(experiment: Experiment) -> list[str]:
    given: Any = experiment.all_conditions()
    return [each.name for each in given if isinstance(each, Condition)]


def _design(experiment: Experiment) -> list[str]:
    given: Any = experiment.all_conditions()
    return design_problems(experiment, [each for each in given if isinstance(each, Condition)])


def _function(each: AnyCondition) -> list[str]:
    name: Any = each.name
    function: Any = each.function
    if not isinstance(name, str) or not name.strip():
        return [f"conditions: {name!r} is not a name"]
    if encodable(name) != name:
        return [f"conditions: {encodable(name)!r:.80} has half a character (a lone surrogate)"]
    if not callable(function):
        return [f"condition {name!r}: its function is {type(function).__name__}"]
    try:
        least, most = positional_parameters(each.function)
    except (TypeError, ValueError):
        return []
    if least > _MOST_ARGUMENTS or most < 1:
        return [
            f"condition {each.name!r}: its function must take the item, or the item and the trial"
        ]
    return [
        f"condition {each.name!r}: it needs the keyword {keyword!r}; "
        + (
            "set models, or pass --model NAME"
            if keyword == "model"
            else "mark it with @grid, or give it a default"
        )
        for keyword in required_keywords(each.function)
    ]


def _metrics(experiment: Experiment) -> tuple[list[Metric], list[str]]:
    wanted: Any = experiment.metrics
    if isinstance(wanted, str):
        return [], [f"metrics: {wanted!r} is one string; write [{wanted!r}]"]
    if not wanted:
        return [], ["metrics: name at least one, such as 'accuracy'"]
    metrics: list[Metric] = []
    problems = []
    for each in wanted:
        if not isinstance(each, str | Metric):
            problems.append(f"metrics: {each!r} is neither a name nor a Metric")
            continue
        try:
            metrics += resolve_metrics([each], experiment.returns, _further_scorers(experiment))
        except UnknownMetricError as error:
            problems.append(f"metrics: {error}")
    counts = Counter(metric.name for metric in metrics)
    problems += [f"metrics: {name!r} is listed twice" for name, n in counts.items() if n > 1]
    return metrics, problems


def _criteria(experiment: Experiment, metrics: list[Metric]) -> list[str]:
    names = set(_names_of_conditions(experiment))
    measured = {metric.name for metric in metrics}
    problems: list[str] = []
    for criterion in experiment.criteria:
        problems += criterion.problems()
        if criterion.metric not in measured:
            problems.append(
                f"criterion {criterion.claim!r}: metric {criterion.metric!r} is not among the"
                " experiment's metrics"
            )
        problems += [
            f"criterion {criterion.claim!r}: no condition is called {name!r}"
            for name in (criterion.condition, criterion.against)
            if name and name not in names
        ]
    return problems
