"""What a finished run gives back."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """A finished run.

    Attributes:
        id: The run's id.
        folder: The artifact folder.
        rows: How many rows it has.
        resumed_rows: How many of them an earlier session had finished.
        failures: How many rows failed.
        seconds: What this session took, in real seconds.
        analysis: What ``analysis.json`` holds.
        reports: The report files by format.
    """

    id: str
    folder: Path
    rows: int
    resumed_rows: int
    failures: int
    seconds: float
    analysis: dict[str, Any]
    reports: dict[str, Path]

    def __str__(self) -> str:
        from .._report.summary import summary_text

        return summary_text(self.analysis)

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        return {
            "id": self.id,
            "folder": str(self.folder),
            "rows": self.rows,
            "resumed_rows": self.resumed_rows,
            "failures": self.failures,
            "seconds": self.seconds,
            "analysis": self.analysis,
            "reports": {name: str(path) for name, path in self.reports.items()},
        }
