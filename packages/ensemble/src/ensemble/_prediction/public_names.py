"""Public names that are found when they are used: those of later modules, and those of 0.1.

The names of 0.1 work until 0.3 with a warning.
"""

import sys
import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from .._normalization.normalizers import NORMALIZERS
from .._voting.strategies import RULES
from .executions import EXECUTIONS

_RENAMED = {
    "Agree": "Agreement",
    "Confident": "ConfidenceThreshold",
    "Curtail": "Curtailment",
    "Hedged": "HedgedExecution",
    "Lengths": "OutputLengths",
    "Order": "Execution",
    "Outcome": "VoteOutcome",
    "Plan": "PanelPlan",
    "Poll": "VoteContext",
    "Posterior": "VotePosterior",
    "Samples": "AdaptiveConsistency",
    "Sampling": "SamplingParameters",
    "Situation": "VotingState",
    "options": "choices_normalizer",
    "plan": "plan_panel",
}
_TABLES: dict[str, tuple[Any, str]] = {
    "EXECUTIONS": (EXECUTIONS, "execution_names()"),
    "NORMALIZERS": (NORMALIZERS, "normalizer_names() or read_answer()"),
    "STRATEGIES": (RULES, "strategy_names() or find_strategy()"),
}


def _old_name(name: str) -> Any:
    """What an old public name stands for.

    Raises:
        AttributeError: It never was a public name.
    """
    if name in _RENAMED:
        text = f"ensemble.{name} is now ensemble.{_RENAMED[name]}"
        found = getattr(import_module("ensemble"), _RENAMED[name])
    elif name in _TABLES:
        found, instead = _TABLES[name]
        text = f"ensemble.{name} is deprecated; use {instead}"
    else:
        raise AttributeError(f"module 'ensemble' has no attribute {name!r}")
    warnings.warn(text, DeprecationWarning, stacklevel=3)  # in the program that uses the name
    return found


def names_of_modules(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a module ``__getattr__`` that imports the module of a name; else an old name.

    Args:
        package: The import name of the package.
        modules: The names, with blanks between, by their module, such as ``._analysis.labels``.
    """
    module_of = {name: module for module, names in modules.items() for name in names.split()}

    def find(name: str) -> Any:
        if name not in module_of:
            return _old_name(name)
        found = getattr(import_module(module_of[name], package), name)
        setattr(sys.modules[package], name, found)
        return found

    return find
