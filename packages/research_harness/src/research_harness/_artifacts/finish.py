"""After the last row: tables, statistics, reports and the manifest."""

from pathlib import Path
from typing import Any

from .._analysis.analysis import analyse
from .._core.files import read_json, write_json, write_text
from .._engine.journal import Journal
from .._plan.preparation import PreparedExperiment
from .._report.report import build_report
from .folder import FLAT_FILES, RunFolder
from .manifest import write_manifest
from .tables import csv_text, read_rows, records, write_parquet


def finish(
    prepared: PreparedExperiment, folder: RunFolder
) -> tuple[dict[str, Any], dict[str, Path]]:
    """Write everything that is made from the journal.

    Args:
        prepared: The experiment.
        folder: The run.

    Returns:
        The analysis, and the report files by format.
    """
    state = read_json(folder.state)
    journal = Journal(folder.journal)
    rows = read_rows(prepared.plan, journal)
    columns, cells = records(rows, prepared.plan)
    table = csv_text(columns, cells)
    write_text(folder.file("results.csv"), table)
    write_parquet(folder.file("results.parquet"), columns, cells)
    analysis = analyse(prepared, rows, deviations=state["deviations"])
    write_json(folder.file("analysis.json"), analysis)
    write_text(folder.beside("results.csv"), table)
    write_json(folder.beside("analysis.json"), analysis)
    reports = _write_reports(prepared, folder, analysis)
    write_manifest(folder, virtual_time=prepared.experiment.virtual_time)
    return analysis, reports


def _write_reports(
    prepared: PreparedExperiment, folder: RunFolder, analysis: dict[str, Any]
) -> dict[str, Path]:
    import reporter

    environment = read_json(folder.file("environment.json"))
    report = build_report(prepared.config, analysis, environment, run_id=folder.id)
    suffixes = {Path(name).suffix: name for name in FLAT_FILES if not name.startswith("results")}
    written = {}
    for name in prepared.experiment.formats:
        extension = reporter.extension(name)
        path = folder.beside(suffixes.get(extension, f"report{extension}"))
        reporter.write(report, path, format=name)
        written[name] = path
    return written
