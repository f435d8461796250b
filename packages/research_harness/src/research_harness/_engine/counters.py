"""The counters of a run: rows done, failed, correct, and their cost."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from .._outcome.row import Row
from .costs import SCORING_COST


@dataclass(slots=True)
class Counters:
    """The state of a run, which progress displays read from any thread.

    Attributes:
        total: The number of rows in the plan.
        done: The number of finished rows, those of an earlier session included.
        resumed: How many were finished by an earlier session.
        failed: How many of this session's rows failed.
        correct: How many of this session's rows are right.
        cost_usd: The known costs of this session's rows and of their scoring, added up.
        unknown_costs: How many of this session's rows have no known cost.
        ceiling_usd: What the whole run may cost; None without a ceiling.
        folder: The folder of the run, which a display may read; None when it is not known.
        kept: How many rows the journal holds after this session; None before its end, and where
            that is not known.
        stopped: Why the run was stopped before its last row; empty when it was not.
        stage: What is done after the last row, such as writing the results; empty before.
        stage_rows: Of how many rows that is done.
        started: Real time at the start, in seconds of ``time.monotonic``.
    """

    total: int
    done: int = 0
    resumed: int = 0
    failed: int = 0
    correct: int = 0
    cost_usd: float = 0.0
    unknown_costs: int = 0
    ceiling_usd: float | None = None
    folder: Path | None = None
    kept: int | None = None
    stopped: str = ""
    stage: str = ""
    stage_rows: int = 0
    started: float = field(default_factory=time.monotonic)

    def add(self, row: Row) -> None:
        """Count a finished row."""
        self.done += 1
        self.failed += row.failed
        self.correct += row.correct
        self.cost_usd += row.values.get(SCORING_COST, 0.0)
        if row.cost_usd is None:
            self.unknown_costs += 1
        else:
            self.cost_usd += row.cost_usd

    def begin_stage(self, stage: str, rows: int, _total: int = 0) -> None:
        """Note what is being done after the last row, and of how many rows it is done."""
        self.stage, self.stage_rows = stage, rows
