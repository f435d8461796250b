"""The report of a finished run from its artifact files, at the end of the run or later."""

import csv
import json
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from .._analysis.schema import Analysis
from .._core.errors import OutputError
from .._core.files import bounded_lines, is_there, read_json
from .._core.system import open_plain_text
from .._core.text import error_text, type_name
from .._report.records import RowRecords, row_records
from .._report.report import build_report
from .exchange import (
    EVERY_EVAL_EVER,
    RO_CRATE,
    replace_crate,
    write_crate,
    write_eval_records,
)
from .folder import RunFolder, find_run
from .manifest import file_hash

_HASHED = ("config.json", "environment.json", "dataset.jsonl", "results.csv", "analysis.json")
# What runs of before 0.2 do not have.
_OLD = {"stopped": "", "withheld": "", "deviations": [], "criteria": [], "detectable": []}
_DAMAGED = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)


def report(
    run: str | Path,
    *,
    formats: Sequence[str] = ("markdown", "html"),
    output_dir: str | Path = "results",
    out: str | Path | None = None,
    license: str = "",
) -> dict[str, Path]:
    """Render the report of a finished run again, in any format. Nothing of the run is changed.

    Args:
        run: The run, by id or path; runs of earlier versions too.
        formats: The formats, as of ``reporter.format_names()``; ``every-eval-ever`` for one
            record of Every Eval Ever for each condition; ``ro-crate`` for a folder with the run,
            its reports in the other formats, and their metadata as RO-Crate 1.1.
        output_dir: The folder of all runs.
        out: The folder to write to; None takes ``<id>_reports`` beside the run.
        license: The license of the files for ``ro-crate``, as SPDX name or address.

    Returns:
        The main file of each format; of ``every-eval-ever`` the folder.

    Raises:
        RunNotFoundError: No run has this id or path, or it is not finished.
        OutputError: A file of the run is damaged.
    """
    import reporter

    rendered = [name for name in formats if name not in (EVERY_EVAL_EVER, RO_CRATE)]
    for name in rendered:
        reporter.check_format(name)
    folder = find_run(run, Path(output_dir))
    target = Path(out) if out is not None else folder.beside("reports")
    made = run_report(folder) if rendered or RO_CRATE in formats else None
    written = write_reports(made, folder, rendered, target) if rendered else {}
    if EVERY_EVAL_EVER in formats:
        written[EVERY_EVAL_EVER] = write_eval_records(
            *run_values(folder), folder=folder, target=target
        )
    if RO_CRATE in formats:
        written[RO_CRATE] = _write_crate(made, folder, rendered, target, license)
    return written


def _write_crate(
    made: Any, folder: RunFolder, formats: Sequence[str], target: Path, license: str
) -> Path:
    crate = target / f"{folder.id}_ro-crate"
    crate.parent.mkdir(parents=True, exist_ok=True)
    # Beside it first, so that what others put into the crate is neither listed nor overwritten.
    with tempfile.TemporaryDirectory(prefix=f".{crate.name}.", dir=crate.parent) as name:
        new = Path(name)
        write_reports(made, folder, formats, new / "reports")
        write_crate(
            made,
            run_values(folder)[2],
            folder=folder,
            reports=sorted((new / "reports").iterdir()) if formats else [],
            target=new,
            license=license,
        )
        return replace_crate(crate, new)


def run_report(folder: RunFolder) -> Any:
    """The report of a finished run as a ``reporter.Report``.

    Raises:
        RunNotFoundError: The run is not finished.
        OutputError: A file of the run is damaged.
    """
    config, analysis, environment = run_values(folder)
    state = read_json(folder.state)
    try:
        return build_report(
            config,
            analysis,
            environment,
            run_id=folder.id,
            records=_records(folder),
            state=state,
            hashes={
                name: file_hash(folder.file(name)) for name in _HASHED if folder.file(name).exists()
            },
        )
    except _DAMAGED as error:
        raise _damaged(folder, error) from error


def run_values(folder: RunFolder) -> tuple[dict[str, Any], Analysis, dict[str, Any]]:
    """The settings, the analysis and the environment of a finished run.

    Raises:
        RunNotFoundError: The run is not finished.
        OutputError: A file of the run is damaged.
    """
    names = ("config.json", "analysis.json", "environment.json")
    config, analysis, environment = (read_json(folder.file(name)) for name in names)
    try:
        return config, _completed(analysis), environment
    except _DAMAGED as error:
        raise _damaged(folder, error) from error


def _damaged(folder: RunFolder, error: Exception) -> OutputError:
    problem = f"its files do not fit together ({type_name(error)}: {error_text(error)})"
    return OutputError(folder.path, problem, reading=True)


def write_reports(
    made: Any, folder: RunFolder, formats: Sequence[str], target: Path, *, checked: bool = True
) -> dict[str, Path]:
    """Write a report in some formats, and read the texts back to check their numbers.

    Args:
        made: The ``reporter.Report``.
        folder: The run, whose id begins the names of the files.
        formats: The formats.
        target: The folder to write to.
        checked: Whether they are read back; those that are compared with checked ones need not be.
    """
    import reporter

    written = {}
    for name in formats:
        extension = reporter.extension(name)
        word = "analysis" if extension == ".ipynb" else "report"
        # Beside those of one column and without scripts.
        layout = next((each for each in ("-twocolumn", "-interactive") if name.endswith(each)), "")
        path = target / f"{folder.id}_{word}{layout}{extension}"
        try:
            written[name] = reporter.write(made, path, format=name)
        except OSError as error:
            raise OutputError(path, error.strerror or str(error)) from error
        if checked:
            _check(made, path, name)
    return written


def _check(made: Any, path: Path, format: str) -> None:
    """Read a finished text back; what does not fit is a warning that names it."""
    import reporter

    try:
        findings = reporter.check_file(path, report=made)
    except (reporter.UnknownFormatError, reporter.MissingExtraError):
        return  # a format whose text cannot be read back here
    for finding in findings[:5]:
        text = f"the {format} report {path.name} does not fit the analysis: {finding}"
        warnings.warn(text, RuntimeWarning, stacklevel=4)


def _completed(analysis: Any) -> Analysis:
    """The analysis with the keys that runs of earlier versions do not have."""
    rows = analysis.get("rows", 0)
    filled = {**_OLD, "level": 0.95, "state": "complete", "planned_rows": rows, **analysis}
    for condition in filled["conditions"]:
        condition.setdefault("causes", {})
    for claim in filled["criteria"]:
        compared = " minus " in claim["holds_when"]
        claim.setdefault("measure", "difference" if compared else "value")
        claim.setdefault("post_hoc", False)
        claim.setdefault("family", 1)
    for family in filled["comparisons"]:
        for pair in family["pairs"]:
            pair.setdefault("dropped", 0)
    return cast("Analysis", filled)


def _records(folder: RunFolder) -> RowRecords:
    path = folder.file("results.csv")
    if not is_there(path):
        return RowRecords()
    with open_plain_text(path, newline="") as file:
        return row_records(csv.DictReader(bounded_lines(file, path)), _items(folder))


def _items(folder: RunFolder) -> Iterator[Mapping[str, Any]]:
    path = folder.file("dataset.jsonl")
    if not is_there(path):
        return
    with open_plain_text(path) as file:
        for line in bounded_lines(file, path):
            item = json.loads(line)
            if isinstance(item, dict):
                yield item
