"""The files that are written after the last row: tables, statistics, reports, manifest."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from .._analysis.analysis import analyze, columns_of
from .._analysis.answers import AnswerCounts
from .._analysis.schema import Analysis, DesignValues
from .._analysis.vectors import MetricData
from .._canaries.drift import canary_values
from .._core.files import copy_file, read_json, write_json
from .._core.parts import close_parts
from .._effects.design import design_values
from .._engine.journal import Journal
from .._engine.response_log import ResponseLog
from .._outcome.row import Row
from .._plan.preparation import PreparedExperiment
from .._rows.cells import ResultColumns, in_batches
from .._rows.columns import RowColumns
from .._rows.store import JournalRows, identities
from .._sensitivity.values import sensitivity_values
from .folder import RunFolder
from .manifest import write_manifest
from .reports import run_report, write_reports
from .responses import RESPONSES, write_responses
from .tables import read_rows, table_writer

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
    columns = _write_tables(prepared, folder, rows, on_stage)
    log = ResponseLog(folder.responses)
    counts = AnswerCounts()
    write_responses(folder.file(RESPONSES), counts.counted(log.of_rows(rows.identities())))
    config = read_json(folder.file("config.json"))
    write_json(folder.file("config.json"), {**config, "calls": counts.parameters()})
    on_stage("analysing", 0, len(rows))
    analysis = analysis_of(prepared, rows, folder, stopped=stopped, answers=counts, columns=columns)
    write_json(folder.file("analysis.json"), analysis)
    copy_file(folder.file("results.csv"), folder.beside("results.csv"))
    write_json(folder.beside("analysis.json"), analysis)
    on_stage("writing the reports", 0, len(rows))
    reports = write_reports(
        run_report(folder), folder, prepared.experiment.formats, folder.path.parent
    )
    if analysis["state"] == "complete":
        rows.close()  # some systems do not remove an open file
        log.close()
        for path in (folder.journal, folder.responses):
            close_parts(path)
    write_manifest(folder, virtual_time=prepared.experiment.virtual_time)
    return analysis, reports


def _write_tables(
    prepared: PreparedExperiment, folder: RunFolder, rows: JournalRows, on_stage: OnStage
) -> RowColumns:
    """Write the tables and give the columns of the metrics, in one reading of the rows."""
    results = ResultColumns(prepared.plan, rows)
    columns, done = columns_of(prepared, rows, filled=False), 0
    paths = folder.file("results.csv"), folder.file("results.parquet")
    with table_writer(*paths, results.names) as write:
        for batch in in_batches(rows):
            write(results.of(batch))
            for row in batch:
                columns.add(row, rows.item_number(row))
            done += len(batch)
            on_stage("writing the results", done, len(rows))
    return columns


def analysis_of(
    prepared: PreparedExperiment,
    rows: Sequence[Row],
    folder: RunFolder,
    *,
    stopped: str,
    answers: AnswerCounts | None = None,
    columns: RowColumns | None = None,
) -> Analysis:
    """The analysis of a run.

    Args:
        prepared: The experiment.
        rows: The finished rows.
        folder: The run.
        stopped: Why the run was stopped before its last row.
        answers: What the log of responses counts; read from the run when left out.
        columns: The rows as columns; made from the rows when left out.
    """
    state = read_json(folder.state)
    values: dict[str, MetricData] = {}

    def of_design(
        prepared: PreparedExperiment,
        rows: Sequence[Row],
        data: Mapping[str, MetricData],
        *,
        level: float,
    ) -> DesignValues | None:
        values.update(data)
        return design_values(prepared, rows, data, level=level)

    found = analyze(
        prepared,
        rows,
        deviations=state["deviations"],
        stopped=stopped,
        stated=state.get("claims"),
        answers=answers or AnswerCounts(ResponseLog(folder.responses).of_rows(identities(rows))),
        of_design=of_design,
        columns=columns,
    )
    if state.get("unfinished"):
        found["state"] = "incomplete"  # the log of another tool ended before its last answer
    level, failures = found["level"], found["failures"]
    rests_on = sensitivity_values(prepared, rows, values, failures=failures, level=level)
    if rests_on is not None:
        found["sensitivity"] = rests_on
    made = prepared.experiment
    canaries = canary_values(folder.canaries, alpha=made.alpha, seed=made.seed)
    if canaries is not None:
        found["canaries"] = canaries
    return found
