"""The scores of systems over time, and how the newest differ."""

from dataclasses import dataclass, fields
from typing import Any

from .._compare.results import PairResult


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """The score of one system on one task at one time.

    Attributes:
        task: The name of the task.
        system: The name of the system.
        label: The run or log.
        at: When it was begun, in ISO 8601.
        source: Its path.
        tool: The tool that wrote it.
        items: The number of items with a score.
        score: The mean score over items.
        se: Its standard error; None without spread.
        low: The lower end of its interval.
        high: The upper end.
        complete: Whether the run or the log says that it ended well.
    """

    task: str
    system: str
    label: str
    at: str
    source: str
    tool: str
    items: int
    score: float
    se: float | None
    low: float
    high: float
    complete: bool = True

    def to_dict(self) -> dict[str, Any]:
        """The entry as plain values."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryChange:
    """The newest score of a system against an earlier one, on the items that both have.

    Attributes:
        system: The name of the system.
        task: The name of the task.
        before: The run or log that is the baseline.
        after: The newest run or log.
        pair: The paired comparison, adjusted over all systems and tasks; newest minus baseline.
        allowed: The largest loss that may be; None asks only for a loss that is shown.
        passed: Whether the gate lets it pass: without ``allowed`` no loss is shown; with it, a loss
            of that size is excluded.
    """

    system: str
    task: str
    before: str
    after: str
    pair: PairResult
    allowed: float | None
    passed: bool

    def to_dict(self) -> dict[str, Any]:
        """The change as plain values."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**found, "pair": self.pair.to_dict()}
