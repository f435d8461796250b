"""A history as a value: printed, as plain values, as a report."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._compare.wording import bracket
from .._report.wording import value_text
from .records import HistoryEntry
from .scores import DatedScores


@dataclass(frozen=True, slots=True, kw_only=True)
class History(DatedScores):
    """The scores of systems over time.

    Attributes:
        level: The level of the intervals.
        baseline: What the newest was compared with.
        entries: The scores, by task and system, the oldest first.
        changes: The newest of each system against its baseline.
        notes: What makes the scores less comparable than they look.
        simulated: Whether any of them come from simulated models.
    """

    def __str__(self) -> str:
        from .._compare.terminal import table
        from .._core.text import on_lines

        lines = ["SIMULATED: some of these scores come from simulated models.", ""]
        lines = lines if self.simulated else []
        for task in self.tasks:
            entries = [each for each in self.entries if each.task == task]
            columns = ("system", "begun", "run or log", "items", f"score [{self.level:.0%} CI]")
            lines += [task, "", *table(columns, [_row(each) for each in entries]), ""]
        lines += [self.sentence(each) for each in self.changes]
        if not self.changes:
            lines.append("No system has an earlier run or log to be compared with.")
        lines += [f"note: {each}" for each in self.notes]
        return on_lines(lines)

    def _repr_html_(self) -> str:
        import reporter

        return reporter.render(self.to_report(), "html")

    def to_dict(self) -> dict[str, Any]:
        """The history as plain values."""
        return {
            "schema": 1,
            "level": self.level,
            "baseline": self.baseline,
            "simulated": self.simulated,
            "notes": list(self.notes),
            "entries": [each.to_dict() for each in self.entries],
            "changes": [
                {**each.to_dict(), "sentence": self.sentence(each)} for each in self.changes
            ],
        }

    def to_json(self) -> str:
        """The history as JSON.

        Returns:
            The text; ``to_dict`` has the same values.
        """
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)

    def to_report(self) -> Any:
        """The history as a report with a chart of each task.

        Returns:
            A ``reporter.Report``, which any of its formats renders.
        """
        from .report import history_report

        return history_report(self)

    def write(self, path: str | Path, *, format: str | None = None) -> Path:
        """Write the history as a report.

        Args:
            path: The file.
            format: A format of reporter; seen from the file's ending when None.

        Returns:
            The path of the file.
        """
        import reporter

        return Path(reporter.write(self.to_report(), path, format))


def _row(each: HistoryEntry) -> tuple[str, ...]:
    score = f"{value_text(each.score, '')} {bracket(each.low, each.high)}"
    label = each.label if each.complete else f"{each.label} (incomplete)"
    return each.system, each.at[:16].replace("T", " "), label, f"{each.items:,}", score
