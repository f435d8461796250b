"""The account of one row: what it has reserved, has under way and has spent."""

import contextvars
from dataclasses import dataclass, field

from .amounts import NOTHING, Amount


@dataclass(slots=True, eq=False)
class Account:
    """What one row has reserved, has under way and has spent.

    Attributes:
        number: Its number in the session.
        condition: The row's condition.
        reserved: What its calls may spend.
        under_way: What the calls that have not ended may spend.
        spent: What the others have spent.
        nominal_usd: What the answers say that they cost.
        calls: How many calls were seen.
        waiting: How many calls wait for room.
        refused: Whether a call found no room, so that the row is not kept.
        waited: Whether one had to wait, so that the row's own time is not its model's.
        providers: What is spent and reserved under the ceilings of providers.
    """

    number: int
    condition: str
    reserved: Amount = NOTHING
    under_way: Amount = NOTHING
    spent: Amount = NOTHING
    nominal_usd: float = 0.0
    calls: int = 0
    waiting: int = 0
    refused: bool = False
    waited: bool = False
    providers: dict[str, Amount] = field(default_factory=dict)


current_account: contextvars.ContextVar[Account | None] = contextvars.ContextVar(
    "research_harness_account", default=None
)
# Of the call that is under way: how many calls it made itself, and what they cost.
inside_call: contextvars.ContextVar[list[float] | None] = contextvars.ContextVar(
    "research_harness_inside_call", default=None
)
