"""What makes two runs the same experiment: settings, data, and the code of the conditions."""

import hashlib
import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .._definition.experiment import Experiment
from .._definition.metrics import Metric

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
        "dataset_hash": items.content_hash,
        "sample_size": experiment.sample_size,
        "repeat": experiment.repeat,
        "seed": experiment.seed,
        "randomize": experiment.randomize,
        "timeout_ms": experiment.timeout_ms,
        "virtual_time": experiment.virtual_time,
        "alpha": experiment.alpha,
        "code": code_hash(type(experiment)),
    }


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs between two configurations, in words; empty when nothing does."""
    found = []
    for key in sorted({*before, *now}):
        old, new = before.get(key), now.get(key)
        if old == new:
            continue
        name = _WORDS.get(key, key)
        if key in ("dataset_hash", "code"):
            found.append(f"{name} (SHA-256 {str(old)[:12]} -> {str(new)[:12]})")
        else:
            found.append(f"{name}: {_short(old)} -> {_short(new)}")
    return found


def code_hash(kind: type) -> str:
    """The SHA-256 of the file that defines the experiment, or of the class without a file."""
    try:
        file = inspect.getsourcefile(kind)
        text = Path(file).read_text(encoding="utf-8") if file else inspect.getsource(kind)
    except (OSError, TypeError):
        names = sorted(key for key in vars(kind) if not key.startswith("__"))
        text = f"{kind.__qualname__}: {', '.join(names)}"
    return hashlib.sha256(text.encode()).hexdigest()


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
