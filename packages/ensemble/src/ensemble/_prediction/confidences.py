"""Predictions that go by confidences, and what is said where there are none."""

import warnings
from collections.abc import Sequence

from .._voting.rule import Rule
from .._voting.votes import Ties, Vote
from .executions import AnyExecution


def by_confidence(execution: AnyExecution, rule: Rule, ties: Ties) -> str:
    """What of a prediction goes by confidences; empty where nothing does."""
    if getattr(execution, "needs_confidence", False):
        return f"execution {execution.name!r}"
    if getattr(rule, "needs_confidence", False):
        return f"strategy {rule.name!r}"
    return "tie_break 'confidence'" if ties.policy == "confidence" else ""


def missing_confidence(what: str, votes: Sequence[Vote]) -> tuple[str, ...]:
    """The warning where a prediction goes by confidences and no vote has one; given once, too."""
    if not what or not votes or any(vote.confidence is not None for vote in votes):
        return ()
    text = (
        f"{what} goes by confidences, and no model gave one: pass confidence='logprob',"
        " 'verbalized' or 'sampling', or use another one"
    )
    warnings.warn(text, stacklevel=2)
    return (text,)
