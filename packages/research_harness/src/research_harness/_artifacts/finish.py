"""The files that are written after the last row: tables, statistics, reports, manifest."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from .._analysis.analysis import analyze
from .._analysis.answers import AnswerCounts
from .._analysis.schema import Analysis
from .._canaries.drift import canary_values
from .._core.files import copy_file, read_json, write_json
from .._core.parts import close_part
from .._effects.design import design_values
from .._engine.journal import Journal
from .._engine.response_log import ResponseLog
from .._outcome.row import Row
from .._plan.preparation import PreparedExperiment
from .folder import RunFolder
from .manifest import write_manifest
from .reports import run_report, write_reports
from .responses import RESPONSES, write_responses
from .tables import read_rows, records, write_tables

OnStage: TypeAlias = Callable[[str, int, int], None]


def finish(
    prepared: PreparedExperiment,
    folder: RunFolder,
    stopped: str = "",
    on_stage: OnStage = lambda _stage, _done, _total: None,
) -> tuple[Analysis, dict[str, Path]]:
    """Write everything that is derived from the journal.

    Args:
        prepared: The experiment.
        folder: The run.
        stopped: Why the run was stopped before its last row.
        on_stage: Called with what is being done, and of how many rows it is done.

    Returns:
        The analysis, and the report files by format.
    """
    rows = read_rows(prepared.plan, Journal(folder.journal))
    columns, cells = records(rows, prepared.plan, rows.returned)
    write_tables(
        folder.file("results.csv"),
        folder.file("results.parquet"),
        columns,
        cells,
        on_rows=lambda done: on_stage("writing the results", done, len(rows)),
    )
    write_responses(folder.file(RESPONSES), ResponseLog(folder.responses).of_rows(rows))
    counts = AnswerCounts(ResponseLog(folder.responses).of_rows(rows))
    config = read_json(folder.file("config.json"))
    write_json(folder.file("config.json"), {**config, "calls": counts.parameters()})
    on_stage("analysing", 0, len(rows))
    analysis = analysis_of(prepared, rows, folder, stopped=stopped, answers=counts)
    write_json(folder.file("analysis.json"), analysis)
    copy_file(folder.file("results.csv"), folder.beside("results.csv"))
    write_json(folder.beside("analysis.json"), analysis)
    on_stage("writing the reports", 0, len(rows))
    reports = write_reports(
        run_report(folder), folder, prepared.experiment.formats, folder.path.parent
    )
    if analysis["state"] == "complete":
        rows.close()  # some systems do not remove an open file
        close_part(folder.journal)
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
    found = analyze(
        prepared,
        rows,
        deviations=state["deviations"],
        stopped=stopped,
        stated=state.get("claims"),
        answers=answers or AnswerCounts(ResponseLog(folder.responses).of_rows(rows)),
        of_design=design_values,
    )
    made = prepared.experiment
    canaries = canary_values(folder.canaries, alpha=made.alpha, seed=made.seed)
    if canaries is not None:
        found["canaries"] = canaries
    return found
