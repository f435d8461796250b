"""The cost of a request: attempts that ended by their own price, cancelled ones by a policy."""

from collections.abc import Sequence
from typing import Any

from .._limits.policy import Policy
from .._race.state import RaceState, RunningAttempt

# Such an attempt did not end by itself, so its cost is not known.
_CUT = ("cancelled", "abandoned")


def cost_of(race: RaceState[Any], policy: Policy) -> tuple[float, float | None]:
    """The cost factor and the cost in dollars of a request.

    A loser that was cancelled may still be generated to its end and charged in full; a backup that
    won is never free. The factor is the cost in units of one attempt where costs are known, else
    the number of attempts the policy counts.
    """
    started = race.started
    own = None if race.winner is None else started[race.winner].cost_usd
    if len(started) == 1:
        return 1.0, own
    costs = [_cost(each, own, policy) for each in started]
    known = [cost for cost in costs if cost is not None]
    total = sum(known) if len(known) == len(costs) else None
    if total is not None and own:
        return total / own, total
    return _count(started, policy), total


def _cost(attempt: RunningAttempt, own: float | None, policy: Policy) -> float | None:
    if attempt.cost_usd is not None or attempt.status not in _CUT:
        return attempt.cost_usd if attempt.cost_usd is not None else _failed(attempt)
    if policy.loser_cost == "none":
        return 0.0
    return own if policy.loser_cost == "full" else policy.prompt_usd


def _failed(attempt: RunningAttempt) -> float | None:
    """An attempt that raised is not charged; one that answered without a price is unknown."""
    return 0.0 if attempt.status == "error" else None


def _count(started: Sequence[RunningAttempt], policy: Policy) -> float:
    if policy.loser_cost == "none":
        return float(sum(each.status not in _CUT for each in started))
    return float(len(started))
