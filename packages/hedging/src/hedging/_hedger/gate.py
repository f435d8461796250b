"""The checks that decide whether a backup may be sent, in the order they are made."""

from collections.abc import Callable
from typing import Any

from .._core.seeding import uniform
from .._race.own_calls import OwnCall, service_of
from .._race.state import RaceState
from .request_context import RequestContext


def refusal(context: RequestContext, race: RaceState[Any], *, after_failure: bool) -> str:
    """The first reason against starting the next attempt; empty without any.

    A retry replaces a failure instead of adding load, so the checks of load and of trying
    hedging out do not apply to it.
    """
    for reason, also_for_retries, refuses in _CHECKS:
        if (also_for_retries or not after_failure) and refuses(context, race):
            if after_failure and reason == "budget" and context.state.first_retries:
                context.state.first_retries -= 1
                continue
            return reason
    return ""


def retry_refusal(context: RequestContext, race: RaceState[Any]) -> str:
    """The first reason against an attempt that does not wait for a late primary."""
    for reason, also_for_retries, refuses in _CHECKS:
        if also_for_retries and refuses(context, race):
            return reason
    return ""


def _is_killed(context: RequestContext, _: RaceState[Any]) -> bool:
    return not context.shared.enabled


def _is_not_canary(context: RequestContext, _: RaceState[Any]) -> bool:
    share = context.policy.canary
    return share < 1 and _drawn(context, "canary") >= share


def _is_pushed_back(context: RequestContext, race: RaceState[Any]) -> bool:
    # A service that pushes back gets no backup, but another one may get it.
    following, primary = race.calls[len(race.started)], race.calls[0]
    return service_of(following) is service_of(primary) and context.state.quiet_until > race.clock()


def _is_in_pool(_: RequestContext, race: RaceState[Any]) -> bool:
    # It is late because of its own client, and a backup would be one more request for the service.
    primary = race.calls[0]
    return isinstance(primary, OwnCall) and primary.is_waiting()


def _is_breaker_open(context: RequestContext, race: RaceState[Any]) -> bool:
    breaker = context.state.breaker
    return breaker is not None and not breaker.allows(race.clock())


def _is_not_drawn(context: RequestContext, race: RaceState[Any]) -> bool:
    probability = getattr(context.strategy, "probability", 1.0)
    return probability < 1 and _drawn(context, f"hedge {len(race.started)}") >= probability


def _is_useless(context: RequestContext, _: RaceState[Any]) -> bool:
    usefulness = context.state.usefulness
    return usefulness is not None and _drawn_beyond(context, "useful", usefulness.share())


def _is_load(context: RequestContext, _: RaceState[Any]) -> bool:
    load = context.state.load
    # A request that runs alone meets no queue of this hedger.
    if load is None or context.idle is not None or not context.others:
        return False
    return not load.allows()


def _is_busy(context: RequestContext, _: RaceState[Any]) -> bool:
    below = context.policy.idle_below
    if below is not None and context.shared.requests >= below:
        return True
    return context.idle is not None and not context.idle()


def _is_over_dollars(context: RequestContext, _: RaceState[Any]) -> bool:
    maximum = context.policy.max_extra_usd
    return maximum is not None and context.ledger.spent_at_worst_usd() >= maximum


def _are_too_many(context: RequestContext, _: RaceState[Any]) -> bool:
    maximum = context.policy.max_concurrent_hedges
    return maximum is not None and context.shared.hedges >= maximum


def _is_over_budget(context: RequestContext, _: RaceState[Any]) -> bool:
    budget = context.state.budget
    return budget is not None and not budget.withdraw()


def _is_shadow(context: RequestContext, _: RaceState[Any]) -> bool:
    return context.policy.shadow


def _drawn_beyond(context: RequestContext, label: str, share: float) -> bool:
    return share < 1 and _drawn(context, label) >= share


def _drawn(context: RequestContext, label: str) -> float:
    return uniform(context.policy.seed, label, context.state.key, context.number)


# The budget comes late because its check takes a token. Shadow mode takes tokens too: it counts
# the backups that would have been sent.
_CHECKS: tuple[tuple[str, bool, Callable[[RequestContext, RaceState[Any]], bool]], ...] = (
    ("killed", True, _is_killed),
    ("canary", True, _is_not_canary),
    ("pushback", True, _is_pushed_back),
    ("pool", False, _is_in_pool),
    ("breaker", True, _is_breaker_open),
    ("chance", False, _is_not_drawn),
    ("useless", False, _is_useless),
    ("load", False, _is_load),
    ("busy", False, _is_busy),
    ("dollars", True, _is_over_dollars),
    ("concurrency", True, _are_too_many),
    ("budget", True, _is_over_budget),
    ("shadow", False, _is_shadow),
)
