"""What makes two runs the same experiment: settings, data, and the code of the conditions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from .._definition.experiment import Experiment
from .._definition.metrics import Metric
from .._design.designs import Within
from .._design.stored import stored_form
from .class_parts import READING
from .code import CLASS, code_parts
from .parameters import parameters_of
from .values import VALUE, value_parts

# The dataset's entry holds names; its content has a hash of its own.
_READING = READING | {"dataset", "reading"}
# What is recorded of a run beside its settings; models are compared once ``setup`` has made them.
RECORDED = ("models", "source", "calls", "imported")
# Values of a notebook that have no text to compare; runs of before 0.3 have no values at all.
NOT_COMPARED = "not_compared"
PARAMETERS = "parameters"  # runs of before 0.3 do not name them
_WORDS = {
    "dataset_hash": "the content of the data set",
    "code": "the code of the experiment",
    "conditions": "the conditions",
}


def configuration(experiment: Experiment, items: Any, metrics: Sequence[Metric]) -> dict[str, Any]:
    """The experiment's settings as plain values, for ``config.json`` and for comparison.

    Args:
        experiment: The experiment, its seed and sample size settled.
        items: The data set as drawn.
        metrics: The resolved metrics.
    """
    return {
        "name": experiment.name,
        "description": experiment.description,
        "hypothesis": experiment.hypothesis,
        "author": experiment.author,
        "tags": [str(each) for each in experiment.tags],
        "conditions": [each.to_dict() for each in experiment.all_conditions()],
        "control": experiment.control or experiment.all_conditions()[0].name,
        "metrics": [metric.to_dict() for metric in metrics],
        "criteria": [each.to_dict() for each in experiment.criteria],
        "dataset": {
            "name": items.name,
            "version": items.version,
            "split": items.split,
            "size": len(items),
            "synthetic": bool(items.synthetic),
            "scorer": experiment.scorer or items.scorer,
            "metadata": _plain(items.metadata),
        },
        "scorer": experiment.scorer or items.scorer,
        **({"scorers": list(experiment.scorers)} if experiment.scorers else {}),
        "dataset_hash": items.content_hash,
        "sample_size": experiment.sample_size,
        "repeat": experiment.repeat,
        "seed": experiment.seed,
        "randomize": experiment.randomize,
        "timeout_ms": experiment.timeout_ms,
        "virtual_time": experiment.virtual_time,
        "alpha": experiment.alpha,
        "clusters": experiment.clusters,
        **_design(experiment),
        **_parameters(experiment),
        **_code(type(experiment)),
        "reading": _reading(experiment, metrics),
    }


def _code(kind: type) -> dict[str, Any]:
    values, left_out = value_parts(kind)
    return {"code": {**code_parts(kind), **values}, NOT_COMPARED: left_out}


def _parameters(experiment: Experiment) -> dict[str, Any]:
    found = parameters_of(experiment)
    return {PARAMETERS: found} if found else {}


def _design(experiment: Experiment) -> dict[str, Any]:
    """The design; nothing for ``Within``, which runs of earlier versions do not name."""
    if type(experiment.design) is Within:
        return {}
    return {"design": stored_form(experiment.design)}


def _reading(experiment: Experiment, metrics: Sequence[Metric]) -> dict[str, Any]:
    """What the analysis is computed with, so that it can be computed again from the folder."""
    return {
        "settings": {
            "formats": list(experiment.formats),
            "max_world_failures": experiment.max_world_failures,
            "subgroups": [str(each) for each in experiment.subgroups],
        },
        "latency_budget": None
        if experiment.latency_budget is None
        else experiment.latency_budget.to_dict(),
        "stop_when": None if experiment.stop_when is None else experiment.stop_when.to_dict(),
        "metrics": [
            _without_default(
                {**asdict(each), "column": each.column if isinstance(each.column, str) else None}
            )
            for each in metrics
        ],
        "criteria": [asdict(each) for each in experiment.criteria],
    }


def _without_default(metric: dict[str, Any]) -> dict[str, Any]:
    """A metric as runs of earlier versions recorded it, where it says no more than theirs."""
    return {name: value for name, value in metric.items() if name != "marks" or value}


def with_recorded(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as they now are, with what was recorded of the run before."""
    return {**now, **{key: before[key] for key in RECORDED if key in before}}


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs in what makes the answers, in words; empty when nothing does."""
    if NOT_COMPARED not in before:
        now = _without_values(now)
    return [
        text
        for key in _differing(before, now)
        if key not in _READING and not (key == PARAMETERS and key not in before)
        for text in _words(key, before.get(key), now.get(key))
    ]


def _without_values(now: Mapping[str, Any]) -> dict[str, Any]:
    code = now.get("code")
    if not isinstance(code, Mapping):
        return dict(now)
    return {**now, "code": {key: code[key] for key in code if not key.startswith(VALUE)}}


def notes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs in what only reads the answers, in words; a resume accepts it."""
    return [
        f"{key}: {_short(before.get(key))} -> {_short(now.get(key))}"
        for key in _differing(before, now)
        if key in _READING
    ]


def _differing(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    compared = sorted({*before, *now} - {*RECORDED, NOT_COMPARED})
    return [key for key in compared if before.get(key) != now.get(key)]


def _words(key: str, old: Any, new: Any) -> list[str]:
    name = _WORDS.get(key, key)
    if key == "code" and isinstance(old, Mapping) and isinstance(new, Mapping):
        return [
            f"{name}: {part} (SHA-256 {str(old.get(part))[:12]} -> {str(new.get(part))[:12]})"
            for part in _differing(old, new)
            if CLASS in old or not _is_new_part(part, old)
        ]
    if key in ("dataset_hash", "code"):
        return [f"{name} (SHA-256 {str(old)[:12]} -> {str(new)[:12]})"]
    if key == PARAMETERS and isinstance(old, Mapping) and isinstance(new, Mapping):
        return [
            f"the parameter {part!r}: {_short(old.get(part))} -> {_short(new.get(part))}"
            for part in _differing(old, new)
        ]
    if key == "conditions" and [each["name"] for each in old] == [each["name"] for each in new]:
        return []  # only their descriptions
    return [f"{name}: {_short(old)} -> {_short(new)}"]


def _is_new_part(part: str, old: Mapping[str, Any]) -> bool:
    """Whether an earlier version did not look at a part of the code: methods of some kinds."""
    return part not in old and (part == CLASS or part.startswith("function "))


def _plain(value: Any) -> Any:
    """Mappings as dicts and sequences as lists, as reading the JSON gives them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(entry) for entry in value]
    return value if isinstance(value, str | int | float | bool | None) else repr(value)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
