"""What is known of a row's cost when the whole of it is not, and what its scoring cost."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from .._outcome.row import Row

if TYPE_CHECKING:
    from ensemble import ModelCall


# The number of a row that says what its scorers paid for; ``scoring_cost`` is the metric of it.
SCORING_COST = "scoring_cost_usd"


def scoring_cost(calls: "Sequence[ModelCall]") -> dict[str, float]:
    """What the scorers of a row paid for their calls to models; empty when it is not known.

    Args:
        calls: The calls that the scorers made.
    """
    if not calls:
        return {}
    costs = [None if call.response is None else call.response.cost_usd for call in calls]
    known = [cost for cost in costs if cost is not None and math.isfinite(cost) and cost >= 0]
    return {SCORING_COST: math.fsum(known)} if len(known) == len(costs) else {}


def with_known_cost(row: Row, calls: "Sequence[ModelCall]") -> Row:
    """The row with the known part of its cost, where the whole is unknown.

    A call that was cancelled or failed may have been billed. Its cost is unknown, but a call of the
    same kind that was answered bounds it. An answer without a price has no such bound.

    Args:
        row: The row.
        calls: The calls to models that it made.
    """
    if row.cost_usd is not None or not (calls or row.failed):
        return row
    costs = [call.response.cost_usd for call in calls if call.response is not None]
    known = [cost for cost in costs if cost is not None and math.isfinite(cost) and cost >= 0]
    open_calls: int | None = sum(call.response is None for call in calls)
    if len(known) < len(costs) or (not open_calls and not row.failed):
        open_calls = None
    elif not open_calls:
        open_calls = 0 if calls else 1  # a client that is not observed may have called once
    if not known and open_calls is None:
        return row  # nothing is known of it: a copy costs as much as the rest of a short row
    # The order in which calls end changes from run to run: their sum must not.
    known_cost = math.fsum(known) if known else None
    return msgspec.structs.replace(row, known_cost_usd=known_cost, open_calls=open_calls)
