"""The public names of 0.1, which work until 0.3 with a warning."""

import warnings
from typing import Any

from .._core.deprecated import renamed_names
from .._normalization.normalizers import NORMALIZERS
from .._voting.strategies import RULES
from .executions import EXECUTIONS

_renamed = renamed_names(
    "ensemble",
    {
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
    },
)
_TABLES: dict[str, tuple[Any, str]] = {
    "EXECUTIONS": (EXECUTIONS, "execution_names()"),
    "NORMALIZERS": (NORMALIZERS, "normalizer_names() or read_answer()"),
    "STRATEGIES": (RULES, "strategy_names() or find_strategy()"),
}


def old_name(name: str) -> Any:
    """Return what an old public name stands for.

    Raises:
        AttributeError: It never was a public name.
    """
    if name not in _TABLES:
        return _renamed(name)
    table, instead = _TABLES[name]
    text = f"ensemble.{name} is deprecated; use {instead}"
    warnings.warn(text, DeprecationWarning, stacklevel=2)
    return table
