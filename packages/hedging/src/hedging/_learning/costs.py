"""The cost of an attempt: by its own price, or by a policy when it was cut off."""

from collections.abc import Sequence

from .._limits.policy import Policy
from .._race.state import RunningAttempt

# Such an attempt did not end by itself, so its cost is not known.
_CUT = ("cancelled", "abandoned")
# Errors of clients after which the service may have worked, and charged, all the same. Named, since
# the clients are not imported.
_LOST = ("Timeout", "ReadError", "WriteError", "RemoteProtocolError", "ConnectionError")
_NEVER_SENT = ("ConnectTimeout", "PoolTimeout")


def attempt_cost(attempt: RunningAttempt, own: float | None, policy: Policy) -> float | None:
    """The cost of an attempt in dollars; None when unknown.

    A loser that was cancelled may still be generated to its end and charged in full; a backup that
    won is never free.

    Args:
        attempt: The attempt.
        own: The cost of the attempt that gave the result; None when unknown.
        policy: Says what an attempt that was cut off has cost.
    """
    if attempt.cost_usd is not None:
        return attempt.cost_usd
    if not attempt.began:
        return 0.0
    if attempt.open:  # more may be streamed
        return None
    if was_cut(attempt):
        return _cut_cost(attempt, own, policy)
    return 0.0 if attempt.status == "error" else None


def _cut_cost(attempt: RunningAttempt, own: float | None, policy: Policy) -> float | None:
    if policy.loser_cost == "none":
        return 0.0
    if policy.loser_cost == "full":
        return own if own is None else max(own, attempt.streamed_usd or 0.0)
    return attempt.streamed_usd if attempt.arrived else policy.prompt_usd


def cost_factor(started: Sequence[RunningAttempt], policy: Policy) -> float:
    """The number of attempts that the policy counts."""
    if policy.loser_cost == "none":
        return float(sum(not was_cut(each) for each in started))
    return float(len(started))


def was_cut(attempt: RunningAttempt) -> bool:
    """Whether the answer of an attempt was cut off or lost, so that it may have been charged."""
    error = attempt.error
    if attempt.status in _CUT or attempt.was_cut:
        return True
    if attempt.status != "error" or isinstance(error, ConnectionRefusedError):
        return False
    name = type(error).__name__
    lost = isinstance(error, TimeoutError | ConnectionError) or name.endswith(_LOST)
    return lost and name not in _NEVER_SENT
