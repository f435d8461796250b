"""The comparison of systems as a value: printed, as plain values, as a report."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .findings import Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class LogComparison(Findings):
    """Systems compared on the items that all of them answered.

    Attributes:
        systems: The names of the systems.
        tasks: The names of the tasks.
        level: The level of the intervals.
        equivalence: The margin of equivalence; None when none was stated.
        scores: The score of each system on each task.
        pairs: The pairs, task by task.
        subgroups: The scores of each system by subgroup.
        subgroup_pairs: The pairs by subgroup, adjusted among themselves.
        pooled: Means over several tasks.
        tied: For each task the groups of systems that the data cannot distinguish.
        differing: Items on which systems differ, those with the largest spread first.
        notes: What makes the logs less comparable than they look.
        simulated: Whether any of the numbers come from simulated models.
    """

    def __str__(self) -> str:
        from .._core.text import printable
        from .terminal import comparison_text

        return printable(comparison_text(self))

    def _repr_html_(self) -> str:
        import reporter

        return reporter.render(self.to_report(), "html")

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain values."""
        return {
            "schema": 1,
            "systems": list(self.systems),
            "tasks": list(self.tasks),
            "level": self.level,
            "equivalence": self.equivalence,
            "simulated": self.simulated,
            "notes": list(self.notes),
            "scores": [each.to_dict() for each in self.scores],
            "pairs": [
                {**pair.to_dict(), "sentence": sentence}
                for pair, sentence in zip(self.pairs, self.verdicts, strict=True)
            ],
            "subgroups": [each.to_dict() for each in self.subgroups],
            "subgroup_pairs": [each.to_dict() for each in self.subgroup_pairs],
            "pooled": [each.to_dict() for each in self.pooled],
            "tied": {task: [list(group) for group in groups] for task, groups in self.tied.items()},
            "differing": [each.to_dict() for each in self.differing],
        }

    def to_json(self) -> str:
        """The comparison as JSON.

        Returns:
            The text; ``to_dict`` has the same values.
        """
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)

    def to_report(self) -> Any:
        """The comparison as a report.

        Returns:
            A ``reporter.Report``, which any of its formats renders.
        """
        from .report import comparison_report

        return comparison_report(self)

    def write(self, path: str | Path, *, format: str | None = None) -> Path:
        """Write the comparison as a report.

        Args:
            path: The file.
            format: A format of reporter; seen from the file's ending when None.

        Returns:
            The path of the file.
        """
        import reporter

        return Path(reporter.write(self.to_report(), path, format))
