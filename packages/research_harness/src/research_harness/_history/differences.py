"""Differences of the conditions of a run that goes on, which may be looked at at any time.

Each pair has a confidence sequence over the items that both conditions have answered, in the order
of the plan: in the order of arrival the first items would be those that are answered fast.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from .._engine.journal import row_text
from .._following.run_state import RunState
from .._following.tail import JournalTail
from .._following.totals import FollowedRow

if TYPE_CHECKING:
    from bench import RunningConfidenceSequence

_decoder = msgspec.json.Decoder(FollowedRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedDifference:
    """The difference of two conditions so far.

    Attributes:
        control: The condition that is subtracted.
        treatment: The condition it is subtracted from.
        items: The number of items that both have answered.
        estimate: The mean difference.
        low: The lower end of its interval, which holds at any time, for all pairs together.
        high: The upper end.
    """

    control: str
    treatment: str
    items: int
    estimate: float
    low: float
    high: float

    @property
    def verdict(self) -> Literal["better", "worse", "undecided"]:
        """What may be said now, however often one has looked."""
        if self.low > 0:
            return "better"
        return "worse" if self.high < 0 else "undecided"


class PairedDifferences:
    """The differences of all pairs of a run.

    Args:
        state: The settings of the run.
    """

    def __init__(self, state: RunState) -> None:
        self._state = state
        self._tail = JournalTail(state.folder.journal)
        self._rows: dict[int, FollowedRow] = {}
        self._begin()

    def poll(self) -> bool:
        """Take what was appended, about a megabyte of it at most.

        Returns:
            Whether there is more to take at once.
        """
        found = self._tail.read()
        if found.restarted:
            self._rows = {}
        again = found.restarted
        for _, line in found.lines:
            text = row_text(line)
            if text is None:
                continue
            try:
                row = _decoder.decode(text)
            except (ValueError, RecursionError, msgspec.MsgspecError):
                continue
            again = again or row.index < self._reached  # one that was asked again
            self._rows[row.index] = row
        if again:
            self._begin()
        self._advance()
        return found.behind

    def differences(self) -> tuple[WatchedDifference, ...]:
        """The differences of pairs with items in common; none where no interval may be shown."""
        if self._state.no_interval or self._out_of_bounds:
            return ()
        found = []
        for (control, treatment), running in self._running.items():
            if running.n:
                low, high = running.interval()
                found.append(
                    WatchedDifference(
                        control=control,
                        treatment=treatment,
                        items=running.n,
                        estimate=running.estimate,
                        low=low,
                        high=high,
                    )
                )
        return tuple(found)

    def _begin(self) -> None:
        import bench

        names = self._state.conditions
        control = str(self._state.config.get("control") or "")
        if control in names:
            names = (control, *(name for name in names if name != control))
        pairs = list(combinations(names, 2))
        level = 1 - (1 - self._state.level) / max(1, len(pairs))
        self._running: dict[tuple[str, str], RunningConfidenceSequence] = {
            pair: bench.RunningConfidenceSequence(low=-1.0, high=1.0, level=level) for pair in pairs
        }
        self._values: dict[str, dict[str, float]] = {}
        self._reached = 0
        self._out_of_bounds = False

    def _advance(self) -> None:
        """Count the rows of the plan that follow without a gap."""
        added: dict[tuple[str, str], list[float]] = {pair: [] for pair in self._running}
        while (row := self._rows.get(self._reached)) is not None:
            self._reached += 1
            if row.repeat:
                continue  # repeats of an item depend on each other; the first one counts
            value = self._value(row)
            self._out_of_bounds = self._out_of_bounds or not 0 <= value <= 1
            known = self._values.setdefault(row.item_id, {})
            for name, other in known.items():
                pair = (name, row.condition)
                if pair in added:
                    added[pair].append(value - other)
                elif pair[::-1] in added:
                    added[pair[::-1]].append(other - value)
            known[row.condition] = value
        for pair, values in added.items():
            if values and not self._out_of_bounds:
                self._running[pair].add(values)

    def _value(self, row: FollowedRow) -> float:
        column = self._state.metric[1]
        if column == "failed":
            return float(row.failed)
        if row.failed:
            return 0.0
        found: Any = row.correct if column == "correct" else row.score
        return float(found)
