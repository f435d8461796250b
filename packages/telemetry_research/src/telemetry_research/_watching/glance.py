"""What alert rules look at in an event, taken from its row without making an ``Event``.

An ``Event`` with its 25 fields costs more than the rules themselves. Most rows hold the few fields
that rules use as plain numbers; others are read in full, as the store reads them.
"""

import time
from typing import Any

import msgspec

from .._core.rows import MAX_WHOLE, OUTCOMES, unpack_scope


class Glance(msgspec.Struct, gc=False):
    """The fields of an event that rules use; see ``Event``."""

    name: str
    duration_ns: int | None
    cost_usd: float | None
    success: bool | None
    probability: float

    @property
    def timestamp_us(self) -> int:
        """The time now, in microseconds since the epoch: an event is looked at when it comes."""
        return time.time_ns() // 1000


class Glances:
    """Takes glances at rows; remembers which scope was read last."""

    __slots__ = ("_scope", "_states_success")

    def __init__(self) -> None:
        self._scope: object = None
        self._states_success: bool = False

    def at(self, row: tuple[Any, ...]) -> Glance | None:
        """The fields of a row; None when they need a closer look.

        Args:
            row: The event as the receiver packs it.
        """
        name, _, scope, _, _, _, _, probability, measurements, attributes = row
        if scope is not self._scope:
            self._states_success = "success" in unpack_scope(scope).extras
            self._scope = scope
        duration, cost = measurements.get("duration_ns"), measurements.get("cost_usd")
        plain = (duration is None or (type(duration) is int and 0 <= duration <= MAX_WHOLE)) and (
            cost is None or (type(cost) is float and cost - cost == 0)
        )
        if not plain or self._states_success:
            return None
        holder = measurements if "success" in measurements else attributes
        if "success" in holder:
            success = holder["success"]
            if type(success) is not bool:
                return None
        else:
            outcome = OUTCOMES[name]
            success = None if outcome is None else bool(outcome)
        return Glance(name, duration, cost, success, probability)
