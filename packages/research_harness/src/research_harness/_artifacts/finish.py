"""The files that are written after the last row: tables, statistics, reports, manifest."""

from collections.abc import Sequence
from pathlib import Path

from .._analysis.analysis import analyze
from .._analysis.answers import AnswerCounts
from .._analysis.schema import Analysis
from .._core.files import read_json, write_json, write_text
from .._effects.design import design_values
from .._engine.journal import Journal
from .._engine.response_log import ResponseLog
from .._outcome.row import Row
from .._plan.preparation import PreparedExperiment
from .folder import RunFolder
from .manifest import write_manifest
from .reports import run_report, write_reports
from .responses import RESPONSES, write_responses
from .tables import csv_text, read_rows, records, write_parquet


def finish(
    prepared: PreparedExperiment, folder: RunFolder, stopped: str = ""
) -> tuple[Analysis, dict[str, Path]]:
    """Write everything that is derived from the journal.

    Args:
        prepared: The experiment.
        folder: The run.
        stopped: Why the run was stopped before its last row.

    Returns:
        The analysis, and the report files by format.
    """
    journal = Journal(folder.journal)
    rows = read_rows(prepared.plan, journal)
    columns, cells = records(rows, prepared.plan)
    table = csv_text(columns, cells)
    write_text(folder.file("results.csv"), table)
    write_parquet(folder.file("results.parquet"), columns, cells)
    write_responses(folder.file(RESPONSES), ResponseLog(folder.responses).of_rows(rows))
    counts = AnswerCounts(ResponseLog(folder.responses).of_rows(rows))
    config = read_json(folder.file("config.json"))
    write_json(folder.file("config.json"), {**config, "calls": counts.parameters()})
    analysis = analysis_of(prepared, rows, folder, stopped=stopped, answers=counts)
    write_json(folder.file("analysis.json"), analysis)
    write_text(folder.beside("results.csv"), table)
    write_json(folder.beside("analysis.json"), analysis)
    reports = write_reports(
        run_report(folder), folder, prepared.experiment.formats, folder.path.parent
    )
    write_manifest(folder, virtual_time=prepared.experiment.virtual_time)
    return analysis, reports


def analysis_of(
    prepared: PreparedExperiment,
    rows: Sequence[Row],
    folder: RunFolder,
    *,
    stopped: str,
    answers: AnswerCounts | None = None,
) -> Analysis:
    """The analysis of a run.

    Args:
        prepared: The experiment.
        rows: The finished rows.
        folder: The run.
        stopped: Why the run was stopped before its last row.
        answers: What the log of responses counts; read from the run when left out.
    """
    state = read_json(folder.state)
    return analyze(
        prepared,
        rows,
        deviations=state["deviations"],
        stopped=stopped,
        stated=state.get("claims"),
        answers=answers or AnswerCounts(ResponseLog(folder.responses).of_rows(rows)),
        of_design=design_values,
    )
