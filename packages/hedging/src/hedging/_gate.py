"""Whether a backup may be sent: everything that can say no, in the order it is asked."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._race import Race
from ._streams import uniform

if TYPE_CHECKING:
    from ._asked import Asked


def refusal(asked: "Asked", race: Race[Any], *, after_failure: bool) -> str:
    """The first reason against starting the next attempt; empty when there is none.

    A retry replaces a failure instead of adding load, so it is spared the checks that are about
    load and about trying hedging out.
    """
    for reason, also_for_retries, refuses in _CHECKS:
        if (also_for_retries or not after_failure) and refuses(asked, race):
            return reason
    return ""


def _is_killed(asked: "Asked", _: Race[Any]) -> bool:
    return not asked.shared.enabled


def _is_not_canary(asked: "Asked", _: Race[Any]) -> bool:
    share = asked.policy.canary
    return share < 1 and _drawn(asked, "canary") >= share


def _is_pushed_back(asked: "Asked", race: Race[Any]) -> bool:
    # A service that pushes back is not asked again, but another one may be.
    same_service = race.calls[len(race.started)] is race.calls[0]
    return same_service and asked.state.quiet_until > race.clock()


def _is_broken(asked: "Asked", race: Race[Any]) -> bool:
    breaker = asked.state.breaker
    return breaker is not None and not breaker.allows(race.clock())


def _is_unlucky(asked: "Asked", race: Race[Any]) -> bool:
    probability = getattr(asked.strategy, "probability", 1.0)
    return probability < 1 and _drawn(asked, f"hedge {len(race.started)}") >= probability


def _is_busy(asked: "Asked", _: Race[Any]) -> bool:
    below = asked.policy.idle_below
    if below is not None and asked.shared.requests >= below:
        return True
    return asked.idle is not None and not asked.idle()


def _is_too_dear(asked: "Asked", _: Race[Any]) -> bool:
    most = asked.policy.max_extra_usd
    return most is not None and asked.shared.extra_usd >= most


def _are_too_many(asked: "Asked", _: Race[Any]) -> bool:
    most = asked.policy.max_concurrent_hedges
    return most is not None and asked.shared.hedges >= most


def _is_over_budget(asked: "Asked", _: Race[Any]) -> bool:
    budget = asked.state.budget
    return budget is not None and not budget.withdraw()


def _is_shadow(asked: "Asked", _: Race[Any]) -> bool:
    return asked.policy.shadow


def _drawn(asked: "Asked", label: str) -> float:
    return uniform(asked.policy.seed, label, asked.state.key, asked.number)


# The budget comes late because asking it takes a token. Shadow mode spends tokens too: it counts
# the backups that would have been sent.
_CHECKS: tuple[tuple[str, bool, Callable[["Asked", Race[Any]], bool]], ...] = (
    ("killed", True, _is_killed),
    ("canary", True, _is_not_canary),
    ("pushback", True, _is_pushed_back),
    ("breaker", True, _is_broken),
    ("chance", False, _is_unlucky),
    ("busy", False, _is_busy),
    ("dollars", True, _is_too_dear),
    ("concurrency", True, _are_too_many),
    ("budget", True, _is_over_budget),
    ("shadow", False, _is_shadow),
)
