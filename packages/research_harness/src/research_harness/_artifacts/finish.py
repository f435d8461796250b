"""The files that are written after the last row: tables, statistics, reports, manifest."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol, TypeAlias

from .._analysis.analysis import analyze, columns_of
from .._analysis.answers import AnswerCounts
from .._analysis.schema import Analysis, DesignValues
from .._analysis.vectors import MetricData
from .._canaries.drift import canary_values
from .._control.session_file import end_status
from .._core.files import copy_file, read_json, replacing, write_json
from .._core.parts import close_parts
from .._core.system import release_memory
from .._effects.design import design_values
from .._engine.journal import Journal
from .._engine.response_log import ResponseLog
from .._outcome.row import Row
from .._plan.preparation import PreparedExperiment
from .._rows.cells import BATCH_ROWS, ResultColumns, in_batches
from .._rows.columns import RowColumns
from .._rows.store import JournalRows, identities
from .._sensitivity.values import sensitivity_values
from .folder import RunFolder
from .manifest import write_manifest
from .reports import run_report, write_reports
from .responses import RESPONSES, write_responses
from .tables import read_rows, table_writer

OnStage: TypeAlias = Callable[[str, int, int], None]


class Revision(Protocol):
    """New marks of finished rows, which become a part of the run once they are analysed."""

    def marked(self, rows: JournalRows) -> Iterable[Row]:
        """Each row as it is marked now; at their end the rows have these marks."""
        ...

    def take(self) -> None:
        """Make the marks a part of the run."""
        ...


def finish(
    prepared: PreparedExperiment,
    folder: RunFolder,
    stopped: str = "",
    on_stage: OnStage = lambda _stage, _done, _total: None,
    revision: Revision | None = None,
) -> tuple[Analysis, dict[str, Path]]:
    """Write everything that is derived from the journal.

    Args:
        prepared: The experiment.
        folder: The run.
        stopped: Why the run was stopped before its last row.
        on_stage: Called with what is being done, and of how many rows it is done.
        revision: New marks; no file of the run changes before all rows are analysed with them.

    Returns:
        The analysis, and the report files by format.
    """
    rows = read_rows(prepared.plan, Journal(folder.journal))
    log = ResponseLog(folder.responses)
    counts = AnswerCounts()
    with ExitStack() as held:

        def target(name: str) -> Path:
            path = folder.file(name)
            return path if revision is None else held.enter_context(replacing(path))

        tables = target("results.csv"), target("results.parquet")
        columns = _write_tables(prepared, tables, rows, on_stage, revision)
        write_responses(target(RESPONSES), counts.counted(log.of_rows(rows.identities())))
        on_stage("analysing", 0, len(rows))
        _release_memory(rows)
        analysis = analysis_of(
            prepared, rows, folder, stopped=stopped, answers=counts, columns=columns
        )
        del columns
        _release_memory(rows)
        if revision is not None:
            rows.close()  # some systems do not replace an open file
            revision.take()
    config = read_json(folder.file("config.json"))
    write_json(folder.file("config.json"), {**config, "calls": counts.parameters()})
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
    end_status(folder.journal.parent, "ended")  # before the manifest, which has its hash
    write_manifest(folder, virtual_time=prepared.experiment.virtual_time)
    return analysis, reports


def _release_memory(rows: JournalRows) -> None:
    """Give back what the stage before left over, where that is worth the time."""
    if len(rows) > BATCH_ROWS:
        release_memory()


def _write_tables(
    prepared: PreparedExperiment,
    paths: tuple[Path, Path],
    rows: JournalRows,
    on_stage: OnStage,
    revision: Revision | None,
) -> RowColumns:
    """Write the tables and give the columns of the metrics, in one reading of the rows."""
    source: Iterable[Row] = rows if revision is None else revision.marked(rows)
    while True:
        results = ResultColumns(prepared.plan, rows)
        columns, done = columns_of(prepared, rows, filled=False), 0
        with table_writer(*paths, results.names) as write:
            for batch in in_batches(source):
                write(results.of(batch))
                columns.add_all(batch, rows.item_number)
                done += len(batch)
                on_stage("writing the results", done, len(rows))
        if rows.returned == results.returned:
            return columns
        source = rows  # a scorer gave the rows new numbers, and the tables lack their columns


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
    columns = columns or columns_of(prepared, rows)
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
    rests_on = sensitivity_values(
        prepared, columns.unanswered, values, failures=failures, level=level
    )
    if rests_on is not None:
        found["sensitivity"] = rests_on
    made = prepared.experiment
    canaries = canary_values(folder.canaries, alpha=made.alpha, seed=made.seed)
    if canaries is not None:
        found["canaries"] = canaries
    return found
