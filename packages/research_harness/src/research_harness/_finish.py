"""After the last row: tables, statistics, reports and the manifest."""

from pathlib import Path
from typing import Any

from ._analysis import analyse
from ._folder import FLAT_FILES, RunFolder, read_json, write_json, write_text
from ._journal import Journal
from ._manifest import write_manifest
from ._report import build_report
from ._results import csv_text, read_rows, records, write_parquet
from ._session import Session


def finish(session: Session, folder: RunFolder) -> tuple[dict[str, Any], dict[str, Path]]:
    """Write everything that is made from the journal.

    Args:
        session: The experiment.
        folder: The run.

    Returns:
        The analysis, and the report files by format.
    """
    state = read_json(folder.state)
    journal = Journal(folder.journal)
    rows = read_rows(session.plan, journal)
    columns, cells = records(rows, session.plan)
    table = csv_text(columns, cells)
    write_text(folder.file("results.csv"), table)
    write_parquet(folder.file("results.parquet"), columns, cells)
    analysis = analyse(session, rows, deviations=state["deviations"])
    write_json(folder.file("analysis.json"), analysis)
    write_text(folder.beside("results.csv"), table)
    write_json(folder.beside("analysis.json"), analysis)
    reports = _write_reports(session, folder, analysis)
    write_manifest(folder, virtual_time=session.experiment.virtual_time)
    return analysis, reports


def _write_reports(
    session: Session, folder: RunFolder, analysis: dict[str, Any]
) -> dict[str, Path]:
    import reporter

    environment = read_json(folder.file("environment.json"))
    report = build_report(session.config, analysis, environment, run_id=folder.id)
    suffixes = {Path(name).suffix: name for name in FLAT_FILES if not name.startswith("results")}
    written = {}
    for name in session.experiment.formats:
        extension = reporter.extension(name)
        path = folder.beside(suffixes.get(extension, f"report{extension}"))
        reporter.write(report, path, format=name)
        written[name] = path
    return written
