"""The scores of systems over time as data, which is shown in several ways."""

from collections.abc import Iterator
from dataclasses import dataclass

from .._compare.wording import pair_sentence
from .records import HistoryChange, HistoryEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedScores:
    """The scores of systems over time.

    Attributes:
        level: The level of the intervals.
        baseline: What the newest was compared with.
        entries: The scores, by task and system, the oldest first.
        changes: The newest of each system against its baseline.
        notes: What makes the scores less comparable than they look.
        simulated: Whether any of them come from simulated models.
    """

    level: float
    baseline: str
    entries: tuple[HistoryEntry, ...]
    changes: tuple[HistoryChange, ...]
    notes: tuple[str, ...] = ()
    simulated: bool = False

    @property
    def tasks(self) -> tuple[str, ...]:
        """The names of the tasks."""
        return tuple(dict.fromkeys(each.task for each in self.entries))

    def regressions(self) -> tuple[HistoryChange, ...]:
        """The changes that the gate does not let pass."""
        return tuple(each for each in self.changes if not each.passed)

    def sentence(self, change: HistoryChange) -> str:
        """What a change says, as a sentence.

        Args:
            change: One of ``changes``.

        Returns:
            The sentence.
        """
        text = pair_sentence(change.pair, level=self.level, margin=None)
        if change.allowed is None:
            return text
        said = "is excluded" if change.passed else "is not excluded"
        return f"{text} A loss of {change.allowed:g} {said}."

    def systems_of(self, task: str) -> Iterator[tuple[str, list[HistoryEntry]]]:
        """The scores of each system on a task, the oldest first.

        Args:
            task: The name of the task.
        """
        names = dict.fromkeys(each.system for each in self.entries if each.task == task)
        for name in names:
            yield name, [e for e in self.entries if (e.task, e.system) == (task, name)]
