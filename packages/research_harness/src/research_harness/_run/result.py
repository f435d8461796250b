"""What a finished run returns."""

import json
import warnings
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from .._analysis.schema import Analysis


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """A finished run.

    Attributes:
        id: The run's id.
        folder: The artifact folder.
        rows: How many rows it has; an incomplete run has fewer than its plan.
        resumed_rows: How many of them an earlier session had finished.
        failures: How many rows failed.
        duration_ms: How long this session took, in real milliseconds.
        analysis: What ``analysis.json`` holds; ``Analysis`` describes its keys.
        reports: The report files by format.
    """

    id: str
    folder: Path
    rows: int
    resumed_rows: int
    failures: int
    duration_ms: float
    analysis: Analysis
    reports: dict[str, Path]

    @property
    def complete(self) -> bool:
        """Whether every row of the plan is there."""
        return self.analysis["state"] == "complete"

    @property
    def seconds(self) -> float:
        """Deprecated: ``duration_ms`` in seconds."""
        text = "RunResult.seconds is now RunResult.duration_ms, in milliseconds"
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        return self.duration_ms / 1000

    def __str__(self) -> str:
        from .._report.summary import summary_text

        return summary_text(self.analysis)

    def _repr_html_(self) -> str:
        from .._report.summary import summary_html

        return summary_html(self.analysis)

    def frame(self) -> Any:
        """The rows of the run as an Arrow table.

        Returns:
            A ``pyarrow.Table`` with the columns of ``results.parquet``; its ``to_pandas()`` gives
            a data frame.

        Raises:
            RunNotFoundError: The folder of the run has no table any more.
        """
        from .._artifacts.folder import RunFolder
        from .._browse.rows import results_table

        return results_table(RunFolder(self.folder))

    def to_dict(self) -> dict[str, object]:
        """The result as plain values."""
        return {
            **{each.name: getattr(self, each.name) for each in fields(self)},
            "folder": str(self.folder),
            "reports": {name: str(path) for name, path in self.reports.items()},
        }

    def to_json(self) -> str:
        """The result as JSON.

        Returns:
            The text; ``to_dict`` has the same values.
        """
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False)

    def to_markdown(self) -> str:
        """The report of the run in Markdown.

        Returns:
            The text of the report, rendered anew from the artifacts.
        """
        import reporter

        from .._artifacts.folder import RunFolder
        from .._artifacts.reports import run_report

        return reporter.render(run_report(RunFolder(self.folder)), "markdown")
