"""What the attempts of a hedger have cost: booked when they start, and again when they end.

Every backup is booked at its worst when it starts. When its request ends, in whatever way, and when
an attempt ends after that, the entry of the request is replaced by what is known by then.
"""

import math
from typing import Any, NamedTuple

from .._limits.policy import Policy
from .._race.state import RaceState
from .costs import attempt_cost, cost_factor
from .statistics import Tally


class Entry(NamedTuple):
    """What one request has cost so far.

    Attributes:
        attempts: Attempts that were sent.
        factor: The cost in units of one attempt.
        known_usd: The sum of the known costs.
        extra_usd: The known costs of all attempts but the one that gave the result; without a
            result, but the primary.
        unpriced: Those among them whose cost is not known.
        complete: Whether the costs of all attempts are known.
    """

    attempts: int
    factor: float
    known_usd: float
    extra_usd: float
    unpriced: int
    complete: bool

    @property
    def cost_usd(self) -> float | None:
        """The cost of all attempts; None when one of them is unknown."""
        return self.known_usd if self.complete else None


NOTHING = Entry(0, 0.0, 0.0, 0.0, 0, complete=True)
# Most requests: one attempt that gave the result, and no cost is known.
_ORDINARY = Entry(1, 1.0, 0.0, 0.0, 0, complete=False)


def entry_of(race: RaceState[Any], policy: Policy) -> Entry:
    """The entry of a request by what is known of its attempts now."""
    started = race.started
    own = None if race.winner is None else started[race.winner].cost_usd
    if len(started) == 1 and race.winner == 0:
        return _ORDINARY if own is None else Entry(1, 1.0, own, 0.0, 0, complete=True)
    costs = [attempt_cost(each, own, policy) for each in started]
    extra = costs[: race.winner or 0] + costs[(race.winner or 0) + 1 :]
    known = sum(cost for cost in costs if cost is not None)
    complete = None not in costs
    return Entry(
        attempts=sum(each.began for each in started),
        factor=known / own if complete and own else cost_factor(started, policy),
        known_usd=known,
        extra_usd=sum(cost for cost in extra if cost is not None),
        unpriced=extra.count(None),
        complete=complete,
    )


class Ledger:
    """The dollars that backups have cost, over all keys of a hedger.

    Attributes:
        extra_usd: The known costs.
        unpriced: Backups and losers whose cost is not known, those that run included.
        worst_usd: The greatest cost of an attempt that was seen, or that the policy gives.
    """

    __slots__ = ("extra_usd", "unpriced", "worst_usd")

    def __init__(self, worst_usd: float | None = None) -> None:
        self.extra_usd: float = 0.0
        self.unpriced: int = 0
        self.worst_usd: float | None = worst_usd

    def spent_at_worst_usd(self) -> float:
        """The known costs, and the unknown ones at their worst: infinite when that is unknown."""
        if not self.unpriced:
            return self.extra_usd
        worst = math.inf if self.worst_usd is None else self.worst_usd
        return self.extra_usd + self.unpriced * worst

    def priced(self, cost_usd: float) -> None:
        """Note the cost of an attempt."""
        if self.worst_usd is None or cost_usd > self.worst_usd:
            self.worst_usd = cost_usd

    def replace(self, old: Entry, new: Entry, tally: Tally) -> None:
        """Book the entry of a request in place of its earlier one."""
        if old is NOTHING and new is _ORDINARY:
            tally.attempts += 1
            tally.unknown_costs += 1
            return
        self.extra_usd += new.extra_usd - old.extra_usd
        self.unpriced += new.unpriced - old.unpriced
        tally.attempts += new.attempts - old.attempts
        tally.cost_usd += new.known_usd - old.known_usd
        tally.extra_usd += new.extra_usd - old.extra_usd
        tally.unpriced += new.unpriced - old.unpriced
        tally.unknown_costs += old.complete - new.complete
